package alert

import (
	"context"
	"fmt"
	"time"

	"kartyar/store"
)

// dueMost is how many rows of the outbox are counted: beyond that it is
// enough to know that there are many.
const dueMost = 10_000

// Waiting returns how many rows of a class are due now and not sent yet, at
// most ten thousand, and since when the first of them is due; the zero time
// when there is none. What waits for its day costs nothing.
func (w *Worker) Waiting(ctx context.Context, class store.Class) (due int, oldest time.Time, err error) {
	w.taking.Lock()
	defer w.taking.Unlock()
	err = w.Store.View(ctx, func(tx *store.Tx) error {
		return tx.Due(w.from(class), w.Now(), func(d store.Due) bool {
			if due++; due == 1 {
				oldest = d.At
			}
			return due < dueMost
		})
	})
	if err != nil {
		return due, oldest, fmt.Errorf("counting what is due: %w", err)
	}
	return due, oldest, nil
}

// from returns the row before which none stands.
func (w *Worker) from(class store.Class) store.Due {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.lowest(class)
}

// lowest is from. w.mu is held.
func (w *Worker) lowest(class store.Class) store.Due {
	if low, known := w.low[class]; known {
		return low
	}
	return store.Due{Bot: w.Bot, Class: class}
}
