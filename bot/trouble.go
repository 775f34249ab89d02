package bot

import (
	"sync"
	"time"
)

// sayEvery is the least time between two log lines of one kind of trouble: an
// outage, or a limit, meets every message that is on its way.
const sayEvery = time.Minute

// troubles chooses which of many failed sends the log tells of, so that none
// is silent and none floods it. The zero value has told of nothing.
type troubles struct {
	mu    sync.Mutex
	kinds map[ErrorKind]*trouble
}

type trouble struct {
	said   time.Time
	unsaid int // failed sends since, not told
}

// note takes a failed send at now. It reports whether to tell of it, and of how
// many of its kind nothing was said since the last time.
func (t *troubles) note(kind ErrorKind, now time.Time) (say bool, unsaid int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.kinds == nil {
		t.kinds = map[ErrorKind]*trouble{}
	}
	of := t.kinds[kind]
	if of == nil {
		of = &trouble{}
		t.kinds[kind] = of
	} else if now.Sub(of.said) < sayEvery {
		of.unsaid++
		return false, 0
	}
	unsaid = of.unsaid
	*of = trouble{said: now}
	return true, unsaid
}

// whatHappens says of each kind what becomes of the message.
var whatHappens = [...]string{
	Outage:       "a message could not be sent; the platform is down, or this send failed; it is tried again",
	Limited:      "the platform asks for a pause; the bot sends nothing until it is over, or, where it was asked for by a group or a button, nothing to that group and no answer to buttons",
	Blocked:      "a chat cannot be written to; what is for it waits until its person writes again",
	Refused:      "the platform refuses a message; it is tried without its picture or its buttons where it has them, or else an answer is given up, and an alert is tried again",
	Unauthorized: "the platform refuses the token; messages wait",
	Conflict:     "the platform refuses a message because of another program; it is tried again",
	Webhook:      "the platform refuses a message because of a webhook; it is tried again",
	Forbidden:    "the platform refuses the bot in a chat (403) and does not say that its person wants that; it is tried again, at growing intervals",
	Failing:      "the platform fails at one chat while it serves others; that chat's messages are tried again, at growing intervals",
}

// tell logs a failed send, unless its kind was told of just before.
func (c *Client) tell(err error) {
	e := asError(err)
	if e == nil {
		return // the caller gave up
	}
	say, unsaid := c.told.note(e.Kind, c.now())
	if !say {
		return
	}
	line := c.log.Warn().Err(e).Int("more", unsaid)
	if e.RetryAfter > 0 {
		line = line.Dur("wait", e.RetryAfter)
	}
	line.Msg(whatHappens[e.Kind])
}
