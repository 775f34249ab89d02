package desk_test

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"kartyar/alert"
	"kartyar/card"
	"kartyar/desk"
	"kartyar/desk/manifest"
	"kartyar/desk/offices"
	"kartyar/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	ctx   = context.Background()
	noon  = time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC)
	rules = alert.Rules{ReminderDays: []int{3, 7}, Quiet: alert.Quiet{From: 21, To: 8}}
	aBot  = card.Bot{Platform: card.Bale, ID: 42}
)

// world is a store with the directory that its spools go to.
type world struct {
	t     testing.TB
	dir   string
	store *store.Store
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir()}
	s, err := store.Open(store.Options{Dir: filepath.Join(w.dir, "data"), Key: bytes.Repeat([]byte{7}, store.KeySize)})
	if err != nil {
		t.Fatalf("opening the store: %v", err)
	}
	w.store = s
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("closing the store: %v", err)
		}
	})
	return w
}

func (w *world) options() desk.ImportOptions {
	return desk.ImportOptions{
		Store: w.store, Rules: rules, SpoolDir: w.dir, Now: func() time.Time { return noon },
		Offices: offices.New([]card.Office{{Code: "12", Name: "دفتر ونک"}, {Code: "13", Name: "دفتر تجریش"}}),
	}
}

// load imports a list that must go in.
func (w *world) load(list string) desk.ImportReport {
	w.t.Helper()
	report, err := desk.Import(ctx, w.options(), strings.NewReader(list))
	if err != nil {
		w.t.Fatalf("importing: %v", err)
	}
	return report
}

// follows is a chat that follows the n-th person and has proved a mobile:
// mobile(n) unless another is named.
type follows struct {
	chat   int64
	n      int
	mobile string
}

func (w *world) chat(id int64) card.ChatKey {
	return w.store.Keyer().Chat(card.Subscriber{Bot: aBot, Chat: id})
}

func (w *world) key(n int) card.PersonKey {
	return w.store.Keyer().Person(card.NationalCode(code(n)))
}

func (w *world) update(fn func(tx *store.Tx) error) {
	w.t.Helper()
	if err := w.store.Update(ctx, fn); err != nil {
		w.t.Fatalf("updating: %v", err)
	}
}

func (w *world) follow(all ...follows) {
	w.t.Helper()
	w.update(func(tx *store.Tx) error {
		for _, f := range all {
			key := w.chat(f.chat)
			if _, found, err := tx.Chat(key); err != nil {
				return err
			} else if !found {
				if err := tx.PutChat(key, store.Chat{Subscriber: card.Subscriber{Bot: aBot, Chat: f.chat}}); err != nil {
					return err
				}
			}
			phone := cmp.Or(f.mobile, mobile(f.n))
			asker := alert.Asker{Chat: key, Bot: aBot, Phone: w.store.Keyer().Phone(card.Mobile("+98" + phone[1:]))}
			if _, err := rules.Ask(tx, noon, w.key(f.n), asker); err != nil {
				return err
			}
		}
		return nil
	})
}

// person returns what is known of the n-th person.
func (w *world) person(n int) (p store.Person) {
	w.t.Helper()
	err := w.store.View(ctx, func(tx *store.Tx) (err error) {
		p, err = tx.Person(w.key(n))
		return err
	})
	if err != nil {
		w.t.Fatalf("reading a person: %v", err)
	}
	return p
}

// code returns the n-th national code: nine digits and the one that makes the
// sum hold.
func code(n int) string {
	digits := fmt.Sprintf("%09d", 100_000_000+n)
	sum := 0
	for i, d := range digits {
		sum += int(d-'0') * (10 - i)
	}
	if sum %= 11; sum >= 2 {
		sum = 11 - sum
	}
	return fmt.Sprintf("%s%d", digits, sum)
}

func mobile(n int) string { return fmt.Sprintf("0912%07d", n) }

const heading = "national_code,mobile,stage,office,as_of\n"

func ready(n int) string {
	return fmt.Sprintf("%s,%s,ready,12,2026-11-20\n", code(n), mobile(n))
}

// refusals gathers what Import refuses, with cells that stay.
func refusals(opt *desk.ImportOptions) *[]manifest.Line {
	var lines []manifest.Line
	opt.Refused = func(l manifest.Line) error {
		l.Cells = slices.Clone(l.Cells)
		lines = append(lines, l)
		return nil
	}
	return &lines
}

func TestImport(t *testing.T) {
	w := newWorld(t)
	w.follow(follows{chat: 1, n: 1})
	list := heading + ready(1) + ready(2) + ready(1) + "12,,ready,12,\n" + code(3) + ",,گم شد,99,2026-11-20\n"
	got := w.load(list)
	if got.Rows != 5 || got.Applied != 3 || got.Unchanged != 1 || got.Refused != 1 || got.Arrivals != 2 || got.Alerts != 1 ||
		got.People != 1 || got.UnknownWords["گم شد"] != 1 || got.UnknownOffices["99"] != 1 {
		t.Errorf("got %+v", got)
	}
	p := w.person(1)
	if f := p.Follower(w.chat(1)); f == nil || f.Alert.Due.IsZero() || len(p.Applications) != 1 || p.Applications[0].Record.Current().Office != "12" {
		t.Errorf("got %+v", p)
	}
	again := w.load(list)
	if again.Applied != 0 || again.Unchanged != 4 || again.Refused != 1 || again.Alerts != 0 || again.Arrivals != 0 {
		t.Errorf("the same list again: %+v", again)
	}
}
