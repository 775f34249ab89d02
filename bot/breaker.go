package bot

import "time"

// probeAgain is how soon to look again while a probe is under way.
const probeAgain = time.Second

// temper is when a breaker opens, and how long it remembers.
type temper struct {
	chats int // how many have to fail in a row to open it
	// first and last bound how long it stays open between two probes; each failed
	// probe doubles it.
	first, last time.Duration
	// memory is how long it is remembered that a chat failed while others were served.
	memory time.Duration
}

// breaker keeps a trouble of the whole bot from being found out anew by each
// message, and tells it from the trouble of a single chat. Closed, it lets all calls
// through; after some chats failed in a row it opens, and then lets one call at
// a time through to probe, at growing intervals.
//
// Nothing in a 502 says whose trouble it is. What tells them apart is the
// others: a chat that fails, and fails again after others were served, fails by
// itself. From then on it says nothing of the platform, however often it is
// tried. A call that never left, because the platform could not be reached, is
// no chat's trouble in any case. Time is a parameter.
type breaker struct {
	temper
	failing  map[int64]struct{} // chats that failed since anyone was served
	suspects map[int64]suspect  // chats that failed before others were served
	served   time.Time          // when anyone was, since there were suspects
	sweep    int                // when suspects has grown to this, old ones go

	open    time.Duration // the present interval; 0 when closed
	until   time.Time     // no probe before this
	probing bool
}

// suspect is a chat that failed, and others were served since.
type suspect struct {
	since time.Time // of this it is known
	last  time.Time // it failed last
}

func newBreaker(t temper) breaker {
	return breaker{temper: t, failing: map[int64]struct{}{}, suspects: map[int64]suspect{}, sweep: sweepAt}
}

// ticket is leave for one call.
type ticket struct {
	ok    bool
	probe bool
}

// wait returns how long after now a call would not be let through.
func (b *breaker) wait(now time.Time) time.Duration {
	switch {
	case b.open == 0:
		return 0
	case b.probing:
		return max(probeAgain, b.until.Sub(now))
	}
	return max(0, b.until.Sub(now))
}

// try asks for leave for a call at now. Each leave is given back by answered,
// failed or left.
func (b *breaker) try(now time.Time) (t ticket, wait time.Duration) {
	if wait := b.wait(now); wait > 0 {
		return ticket{}, wait
	}
	if b.open == 0 {
		return ticket{ok: true}, 0
	}
	b.probing = true
	return ticket{ok: true, probe: true}, 0
}

// untroubled reports whether nothing failed that is remembered: then an answer
// tells nothing new.
func (b *breaker) untroubled() bool {
	return b.open == 0 && len(b.failing) == 0 && len(b.suspects) == 0
}

// answered notes that a call for a chat came through: those who failed before this
// did so by themselves, or in a trouble that is over; which of the two, their next
// try shows.
func (b *breaker) answered(chat int64, now time.Time) {
	for failed := range b.failing {
		s := b.suspects[failed]
		if s.since.IsZero() {
			s.since = now
		}
		s.last = now
		b.suspects[failed] = s
	}
	clear(b.failing)
	delete(b.suspects, chat)
	b.served = now
	b.open, b.until, b.probing = 0, time.Time{}, false
	if len(b.suspects) < b.sweep {
		return
	}
	for chat, s := range b.suspects {
		if now.Sub(s.last) >= b.memory {
			delete(b.suspects, chat)
		}
	}
	b.sweep = max(sweepAt, 2*len(b.suspects))
}

// failed notes that a call for a chat failed, or, when it has not left, could not be
// made. It reports whether that is the chat's own trouble: it failed before, others
// were served since, and nobody else fails now; and for how long it has been, where
// others were served since it failed last, too.
func (b *breaker) failed(t ticket, chat int64, left bool, now time.Time) (own bool, lasting time.Duration) {
	s, suspected := b.suspects[chat]
	if suspected && now.Sub(s.last) >= b.memory {
		delete(b.suspects, chat)
		suspected = false
	}
	switch {
	case t.probe:
		b.probing = false
		b.open = min(2*b.open, b.last)
		b.until = now.Add(b.open)
	case b.open > 0:
		// A call from before the breaker opened tells nothing new.
	case suspected && left:
		if own = len(b.failing) == 0; own && b.served.After(s.last) {
			lasting = now.Sub(s.since)
		}
		b.suspects[chat] = suspect{s.since, now}
		return own, lasting
	}
	b.failing[chat] = struct{}{}
	if b.open == 0 && len(b.failing) >= b.chats {
		b.open, b.until = b.first, now.Add(b.first)
	}
	return false, 0
}

// left notes that a call was given up before it told anything.
func (b *breaker) left(t ticket) {
	if t.probe {
		b.probing = false
	}
}
