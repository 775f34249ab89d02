package inbox_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kartyar/bot"
	"kartyar/inbox"
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

// A row that is done with takes no commit of its own while updates come.
func TestWhatIsDoneWithLeavesWithTheNextUpdates(t *testing.T) {
	w := newWorld(t)
	w.opt.Workers = 1
	slow := make(chan struct{})
	w.sender.set(func(_ context.Context, m message) error {
		if m.chat == 2 {
			<-slow
		}
		return nil
	})
	w.lingers = time.Hour
	w.run()
	w.keep(said(1, 1, "x"), said(2, 2, "y"))
	w.sender.expect(t, 1, "re x")
	w.sender.expect(t, 2, "re y") // by the one worker, which is done with chat 1 then
	chats := func() (chats []int64) {
		for _, row := range w.rows() {
			chats = append(chats, row.ChatID)
		}
		return chats
	}
	if got := chats(); !slices.Equal(got, []int64{1, 2}) {
		t.Errorf("rows of the chats %v before the next update", got)
	}
	w.keep(said(3, 3, "z"))
	if got := chats(); !slices.Equal(got, []int64{2, 3}) {
		t.Errorf("rows of the chats %v after it", got)
	}
	close(slow)
	w.sender.expect(t, 3, "re z")
	w.settled()
}

// While the store hangs no more is said than a kill may have said again; then it
// goes on.
func TestWhatIsNotNotedIsBounded(t *testing.T) {
	const chats = inbox.UnnotedMost + 50
	w := newWorld(t)
	w.opt.Workers = 1
	w.run()
	hangs := make(chan struct{})
	release := sync.OnceFunc(func() { close(hangs) })
	t.Cleanup(release) // before the world's own
	w.inbox.SetNote(func(note func() error) error {
		<-hangs
		return note()
	})
	w.keep(asking(chats)...)
	for range inbox.UnnotedMost {
		w.sender.next(t)
	}
	for w.inbox.Working() > 0 {
		runtime.Gosched()
	}
	if more := len(w.sender.got); more > 0 {
		t.Errorf("%d more were sent", more)
	}
	release()
	for range chats - inbox.UnnotedMost {
		w.sender.next(t)
	}
	w.settled()
}

// A Keep that ends as the inbox does has lanes of its own, beside those whose
// replies are noted last.
func TestUpdatesAreKeptWhileTheLastRepliesAreNoted(t *testing.T) {
	const chats = 20
	w := newWorld(t)
	var full atomic.Bool
	full.Store(true)
	w.run()
	var notes atomic.Int64
	w.inbox.SetNote(func(note func() error) error {
		if full.Load() {
			return fmt.Errorf("writing: %w", store.ErrNoRoom)
		}
		for n := min(chats, notes.Add(1)); w.effects(chats+n) == 0; { // one more is on disk, and on its way into its lane
			runtime.Gosched()
		}
		return note()
	})
	w.keep(asking(chats)...) // in one, since a later one would take the first along
	for w.inbox.Accepted() < chats {
		runtime.Gosched()
	}
	full.Store(false)
	w.end()
	for chat := range int64(chats) {
		w.keep(said(chats+chat+1, chats+chat+1, "y"))
	}
	w.stop()
	for _, row := range w.rows() {
		if row.ChatID <= chats {
			t.Errorf("what was accepted in chat %d is to be said again", row.ChatID)
		}
	}
}

// What waits for the commit of others as the grace ends goes in one, which the end
// of the grace does not keep from being made.
func TestWhatIsDoneWithIsNotedTogetherAfterTheGrace(t *testing.T) {
	const chats = 20
	w := newWorld(t)
	w.opt.Grace = time.Nanosecond
	w.lingers = time.Hour
	w.sender.set(func(ctx context.Context, m message) error {
		if m.chat < chats {
			return nil
		}
		<-ctx.Done()
		return ctx.Err()
	})
	w.run()
	var notes atomic.Int64
	w.inbox.SetNote(func(note func() error) error {
		notes.Add(1)
		return note()
	})
	w.keep(asking(chats)...)
	for range chats {
		w.sender.next(t)
	}
	for w.inbox.Working() > 1 {
		runtime.Gosched()
	}
	w.stop()
	if rows := w.rows(); len(rows) != 1 || rows[0].ChatID != chats {
		t.Errorf("%d rows are left", len(rows))
	}
	if n := notes.Load(); n != 1 {
		t.Errorf("noted in %d commits", n)
	}
}

// asking are updates of so many chats, from 1.
func asking(chats int) []bot.Raw {
	batch := make([]bot.Raw, chats)
	for n := range batch {
		batch[n] = said(int64(n+1), int64(n+1), "x")
	}
	return batch
}
