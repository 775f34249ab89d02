package store

import (
	"time"

	"kartyar/card"
)

// Person is all that is known under one national code: its applications and
// the chats that follow them. Both stand in one row, so that what a list says
// and whom it must be told to are read and written together.
type Person struct {
	Applications []Application `cbor:"1,keyasint,omitempty"`
	Followers    []Follower    `cbor:"2,keyasint,omitempty"`
}

// Application is one request for a card: what the feeds said of it, and what
// that came to.
type Application struct {
	Record  card.Record `cbor:"1,keyasint"`
	Arrival Arrival     `cbor:"2,keyasint,omitzero"` // the latest one
	// Problem rises each time the applied state enters defective or rejected.
	Problem uint32 `cbor:"3,keyasint,omitempty"`
	// Claimed is the number of the arrival that the holder says they have
	// collected; it ends reminders and leaves the stage alone.
	Claimed uint32 `cbor:"4,keyasint,omitempty"`
	// Undated are hashes of what undated rows said before, oldest first.
	Undated []RowHash `cbor:"5,keyasint,omitempty"`
}

// RowHash tells what one undated row said from what another did.
type RowHash [8]byte

// Arrival is one time that a card came to an office.
type Arrival struct {
	Number uint32    `cbor:"1,keyasint"` // from 1; never reused
	Office string    `cbor:"2,keyasint,omitempty"`
	At     time.Time `cbor:"3,keyasint,omitzero"` // as its source says
}

// Follower is a chat that asks after a person and wants to be told. While
// Verified is zero it is a waiting pair: a code and a proved phone that no
// record fits yet, which is told nothing.
type Follower struct {
	Chat     card.ChatKey    `cbor:"1,keyasint"`
	Bot      card.Bot        `cbor:"2,keyasint"`
	Since    time.Time       `cbor:"3,keyasint,omitzero"` // when the chat first asked
	Verified time.Time       `cbor:"4,keyasint,omitzero"`
	Phone    card.PhoneKey   `cbor:"5,keyasint,omitzero"` // the phone that the chat proved
	Receipt  card.ReceiptKey `cbor:"6,keyasint,omitzero"` // typed while waiting
	Office   string          `cbor:"7,keyasint,omitempty"`
	Notify   bool            `cbor:"8,keyasint,omitempty"` // «خبرم کن»
	Blocked  bool            `cbor:"9,keyasint,omitempty"` // the platform refuses us there
	Told     []Told          `cbor:"10,keyasint,omitempty"`
	Alert    Pending         `cbor:"11,keyasint,omitzero"`
	// Reminder is when the next reminder is due; zero when none is.
	Reminder time.Time `cbor:"12,keyasint,omitzero"`
	// Held: the row of Alert or Reminder came from a backup and stands in a
	// held class.
	Held bool `cbor:"13,keyasint,omitempty"`
	// Inviter is the chat on whose proof this one follows, as its guest; zero
	// for a chat that proved itself.
	Inviter card.ChatKey `cbor:"14,keyasint,omitzero"`
	// Invited is the invitation of this chat that waits to be used.
	Invited InviteKey `cbor:"15,keyasint,omitzero"`
}

// Pending is an alert on its way. The zero value means there is none.
type Pending struct {
	Due      time.Time `cbor:"1,keyasint,omitzero"` // the time under which its outbox row stands
	Since    time.Time `cbor:"2,keyasint,omitzero"` // when it first became due
	Attempts uint16    `cbor:"3,keyasint,omitempty"`
}

// Told is what a follower already knows of one application.
type Told struct {
	ID      card.ApplicationID `cbor:"1,keyasint"`
	Arrival uint32             `cbor:"2,keyasint,omitempty"` // the last arrival told
	Office  string             `cbor:"3,keyasint,omitempty"` // where that was
	At      time.Time          `cbor:"4,keyasint,omitzero"`  // when it was told
	Ended   bool               `cbor:"5,keyasint,omitempty"` // told that this arrival is over
	Problem uint32             `cbor:"6,keyasint,omitempty"` // the last problem told
	// Reminded is when the last reminder of this arrival went out.
	Reminded time.Time `cbor:"7,keyasint,omitzero"`
	// Snoozed is when the person asked to be reminded next; it is over once
	// Reminded is later.
	Snoozed time.Time `cbor:"8,keyasint,omitzero"`
}

// IsZero reports whether nothing is known of the person and nobody asks.
func (p Person) IsZero() bool { return len(p.Applications) == 0 && len(p.Followers) == 0 }

// Application returns the person's application of that id, nil when there is
// none.
func (p *Person) Application(id card.ApplicationID) *Application {
	for i := range p.Applications {
		if p.Applications[i].Record.ID == id {
			return &p.Applications[i]
		}
	}
	return nil
}

// Follower returns the follower of that chat, nil when it does not follow.
func (p *Person) Follower(chat card.ChatKey) *Follower {
	for i := range p.Followers {
		if p.Followers[i].Chat == chat {
			return &p.Followers[i]
		}
	}
	return nil
}

// Guests returns the followers that stand on a chat's proof.
func (p *Person) Guests(of card.ChatKey) (guests []*Follower) {
	for i := range p.Followers {
		if f := &p.Followers[i]; f.IsGuest() && f.Inviter == of {
			guests = append(guests, f)
		}
	}
	return guests
}

// Proved returns when the proof was given on which a follower's asking stands:
// its own, or, of a guest, that of the chat that invited it. It is zero when
// there is none.
func (p *Person) Proved(f *Follower) time.Time {
	if !f.IsGuest() {
		return f.Verified
	}
	if inviter := p.Follower(f.Inviter); inviter != nil {
		return inviter.Verified
	}
	return time.Time{}
}

// IsGuest reports whether the chat follows on another one's proof.
func (f *Follower) IsGuest() bool { return f.Inviter != card.ChatKey{} }

// IsVerified reports whether the chat has proved that it may ask.
func (f *Follower) IsVerified() bool { return !f.Verified.IsZero() }

// ToldOf returns what the follower knows of an application, nil when nothing.
func (f *Follower) ToldOf(id card.ApplicationID) *Told {
	for i := range f.Told {
		if f.Told[i].ID == id {
			return &f.Told[i]
		}
	}
	return nil
}

// Persons calls each with the persons from the given key on, in the order of
// the keys, until each returns false. A count over all of them takes a View for
// a few thousand at a time: a View that lasts holds what was deleted meanwhile
// on the disk.
func (tx *Tx) Persons(from card.PersonKey, each func(card.PersonKey, Person) (more bool, err error)) error {
	prefix := []byte{personKind}
	return tx.scan(prefix, rowKey(personKind, from[:]), func(row []byte, value func(any) error) (bool, error) {
		var p Person
		if err := value(&p); err != nil {
			return false, err
		}
		return each(card.PersonKey(row[1:]), p)
	})
}
