package bot

import "time"

const (
	// breakerFailures is how many outages in a row open the breaker.
	breakerFailures = 5
	// breakerFirst and breakerLast bound how long it stays open between two
	// probes; each failed probe doubles it.
	breakerFirst = time.Second
	breakerLast  = 30 * time.Second
	// probeAgain is how soon to look again while a probe is under way.
	probeAgain = time.Second
)

// breaker keeps a platform's outage from being found out anew by each message.
// Closed, it lets all calls through; after some outages in a row it opens, and
// then lets one call at a time through to probe, at growing intervals. The
// zero value is closed. Time is a parameter.
type breaker struct {
	failures int           // outages in a row while closed
	open     time.Duration // the present interval; 0 when closed
	until    time.Time     // no probe before this
	probing  bool
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

// answered notes that the platform answered, whatever it said.
func (b *breaker) answered() { *b = breaker{} }

// failed notes an outage.
func (b *breaker) failed(t ticket, now time.Time) {
	switch {
	case t.probe:
		b.probing = false
		b.open = min(2*b.open, breakerLast)
		b.until = now.Add(b.open)
	case b.open == 0:
		if b.failures++; b.failures >= breakerFailures {
			b.open, b.until = breakerFirst, now.Add(breakerFirst)
		}
	}
	// A call from before the breaker opened tells nothing new.
}

// left notes that a call was given up before it told anything.
func (b *breaker) left(t ticket) {
	if t.probe {
		b.probing = false
	}
}
