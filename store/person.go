package store

import (
	"errors"
	"time"

	"kartyar/card"
)

// Person is all that is known under one national code: its applications and
// the chats that follow them. Both stand in one row, so that what a list says
// and whom it must be told to are read and written together.
type Person struct {
	Applications []Application
	Followers    []Follower
}

// Application is one request for a card: what the feeds said of it, and what
// that came to.
type Application struct {
	Record  card.Record
	Arrival Arrival // the latest one
	// Problem rises each time the applied state enters defective or rejected.
	Problem uint32
	// Claimed is the number of the arrival that the holder says they have
	// collected; it ends reminders and leaves the stage alone.
	Claimed uint32
	// Undated are hashes of what undated rows said before, oldest first.
	Undated []RowHash
}

// RowHash tells what one undated row said from what another did.
type RowHash [8]byte

// Arrival is one time that a card came to an office.
type Arrival struct {
	Number uint32 // from 1; never reused
	Office string
	At     time.Time // as its source says
}

// IsFrom reports whether a return that is said of the same card under another id,
// which stands in now and had the arrival other, is one from the office of a: two
// cards may lie at two offices.
func (a Arrival) IsFrom(now card.State, other Arrival) bool {
	if now.Stage == card.StageReturned && now.Office != "" {
		return now.Office == a.Office
	}
	return other.Number == 0 || other.Office == a.Office || other.At.Before(a.At)
}

// Follower is a chat that asks after a person and wants to be told. While
// Verified is zero it is a waiting pair: a code and proved phones that no
// record fits yet, which is told nothing.
type Follower struct {
	Chat     card.ChatKey
	Bot      card.Bot
	Since    time.Time // when the chat first asked
	Verified time.Time
	Phone    card.PhoneKey // proved last when the chat was verified
	Waiting  Waiting
	Office   string
	Notify   bool // «خبرم کن»
	Blocked  bool // the platform refuses us there
	Told     []Told
	Alert    Pending
	// Reminder is when the next reminder is due; zero when none is.
	Reminder time.Time
	// Held: the row of Alert or Reminder came from a backup and stands in a
	// held class.
	Held bool
	// Inviter is the chat on whose proof this one follows, as its guest; zero
	// for a chat that proved itself.
	Inviter card.ChatKey
	// Invited is the invitation of this chat that waits to be used.
	Invited InviteKey
}

// Pending is an alert on its way. The zero value means there is none.
type Pending struct {
	Due      time.Time // the time under which its outbox row stands
	Since    time.Time // when it first became due
	Attempts uint16
}

// Told is what a follower already knows of one application.
type Told struct {
	ID      card.ApplicationID
	Arrival uint32    // the last arrival told
	Office  string    // where that was
	At      time.Time // when it was told
	Ended   bool      // told that this arrival is over
	Problem uint32    // the last problem told
	// Reminded is when the last reminder of this arrival went out.
	Reminded time.Time
	// Snoozed is when the person asked to be reminded next; it is over once
	// Reminded is later.
	Snoozed time.Time
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

// Waits reports whether nothing lets the chat in yet but a record that is still
// to come, or, of a guest, whether it asked for that beside its invitation.
func (f *Follower) Waits() bool {
	return !f.IsVerified() || f.IsGuest() && !f.Waiting.IsZero()
}

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
// the keys, until each returns false. Of one whose row is damaged each is given
// ErrDamaged, so that it keeps back no other, and nothing else is to be made of
// it. A count over all of them takes a View for a few thousand at a time: a View
// that lasts holds what was deleted meanwhile on the disk.
func (tx *Tx) Persons(from card.PersonKey, each func(key card.PersonKey, p Person, damaged error) (more bool, err error)) error {
	prefix := []byte{personKind}
	return tx.scan(prefix, rowKey(personKind, from[:]), func(row []byte, value func(readable) error) (bool, error) {
		var p Person
		err := value(&p)
		if err != nil && !errors.Is(err, ErrDamaged) {
			return false, err
		}
		return each(card.PersonKey(row[1:]), p, err)
	})
}
