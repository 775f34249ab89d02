package desk_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"kartyar/card"
	"kartyar/desk"
	"kartyar/desk/manifest"
	"kartyar/store"
)

// longList has several chunks; of every tenth person there are two rows.
func longList(people int) (rows []string) {
	for n := range people {
		rows = append(rows, ready(n))
		if n%10 == 0 {
			rows = append(rows, fmt.Sprintf("%s,%s,dispatched,13,2026-11-19\n", code(n), mobile(n)))
		}
	}
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	return rows
}

const longPeople = 4000

func (w *world) followSome() {
	w.t.Helper()
	var all []follows
	for n := 0; n < longPeople; n += 25 {
		all = append(all, follows{chat: int64(n), n: n})
	}
	w.follow(all...)
}

func (w *world) everybody() (all []store.Person) {
	w.t.Helper()
	for n := range longPeople {
		all = append(all, w.person(n))
	}
	return all
}

func TestImportCutShortAndAgain(t *testing.T) {
	list := heading + strings.Join(longList(longPeople), "")
	clean := newWorld(t)
	clean.followSome()
	want := clean.load(list)

	w := newWorld(t)
	w.followSome()
	cut, cancel := context.WithCancel(ctx)
	defer cancel()
	opt := w.options()
	opt.Progress = func(step desk.Step, done, _ int) {
		if step == desk.Applying && done > 0 {
			cancel()
		}
	}
	first, err := desk.Import(cut, opt, strings.NewReader(list))
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	if first.Applied == 0 || first.Applied >= want.Applied {
		t.Fatalf("cut short after %d of %d rows", first.Applied, want.Applied)
	}
	second := w.load(list)
	if first.Applied+second.Applied != want.Applied || first.Arrivals+second.Arrivals != want.Arrivals ||
		first.Alerts+second.Alerts != want.Alerts || second.Applied+second.Unchanged != want.Rows {
		t.Errorf("first %+v\nsecond %+v\nclean %+v", first, second, want)
	}
	if diff := cmp.Diff(clean.everybody(), w.everybody()); diff != "" {
		t.Errorf("persons (-clean +cut):\n%s", diff)
	}
}

func TestTwoImportsAtOnce(t *testing.T) {
	rows := longList(longPeople)
	clean := newWorld(t)
	clean.followSome()
	want := clean.load(heading + strings.Join(rows, ""))

	w := newWorld(t)
	w.followSome()
	slices.Reverse(rows)
	lists := []string{heading + strings.Join(rows, ""), heading + strings.Join(rows[100:], "") + strings.Join(rows[:100], "")}
	var reports [2]desk.ImportReport
	var errs [2]error
	var both sync.WaitGroup
	for i, list := range lists {
		both.Go(func() { reports[i], errs[i] = desk.Import(ctx, w.options(), strings.NewReader(list)) })
	}
	both.Wait()
	if err := errors.Join(errs[:]...); err != nil {
		t.Fatal(err)
	}
	a, b := reports[0], reports[1]
	// How many rows of a person come late depends on the order, nothing else does.
	if a.Applied+b.Applied < longPeople || a.Arrivals+b.Arrivals != want.Arrivals || a.Alerts+b.Alerts != want.Alerts {
		t.Errorf("one %+v\nother %+v\nalone %+v", a, b, want)
	}
	if diff := cmp.Diff(clean.everybody(), w.everybody()); diff != "" {
		t.Errorf("persons (-alone +at once):\n%s", diff)
	}
}

func TestDryRun(t *testing.T) {
	w := newWorld(t)
	w.follow(follows{chat: 1, n: 1}, follows{chat: 1, n: 2}, follows{chat: 2, n: 2})
	w.load(heading + code(3) + ",,collected,12,2026-11-19\n")
	before := w.everybody()
	list := "national_code,mobile,stage,office,as_of,shelf\n" +
		code(1) + "," + mobile(1) + ",ready,12,,\n" +
		code(1) + "," + mobile(1) + ",dispatched,13,2026-11-01,\n" +
		code(2) + "," + mobile(2) + ",ready,12,2026-11-01,\n" +
		code(2) + "," + mobile(2) + ",ready,12,2026-11-01,\n" +
		code(3) + ",,ready,12,,الف\n" +
		"7,,ready,12,,\n"
	opt := w.options()
	dry := opt
	dry.DryRun = true
	dryLines := refusals(&dry)
	got, err := desk.Import(ctx, dry, strings.NewReader(list))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, w.everybody()); diff != "" {
		t.Errorf("a dry run wrote:\n%s", diff)
	}
	lines := refusals(&opt)
	want, err := desk.Import(ctx, opt, strings.NewReader(list))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("reports (-real +dry):\n%s", diff)
	}
	if want.Applied != 2 || want.Unchanged != 2 || want.Refused != 2 || want.Arrivals != 2 || want.Alerts != 3 || want.People != 2 {
		t.Errorf("got %+v", want)
	}
	if diff := cmp.Diff(*lines, *dryLines); diff != "" {
		t.Errorf("refused (-real +dry):\n%s", diff)
	}
}

