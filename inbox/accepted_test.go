package inbox_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"kartyar/store"
)

// What the platform took while the store had no room is noted as the program
// ends, if there is room by then, wherever its lane stands and however long
// another message takes.
func TestWhatWasAcceptedWithoutRoomIsNotSaidAgain(t *testing.T) {
	for name, c := range map[string]struct {
		workers int
		inLine  bool // the lane waits for a worker, not for its time
		grace   time.Duration
	}{
		"it waits for its time": {2, false, 0},
		"it stands in line":     {1, true, 0},
		"the grace is over":     {2, false, time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.opt.Workers, w.opt.Grace = c.workers, c.grace
			slow := make(chan struct{})
			w.sender.set(func(ctx context.Context, m message) error {
				if m.chat == 2 {
					select {
					case <-slow:
					case <-ctx.Done():
						return ctx.Err()
					}
				}
				return nil
			})
			var full atomic.Bool
			full.Store(true)
			w.run()
			w.inbox.SetNote(func(note func() error) error {
				if full.Load() {
					return fmt.Errorf("writing: %w", store.ErrNoRoom)
				}
				return note()
			})
			w.keep(said(1, 1, "x"))
			w.sender.expect(t, 1, "re x")
			w.clock.asleep(t, time.Second)
			w.keep(said(2, 2, "y"))
			w.sender.expect(t, 2, "re y")
			if c.inLine {
				w.clock.move(time.Second)
			}
			full.Store(false)
			w.end()
			if c.grace == 0 {
				close(slow)
			}
			w.stop()
			for _, row := range w.rows() {
				if row.ChatID == 1 {
					t.Error("what was accepted is to be said again")
				}
			}
		})
	}
}
