package main

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"kartyar/demo"
)

// kind is a way in which a platform fails.
type kind struct {
	name  string
	share float64 // of the calls that meet it
	sends bool    // only what puts something before a person meets it
	hangs bool    // a call that meets it ends by its time-out
	fault func(dice *rand.Rand) *demo.Fault
}

// kinds are all ways, those first that last longest for a call that meets them.
var kinds = []kind{
	{"a black hole", 0.1, true, true, func(*rand.Rand) *demo.Fault { return &demo.Fault{BlackHole: true} }},
	{"answers after 30 s", 0.1, true, true, func(*rand.Rand) *demo.Fault { return &demo.Fault{Delay: 30 * time.Second} }},
	{"429 with its time, JSON", 0.2, false, false, func(dice *rand.Rand) *demo.Fault { return demo.TooMany(1 + dice.IntN(2)) }},
	{"429 with its time, plain", 0.2, false, false, func(dice *rand.Rand) *demo.Fault { return demo.TooManyPlain(1 + dice.IntN(2)) }},
	{"429 without a time", 0.05, true, false, func(*rand.Rand) *demo.Fault { return demo.TooManyPlain(0) }},
	{"5xx, JSON", 0.4, false, false, func(dice *rand.Rand) *demo.Fault { return demo.Broken(500 + dice.IntN(5)) }},
	{"5xx, a gateway's page", 0.4, false, false, func(dice *rand.Rand) *demo.Fault { return demo.BrokenHTML(500 + dice.IntN(5)) }},
	{"a page with 200", 0.4, false, false, func(*rand.Rand) *demo.Fault { return demo.BrokenHTML(200) }},
	{"a filter's page with 403", 0.4, false, false, func(*rand.Rand) *demo.Fault { return demo.BrokenHTML(403) }},
	{"a reset before the call", 0.4, false, false, func(*rand.Rand) *demo.Fault { return &demo.Fault{Drop: true} }},
	{"a reset after the call", 0.4, false, false, func(*rand.Rand) *demo.Fault { return &demo.Fault{Lose: true} }},
}

// limiter is what a platform knows of a bot's sends, by their arrival.
type limiter struct {
	calls  []time.Time
	pauses []pause
}

// pause is a 429: between from and until the bot was to send nothing.
type pause struct{ from, until time.Time }

// onTheWay is how long a send may arrive after a 429 that its sender could not
// know of yet.
const onTheWay = 500 * time.Millisecond

// call takes a send at now. early is how long before the end of a pause it
// comes, when its sender had to know of that; 0 when all is well.
func (l *limiter) call(now time.Time) (early time.Duration) {
	l.calls = append(l.calls, now)
	for _, p := range l.pauses {
		if now.Sub(p.from) > onTheWay {
			early = max(early, p.until.Sub(now))
		}
	}
	return early
}

// asked notes that a pause was asked for at now.
func (l *limiter) asked(now time.Time, wait time.Duration) {
	l.pauses = append(l.pauses, pause{now, now.Add(wait)})
}

// used is how much of a rate, in sends a second, was used from the first call
// to the one with which nine of ten were made: after that the backlog ends. What
// the platform asked to wait is not counted.
func (l *limiter) used(rate float64) float64 {
	n := len(l.calls) * 9 / 10
	if n < 2 {
		return 0
	}
	from, to := l.calls[0], l.calls[n-1]
	span := to.Sub(from) - l.paused(from, to)
	return float64(n-1) / (rate * span.Seconds())
}

// paused is for how long within a time no send was allowed.
func (l *limiter) paused(from, to time.Time) (sum time.Duration) {
	for _, p := range l.pauses { // they come in order
		begin, end := p.from, p.until
		if begin.Before(from) {
			begin = from
		}
		if end.After(to) {
			end = to
		}
		if end.After(begin) {
			sum += end.Sub(begin)
			from = end
		}
	}
	return sum
}

// retryAfterOf is the time that a 429 asks for; 0 when it names none.
func retryAfterOf(f *demo.Fault) time.Duration {
	seconds := f.Header.Get("Retry-After")
	if seconds == "" {
		seconds = retryAfterIn(f.Body)
	}
	n, err := strconv.Atoi(seconds)
	if err != nil {
		return 0
	}
	return time.Duration(n) * time.Second
}

// retryAfterIn reads the time in an answer of the Bot API.
func retryAfterIn(body string) string {
	_, rest, _ := strings.Cut(body, `"retry_after":`)
	return rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789"))]
}
