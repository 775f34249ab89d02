package alert

import (
	"context"
	"errors"
	"time"

	"kartyar/store"
)

// noteAll writes what became of letters, those of one moment in one commit,
// until there are no more.
func (w *Worker) noteAll(ctx context.Context) {
	for first := range w.ended {
		letters := w.gather(first)
		w.note(ctx, letters)
		w.release(letters...)
	}
}

// gather waits for further letters that have ended. It does not wait when half
// of the places wait with it, since then they are what is missing, nor when
// nothing else is on its way.
func (w *Worker) gather(first *letter) (letters []*letter) {
	letters = append(letters, first)
	timer := time.NewTimer(noteLinger)
	defer timer.Stop()
	for w.expectsMore(len(letters)) {
		select {
		case l, ok := <-w.ended:
			if !ok {
				return letters
			}
			letters = append(letters, l)
		case <-timer.C:
			return letters
		}
	}
	return letters
}

// expectsMore reports whether it is worth waiting for others to end beside so
// many that have.
func (w *Worker) expectsMore(ended int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return ended < w.sending && ended < (w.Senders+1)/2
}

// note writes what became of letters, even while the program stops: the
// messages are out.
func (w *Worker) note(ctx context.Context, letters []*letter) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTimeout)
	defer cancel()
	err := w.Store.UpdateGathered(ctx, func(tx *store.Tx) error {
		for _, l := range letters {
			if err := w.noteOne(tx, l, w.stillKnown(l)); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		return
	}
	if len(letters) == 1 || errors.Is(err, store.ErrClosed) || errors.Is(err, store.ErrNoRoom) {
		w.hold(ctx, letters[0].due, err)
		return
	}
	// One of them may be what fails, and nobody else's is to wait for it.
	for _, l := range letters {
		err := w.Store.UpdateInBulk(ctx, func(tx *store.Tx) error { return w.noteOne(tx, l, nil) })
		if err != nil {
			w.hold(ctx, l.due, err)
		}
	}
}

// noteOne writes what became of a letter. Who is known need not be read, and
// does not stay as known.
func (w *Worker) noteOne(tx *store.Tx, l *letter, who *known) error {
	now := w.Now()
	if len(l.message.Items) > 0 {
		return w.Rules.note(tx, l.began, now, l.message, l.outcome, who)
	}
	gone, err := w.Rules.drop(tx, now, l.due)
	if err == nil && !gone {
		return errors.New("a row of the outbox has nothing to say and yet stands")
	}
	return err
}

// stillKnown returns the person of a letter as it was read, nil when a commit
// has changed it since. It holds within a function of Update, before which all
// commits have been heard of.
func (w *Worker) stillKnown(l *letter) *known {
	w.mu.Lock()
	defer w.mu.Unlock()
	if l.watch.changes != l.changes {
		return nil
	}
	return &l.known
}

// hold keeps a fault of the store from being met again and again at full speed.
// A damaged row is the trouble of its own message alone.
func (w *Worker) hold(ctx context.Context, d store.Due, err error) {
	if ctx.Err() != nil || errors.Is(err, store.ErrClosed) {
		return
	}
	if errors.Is(err, store.ErrDamaged) {
		w.mu.Lock()
		w.aside[d] = w.Now().Add(asideFor)
		w.mu.Unlock()
		w.Log.Error().Err(err).Stringer("bot", w.Bot).Msg("a message waits, since what it tells of is damaged in the store; restore a backup")
		return
	}
	w.Log.Error().Err(err).Stringer("bot", w.Bot).Msg("a message could not be prepared or noted; it will be tried again")
	w.pauseFor(holdFor)
}
