package bot

import "time"

var (
	// outages is for what the platform fails at. An alert is tried again within an
	// hour, so chats are remembered for two.
	outages = temper{chats: 5, first: time.Second, last: 10 * time.Second, memory: 2 * time.Hour}
	// refusals is for what it forbids. A platform that has restricted a bot is not
	// asked often; and a reminder is not tried again in the night.
	refusals = temper{chats: 20, first: 10 * time.Second, last: 5 * time.Minute, memory: 48 * time.Hour}
)

// forbiddenMost is how long a chat refuses the bot, while others are served, before
// it counts as blocked: as one of few. Where many do, as where answers pass and what
// was not asked for does not, it is no wish of theirs, and what waits goes on waiting.
const forbiddenMost = 24 * time.Hour

// health is whether a bot can send: whether its platform answers, and whether the
// platform lets it. The two have breakers of their own, since a platform that forbids
// one message does answer, and one that refuses another for its text may have
// restricted the bot all the same. Time is a parameter.
type health struct {
	outage, refusal breaker
	served          bool // anybody was
}

func newHealth() health { return health{outage: newBreaker(outages), refusal: newBreaker(refusals)} }

// leave is for one call.
type leave struct {
	ok              bool
	outage, refusal ticket
}

// wait returns how long after now a call would not be let through.
func (h *health) wait(now time.Time) time.Duration {
	return max(h.outage.wait(now), h.refusal.wait(now))
}

// sound reports whether every call is let through.
func (h *health) sound() bool { return h.outage.open == 0 && h.refusal.open == 0 }

// try asks for leave for a call at now, which is given back by sent or failed.
func (h *health) try(now time.Time) (l leave, wait time.Duration) {
	if wait := h.wait(now); wait > 0 {
		return leave{}, wait
	}
	l.ok = true
	l.outage, _ = h.outage.try(now)
	l.refusal, _ = h.refusal.try(now)
	return l, 0
}

// sent notes that a call for a chat was accepted.
func (h *health) sent(chat int64, now func() time.Time) {
	h.served = true
	for _, b := range []*breaker{&h.outage, &h.refusal} {
		if !b.untroubled() {
			b.answered(chat, now())
		}
	}
}

// failed notes that a call for a chat, maybe a group, failed with e, which it has say
// whose trouble that is; nil when the caller gave up, of which nothing is learnt.
func (h *health) failed(l leave, chat int64, group bool, e *Error, now time.Time) {
	switch {
	case e == nil:
		h.outage.left(l.outage)
		h.refusal.left(l.refusal)
	case e.Kind == Outage:
		h.refusal.left(l.refusal)
		if own, _ := h.outage.failed(l.outage, chat, !e.unreached, now); own {
			e.Kind = Failing
		}
	case e.Kind == Forbidden && !group:
		h.outage.answered(chat, now)
		_, lasting := h.refusal.failed(l.refusal, chat, true, now)
		if few := len(h.refusal.suspects) < h.refusal.chats; few && lasting >= forbiddenMost {
			e.Kind = Blocked
			delete(h.refusal.suspects, chat)
		}
	default:
		if e.Kind == Forbidden { // who may write in a group says nothing of the bot
			e.Kind = Blocked
		}
		h.outage.answered(chat, now)
		h.refusal.left(l.refusal)
	}
}
