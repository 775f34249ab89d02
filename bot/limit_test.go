package bot

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// In any second no more than the rate and its burst may go, and no chat may
// get more than one a second and its burst.
func TestLimitsHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.Float64Range(0.5, 1000).Draw(t, "rate")
		l := newLimits(rate)
		now := time.Unix(1, 0)
		var bot []time.Time
		chats := map[int64][]time.Time{}
		for range rapid.IntRange(1, 300).Draw(t, "messages") {
			now = now.Add(time.Duration(rapid.IntRange(0, 100).Draw(t, "ms")) * time.Millisecond)
			chat := rapid.Int64Range(0, 3).Draw(t, "chat")
			class := Class(rapid.IntRange(0, classes-1).Draw(t, "class"))
			if wait := max(l.botWait(class, now), l.chatWait(chat, now)); wait > 0 {
				now = now.Add(wait)
			}
			if wait := max(l.botWait(class, now), l.chatWait(chat, now)); wait > 0 {
				t.Fatalf("after the wait there is another of %v", wait)
			}
			l.take(class, chat, now)
			bot, chats[chat] = append(bot, now), append(chats[chat], now)
		}
		within := func(times []time.Time, most float64) {
			for i, from := range times {
				n, _ := slices.BinarySearchFunc(times[i:], from.Add(time.Second), time.Time.Compare)
				if float64(n) > most+1e-6 {
					t.Fatalf("%d messages within a second, %v may go", n, most)
				}
			}
		}
		within(bot, rate+float64(l.bot.burst))
		for _, times := range chats {
			within(times, 1+chatBurst)
		}
	})
}

func TestIdleChatsAreForgotten(t *testing.T) {
	l := newLimits(1e6)
	now := time.Unix(1, 0)
	for chat := range int64(100_000) {
		l.take(ClassReply, chat, now)
		now = now.Add(10 * time.Millisecond) // a hundred chats are busy at any time
	}
	if len(l.chats) > sweepAt {
		t.Errorf("%d chats are remembered", len(l.chats))
	}
	busy := int64(99_999)
	l.take(ClassReply, busy, now)
	l.take(ClassReply, busy, now)
	l.take(ClassReply, busy, now)
	for chat := range int64(3000) {
		l.take(ClassReply, -chat-1, now)
	}
	if l.chatWait(busy, now) == 0 {
		t.Error("a busy chat was forgotten")
	}
}

func TestChatBurst(t *testing.T) {
	l := newLimits(1000)
	now := time.Unix(1, 0)
	for range chatBurst {
		if wait := l.chatWait(9, now); wait != 0 {
			t.Fatalf("a burst waits %v", wait)
		}
		l.take(ClassReply, 9, now)
	}
	if wait := l.chatWait(9, now); wait != time.Second {
		t.Errorf("after a burst: %v, want a second", wait)
	}
	if wait := l.chatWait(10, now); wait != 0 {
		t.Errorf("another chat waits %v", wait)
	}
}

// queueAll lets waiters of the given classes wait, in order, and returns the
// order in which they got their tokens.
func queueAll(t *testing.T, g *gate, chats []int64, order []Class) []Class {
	var mu sync.Mutex
	var got []Class
	var all sync.WaitGroup
	for i, class := range order {
		all.Go(func() {
			if err := g.acquire(t.Context(), class, chats[i]); err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			got = append(got, class)
		})
		synctest.Wait()
	}
	all.Wait()
	return got
}

func TestRepliesBeforeAlertsBeforeReminders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(5, time.Now) // bursts of one
		got := queueAll(t, g, []int64{1, 2, 3, 4, 5, 6, 7},
			[]Class{ClassReminder, ClassReminder, ClassAlert, ClassReply, ClassReminder, ClassAlert, ClassReply})
		want := []Class{ClassReminder, ClassReply, ClassReply, ClassAlert, ClassAlert, ClassReminder, ClassReminder}
		if !slices.Equal(got, want) {
			t.Errorf("order %v, want %v", got, want)
		}
		if g.timer != nil && g.timer.Stop() {
			t.Error("a timer is left although nobody waits")
		}
	})
}

func TestAWaitingChatHoldsUpNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(100, time.Now)
		for range chatBurst {
			if err := g.acquire(t.Context(), ClassReply, 1); err != nil {
				t.Fatal(err)
			}
		}
		start := time.Now()
		var all sync.WaitGroup
		all.Go(func() {
			if err := g.acquire(t.Context(), ClassReply, 1); err != nil {
				t.Error(err)
			}
			if waited := time.Since(start); waited < time.Second {
				t.Errorf("the fourth message to a chat went after %v", waited)
			}
		})
		synctest.Wait()
		if err := g.acquire(t.Context(), ClassReminder, 2); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(start); waited > 100*time.Millisecond {
			t.Errorf("a reminder to another chat waited %v", waited)
		}
		all.Wait()
	})
}

func TestPauseHoldsThoseWhoWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1, time.Now)
		start := time.Now()
		if err := g.acquire(t.Context(), ClassReply, 1); err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		all.Go(func() {
			if err := g.acquire(t.Context(), ClassReply, 2); err != nil {
				t.Error(err)
			}
			if waited := time.Since(start); waited != 17*time.Second {
				t.Errorf("went after %v, told was 17 s", waited)
			}
		})
		synctest.Wait() // it waits for its token when the pause comes
		g.note(leave{}, 1, false, &Error{Kind: Limited, RetryAfter: 17 * time.Second})
		g.note(leave{}, 1, false, &Error{Kind: Limited, RetryAfter: 3 * time.Second}) // a shorter one changes nothing
		all.Wait()
	})
}

func TestAcquireEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1, time.Now)
		if err := g.acquire(t.Context(), ClassReply, 1); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(100*time.Millisecond, cancel)
		if err := g.acquire(ctx, ClassReply, 2); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
		if err := g.acquire(ctx, ClassReply, 2); !errors.Is(err, context.Canceled) {
			t.Errorf("with an ended context: %v", err)
		}
		if g.timer != nil && g.timer.Stop() || len(g.queue[ClassReply]) != 0 {
			t.Error("something is left of a message that was given up")
		}
		start := time.Now()
		if err := g.acquire(t.Context(), ClassReply, 3); err != nil || time.Since(start) != 900*time.Millisecond {
			t.Errorf("the given-up message cost a token: %v, %v", time.Since(start), err)
		}
	})
}

// A fast bot wakes up for several messages at a time and keeps its rate.
func TestGateLetsMessagesOfAFastBotGoTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const rate, seconds = 1000, 3
		g := newGate(rate, time.Now)
		start := time.Now()
		moments := map[time.Duration]int{}
		var mu sync.Mutex
		var senders sync.WaitGroup
		for chat := range int64(rate*seconds + g.limits.bot.burst) {
			senders.Go(func() {
				if err := g.acquire(t.Context(), ClassAlert, chat); err != nil {
					t.Error(err)
				}
				mu.Lock()
				moments[time.Since(start)]++
				mu.Unlock()
			})
		}
		senders.Wait()
		if took := time.Since(start); took < seconds*time.Second-together || took > seconds*time.Second+together {
			t.Errorf("%d seconds' messages took %v", seconds, took)
		}
		if n := len(moments); n > seconds*150 {
			t.Errorf("woke up %d times", n)
		}
	})
}

// After a rest replies go as they come, and alerts a few at a time.
func TestAlertsCatchUpSlowly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const rate = 1000
		g := newGate(rate, time.Now)
		burst := g.limits.bot.burst
		start := time.Now()
		for chat := range int64(burst / 2) {
			if err := g.acquire(t.Context(), ClassReply, chat); err != nil {
				t.Fatal(err)
			}
		}
		if waited := time.Since(start); waited > 0 {
			t.Errorf("the replies of a burst waited %v", waited)
		}
		for chat := range int64(burst / 2) {
			if err := g.acquire(t.Context(), ClassAlert, -chat-1); err != nil {
				t.Fatal(err)
			}
			if sent, most := int(chat)+1, g.limits.told.burst+int(catchUp*rate*time.Since(start).Seconds()); sent > most {
				t.Fatalf("%d alerts went within %v, %d may", sent, time.Since(start), most)
			}
		}
		if waited := time.Since(start); waited == 0 || waited > time.Duration(burst)*time.Second/rate {
			t.Errorf("%d alerts took %v", burst/2, waited)
		}
	})
}

// A late timer costs alerts no more than it costs replies.
func TestAlertsKeepTheRateWithALateTimer(t *testing.T) {
	const span, late = 20 * time.Second, 8 * time.Millisecond
	for _, rate := range []float64{1, 5, 25, 249, 250, 700, 1000} {
		sent := map[Class]int{}
		for _, class := range []Class{ClassReply, ClassAlert} {
			l := newLimits(rate)
			start := time.Unix(1, 0)
			for now := start; now.Sub(start) < span; now = now.Add(l.rounded(l.botWait(class, now)) + late) {
				for l.botWait(class, now) == 0 {
					l.take(class, int64(sent[class]), now)
					sent[class]++
				}
			}
		}
		if float64(sent[ClassAlert]) < 0.98*float64(sent[ClassReply]) {
			t.Errorf("at %v a second %d alerts go in the time of %d replies", rate, sent[ClassAlert], sent[ClassReply])
		}
	}
}
