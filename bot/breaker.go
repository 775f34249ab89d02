package bot

import "time"

const (
	// breakerFailures is how many chats have to fail in a row to open the
	// breaker.
	breakerFailures = 5
	// breakerFirst and breakerLast bound how long it stays open between two
	// probes; each failed probe doubles it.
	breakerFirst = time.Second
	breakerLast  = 10 * time.Second
	// probeAgain is how soon to look again while a probe is under way.
	probeAgain = time.Second
	// suspectFor is how long it is remembered that a chat failed while others
	// were served. An alert is tried again within an hour.
	suspectFor = 2 * time.Hour
)

// breaker keeps a platform's outage from being found out anew by each message,
// and tells it from the trouble of a single chat. Closed, it lets all calls
// through; after some chats failed in a row it opens, and then lets one call at
// a time through to probe, at growing intervals.
//
// Nothing in a 502 says whose trouble it is. What tells them apart is the
// others: a chat that fails, and fails again after others were served, fails by
// itself. From then on it says nothing of the platform, however often it is
// tried. A call that never left, because the platform could not be reached, is
// no chat's trouble in any case. Time is a parameter.
type breaker struct {
	failing  map[int64]struct{}  // chats that failed since anyone was served
	suspects map[int64]time.Time // chats that failed before others were served, and when
	sweep    int                 // when suspects has grown to this, old ones go

	open    time.Duration // the present interval; 0 when closed
	until   time.Time     // no probe before this
	probing bool
}

func newBreaker() breaker {
	return breaker{failing: map[int64]struct{}{}, suspects: map[int64]time.Time{}, sweep: sweepAt}
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

// answered notes that the platform answered a call for a chat, whatever it
// said: those who failed before this did so by themselves, or in an outage that
// is over; which of the two, their next try shows.
func (b *breaker) answered(chat int64, now time.Time) {
	for failed := range b.failing {
		b.suspects[failed] = now
	}
	clear(b.failing)
	delete(b.suspects, chat)
	b.open, b.until, b.probing = 0, time.Time{}, false
	if len(b.suspects) < b.sweep {
		return
	}
	for suspect, at := range b.suspects {
		if now.Sub(at) >= suspectFor {
			delete(b.suspects, suspect)
		}
	}
	b.sweep = max(sweepAt, 2*len(b.suspects))
}

// failed notes that the platform failed at a call for a chat, or, when the call
// has not left, could not be reached. It reports whether that is the chat's own
// trouble: it failed before, others were served since, and nobody else fails now.
func (b *breaker) failed(t ticket, chat int64, left bool, now time.Time) (own bool) {
	at, suspect := b.suspects[chat]
	suspect = suspect && left && now.Sub(at) < suspectFor
	switch {
	case t.probe:
		b.probing = false
		b.open = min(2*b.open, breakerLast)
		b.until = now.Add(b.open)
	case b.open > 0:
		// A call from before the breaker opened tells nothing new.
	case suspect:
		b.suspects[chat] = now
		return len(b.failing) == 0
	}
	b.failing[chat] = struct{}{}
	if b.open == 0 && len(b.failing) >= breakerFailures {
		b.open, b.until = breakerFirst, now.Add(breakerFirst)
	}
	return false
}

// left notes that a call was given up before it told anything.
func (b *breaker) left(t ticket) {
	if t.probe {
		b.probing = false
	}
}
