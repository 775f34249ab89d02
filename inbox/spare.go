package inbox

import (
	"sync"

	"kartyar/bot"
)

// spare is the room that answers leave behind, for the next ones: fresh memory
// is what they would wait for longest. What is put in must be in nobody's hands
// any more.
type spare struct{ lanes, hands, updates sync.Pool }

func (s *spare) lane() *lane {
	if l, ok := s.lanes.Get().(*lane); ok {
		return l
	}
	return &lane{}
}

// putLane takes back a lane that is in Inbox.lanes no longer, from the worker
// that had it.
func (s *spare) putLane(l *lane) {
	*l = lane{}
	s.lanes.Put(l)
}

func (s *spare) handed() *handed {
	if h, ok := s.hands.Get().(*handed); ok {
		return h
	}
	return &handed{}
}

// putHanded takes back a row whose lane has gone on.
func (s *spare) putHanded(h *handed) {
	*h = handed{}
	s.hands.Put(h)
}

func (s *spare) update() *bot.Update {
	if u, ok := s.updates.Get().(*bot.Update); ok {
		return u
	}
	return &bot.Update{}
}

// putUpdate takes back an update that was handled: handlers were given a copy.
func (s *spare) putUpdate(u *bot.Update) {
	*u = bot.Update{}
	s.updates.Put(u)
}