func TestRefusedRowsComeBack(t *testing.T) {
	w := newWorld(t)
	w.load(heading + code(3) + ",,collected,12,2026-11-19\n")
	opt := w.options()
	opt.Yes = true
	var out bytes.Buffer
	var refused *manifest.Refusals
	opt.Opened = func(heading []string, delimiter byte) (err error) {
		refused, err = manifest.NewRefusals(&out, heading, delimiter)
		return err
	}
	opt.Refused = func(line manifest.Line) error { return refused.Add(line) }
	list := "ردیف;کد ملی;دفتر;قفسه\n1;" + code(1) + ";12;\n2;" + code(3) + ";12;\"الف; \"\"۳\"\"\"\n3;123;12;ب\n"
	report, err := desk.Import(ctx, opt, strings.NewReader(list))
	if err != nil {
		t.Fatal(err)
	}
	if err := refused.Close(); err != nil {
		t.Fatal(err)
	}
	if report.Applied != 1 || report.Refused != 2 {
		t.Errorf("got %+v", report)
	}
	want := "\ufeffردیف;کد ملی;دفتر;قفسه;ردیف;ستون;علت\n" +
		"3;123;12;ب;4;کد ملی;" + manifest.ReasonCodeLength.Sentence() + "\n" +
		"2;" + code(3) + ";12;\"الف; \"\"۳\"\"\";3;;" + manifest.ReasonUndated.Sentence() + "\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("refused file (-want +got):\n%s", diff)
	}
}

// A card marked as collected by mistake comes back by what the refused file tells
// the clerk to do: first its date, then, on the same day, the hour.
func TestCorrectedOnTheSameDay(t *testing.T) {
	w := newWorld(t)
	w.follow(follows{chat: 1, n: 1, mobile: mobile(1)})
	opt := w.options()
	opt.Yes = true
	day := time.Date(2026, 11, 23, 0, 0, 0, 0, time.FixedZone("", 12600))
	feeds := func(hour int, stage, date string, want desk.ImportReport, reason manifest.Reason) {
		t.Helper()
		opt.Now = func() time.Time { return day.Add(time.Duration(hour) * time.Hour) }
		var refused []manifest.Reason
		row := code(1) + "," + mobile(1) + "," + stage + ",12," + date
		opt.Refused = func(line manifest.Line) error {
			if got := strings.Join(line.Cells, ","); got != row {
				t.Errorf("given back as %q", got)
			}
			refused = append(refused, line.Reason)
			return nil
		}
		got, err := desk.Import(ctx, opt, strings.NewReader("کد ملی,شماره همراه,وضعیت,دفتر,تاریخ وضعیت\n"+row+"\n"))
		if err != nil || got.Applied != want.Applied || got.Unchanged != want.Unchanged || got.Alerts != want.Alerts {
			t.Errorf("%d:00 %s: %v, %+v", hour, stage, err, got)
		}
		if reason == 0 && refused != nil || reason != 0 && !slices.Equal(refused, []manifest.Reason{reason}) {
			t.Errorf("%d:00 %s: refused for %v", hour, stage, refused)
		}
	}
	applied, unchanged := desk.ImportReport{Applied: 1}, desk.ImportReport{Unchanged: 1}
	feeds(8, "آماده تحویل", "1405/09/02", desk.ImportReport{Applied: 1, Alerts: 1}, 0)
	feeds(9, "تحویل شده", "", applied, 0)
	feeds(10, "آماده تحویل", "", desk.ImportReport{}, manifest.ReasonUndated)
	feeds(10, "آماده تحویل", "1405/09/02", desk.ImportReport{}, manifest.ReasonHour)
	feeds(10, "آماده تحویل", "۱۴۰۵/۰۹/۰۲ ۱۰:۰۵", desk.ImportReport{Applied: 1, Alerts: 1}, 0)
	feeds(11, "آماده تحویل", "1405/09/02 10:05", unchanged, 0)
	feeds(35, "آماده تحویل", "1405/09/02", unchanged, 0) // of yesterday by now: it came late
	if p := w.person(1); p.Applications[0].Record.Current().Stage != card.StageReady {
		t.Errorf("got %+v", p.Applications)
	}
}

