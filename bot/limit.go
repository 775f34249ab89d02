package bot

import (
	"maps"
	"math"
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
