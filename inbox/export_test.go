package inbox

import "time"

// SetUntil gives the inbox a clock's timers in place of the real ones.
func (i *Inbox) SetUntil(until func(time.Time) (<-chan time.Time, func() bool)) { i.until = until }

// OwnFrames is ownFrames.
var OwnFrames = ownFrames
