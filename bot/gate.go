package bot

import (
	"context"
	"slices"
	"sync"
	"time"
)

// waiter is a message that waits for its token.
type waiter struct {
	chat int64
	gone chan struct{} // closed when the token is granted
}

// gate puts the limits and the health of one bot behind a lock and lets callers
// wait at them.
type gate struct {
	now func() time.Time

	mu     sync.Mutex
	limits *limits
	mute   time.Time // no pressed button is answered before this
	health health
	queue  [classes][]*waiter // in order of arrival
	timer  *time.Timer        // runs while anybody waits, until it is worth looking again
}

func newGate(rate float64, now func() time.Time) *gate {
	return &gate{now: now, limits: newLimits(rate), health: newHealth()}
}

// closedFor is the error of who comes while a breaker lets nothing through: for
// how long it will not.
type closedFor time.Duration

func (c closedFor) Error() string { return "nothing is let through for " + time.Duration(c).String() }

// acquire waits for a token for a message of the class to the chat. It returns
// an error when a breaker lets nothing through, a closedFor, and when ctx ends;
// then no token is spent.
func (g *gate) acquire(ctx context.Context, class Class, chat int64) error {
	ended := ctx.Err() != nil
	class = min(class, classes-1)
	g.mu.Lock()
	now := g.now()
	closed := g.health.wait(now)
	if closed > 0 || ended || g.atOnce(class, chat, now) {
		g.mu.Unlock()
		switch {
		case closed > 0:
			return closedFor(closed)
		case ended:
			return context.Cause(ctx)
		}
		return nil
	}
	w := &waiter{chat: chat, gone: make(chan struct{})}
	g.queue[class] = append(g.queue[class], w)
	g.grant()
	g.mu.Unlock()
	select {
	case <-w.gone:
		return nil
	case <-ctx.Done():
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	select {
	case <-w.gone: // granted meanwhile: it would be lost if it were not used
		return nil
	default:
	}
	g.remove(class, w)
	g.grant()
	return context.Cause(ctx)
}

// atOnce takes a token for a message of the class to the chat when it may go at
// now and nobody waits. g.mu is held.
func (g *gate) atOnce(class Class, chat int64, now time.Time) bool {
	for _, waiting := range g.queue {
		if len(waiting) > 0 {
			return false
		}
	}
	if max(g.limits.botWait(class, now), g.limits.chatWait(chat, now)) > 0 {
		return false
	}
	g.limits.take(class, chat, now)
	return true
}

// grant gives tokens to all who may go now and sets the timer for the next.
// g.mu is held.
func (g *gate) grant() {
	for {
		now := g.now()
		class, w, wait := g.next(now)
		if w == nil {
			g.wakeAfter(wait)
			return
		}
		g.limits.take(class, w.chat, now)
		g.remove(class, w)
		close(w.gone)
	}
}

// wakeAfter sets the timer, or stops it when wait is 0. g.mu is held.
func (g *gate) wakeAfter(wait time.Duration) {
	switch {
	case wait > 0 && g.timer == nil:
		g.timer = time.AfterFunc(g.limits.rounded(wait), g.wake)
	case wait > 0:
		g.timer.Reset(g.limits.rounded(wait))
	case g.timer != nil:
		g.timer.Stop()
	}
}

// next returns who goes at now; or, when nobody may, after how long it is worth
// looking again (0 when nobody waits). A message whose chat has to wait holds up
// nobody.
func (g *gate) next(now time.Time) (class Class, w *waiter, wait time.Duration) {
	first := time.Duration(-1)
	for class := range g.queue {
		wait := g.limits.botWait(Class(class), now)
		for _, w := range g.queue[class] {
			if wait > 0 { // for all of them, whatever their chats' waits are
				first = sooner(first, wait)
				break
			}
			chatWait := g.limits.chatWait(w.chat, now)
			if chatWait <= 0 {
				return Class(class), w, 0
			}
			first = sooner(first, chatWait)
		}
	}
	return 0, nil, max(first, 0)
}

// sooner returns the shorter wait; a negative first is none.
func sooner(first, wait time.Duration) time.Duration {
	if first < 0 {
		return wait
	}
	return min(first, wait)
}

func (g *gate) wake() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.grant()
}

func (g *gate) remove(class Class, w *waiter) {
	for i, other := range g.queue[class] {
		if other == w {
			g.queue[class] = slices.Delete(g.queue[class], i, i+1)
			return
		}
	}
}

// closed returns how long after now it makes no sense to send, and why: 0 and
// any kind when sending is open.
func (g *gate) closed(now time.Time) (wait time.Duration, why ErrorKind) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if wait := g.limits.paused.Sub(now); wait > 0 {
		return wait, Limited
	}
	return g.health.wait(now), Outage
}

// try asks for leave to make a call now.
func (g *gate) try() (l leave, wait time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.health.sound() { // then it asks for no time
		return leave{ok: true}, 0
	}
	return g.health.try(g.now())
}

// toGroup notes that a message goes to a group, which takes fewer than a person.
func (g *gate) toGroup(chat int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.limits.hold(chat, g.now().Add(groupEvery))
}

// note tells the limits and the health how a call for a chat, maybe a group,
// ended, and has err say whose trouble it is.
func (g *gate) note(l leave, chat int64, group bool, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err == nil {
		g.health.sent(chat, g.now)
		return
	}
	now, e := g.now(), asError(err)
	if e != nil && e.Kind == Limited {
		// Anybody may have the bot write to a group. Should the limit have been the
		// bot's after all, the next message to a person is told so.
		if until := now.Add(e.RetryAfter); group {
			g.limits.hold(chat, until)
		} else {
			g.limits.pause(until)
		}
	}
	g.health.failed(l, chat, group, e, now)
}

// forbidden reports whether the platform refuses the bot everywhere; known is
// false while nothing has shown that or the contrary.
func (g *gate) forbidden() (is, known bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	is = g.health.refusal.open > 0
	return is, is || g.health.served
}

// unanswerable returns how long after now pressed buttons are not to be answered,
// and why, as closed does for messages.
func (g *gate) unanswerable(now time.Time) (wait time.Duration, why ErrorKind) {
	wait, why = g.closed(now)
	g.mu.Lock()
	defer g.mu.Unlock()
	if own := g.mute.Sub(now); own > wait {
		return own, Limited
	}
	return wait, why
}

// muted takes in a 429 to the answer of a pressed button. These take no token, and
// whoever presses fast has as many of them made: messages do not wait for that.
func (g *gate) muted(wait time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if until := g.now().Add(wait); until.After(g.mute) {
		g.mute = until
	}
}
