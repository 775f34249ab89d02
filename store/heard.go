package store

import (
	"time"

	"kartyar/card"
)

// heardMost is how many chats are remembered at least.
const heardMost = 50_000

// heard is when chats wrote last, of this process and in memory alone: it is
// asked for what a message was refused for that is under way. It is the
// committer's.
type heard struct {
	now, before generation
	forgotten   time.Time // the latest that is not remembered any more
}

type generation struct {
	at     map[card.ChatKey]time.Time
	latest time.Time
}

func newHeard() *heard { return &heard{now: generation{at: map[card.ChatKey]time.Time{}}} }

// Hear notes that a chat has written, or let us in again, at the given time.
func (tx *Tx) Hear(chat card.ChatKey, at time.Time) {
	h := tx.store.heard
	if len(h.now.at) >= heardMost {
		h.forgotten = later(h.forgotten, h.before.latest)
		h.now, h.before = generation{at: map[card.ChatKey]time.Time{}}, h.now
	}
	h.now.at[chat], h.now.latest = at, later(h.now.latest, at)
}

// HeardSince reports whether Hear was called for a chat with that time or a later
// one, in this process; also when that is not known any more, because so many
// others have written since.
func (tx *Tx) HeardSince(chat card.ChatKey, t time.Time) bool {
	h := tx.store.heard
	at, ok := h.now.at[chat]
	if !ok {
		at, ok = h.before.at[chat]
	}
	return ok && !at.Before(t) || !h.forgotten.IsZero() && !h.forgotten.Before(t)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
