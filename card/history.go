package card

import "time"

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