// What an undated list says of a card that the list after it overtook, while it
// waited for its yes, is given back, and heard the next day.
func TestOvertakenListIsGivenBack(t *testing.T) {
	w := newWorld(t)
	w.follow(follows{chat: 1, n: 1, mobile: mobile(1)})
	began := noon
	opt := w.options()
	opt.Now = func() time.Time { return began }
	var refused []manifest.Line
	opt.Refused = func(line manifest.Line) error { refused = append(refused, line); return nil }
	says := func(stage string) string { return heading + code(1) + "," + mobile(1) + "," + stage + ",12,\n" }
	list := says("ready")
	began = noon.Add(5 * time.Minute)
	if _, err := desk.Import(ctx, opt, strings.NewReader(says("dispatched"))); err != nil {
		t.Fatal(err)
	}
	began = noon
	got, err := desk.Import(ctx, opt, strings.NewReader(list))
	if err != nil || got.Refused != 1 || len(refused) != 1 || refused[0].Reason != manifest.ReasonHour {
		t.Errorf("%v, %+v, %+v", err, got, refused)
	}
	began = noon.Add(24 * time.Hour)
	if got, err = desk.Import(ctx, opt, strings.NewReader(list)); err != nil || got.Arrivals != 1 || got.Alerts != 1 {
		t.Errorf("the next day: %v, %+v", err, got)
	}
}

func TestRefusedRowThatCannotBePassedOnEndsTheImport(t *testing.T) {
	w := newWorld(t)
	opt := w.options()
	gone := errors.New("gone")
	opt.Refused = func(manifest.Line) error { return gone }
	if _, err := desk.Import(ctx, opt, strings.NewReader(heading+"1,,ready,12,\n"+ready(1))); !errors.Is(err, gone) {
		t.Errorf("got %v", err)
	}
	if p := w.person(1); !p.IsZero() {
		t.Errorf("got %+v", p)
	}
}

func TestBrake(t *testing.T) {
	w := newWorld(t)
	all, list := []follows{}, heading
	for n := range desk.Brake + 1 {
		all = append(all, follows{chat: int64(n), n: n})
		list += ready(n)
	}
	all = append(all, follows{chat: 0, n: 1}) // one person more for a chat, no chat more
	w.follow(all...)

	asked := 0
	for name, confirm := range map[string]func(int) bool{
		"nobody to ask": nil,
		"no":            func(people int) bool { asked = people; return false },
	} {
		opt := w.options()
		opt.Confirm = confirm
		report, err := desk.Import(ctx, opt, strings.NewReader(list))
		var needsYes *desk.NeedsYesError
		if !errors.As(err, &needsYes) || needsYes.People != desk.Brake+1 || report.Applied != 0 {
			t.Errorf("%s: got %v, %+v", name, err, report)
		}
		if p := w.person(7); len(p.Applications) != 0 {
			t.Errorf("%s: got %+v", name, p)
		}
	}
	if asked != desk.Brake+1 {
		t.Errorf("asked about %d people", asked)
	}

	dry := w.options()
	dry.DryRun = true
	if report, err := desk.Import(ctx, dry, strings.NewReader(list)); err != nil || report.People != desk.Brake+1 {
		t.Errorf("a dry run needs no yes: %v, %+v", err, report)
	}
	opt := w.options()
	opt.Confirm = func(int) bool { return true }
	if report, err := desk.Import(ctx, opt, strings.NewReader(list)); err != nil || report.Alerts != desk.Brake+2 {
		t.Errorf("yes: %v, %+v", err, report)
	}
}

func TestNoQuestionAtTheBrake(t *testing.T) {
	w := newWorld(t)
	all, list := []follows{}, heading
	for n := range desk.Brake {
		all = append(all, follows{chat: int64(n), n: n})
		list += ready(n)
	}
	w.follow(all...)
	if report := w.load(list); report.Alerts != desk.Brake || report.People != desk.Brake {
		t.Errorf("got %+v", report)
	}
}

