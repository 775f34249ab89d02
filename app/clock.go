package app

import (
	"fmt"
	"time"

	"kartyar/admin"
	"kartyar/alarm"
)

// clockMost is how far off the clock may be: dates and reminders need none that
// is better, and a slow answer makes it seem ahead.
const clockMost = time.Minute

// clockOff reports whether a clock that is so far ahead of a platform's, or
// behind it, is to be set.
func clockOff(ahead time.Duration) bool { return ahead.Abs() > clockMost }

func aheadBy(ahead time.Duration) string {
	direction := "ahead of"
	if ahead < 0 {
		direction = "behind"
	}
	return fmt.Sprintf("%v %s", ahead.Abs().Round(time.Second), direction)
}

// ahead says how far this machine's clock is ahead of the bot's platform's.
func (b beat) ahead() (ahead time.Duration, known bool) {
	if b.client == nil {
		return 0, false
	}
	return b.client.Ahead()
}

// clockFact is how it stands with the clock; ok is false while nobody knows.
func (b beat) clockFact() (f alarm.Fact, ok bool) {
	ahead, known := b.ahead()
	return alarm.Fact{Kind: alarm.ClockOff, Platform: b.platform, On: clockOff(ahead), Number: int(ahead / time.Second)}, known
}

// clockReady is the clock as a part that has to work.
func (b beat) clockReady() (part admin.Part, ok bool) {
	ahead, known := b.ahead()
	part = admin.Part{Part: "clock", Bot: string(b.platform), OK: !clockOff(ahead)}
	if !part.OK {
		part.Says = fmt.Sprintf("this machine's clock is %s the platform's", aheadBy(ahead))
	}
	return part, known
}
