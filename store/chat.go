package store

import (
	"time"

	"kartyar/card"
)

// Chat is a private chat with one of our bots: where to write, what it has
// proved, whom it follows, and where its conversation stands.
type Chat struct {
	Subscriber card.Subscriber
	Blocked    bool
	Phone      card.PhoneKey // proved by the contact button
	PhoneAt    time.Time
	People     []Link // in the order they were added
	// Session belongs to the conversation, which alone knows its shape.
	Session []byte
	Seen    time.Time // when it last wrote
}

// Link is a chat's end of a Follower.
type Link struct {
	Person   card.PersonKey
	Nickname string // given by the person, for this chat only
	// Guest says that the chat was invited: the card is somebody else's.
	Guest bool
}

// NeedsNames reports whether the people of the chat are told apart by name: of
// one alone it is clear whose card is meant, unless it is somebody else's.
func (c Chat) NeedsNames() bool {
	return len(c.People) > 1 || len(c.People) == 1 && c.People[0].Guest
}
