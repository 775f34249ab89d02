package card

import (
	"encoding/binary"
	"errors"
	"time"
)

// History holds, for each stage that an application is not in any more, when
// it was last said to be in it: Unix seconds under the stage's number, 0 where
// nobody said so. It is an array so that records compare with ==.
type History [StageCollected + 1]int64

// At returns when the application was last said to be in that stage; the zero
// time when nobody said so.
func (h History) At(s Stage) time.Time {
	if int(s) >= len(h) || h[s] == 0 {
		return time.Time{}
	}
	return time.Unix(h[s], 0).UTC()
}

// with returns the history with one more time at which a stage was said to
// hold. A word that nobody understands leaves no trace.
func (h History) with(s State) History {
	if at := s.AsOf.Unix(); !s.IsZero() && s.Stage != StageUnknown && int(s.Stage) < len(h) && (h[s.Stage] == 0 || at > h[s.Stage]) {
		h[s.Stage] = at
	}
	return h
}

// passed returns the history of an application that now is in that stage.
func (h History) passed(now Stage) History {
	h[now] = 0
	return h
}

// MarshalBinary writes a byte for each known stage, and its time after it: a
// country's worth of records is kept, and most have passed few stages.
func (h History) MarshalBinary() ([]byte, error) {
	var b []byte
	for stage, at := range h {
		if at != 0 {
			b = binary.AppendVarint(append(b, byte(stage)), at)
		}
	}
	return b, nil
}

var errHistory = errors.New("a history of stages cannot be read")

// UnmarshalBinary reads what MarshalBinary wrote. A stage of a later version
// is left out.
func (h *History) UnmarshalBinary(b []byte) error {
	*h = History{}
	for len(b) > 0 {
		at, n := binary.Varint(b[1:])
		if n <= 0 {
			return errHistory
		}
		if stage := Stage(b[0]); stage != StageUnknown && int(stage) < len(h) {
			h[stage] = at
		}
		b = b[1+n:]
	}
	return nil
}
