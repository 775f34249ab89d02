package alert

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"kartyar/store"
)

// lookout returns a worker over a store of its own, which looks when it is told to.
func lookout(t *testing.T, opt WorkerOptions) *Worker {
	t.Helper()
	s, err := store.Open(store.Options{Dir: filepath.Join(t.TempDir(), "data"), Key: make([]byte, store.KeySize), Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	opt.Store, opt.Bot, opt.Log = s, aBot, zerolog.Nop()
	return NewWorker(opt)
}

func alertOf(n byte, at time.Time) store.Due {
	return store.Due{Bot: aBot, Class: store.Alerts, At: second(at), Person: person(n), Chat: chat(n)}
}

func commitDue(t *testing.T, w *Worker, d store.Due) {
	t.Helper()
	if err := w.Store.Update(t.Context(), func(tx *store.Tx) error { return tx.PutDue(d) }); err != nil {
		t.Fatal(err)
	}
}

// A row that is committed once a look has begun is met by the next one, though the
// look itself did not see it; and where a look stops is told by the wall clock, which
// may be set forward meanwhile.
func TestWhatIsCommittedDuringALookIsMet(t *testing.T) {
	now := time.Now()
	w := lookout(t, WorkerOptions{Now: func() time.Time { return now }})
	row := func(n byte) store.Due { return alertOf(n, now) }
	commitDue(t, w, row(9))
	if due, _, err := w.take(t.Context(), store.Alerts, now); err != nil || len(due) != 1 {
		t.Fatalf("%d rows, %v", len(due), err)
	}
	if from, looks := w.lookFrom(store.Alerts, now, store.Due{Bot: aBot, Class: store.Alerts, At: now.Add(lookAgain)}); !looks || from != row(9) {
		t.Fatalf("the look begins at %v, %v", from, looks)
	}
	commitDue(t, w, row(5))
	now = now.Add(time.Second)
	if due, _, err := w.take(t.Context(), store.Alerts, now); err != nil || len(due) != 1 || due[0].due.Person != row(5).Person {
		t.Fatalf("%d rows, %v", len(due), err)
	}
	if _, _, err := w.take(t.Context(), store.Reminders, now); err != nil {
		t.Fatal(err)
	}
	if at := w.from(store.Reminders).At; at != at.Round(0) {
		t.Errorf("the next look begins at %v, whatever the wall clock says", at)
	}
}

// Who has no place for what is due does not look, and waits until there is one; and
// of rows that are due after the next look nobody is woken.
func TestLooksAreNotMadeInVain(t *testing.T) {
	now := time.Now()
	w := lookout(t, WorkerOptions{Senders: 1, Now: func() time.Time { return now }})
	put := func(n byte, at time.Time) (woken bool) {
		t.Helper()
		commitDue(t, w, alertOf(n, at))
		select {
		case <-w.wake:
			return true
		default:
			return false
		}
	}
	if !put(1, now) || !put(2, now.Add(lookAgain)) {
		t.Error("a row that is due by the next look woke nobody")
	}
	if put(3, now.Add(3*lookAgain)) {
		t.Error("a row that is due after the next look woke somebody")
	}
	first, _, err := w.take(t.Context(), store.Alerts, now)
	if err != nil || len(first) != 1 {
		t.Fatalf("%d rows, %v", len(first), err)
	}
	if _, looks := w.lookFrom(store.Alerts, now, first[0].due); looks {
		t.Error("it looks without a place")
	}
	more, next, err := w.take(t.Context(), store.Alerts, now)
	if err != nil || len(more) != 0 || !next.IsZero() {
		t.Errorf("without a place %d rows, the next look at %v, %v", len(more), next, err)
	}
	w.release(first...)
	if again, _, err := w.take(t.Context(), store.Alerts, now); err != nil || len(again) != 1 {
		t.Errorf("with a place again %d rows, %v", len(again), err)
	}
}
