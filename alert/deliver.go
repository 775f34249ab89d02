package alert

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"kartyar/guard"
	"kartyar/store"
)

// Latest returns a message as the store has it now; ok is false when there is
// nothing to say any more, or nobody knows.
type Latest func(ctx context.Context) (m Message, ok bool)

// deliver says what a letter says.
func (w *Worker) deliver(ctx context.Context, l *letter) {
	// A send whose answer is lost is repeated: a double is better than none.
	var failed error
	var early bool
	latest := func(ctx context.Context) (Message, bool) {
		night := w.Rules.Quiet.Contains(w.Now())
		if early = night && l.message.Reminder; early {
			return Message{}, false
		}
		failed = w.renew(ctx, l)
		l.message.Silent = night
		return l.message, failed == nil && len(l.message.Items) > 0
	}
	fell := guard.Run(func() error {
		l.outcome = w.Deliver(ctx, l.message, latest)
		return nil
	})
	switch {
	case fell != nil:
		w.putAside(l.due, fell)
		w.release(l)
	case early:
		w.release(l) // its turn came in the night: it goes out in the morning
	case failed != nil:
		w.hold(ctx, l.due, failed)
		w.release(l)
	case len(l.message.Items) == 0:
		w.ended <- l
	case l.outcome.Kind == Outage:
		w.pauseFor(cmp.Or(l.outcome.Wait, outageUntold))
		w.release(l)
	case ctx.Err() != nil && (l.outcome.Kind == Later || l.outcome.Kind == Failed):
		w.release(l) // given up because the program stops: nobody's attempt
	default:
		w.ended <- l
	}
}

// renew composes a letter again if one of those whom it tells of may have changed
// since: its turn may come long after it was composed, and nobody is told of who
// was erased meanwhile.
func (w *Worker) renew(ctx context.Context, l *letter) error {
	w.mu.Lock()
	changes := l.watch.changes // from before the person is read
	w.mu.Unlock()
	if changes == l.changes && !l.message.tellsOfOthers(l.due.Person) {
		return nil
	}
	began := w.Now()
	err := w.Store.View(ctx, func(tx *store.Tx) error {
		m, p, _, err := w.Rules.compose(tx, began, l.due)
		if err == nil {
			l.message, l.person, l.changes, l.began = m, p, changes, began
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("reading once more what is due: %w", err)
	}
	return nil
}

func (w *Worker) pauseFor(wait time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if until := w.Now().Add(wait); until.After(w.pause) {
		w.pause = until
	}
}