func TestOnePersonWithMoreRowsThanAChunk(t *testing.T) {
	w := newWorld(t)
	w.follow(follows{chat: 1, n: 1})
	list := heading
	for i := range 1000 {
		list += fmt.Sprintf("%s,%s,ready,%d,%s\n", code(1), mobile(1), 12+i%2, noon.Add(-time.Duration(i)*time.Hour).Format(time.RFC3339))
	}
	report := w.load(list + ready(2))
	// The newest row stands first, so all others come late.
	if report.Applied != 2 || report.Unchanged != 999 || report.Arrivals != 2 || report.Alerts != 1 {
		t.Errorf("got %+v", report)
	}
	if got := w.person(1).Applications[0].Record.Current(); !got.AsOf.Equal(noon) || got.Office != "12" {
		t.Errorf("got %+v", got)
	}
}

var errBroken = errors.New("the line broke")

func TestListThatBreaksOffChangesNothing(t *testing.T) {
	w := newWorld(t)
	opt := w.options()
	source := io.MultiReader(strings.NewReader(heading+ready(1)), iotest.ErrReader(errBroken))
	if _, err := desk.Import(ctx, opt, source); !errors.Is(err, errBroken) {
		t.Errorf("got %v", err)
	}
	if p := w.person(1); !p.IsZero() {
		t.Errorf("got %+v", p)
	}
}

func TestFilesThatAreNoLists(t *testing.T) {
	w := newWorld(t)
	for name, file := range map[string]string{
		"empty": "", "binary": "PK\x03\x04\x00\x00\x00", "no code": "نام,دفتر\nعلی,12\n", "twice": "کد ملی,شماره ملی,دفتر\n",
	} {
		report, err := desk.Import(ctx, w.options(), strings.NewReader(file))
		if err == nil || report.Rows != 0 || report.UnknownWords == nil {
			t.Errorf("%s: %v, %+v", name, err, report)
		}
	}
}

func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	s, err := store.Open(store.Options{Dir: filepath.Join(dir, "data"), Key: bytes.Repeat([]byte{7}, store.KeySize), Reserve: 1 << 60})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	w := &world{t: t, dir: dir, store: s}
	if _, err := desk.Import(ctx, w.options(), strings.NewReader(heading+ready(1))); !errors.Is(err, store.ErrNoRoom) {
		t.Errorf("got %v", err)
	}
}

// openSpools returns what lies in the nameless files of dir that this process
// holds open.
func openSpools(t *testing.T, dir string) (contents [][]byte) {
	t.Helper()
	links, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skipf("no /proc here: %v", err)
	}
	for _, l := range links {
		path := filepath.Join("/proc/self/fd", l.Name())
		target, err := os.Readlink(path)
		if err != nil || filepath.Dir(target) != dir || !strings.HasSuffix(target, " (deleted)") {
			continue
		}
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		contents = append(contents, content)
	}
	return contents
}

func TestSpoolsAreSealedAndNameless(t *testing.T) {
	w := newWorld(t)
	const canary = "یادداشت-CANARY"
	list := "national_code,mobile,stage,office,note\n" + "1,,ready,12,\n"
	for n := range 3000 {
		list += fmt.Sprintf("%s,%s,ready,12,%s %d\n", code(n), mobile(n), canary, n)
	}
	opt := w.options()
	opt.SpoolDir = t.TempDir()
	looked := map[string]int{}
	look := func(when string) {
		spools := openSpools(t, opt.SpoolDir)
		looked[when] = max(looked[when], len(bytes.Join(spools, nil)))
		for _, content := range spools {
			for _, secret := range []string{canary, code(1), mobile(1), "ready"} {
				if bytes.Contains(content, []byte(secret)) {
					t.Errorf("%s: a spool holds %q", when, secret)
				}
			}
		}
		if named, err := os.ReadDir(opt.SpoolDir); err != nil || len(named) != 0 {
			t.Errorf("%s: spools have names: %v, %v", when, named, err)
		}
	}
	opt.Refused = func(manifest.Line) error { look("reading"); return nil }
	opt.Progress = func(step desk.Step, _, _ int) {
		if step == desk.Counting {
			look("counting")
		}
	}
	if _, err := desk.Import(ctx, opt, strings.NewReader(list)); err != nil {
		t.Fatal(err)
	}
	if looked["reading"] < len(list) || looked["counting"] < len(list)/2 {
		t.Errorf("looked at too little: %v bytes of a list of %d", looked, len(list))
	}
	if left := openSpools(t, opt.SpoolDir); len(left) != 0 {
		t.Errorf("%d spools are left open", len(left))
	}
}
