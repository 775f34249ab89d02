package alert

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kartyar/store"
)

// lateness watches for alerts that have waited for more than a day, whatever
// keeps them: refusals, which move their rows, or an outage, which does not.
type lateness struct{ next time.Time } // when to look again, at first at once

// Late returns how many alerts have waited for more than a day, as of the last
// hour; known is false before the first look.
func (w *Worker) Late() (alerts int, known bool) {
	n := w.late24.Load()
	return int(max(n, 0)), n >= 0
}

// lateOff is for how long a look is put off while messages go out: it reads of
// everything that waits, which is most while a long list is told.
const lateOff = 10 * time.Minute

// watch tells the operator of late alerts, at most once an hour.
func (l *lateness) watch(ctx context.Context, w *Worker) error {
	now := w.Now()
	if l.next.IsZero() {
		l.next = now
	}
	w.mu.Lock()
	busy := w.sending > 0
	w.mu.Unlock()
	if now.Before(l.next) || busy && now.Before(l.next.Add(lateOff)) {
		return nil
	}
	l.next = now.Add(lateEvery)
	late, oldest, err := w.late(ctx, now)
	if err != nil {
		return fmt.Errorf("looking for alerts that wait for long: %w", err)
	}
	w.late24.Store(int64(late))
	if late > 0 {
		w.Log.Error().Stringer("bot", w.Bot).Int("alerts", late).Time("since", oldest).
			Msg("alerts have been waiting to be sent for more than a day; is the platform reachable, and the token right?")
	}
	return nil
}

// lateMost is how many rows are read for a count.
const lateMost = 100_000

// late counts the alerts that became due more than a day ago.
func (w *Worker) late(ctx context.Context, now time.Time) (late int, oldest time.Time, err error) {
	rows := 0
	err = w.Store.View(ctx, func(tx *store.Tx) error {
		var failed error
		from := store.Due{Bot: w.Bot, Class: store.Alerts}
		err := tx.Due(from, now.Add(lateAfter), func(d store.Due) bool {
			rows++
			p, err := tx.Person(d.Person)
			if errors.Is(err, store.ErrDamaged) {
				return rows < lateMost && ctx.Err() == nil // told when it was to be sent
			}
			if err != nil {
				failed = err
				return false
			}
			if f := p.Follower(d.Chat); f != nil && !f.Alert.Since.IsZero() && now.Sub(f.Alert.Since) > lateAfter {
				if late++; oldest.IsZero() || f.Alert.Since.Before(oldest) {
					oldest = f.Alert.Since
				}
			}
			return rows < lateMost && ctx.Err() == nil
		})
		if err == nil {
			err = failed
		}
		return err
	})
	return late, oldest, err
}
