package desk_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kartyar/card"
	"kartyar/desk"
	"kartyar/store"
)

// said is one dated row of a person's list.
type said struct {
	who, app   int
	stage      card.Stage
	office     int
	day        int
	withMobile bool
}

func (r said) line(base int) string {
	phone := ""
	if r.withMobile {
		phone = mobile(r.who)
	}
	return fmt.Sprintf("%s,%s,%s,%d,2026-11-%02d,%c\n", code(base+r.who), phone, r.stage, r.office, r.day, 'A'+r.app)
}

const people = 3

// TestAnyOrderAndRepetition holds the two halves of the promise: the same
// dated rows in any order, any number of times and in any number of lists end
// in the same records, and every follower is told once of each current
// arrival.
func TestAnyOrderAndRepetition(t *testing.T) {
	w := newWorld(t)
	base := 0 // each check has people of its own
	rapid.Check(t, func(rt *rapid.T) {
		rows := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) said {
			return said{
				who: rapid.IntRange(0, people-1).Draw(t, "who"), app: rapid.IntRange(0, 1).Draw(t, "app"),
				stage:  rapid.SampledFrom(card.Stages()).Draw(t, "stage"),
				office: rapid.IntRange(12, 13).Draw(t, "office"), day: rapid.IntRange(1, 9).Draw(t, "day"),
				withMobile: rapid.Bool().Draw(t, "withMobile"),
			}
		}), 1, 12).Draw(rt, "rows")
		repeated := slices.Concat(rows, rapid.SliceOf(rapid.SampledFrom(rows)).Draw(rt, "repeated"))
		shuffled := rapid.Permutation(repeated).Draw(rt, "shuffled")

		plain, mixed := base, base+people
		base += 2 * people
		w.listen(plain)
		w.listen(mixed)
		w.import1(rt, plain, rows)
		w.tell(rt, plain, map[string]bool{})
		told := map[string]bool{}
		for len(shuffled) > 0 {
			n := rapid.IntRange(1, len(shuffled)).Draw(rt, "rows of a list")
			w.import1(rt, mixed, shuffled[:n])
			w.tell(rt, mixed, told)
			shuffled = shuffled[n:]
		}
		for who := range people {
			a, b := w.person(plain+who), w.person(mixed+who)
			if diff := cmp.Diff(records(a), records(b)); diff != "" {
				rt.Fatalf("person %d (-in order +mixed):\n%s", who, diff)
			}
			for n, p := range map[int]store.Person{plain + who: a, mixed + who: b} {
				w.allTold(rt, n, p)
			}
		}
	})
}

func records(p store.Person) map[card.ApplicationID]card.Record {
	all := map[card.ApplicationID]card.Record{}
	for _, a := range p.Applications {
		all[a.Record.ID] = a.Record
	}
	return all
}

// listen has chats wait for people whose phone is the same whatever base is.
func (w *world) listen(base int) {
	for who := range people {
		w.follow(follows{chat: int64(base + who), n: base + who, mobile: mobile(who)})
	}
}

func (w *world) import1(t *rapid.T, base int, rows []said) {
	list := "national_code,mobile,stage,office,as_of,application\n"
	for _, r := range rows {
		list += r.line(base)
	}
	report, err := desk.Import(ctx, w.options(), strings.NewReader(list))
	if err != nil || report.Refused != 0 || report.Applied+report.Unchanged != len(rows) {
		t.Fatalf("importing: %v, %+v", err, report)
	}
}

// tell does what the worker does: whoever has something to be told is told.
// Nobody may be told of one arrival twice.
func (w *world) tell(t *rapid.T, base int, told map[string]bool) {
	for who := range people {
		n := base + who
		p := w.person(n)
		f := p.Follower(w.chat(int64(n)))
		if f.Alert.Due.IsZero() {
			continue
		}
		for _, a := range p.Applications {
			before := f.ToldOf(a.Record.ID)
			if a.Record.Current().Stage != card.StageReady || before != nil && before.Arrival >= a.Arrival.Number {
				continue
			}
			what := fmt.Sprint(n, a.Record.ID, a.Arrival.Office, a.Arrival.At.Format(time.DateOnly))
			if told[what] {
				t.Fatalf("told twice: %s", what)
			}
			told[what] = true
		}
		w.update(func(tx *store.Tx) error { return rules.Shown(tx, noon, w.key(n), w.chat(int64(n))) })
	}
}

// allTold sees that a verified follower knows of every card that lies ready,
// and that nobody else was told.
func (w *world) allTold(t *rapid.T, n int, p store.Person) {
	f := p.Follower(w.chat(int64(n)))
	if !f.Alert.Due.IsZero() {
		t.Fatalf("person %d: something is left to be told", n)
	}
	for _, a := range p.Applications {
		told := f.ToldOf(a.Record.ID)
		switch {
		case !f.IsVerified() && told != nil:
			t.Fatalf("person %d: told without proof", n)
		case f.IsVerified() && a.Record.Current().Stage == card.StageReady && (told == nil || told.Arrival != a.Arrival.Number):
			t.Fatalf("person %d: not told of an arrival: %+v, told %+v", n, a, told)
		}
	}
}
