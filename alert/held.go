package alert

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"kartyar/store"
)

// What a backup's outbox says is still to be sent may have been sent after the
// backup was made. A restore therefore holds those rows: they stand in classes
// of their own (store.HeldAlerts, store.HeldReminders), their followers say so,
// and no worker looks at them until Resume. What is new goes out: with the
// first change of what waits for a follower, it is not held any more.

// Held is what a restore holds back.
type Held struct {
	Since    time.Time // when the store was restored
	Messages int       // alerts and reminders that wait
	// MayRepeat are those of them that may have been sent before: all but the
	// reminders that are not due yet.
	MayRepeat int
	// Damaged are those that Resume released and that cannot be sent, since what
	// they tell of is damaged. HeldOutbox does not look for them.
	Damaged int
}

// heldNote is the note of a restored store whose outbox is held.
const heldNote = "held outbox"

// Hold notes that the store was restored now, with its outbox held.
func Hold(tx *store.Tx, now time.Time) error { return tx.PutNote(heldNote, second(now)) }

// HeldOutbox says what is held; the zero Held when nothing is.
func HeldOutbox(ctx context.Context, s *store.Store, now time.Time) (held Held, err error) {
	err = s.View(ctx, func(tx *store.Tx) error {
		restored, err := tx.Note(heldNote, &held.Since)
		if err != nil || !restored {
			return err
		}
		held.Since = held.Since.UTC()
		return eachHeld(tx, func(d store.Due) bool {
			held.Messages++
			if d.Class == store.HeldAlerts || !d.At.After(now) {
				held.MayRepeat++
			}
			return ctx.Err() == nil
		})
	})
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return Held{}, fmt.Errorf("looking for messages that are held: %w", err)
	}
	if held.Messages == 0 {
		return Held{}, nil
	}
	return held, nil
}

// eachHeld calls each with the held rows until it returns false.
func eachHeld(tx *store.Tx, each func(store.Due) bool) error {
	bots, err := tx.Bots()
	if err != nil {
		return err
	}
	more := true
	for _, bot := range bots {
		for _, class := range []store.Class{store.HeldAlerts, store.HeldReminders} {
			err := tx.Due(store.Due{Bot: bot, Class: class}, endOfTime, func(d store.Due) bool {
				more = each(d)
				return more
			})
			if err != nil || !more {
				return err
			}
		}
	}
	return nil
}

// endOfTime is later than anything is due.
var endOfTime = time.Unix(1<<40, 0)

// resumeAtOnce is how many rows one commit releases.
const resumeAtOnce = 200

// Resume releases all that is held, and returns what that was. Nobody is lost
// when it is interrupted: the next one releases the rest. A person whose row is
// damaged keeps nobody else's messages back.
func (r Rules) Resume(ctx context.Context, s *store.Store, now time.Time) (Held, error) {
	held, err := HeldOutbox(ctx, s, now)
	if err != nil {
		return Held{}, err
	}
	for more := held.Messages > 0; more; {
		damaged := 0
		err := s.Update(ctx, func(tx *store.Tx) (err error) {
			more, damaged, err = r.resumeSome(tx, now)
			return err
		})
		if err != nil {
			return Held{}, fmt.Errorf("releasing messages that are held: %w", err)
		}
		held.Damaged += damaged
	}
	err = s.Update(ctx, func(tx *store.Tx) error { return tx.DeleteNote(heldNote) })
	if err != nil {
		return Held{}, fmt.Errorf("releasing messages that are held: %w", err)
	}
	return held, nil
}

// resumeSome releases some rows; more says that there may be others, and damaged
// of how many the person cannot be read.
func (r Rules) resumeSome(tx *store.Tx, now time.Time) (more bool, damaged int, err error) {
	var some []store.Due
	err = eachHeld(tx, func(d store.Due) bool {
		some = append(some, d)
		return len(some) < resumeAtOnce
	})
	if err != nil {
		return false, 0, err
	}
	for _, d := range some {
		err := r.resume(tx, now, d)
		if errors.Is(err, store.ErrDamaged) {
			damaged++
			err = tx.PutDue(released(d))
		}
		if err := errors.Join(err, tx.DeleteDue(d)); err != nil {
			return false, 0, err
		}
	}
	return len(some) == resumeAtOnce, damaged, nil
}

// resume has a follower's row not held any more. What it stood for waits for the
// platform from now on, so that nobody takes it for an alert that could not be
// sent.
func (r Rules) resume(tx *store.Tx, now time.Time, d store.Due) error {
	_, err := r.follower(tx, now, d.Person, d.Chat, func(_ *store.Person, f *store.Follower) bool {
		if !slices.Contains(dues(d.Person, f), d) {
			return false
		}
		if f.Held = false; !f.Alert.Due.IsZero() {
			f.Alert.Since = second(now)
		}
		return true
	})
	return err
}

// released is a held row as the worker sees it. That of a damaged person is left
// to it: it tells the operator of the damage, again and again.
func released(d store.Due) store.Due {
	switch d.Class {
	case store.HeldAlerts:
		d.Class = store.Alerts
	case store.HeldReminders:
		d.Class = store.Reminders
	}
	return d
}

// release ends the holding of a follower for whom something else waits than
// did before.
func release(before, p *store.Person, f *store.Follower, now time.Time) {
	had := before.Follower(f.Chat)
	if had == nil {
		f.Held = false
		return
	}
	known := pending(before, had)
	news := func(item Item) bool {
		return !slices.ContainsFunc(known, func(k Item) bool {
			return k.ID == item.ID && k.Event == item.Event && k.Arrival.Number == item.Arrival.Number && k.Problem == item.Problem
		})
	}
	switch {
	case !f.Alert.Due.IsZero() && slices.ContainsFunc(pending(p, f), news):
		f.Alert = store.Pending{Since: second(now), Due: second(now)}
		f.Held = false
	case !f.Alert.Due.Equal(had.Alert.Due) || !f.Reminder.Equal(had.Reminder):
		f.Held = false
	}
}
