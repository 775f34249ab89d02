package desk_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kartyar/desk"
	"kartyar/desk/offices"
	"kartyar/store"
)

const officeFile = "code,name,kind,province,city,latitude,longitude\n" +
	"12,دفتر ونک,pishkhan,تهران,تهران,35.75,51.41\n" +
	"13,دفتر تجریش,post,تهران,تهران,,\n"

func TestLoadOffices(t *testing.T) {
	w := newWorld(t)
	load := func(file string) desk.OfficesReport {
		t.Helper()
		report, err := desk.LoadOffices(ctx, w.store, strings.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		report.Reasons = nil
		return report
	}
	steps := []struct {
		name, file string
		want       desk.OfficesReport
	}{
		{"first", officeFile, desk.OfficesReport{Rows: 2, Added: 2}},
		{"the same again", officeFile, desk.OfficesReport{Rows: 2, Unchanged: 2}},
		{"one renamed, one refused", strings.Replace(officeFile, "دفتر ونک", "دفتر میدان ونک", 1) + ",بی‌کد,,,,,\n",
			desk.OfficesReport{Rows: 3, Changed: 1, Unchanged: 1, Refused: 1}},
		{"one not named any more", "code,name\n14,دفتر کرج\n", desk.OfficesReport{Rows: 1, Added: 1, Kept: 2}},
	}
	for _, step := range steps {
		if diff := cmp.Diff(step.want, load(step.file)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.name, diff)
		}
	}
	d, err := desk.Offices(ctx, w.store)
	if err != nil {
		t.Fatal(err)
	}
	if o, known := d.ByCode("12"); d.Len() != 3 || !known || o.Name != "دفتر میدان ونک" || !o.Located || o.Latitude != 35.75 {
		t.Errorf("got %d offices, %+v", d.Len(), o)
	}
}

func TestTheSameOfficeFileWritesNothing(t *testing.T) {
	w := newWorld(t)
	commits := make(chan struct{}, 10)
	w.store.OnCommit(func(store.Commit) { commits <- struct{}{} })
	for range 2 {
		if _, err := desk.LoadOffices(ctx, w.store, strings.NewReader(officeFile)); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(commits); n != 1 {
		t.Errorf("%d commits", n)
	}
}

func TestOfficeRowsAreRefusedWithTheirPlace(t *testing.T) {
	w := newWorld(t)
	report, err := desk.LoadOffices(ctx, w.store, strings.NewReader(officeFile+"12,باز هم,,,,,\n15,بد,kiosk,,,,\n"))
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Reasons) != 2 || report.Reasons[0].Line != 4 || !errors.Is(report.Reasons[0], offices.ErrTwice) ||
		report.Reasons[1].Column != "kind" || report.Added != 2 {
		t.Errorf("got %+v", report)
	}
}

func TestFileThatIsNoOfficeFileChangesNothing(t *testing.T) {
	w := newWorld(t)
	book, err := desk.NewOfficeBook(ctx, w.store)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"", "\x00\x01", "نام\nدفتر\n"} {
		if _, err := book.Load(ctx, strings.NewReader(file)); err == nil {
			t.Errorf("%q was loaded", file)
		}
	}
	if n := book.Directory().Len(); n != 0 {
		t.Errorf("%d offices", n)
	}
}

func TestOfficeBookFollowsItsFiles(t *testing.T) {
	w := newWorld(t)
	book, err := desk.NewOfficeBook(ctx, w.store)
	if err != nil {
		t.Fatal(err)
	}
	before := book.Directory()
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			file := "code,name\n"
			for n := range 600 { // more than one chunk
				file += fmt.Sprintf("%d,دفتر %d\n", 1000*(i+1)+n, n)
			}
			if report, err := book.Load(ctx, strings.NewReader(file)); err != nil || report.Added != 600 {
				t.Errorf("loading: %v, %+v", err, report)
			}
		})
	}
	all.Wait()
	if n := book.Directory().Len(); n != 2400 {
		t.Errorf("%d offices", n)
	}
	if before.Len() != 0 {
		t.Error("a directory in use has changed")
	}
	again, err := desk.NewOfficeBook(ctx, w.store)
	if err != nil || again.Directory().Len() != 2400 {
		t.Errorf("opened anew: %v", err)
	}
}

func TestOfficeFileCutShort(t *testing.T) {
	w := newWorld(t)
	cut, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := desk.LoadOffices(cut, w.store, strings.NewReader(officeFile)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
