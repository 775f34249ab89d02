package alert

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"kartyar/card"
	"kartyar/store"
)

// shared is one store for all tests of the rules: each runs in one function of
// Update, which undoes it at the end.
var shared *store.Store

func TestMain(m *testing.M) {
	// Where nothing may depend on the machine's zone, let it not be UTC.
	time.Local = tehran()
	os.Exit(runTests(m))
}

func runTests(m *testing.M) (code int) {
	dir, err := os.MkdirTemp("", "alert")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	shared, err = store.Open(store.Options{Dir: filepath.Join(dir, "data"), Key: bytes.Repeat([]byte{7}, store.KeySize)})
	if err != nil {
		panic(err)
	}
	code = m.Run()
	if err := shared.Close(); err != nil {
		panic(err)
	}
	if err := goleak.Find(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

var (
	day0 = time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC) // noon in Tehran
	aBot = card.Bot{Platform: card.Telegram, ID: 42}
	// ali and sara are people; a holder's phone is the person's own number.
	ali, sara, reza, mina, omid = person(1), person(2), person(3), person(4), person(5)
	unnamed                     = card.ApplicationID{}
)

func person(n byte) card.PersonKey { return card.PersonKey{1, n} }
func phone(n byte) card.PhoneKey   { return card.PhoneKey{2, n} }
func receipt(n byte) card.ReceiptKey {
	return card.ReceiptKey{3, n}
}
func byName(n byte) card.ApplicationID {
	return card.ApplicationID{Kind: card.ByItsOwnName, Key: card.ApplicationKey{4, n}}
}
func byReceipt(n byte) card.ApplicationID {
	return card.ApplicationID{Kind: card.ByReceipt, Key: card.ApplicationKey{3, n}}
}
func chat(n byte) card.ChatKey { return card.ChatKey{5, n} }

// world is what one test of the rules works in.
type world struct {
	t     testing.TB
	tx    *store.Tx
	rules Rules
	now   time.Time
}

var errUndo = errors.New("undo")

// inWorld runs fn in a transaction that is undone, and checks what always
// holds after it.
func inWorld(t testing.TB, fn func(w *world)) {
	t.Helper()
	if err := tryWorld(t, fn); err != nil {
		t.Fatal(err)
	}
}

func tryWorld(t testing.TB, fn func(w *world)) (failed error) {
	err := shared.Update(context.Background(), func(tx *store.Tx) error {
		w := &world{t: t, tx: tx, now: day0, rules: Rules{ReminderDays: []int{3, 7, 14, 30}, Quiet: Quiet{From: 21, To: 8}}}
		defer func() {
			if r := recover(); r != nil {
				failed = fmt.Errorf("%v", r)
			}
		}()
		fn(w)
		w.check()
		return errUndo
	})
	if failed == nil && !errors.Is(err, errUndo) {
		failed = err
	}
	return failed
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func (w *world) fail(format string, v ...any) { panic(fmt.Sprintf(format, v...)) }

func (w *world) chat(n byte) card.ChatKey {
	must(w.tx.PutChat(chat(n), store.Chat{Subscriber: card.Subscriber{Bot: aBot, Chat: int64(n)}}))
	return chat(n)
}

// row is a dated row.
func row(p card.PersonKey, stage card.Stage, office string, at time.Time) card.Row {
	return card.Row{Person: p, State: card.State{Stage: stage, Office: office, AsOf: at}}
}

func (w *world) apply(r card.Row) Result {
	result, err := w.rules.Apply(w.tx, w.now, r)
	must(err)
	return result
}

func (w *world) ready(p card.PersonKey, office string) Result {
	return w.apply(row(p, card.StageReady, office, w.now))
}

func (w *world) ask(p card.PersonKey, c card.ChatKey, ph card.PhoneKey, rc card.ReceiptKey) Access {
	access, err := w.rules.Ask(w.tx, w.now, p, Asker{Chat: c, Bot: aBot, Phone: ph, Receipt: rc})
	must(err)
	return access
}

// follow makes c a verified subscriber of p, whose phone becomes known.
func (w *world) follow(p card.PersonKey, n byte) card.ChatKey {
	c := chat(n)
	if _, found, err := w.tx.Chat(c); err != nil || !found {
		c = w.chat(n)
	}
	r := row(p, card.StageRegistered, "", day0.Add(-1000*time.Hour))
	r.Phone = phone(p[1])
	w.apply(r)
	if !w.ask(p, c, phone(p[1]), card.ReceiptKey{}).Verified {
		w.fail("the person's own phone did not verify")
	}
	must(w.rules.Subscribe(w.tx, w.now, p, c, true))
	return c
}

func (w *world) person(p card.PersonKey) *store.Person {
	got, err := w.tx.Person(p)
	must(err)
	return &got
}

func (w *world) follower(p card.PersonKey, c card.ChatKey) *store.Follower {
	f := w.person(p).Follower(c)
	if f == nil {
		w.fail("the chat does not follow the person")
	}
	return f
}

func (w *world) rows(class store.Class) (rows []store.Due) {
	must(w.tx.Due(store.Due{Bot: aBot, Class: class}, w.now.AddDate(100, 0, 0), func(d store.Due) bool {
		rows = append(rows, d)
		return true
	}))
	return rows
}

// deliver sends all that is due now and returns it.
func (w *world) deliver(outcome OutcomeKind) (sent []Message) {
	for range 100 {
		i := slices.IndexFunc(append(w.rows(store.Alerts), w.rows(store.Reminders)...), func(d store.Due) bool { return !d.At.After(w.now) })
		if i < 0 {
			return sent
		}
		d := append(w.rows(store.Alerts), w.rows(store.Reminders)...)[i]
		m, _, ok, err := w.rules.compose(w.tx, w.now, d)
		must(err)
		if !ok {
			gone, err := w.rules.drop(w.tx, w.now, d)
			must(err)
			if !gone {
				w.fail("a row with nothing to say stays: %+v", d)
			}
			continue
		}
		sent = append(sent, m)
		must(w.rules.note(w.tx, w.now, w.now, m, Outcome{Kind: outcome}, nil))
	}
	w.fail("there is no end of messages")
	return nil
}

// says delivers and compares the events of each message.
func (w *world) says(want ...[]Event) []Message {
	w.t.Helper()
	sent := w.deliver(Sent)
	got := make([][]Event, 0, len(sent))
	for _, m := range sent {
		var events []Event
		for _, item := range m.Items {
			events = append(events, item.Event)
		}
		got = append(got, events)
	}
	if !slices.EqualFunc(got, want, slices.Equal) {
		w.t.Errorf("said %v, want %v", got, want)
	}
	return sent
}

func (w *world) silent() { w.t.Helper(); w.says() }

func arrived() []Event  { return []Event{Arrived} }
func reminded() []Event { return []Event{Waiting} }

// check fails unless the outbox says just what the followers wait for.
func (w *world) check() {
	if err := checkOutbox(w.tx, w.now, w.rules); err != nil {
		w.fail("%v", err)
	}
}

// checkOutbox holds against each other: persons, chats and outbox rows.
func checkOutbox(tx *store.Tx, now time.Time, rules Rules) error {
	want := map[store.Due]bool{}
	for n := range byte(8) {
		p, err := tx.Person(person(n))
		if err != nil {
			return err
		}
		for i := range p.Followers {
			f := &p.Followers[i]
			c, found, err := tx.Chat(f.Chat)
			if err != nil {
				return err
			}
			linked := slices.ContainsFunc(c.People, func(l store.Link) bool { return l.Person == person(n) })
			tellable := f.IsVerified() && f.Notify && !f.Blocked
			behind := len(pending(&p, f)) > 0
			switch {
			case !found || !linked:
				return fmt.Errorf("a follower without a link: %+v", f)
			case c.Blocked != f.Blocked:
				return fmt.Errorf("chat blocked %v, follower %v", c.Blocked, f.Blocked)
			case !tellable && (!f.Alert.Due.IsZero() || !f.Reminder.IsZero()):
				return fmt.Errorf("something waits for one who is not to be told: %+v", f)
			case tellable && behind == f.Alert.Due.IsZero():
				return fmt.Errorf("behind is %v: %+v", behind, f)
			case !f.Alert.Due.IsZero() && !f.Reminder.IsZero():
				return fmt.Errorf("a reminder beside an alert: %+v", f)
			}
			for _, d := range dues(person(n), f) {
				want[d] = true
			}
		}
	}
	for n := range byte(8) {
		c, _, err := tx.Chat(chat(n))
		if err != nil {
			return err
		}
		waiting := 0
		for _, l := range c.People {
			p, err := tx.Person(l.Person)
			if err != nil {
				return err
			}
			f := p.Follower(chat(n))
			if f == nil {
				return errors.New("a link without a follower")
			}
			if f.Waits() {
				waiting++
			}
		}
		if waiting > waitingMost {
			return fmt.Errorf("%d waiting pairs in a chat", waiting)
		}
	}
	for _, class := range []store.Class{store.Alerts, store.Reminders, store.HeldAlerts, store.HeldReminders} {
		err := tx.Due(store.Due{Bot: aBot, Class: class}, now.AddDate(100, 0, 0), func(d store.Due) bool {
			if !want[d] {
				want[store.Due{}] = true
			}
			delete(want, d)
			return true
		})
		if err != nil {
			return err
		}
	}
	if len(want) > 0 {
		return fmt.Errorf("the outbox is not what the followers wait for: %v", want)
	}
	return nil
}
