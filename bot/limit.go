package bot

import (
	"context"
	"maps"
	"math"
	"slices"
	"sync"
	"time"
)

// Class is how urgent a message is. A waiting message of an earlier class
// always goes before one of a later class.
type Class uint8

// The classes, the most urgent first.
const (
	ClassReply    Class = iota // an answer to somebody who is waiting
	ClassAlert                 // a card has arrived, or another news of it
	ClassReminder              // a card still waits
	classes       = iota
)

// String returns the class's name in metrics.
func (c Class) String() string { return [...]string{"reply", "alert", "reminder"}[c] }

const (
	// chatEvery and chatBurst are what a chat gets: one message a second, with
	// short bursts (Telegram's documented limit, which Bale leaves open).
	chatEvery = time.Second
	chatBurst = 3
	// groupEvery is what a group gets: 20 messages a minute (Telegram's too).
	groupEvery = 3 * time.Second
	// sweepAt is how many chats are remembered before idle ones are looked for.
	sweepAt = 1024
)

// pace is a rate limit as the generic cell rate algorithm has it: one instant,
// that at which the next message would be due if all were evenly spaced.
type pace struct {
	every time.Duration // between two messages
	burst int           // how many may go at once after a rest
}

// wait returns how long after now a message may go, 0 when it may go at once.
func (p pace) wait(due, now time.Time) time.Duration {
	return max(0, due.Add(-time.Duration(p.burst-1)*p.every).Sub(now))
}

// take returns the new due time after a message went at now.
func (p pace) take(due, now time.Time) time.Time {
	if due.Before(now) {
		due = now
	}
	return due.Add(p.every)
}

// limits is the state of a bot's limits. It holds no clock and no lock: now is
// a parameter.
type limits struct {
	bot     pace
	due     time.Time
	told    pace // of what nobody has asked for, which keeps to bot's as well
	toldDue time.Time
	chat    pace
	chats   map[int64]time.Time // due times; a chat that is not here is idle
	sweep   int                 // when chats has grown to this, idle ones go
	paused  time.Time           // nothing goes before this
}

func newLimits(rate float64) *limits {
	return &limits{
		// A tenth of a second's messages may go at once, so that a late timer
		// costs no throughput.
		bot: pace{every: time.Duration(float64(time.Second) / rate), burst: int(math.Ceil(rate / 10))},
		// But what nobody waits for makes up for lost time slowly: a burst of it takes
		// the processor from those who ask, just when they have waited too. It keeps
		// its rate with a timer that is late by lateMost.
		told:  pace{every: time.Duration(float64(time.Second) / rate / catchUp), burst: int(math.Ceil(catchUp * rate * (together + lateMost).Seconds()))},
		chat:  pace{every: chatEvery, burst: chatBurst},
		chats: map[int64]time.Time{},
		sweep: sweepAt,
	}
}

const (
	catchUp  = 1.5                   // how much faster than the rate alerts and reminders may go for a while
	lateMost = 12 * time.Millisecond // how late a timer may be that costs them none of the rate
)

// botWait returns how long after now nothing of the class may go to anyone.
func (l *limits) botWait(class Class, now time.Time) time.Duration {
	wait := max(l.bot.wait(l.due, now), l.paused.Sub(now))
	if class == ClassReply {
		return wait
	}
	return max(wait, l.told.wait(l.toldDue, now))
}

// together is how long a fast bot lets messages wait for one another: to wake up
// for each by itself costs more than a tenth of sending it.
const together = 8 * time.Millisecond

// rounded is how long to wait when the next message may go after wait: where
// several may by the end of that, they go together. The burst keeps the rate.
func (l *limits) rounded(wait time.Duration) time.Duration {
	if 2*together <= time.Duration(l.bot.burst)*l.bot.every && 2*l.bot.every <= together {
		return max(wait, together)
	}
	return wait
}

func (l *limits) chatWait(chat int64, now time.Time) time.Duration {
	return l.chat.wait(l.chats[chat], now)
}

// take notes that a message of the class to chat goes at now.
func (l *limits) take(class Class, chat int64, now time.Time) {
	l.due = l.bot.take(l.due, now)
	if class != ClassReply {
		l.toldDue = l.told.take(l.toldDue, now)
	}
	l.chats[chat] = l.chat.take(l.chats[chat], now)
	if len(l.chats) < l.sweep {
		return
	}
	maps.DeleteFunc(l.chats, func(_ int64, due time.Time) bool { return !due.After(now) })
	l.sweep = max(sweepAt, 2*len(l.chats))
}

// pause lets nothing go before until; an earlier pause that lasts longer
// stands.
func (l *limits) pause(until time.Time) {
	if until.After(l.paused) {
		l.paused = until
	}
}

// hold lets nothing go to a chat before until; an earlier hold that lasts longer
// stands.
func (l *limits) hold(chat int64, until time.Time) {
	due := until.Add(time.Duration(l.chat.burst-1) * l.chat.every)
	if due.After(l.chats[chat]) {
		l.chats[chat] = due
	}
}

// waiter is a message that waits for its token.
type waiter struct {
	chat int64
	gone chan struct{} // closed when the token is granted
}

// gate puts the limits and the breaker of one bot behind a lock and lets
// callers wait at them.
type gate struct {
	now func() time.Time

	mu      sync.Mutex
	limits  *limits
	mute    time.Time // no pressed button is answered before this
	breaker breaker
	queue   [classes][]*waiter // in order of arrival
	timer   *time.Timer        // runs while anybody waits, until it is worth looking again
}

func newGate(rate float64, now func() time.Time) *gate {
	return &gate{now: now, limits: newLimits(rate), breaker: newBreaker()}
}

// closedFor is the error of who comes while the breaker lets nothing through: for
// how long it will not.
type closedFor time.Duration

func (c closedFor) Error() string { return "nothing is let through for " + time.Duration(c).String() }

// acquire waits for a token for a message of the class to the chat. It returns
// an error when the breaker lets nothing through, a closedFor, and when ctx ends;
// then no token is spent.
func (g *gate) acquire(ctx context.Context, class Class, chat int64) error {
	ended := ctx.Err() != nil
	class = min(class, classes-1)
	g.mu.Lock()
	now := g.now()
	closed := g.breaker.wait(now)
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
	return g.breaker.wait(now), Outage
}

// try asks the breaker for leave to make a call now.
func (g *gate) try() (t ticket, wait time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.breaker.open == 0 { // then it asks for no time
		return ticket{ok: true}, 0
	}
	return g.breaker.try(g.now())
}

// toGroup notes that a message goes to a group, which takes fewer than a person.
func (g *gate) toGroup(chat int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.limits.hold(chat, g.now().Add(groupEvery))
}

// note tells the limits and the breaker how a call for a chat, maybe a group,
// ended. own says that it failed by the chat's own trouble.
func (g *gate) note(t ticket, chat int64, group bool, err error) (own bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err == nil {
		if !g.breaker.untroubled() {
			g.breaker.answered(chat, g.now())
		}
		return false
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
	switch {
	case e != nil && e.Kind != Outage:
		g.breaker.answered(chat, now)
	case e != nil:
		return g.breaker.failed(t, chat, !e.unreached, now)
	default:
		g.breaker.left(t) // the caller gave up: nothing was learnt
	}
	return false
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
