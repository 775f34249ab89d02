package store

import (
	"bytes"
	"cmp"
	"time"

	"kartyar/card"
)

// Update is a row of the inbox: an update that the platform has been, or is
// about to be, told we have. It is received, then handled (its effects done
// and its replies written, in one commit), then gone.
type Update struct {
	Seq      uint64 // its place in the inbox; set by the store
	Bot      card.Bot
	Chat     card.ChatKey // zero when the update could not be read that far
	ChatID   int64
	ID       int64 // the platform's update id
	Raw      []byte
	Received time.Time
	// Flood is a row that the program adds itself: further updates of this
	// chat were counted and not kept.
	Flood   bool
	Tries   uint8 // times that handling it failed
	Handled bool
	Replies []Outgoing // those not yet accepted by the platform
	Done    time.Time  // when it was handled
}

// Outgoing is one rendered reply.
type Outgoing struct {
	Body      []byte    // the reply, in the shape of who sends it
	NotBefore time.Time // it leaves no earlier than this
	Attempts  uint16
}

// Class orders what waits to be sent to people unasked.
type Class byte

// The classes of outbox rows.
const (
	Alerts    Class = 'a'
	Reminders Class = 'r'
	// HeldAlerts and HeldReminders came from a backup and may have been sent
	// after it was made: nobody sends them until the operator says so.
	HeldAlerts    Class = 'A'
	HeldReminders Class = 'R'
)

// Due is a row of the outbox: at that time, look what this chat has not been
// told of this person. It holds no text and no fact of its own, so it can
// neither be stale nor contradict the person's row.
type Due struct {
	Bot    card.Bot
	Class  Class
	At     time.Time
	Person card.PersonKey
	Chat   card.ChatKey
}

// Compare orders the rows of one bot's class as they become due.
func (d Due) Compare(e Due) int {
	return cmp.Or(
		cmp.Compare(d.At.Unix(), e.At.Unix()),
		bytes.Compare(d.Person[:], e.Person[:]),
		bytes.Compare(d.Chat[:], e.Chat[:]),
	)
}

// SetAside is an update that could not be handled, kept sealed for a week.
type SetAside struct {
	Bot    card.Bot
	Chat   card.ChatKey
	ID     int64
	Raw    []byte
	At     time.Time
	Reason string // holds no content
}

// GuessKind is what wrong guesses are counted by.
type GuessKind byte

// The kinds of guess counter.
const (
	GuessByChat    GuessKind = 'c'
	GuessByPhone   GuessKind = 'p'
	GuessByUser    GuessKind = 'u'
	GuessOfReceipt GuessKind = 'r' // wrong receipt codes for one person, over all chats
)

// Guesses are the times of wrong guesses, oldest first.
type Guesses []time.Time
