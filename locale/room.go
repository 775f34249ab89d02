package locale

import "time"

// A text of several parts is written into one piece of room, which stands on the
// stack of whoever makes it: what is named append… appends what its namesake
// returns. A string for each part cost an answer a dozen pieces of fresh memory.

// RoomFor is how long most statuses and alerts are at most, in bytes. Longer
// texts find their room on the heap.
const RoomFor = 2048

// AppendArrived appends [Arrived].
func AppendArrived(b []byte, a AlertView, now time.Time) []byte { return appendArrived(b, &a, now) }

// AppendStillThere appends [StillThere].
func AppendStillThere(b []byte, a AlertView, now time.Time) []byte {
	return appendStillThere(b, &a, now)
}

// add appends texts.
func add(b []byte, texts ...string) []byte {
	for _, text := range texts {
		b = append(b, text...)
	}
	return b
}
