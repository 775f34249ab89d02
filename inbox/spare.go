package inbox

import (
	"sync"

	"kartyar/bot"
)

// spare is the room that answers leave behind, for the next ones: fresh memory
// is what they would wait for longest. What is put in must be in nobody's hands
// any more.
type spare struct{ lanes, hands, updates, keepings sync.Pool }

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

func (s *spare) keeping() *keeping {
	if k, ok := s.keepings.Get().(*keeping); ok {
		return k
	}
	return &keeping{room: map[laneKey]int{}, floods: map[laneKey]uint64{}, dropped: map[laneKey]int{}}
}

// putKeeping takes back a commit that was made. One that failed is left: the store
// may still come to it.
func (s *spare) putKeeping(k *keeping) {
	clear(k.room)
	clear(k.floods)
	clear(k.dropped)
	clear(k.arrivals)
	*k = keeping{room: k.room, floods: k.floods, dropped: k.dropped, arrivals: k.arrivals[:0]}
	s.keepings.Put(k)
}
