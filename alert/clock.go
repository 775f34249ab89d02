package alert

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kartyar/store"
)

// The outbox stands at wall times, and the wall clock is set now and then: by a
// step of NTP, by hand, or after a start with a wrong clock. Forward, an alert
// that waits is tried again sooner, which harms nobody; reminders keep to the
// calendar as it is then. Backward, alerts would wait until the clock is where
// it was: for a day, if it was a day ahead. So they are brought forward to now.
// All waits in memory (pauses, limits, paces) go by the monotonic reading that
// time.Now carries, and no setting of the clock changes them.

// stepped returns how far the wall clock was set between two readings; negative
// is backward. Without monotonic readings only a clock that goes backward is
// seen.
func stepped(last, now time.Time) time.Duration {
	return now.Round(0).Sub(last.Round(0)) - max(0, now.Sub(last))
}

// stepLeast is the least step back that counts: slews and leap seconds do not.
const stepLeast = 2 * time.Second

// redatedAtOnce is how many alerts are brought forward in one commit.
const redatedAtOnce = 500

// watchClock brings alerts forward when the clock was set back since the last
// look, or, at the first, while nothing ran.
func (w *Worker) watchClock(ctx context.Context, last, now time.Time) error {
	first := last.IsZero()
	step := time.Duration(0)
	if !first {
		if step = stepped(last, now); step > -stepLeast {
			return nil
		}
	}
	number := 0
	for ctx.Err() == nil {
		ahead, err := w.ahead(ctx, now, first)
		if err != nil {
			return err
		}
		if len(ahead) == 0 {
			break
		}
		err = w.Store.UpdateInBulk(ctx, func(tx *store.Tx) error {
			for _, d := range ahead {
				if err := w.Rules.redate(tx, now, d); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("bringing alerts forward: %w", err)
		}
		number += len(ahead)
	}
	if !first || number > 0 {
		w.Log.Warn().Stringer("bot", w.Bot).Dur("step", step).Int("alerts", number).
			Msg("the clock was set back; alerts that waited for a time that is now far off are sent now")
	}
	return nil
}

// ahead returns some rows of alerts that are due later than now, at the first
// look only those that no right clock can have written.
func (w *Worker) ahead(ctx context.Context, now time.Time, first bool) (rows []store.Due, err error) {
	err = w.Store.View(ctx, func(tx *store.Tx) error {
		var failed error
		from := store.Due{Bot: w.Bot, Class: store.Alerts, At: now.Add(time.Second)}
		err := tx.Due(from, endOfTime, func(d store.Due) bool {
			p, err := tx.Person(d.Person)
			if errors.Is(err, store.ErrDamaged) {
				return ctx.Err() == nil // nothing can be written there either
			}
			if err != nil {
				failed = err
				return false
			}
			f := p.Follower(d.Chat)
			if !first || f == nil || f.Alert.Since.After(now) || d.At.Sub(now) > retryMost+stepLeast {
				rows = append(rows, d)
			}
			return len(rows) < redatedAtOnce && ctx.Err() == nil
		})
		if err == nil {
			err = failed
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("looking for alerts that stand in the future: %w", err)
	}
	return rows, nil
}

// redate has the alert of a row go now.
func (r Rules) redate(tx *store.Tx, now time.Time, d store.Due) error {
	if err := tx.DeleteDue(d); err != nil { // also when nothing stands behind it
		return err
	}
	p, err := tx.Person(d.Person)
	if err != nil {
		return fmt.Errorf("bringing an alert forward: %w", err)
	}
	f := p.Follower(d.Chat)
	if f == nil || f.Held || !f.Alert.Due.Equal(d.At) {
		return nil
	}
	f.Alert.Due = second(now)
	if f.Alert.Since.After(now) {
		f.Alert.Since = second(now)
	}
	for _, row := range dues(d.Person, f) {
		if err := tx.PutDue(row); err != nil {
			return err
		}
	}
	return tx.PutPerson(d.Person, p)
}
