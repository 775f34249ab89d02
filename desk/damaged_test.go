package desk_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kartyar/desk"
	"kartyar/desk/manifest"
	"kartyar/store"
	"kartyar/store/storetest"
)

// damage has what the store holds of these persons rot.
func (w *world) damage(persons ...int) {
	w.t.Helper()
	opt := store.Options{Dir: filepath.Join(w.dir, "data"), Key: bytes.Repeat([]byte{7}, store.KeySize)}
	if err := w.store.Close(); err != nil {
		w.t.Fatal(err)
	}
	var prefixes [][]byte
	for _, n := range persons {
		key := w.key(n)
		prefixes = append(prefixes, append([]byte("p"), key[:]...))
	}
	storetest.Spoil(w.t, opt.Dir, len(persons), prefixes...)
	s, err := store.Open(opt)
	if err != nil {
		w.t.Fatal(err)
	}
	w.store = s
	w.t.Cleanup(func() { _ = s.Close() })
}

// erase erases persons, as the command does.
func (w *world) erase(persons ...int) {
	w.t.Helper()
	w.update(func(tx *store.Tx) (err error) {
		for _, n := range persons {
			_, one := rules.ErasePerson(tx, noon, w.key(n))
			err = errors.Join(err, one)
		}
		return err
	})
}

// damaged are options that note what Import says of damage, and that have the
// refused rows written to a file as the command does.
func (w *world) damaged() (opt desk.ImportOptions, causes *[]error, file *bytes.Buffer) {
	causes, file = new([]error), new(bytes.Buffer)
	opt = w.options()
	opt.Damaged = func(_ int, cause error) { *causes = append(*causes, cause) }
	var out *manifest.Refusals
	opt.Opened = func(heading []string, delimiter byte) (err error) {
		out, err = manifest.NewRefusals(file, heading, delimiter)
		return err
	}
	opt.Refused = func(line manifest.Line) error {
		// Each time whole, since nobody says which row is the last.
		return errors.Join(out.Add(line), out.Close())
	}
	return opt, causes, file
}

// numbers leaves of a report what the rows came to.
func numbers(r desk.ImportReport) desk.ImportReport {
	return desk.ImportReport{
		Rows: r.Rows, Applied: r.Applied, Unchanged: r.Unchanged, Refused: r.Refused, Arrivals: r.Arrivals, Alerts: r.Alerts, People: r.People,
	}
}

// Persons who are damaged keep back their own rows of a list, of several chunks,
// and nobody else's. The clerk gets the rows back as they stand in the file, and
// they go in once the persons are erased.
func TestDamagedPersonsKeepBackTheirOwnRowsAlone(t *testing.T) {
	const people = 700
	w := newWorld(t)
	var all []follows
	for n := range 20 {
		all = append(all, follows{chat: int64(n), n: n})
	}
	w.follow(all...)
	w.load(heading + ready(3) + ready(650)) // one who is followed, and one who is not
	w.damage(3, 650)
	list := heading
	for n := range people {
		list += ready(n)
	}
	undated := code(650) + "," + mobile(650) + ",collected,13,\n"
	list += undated + "12,,ready,12,\n"

	want := desk.ImportReport{Rows: people + 2, Applied: people - 2, Refused: 4, Arrivals: people - 2, Alerts: 19, People: 19}
	file := "\ufeff" + strings.TrimSpace(heading) + ",ردیف,ستون,علت\n" +
		"12,,ready,12,,703,national_code," + manifest.ReasonCodeLength.Sentence() + "\n" +
		strings.TrimSpace(ready(3)) + ",5,," + manifest.ReasonDamaged.Sentence() + "\n" +
		strings.TrimSpace(ready(650)) + ",652,," + manifest.ReasonDamaged.Sentence() + "\n" +
		strings.TrimSpace(undated) + ",702,," + manifest.ReasonDamaged.Sentence() + "\n"

	take := func(name string, dry bool, want desk.ImportReport) (refused string) {
		t.Helper()
		opt, causes, out := w.damaged()
		opt.DryRun = dry
		report, err := desk.Import(ctx, opt, strings.NewReader(list))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, numbers(report)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if len(*causes) != 1 || !errors.Is((*causes)[0], store.ErrDamaged) {
			t.Errorf("%s: the operator hears %v", name, *causes)
		}
		return out.String()
	}
	if diff := cmp.Diff(file, take("dry run", true, want)); diff != "" {
		t.Errorf("dry run: refused file (-want +got):\n%s", diff)
	}
	refused := take("real", false, want)
	if diff := cmp.Diff(file, refused); diff != "" {
		t.Errorf("refused file (-want +got):\n%s", diff)
	}
	want.Applied, want.Unchanged, want.Arrivals, want.Alerts, want.People = 0, people-2, 0, 0, 0
	take("again", false, want)

	w.erase(3, 650)
	mended := desk.ImportReport{Rows: 4, Applied: 3, Refused: 1, Arrivals: 2}
	if diff := cmp.Diff(mended, numbers(w.load(refused))); diff != "" {
		t.Errorf("the refused file (-want +got):\n%s", diff)
	}
}

