package inbox

import (
	"context"
	"fmt"
	"time"

	"kartyar/store"
)

// Waiting returns how many updates are not done with, and when the oldest of
// them came; the zero time when there is none. It reads one row.
func (i *Inbox) Waiting(ctx context.Context) (updates int, oldest time.Time, err error) {
	var first uint64
	i.mu.Lock()
	for _, l := range i.lanes {
		updates += len(l.queue)
		if seq := l.queue[0]; first == 0 || seq < first {
			first = seq
		}
	}
	i.mu.Unlock()
	if updates == 0 {
		return 0, time.Time{}, nil
	}
	err = i.Store.View(ctx, func(tx *store.Tx) error {
		row, found, err := tx.Update(first)
		if found {
			oldest = row.Received
		}
		return err
	})
	if err != nil {
		return updates, oldest, fmt.Errorf("reading the oldest update: %w", err)
	}
	return updates, oldest, nil
}
