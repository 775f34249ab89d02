package alert

import (
	"fmt"
	"time"

	"kartyar/card"
	"kartyar/store"
)

// Unshown takes Shown back: an answer that was written at the time since, or
// later, never reached its chat. What it said of a card that lies ready, or
// needs its holder, is to be told again, for otherwise nobody would. An alert
// that went out in the same while is repeated: a double is better than none.
func (r Rules) Unshown(tx *store.Tx, now time.Time, person card.PersonKey, chat card.ChatKey, since time.Time) error {
	_, err := r.follower(tx, now, person, chat, func(p *store.Person, f *store.Follower) bool {
		changed := false
		for i := range p.Applications {
			a := &p.Applications[i]
			told := f.ToldOf(a.Record.ID)
			if told == nil {
				continue
			}
			switch {
			case awaited(p, a) && told.Arrival == a.Arrival.Number && !told.At.Before(second(since)) && told.Reminded.IsZero():
				*told = store.Told{ID: told.ID, Arrival: told.Arrival - 1, Ended: true, Problem: told.Problem}
			case a.Record.Current().Stage.WaitsForHolder() && told.Problem == a.Problem && a.Problem > 0:
				told.Problem--
			default:
				continue
			}
			changed = true
		}
		return changed
	})
	if err != nil {
		return fmt.Errorf("noting that an answer was lost: %w", err)
	}
	return nil
}
