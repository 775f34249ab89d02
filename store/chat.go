package store

import (
	"time"

	"kartyar/card"
)

// Chat is a private chat with one of our bots: where to write, what it has
// proved, whom it follows, and where its conversation stands.
type Chat struct {
	Subscriber card.Subscriber `cbor:"1,keyasint"`
	Blocked    bool            `cbor:"2,keyasint,omitempty"`
	Phone      card.PhoneKey   `cbor:"3,keyasint,omitzero"` // proved by the contact button
	PhoneAt    time.Time       `cbor:"4,keyasint,omitzero"`
	People     []Link          `cbor:"5,keyasint,omitempty"` // in the order they were added
	// Session belongs to the conversation, which alone knows its shape.
	Session []byte    `cbor:"6,keyasint,omitempty"`
	Seen    time.Time `cbor:"7,keyasint,omitzero"` // when it last wrote
}

// Link is a chat's end of a Follower.
type Link struct {
	Person   card.PersonKey `cbor:"1,keyasint"`
	Nickname string         `cbor:"2,keyasint,omitempty"` // given by the person, for this chat only
	// Guest says that the chat was invited: the card is somebody else's.
	Guest bool `cbor:"3,keyasint,omitempty"`
}

// NeedsNames reports whether the people of the chat are told apart by name: of
// one alone it is clear whose card is meant, unless it is somebody else's.
func (c Chat) NeedsNames() bool {
	return len(c.People) > 1 || len(c.People) == 1 && c.People[0].Guest
}