// Of whom nobody can say whom to tell, nobody is told: that is not held against
// a list at the brake.
func TestDamagedPersonsDoNotCountAtTheBrake(t *testing.T) {
	w := newWorld(t)
	all, list := []follows{}, heading
	for n := range desk.Brake + 1 {
		all = append(all, follows{chat: int64(n), n: n})
		list += ready(n)
	}
	w.follow(all...)
	w.damage(9)
	report := w.load(list)
	if report.People != desk.Brake || report.Alerts != desk.Brake || report.Refused != 1 {
		t.Errorf("got %+v", report)
	}
}

// The rows of a JSON list come back with their cells too. One that cannot be
// passed on ends the import, when all others are in.
func TestRowsOfDamagedPersonsComeBackFromJSONLines(t *testing.T) {
	w := newWorld(t)
	w.load(heading + ready(1))
	w.damage(1)
	list := ""
	for n := range 3 {
		list += `{"national_code":"` + code(n) + `","stage":"ready","office":"12","as_of":"2026-11-20"}` + "\n"
	}
	opt := w.options()
	lines := refusals(&opt)
	report, err := desk.Import(ctx, opt, strings.NewReader(list))
	if err != nil || report.Applied != 2 || report.Refused != 1 {
		t.Fatalf("%+v, %v", report, err)
	}
	if got := *lines; len(got) != 1 || got[0].Number != 2 || got[0].Reason != manifest.ReasonDamaged || !slices.Contains(got[0].Cells, code(1)) {
		t.Errorf("refused %+v", got)
	}

	gone := errors.New("gone")
	opt.Refused = func(manifest.Line) error { return gone }
	if report, err := desk.Import(ctx, opt, strings.NewReader(list)); !errors.Is(err, gone) || report.Unchanged != 2 || report.Refused != 1 {
		t.Errorf("%+v, %v", report, err)
	}
}

// A store that has closed, or broken down, ends the list, whoever is damaged.
func TestAClosedStoreIsNotADamagedPerson(t *testing.T) {
	w := newWorld(t)
	w.load(heading + ready(1))
	w.damage(1)
	opt := w.options()
	opt.Damaged = func(_ int, cause error) { t.Errorf("called damage: %v", cause) }
	opt.Progress = func(step desk.Step, done, total int) {
		if step == desk.Counting && done == total {
			_ = w.store.Close()
		}
	}
	report, err := desk.Import(ctx, opt, strings.NewReader(heading+ready(1)+ready(2)))
	if !errors.Is(err, store.ErrClosed) || report.Applied+report.Refused != 0 {
		t.Errorf("%+v, %v", report, err)
	}
}
