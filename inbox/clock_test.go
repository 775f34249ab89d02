package inbox_test

import (
	"context"
	"sync"
	"testing"
	"time"
	"unsafe"

	"kartyar/bot"
)

// set returns a time as time.Now would return it had the machine's clock been
// set forward by so many whole seconds: another wall time, and the same
// monotonic reading. It leans on how time.Time is built, and looks that it is.
func set(t *testing.T, of time.Time, by time.Duration) time.Time {
	out := of
	const seconds = 30 // the bits below are the nanoseconds
	*(*uint64)(unsafe.Pointer(&out)) += uint64(by/time.Second) << seconds
	if out.Sub(of) != 0 || out.Round(0).Sub(of.Round(0)) != by {
		t.Error("time.Time is built otherwise now")
	}
	return out
}

// Replies wait, for the platform and for their not-before time, while the clock
// is set: none is too old for that, and none held until the clock is again where
// it was.
func TestAClockThatIsSetTouchesNoReply(t *testing.T) {
	for _, by := range []time.Duration{-24 * time.Hour, -time.Hour, time.Hour, 25 * time.Hour, 9000 * time.Hour} {
		t.Run(by.String(), func(t *testing.T) {
			w := newWorld(t)
			w.clock.now, w.clock.jump = time.Now(), true // with a monotonic reading
			var mu sync.Mutex
			leap, tried := time.Duration(0), 0
			w.opt.Now = func() time.Time {
				mu.Lock()
				defer mu.Unlock()
				return set(t, w.clock.Now(), leap)
			}
			w.says("x", bot.Reply{Text: "answer"}, bot.Reply{Text: "later", NotBefore: w.clock.now.Add(2 * time.Second)})
			w.sender.set(func(context.Context, message) error {
				mu.Lock()
				defer mu.Unlock()
				if tried++; tried == 1 {
					leap = by
					return &bot.Error{Kind: bot.Outage}
				}
				return nil
			})
			w.run().keep(said(1, 1, "x"))
			w.sender.expect(t, 1, "answer", "answer", "later")
			w.settled()
		})
	}
}
