package inbox

import (
	"context"
	"time"

	"kartyar/store"
)

// SetUntil gives the inbox a clock's timers in place of the real ones.
func (i *Inbox) SetUntil(until func(time.Time) (<-chan time.Time, func() bool)) { i.until = until }

// SetNote puts something between the inbox and the store, where replies that were
// accepted are noted.
func (i *Inbox) SetNote(between func(note func() error) error) {
	note := i.note
	i.note = func(ctx context.Context, fn func(*store.Tx) error) error {
		return between(func() error { return note(ctx, fn) })
	}
}

// SetLinger has replies that were accepted wait so long for the commit of others. It
// is called before Run.
func (i *Inbox) SetLinger(d time.Duration) { i.notes.linger = d }

// UnnotedMost is how many replies may be accepted and not noted.
const UnnotedMost = unnotedMost

// Working returns how many workers there are.
func (i *Inbox) Working() (workers int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, p := range i.pools {
		workers += p.workers
	}
	return workers
}

// Accepted returns how many parked lanes wait to have a reply noted.
func (i *Inbox) Accepted() (lanes int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, l := range i.parked {
		if l.accepted {
			lanes++
		}
	}
	return lanes
}

// SetStore has the inbox go on with another store, while nothing is in hand.
func (i *Inbox) SetStore(s *store.Store) { i.Store, i.note = s, s.UpdateGathered }
