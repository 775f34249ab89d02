package alert

import (
	"context"
	"errors"
	"maps"
	"time"

	"kartyar/guard"
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

// note writes what became of letters.
func (w *Worker) note(ctx context.Context, letters []*letter) {
	err := w.noteTogether(ctx, letters, w.stillKnown)
	if err != nil && len(letters) == 1 {
		w.putAside(letters[0].due, err)
	} else if err != nil { // one of them may be what fails, and nobody else's is to wait for it
		for _, l := range letters {
			if err := w.noteTogether(ctx, []*letter{l}, unknown); err != nil {
				w.putAside(l.due, err)
			}
		}
	}
}

// noteTogether writes what became of letters in one commit. The messages are
// out, and what is not noted is sent again: so it goes on while the store has no
// room, and their chats and places are not free until it is done.
func (w *Worker) noteTogether(ctx context.Context, letters []*letter, know func(*letter) *known) error {
	for attempt := 1; ; attempt++ {
		err := w.write(ctx, func(tx *store.Tx) error {
			for _, l := range letters {
				if err := w.noteOne(tx, l, know(l)); err != nil {
					return err
				}
			}
			return nil
		})
		switch {
		case err == nil, ctx.Err() != nil, errors.Is(err, store.ErrClosed):
			return nil
		case !errors.Is(err, store.ErrNoRoom):
			return err
		case attempt == 1:
			w.Log.Error().Err(err).Stringer("bot", w.Bot).Msg("what became of messages cannot be noted; nothing more is sent until it is")
		}
		know = unknown // what was read has been changed by the attempt
		if !wait(ctx, w.noteEvery) {
			return nil
		}
	}
}

// wait reports whether so long has passed before ctx ended.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
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

func unknown(*letter) *known { return nil }

// hold keeps a fault of the store from being met again and again at full speed.
// A damaged row, or a panic over one, is the trouble of its own message alone.
func (w *Worker) hold(ctx context.Context, d store.Due, err error) {
	switch {
	case ctx.Err() != nil || errors.Is(err, store.ErrClosed):
	case errors.Is(err, store.ErrDamaged) || isPanic(err):
		w.putAside(d, err)
	default:
		w.Log.Error().Err(err).Stringer("bot", w.Bot).Msg("a message could not be prepared; it will be tried again")
		w.pauseFor(storeFault)
	}
}

func isPanic(err error) bool {
	var fell *guard.Panic
	return errors.As(err, &fell)
}

// putAside leaves a row of the outbox alone for some time, since only for it
// something fails.
func (w *Worker) putAside(d store.Due, err error) {
	w.mu.Lock()
	now := w.Now()
	w.sweepAside(now)
	w.aside[d] = now.Add(asideFor)
	w.mu.Unlock()
	why := "a message waits, since what became of it cannot be noted; it is tried again in an hour"
	switch {
	case isPanic(err):
		why = "a message waits, since the program fails at it; it is tried again in an hour; report it with this line"
	case errors.Is(err, store.ErrDamaged):
		why = "a message waits, since what it tells of is damaged in the store; restore a backup"
	}
	w.Log.Error().Err(err).Stringer("bot", w.Bot).Msg(why)
}

// sweepAside forgets, once in asideFor, the rows that may be tried again by now:
// those that still stand are taken when they are met, and the others never would
// be. So no more are kept than were put aside in twice that time. w.mu is held.
func (w *Worker) sweepAside(now time.Time) {
	if now.Sub(w.swept) < asideFor {
		return
	}
	w.swept = now
	maps.DeleteFunc(w.aside, func(_ store.Due, until time.Time) bool { return !now.Before(until) })
}
