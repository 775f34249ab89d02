package alert

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"kartyar/card"
	"kartyar/store"
)

// ForgetChat deletes all that a chat left here: its session, its links and
// waiting pairs, its subscriptions and what it was to be told. Counters of
// wrong guesses stay, and so do other chats, but for the access of its guests,
// which are returned. A chat that is not there is fine. A person's row that
// cannot be read keeps the chat's end of it to itself; all else goes.
func (r Rules) ForgetChat(tx *store.Tx, now time.Time, chat card.ChatKey) (ended []Ended, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("deleting a chat's data: %w", err)
		}
	}()
	if err := tx.Erasing(store.ErasedChat, chat, now); err != nil {
		return nil, err
	}
	c, _, err := tx.Chat(chat)
	if err != nil {
		return nil, err
	}
	for _, l := range c.People {
		guests, err := r.Unfollow(tx, now, l.Person, chat)
		if err != nil {
			return nil, err
		}
		ended = append(ended, guests...)
	}
	if err := tx.RemoveOperator(chat); err != nil {
		return nil, err
	}
	return ended, tx.DeleteChat(chat)
}

// Erased is what ErasePerson deleted.
type Erased struct {
	Applications int
	Followers    int // chats that followed the person, waiting ones included
	Alerts       int // alerts and reminders that were still to be sent
	// Unreadable: the person's row was damaged. It went too, but what it said
	// was not counted; chats that followed the person show that nobody is
	// followed there any more.
	Unreadable bool
}

// ErasePerson deletes everything about a person: the row, what was to be told,
// and in the chats that followed them the link, the session, which may name
// them, and updates that were set aside, whose texts may.
func (r Rules) ErasePerson(tx *store.Tx, now time.Time, person card.PersonKey) (Erased, error) {
	if err := tx.Erasing(store.ErasedPerson, person, now); err != nil {
		return Erased{}, fmt.Errorf("erasing a person: %w", err)
	}
	if err := tx.PutGuesses(store.GuessOfReceipt, person, nil); err != nil {
		return Erased{}, fmt.Errorf("erasing a person: %w", err)
	}
	p, err := tx.Person(person)
	if errors.Is(err, store.ErrDamaged) {
		return eraseUnreadable(tx, person)
	}
	if err != nil {
		return Erased{}, fmt.Errorf("erasing a person: %w", err)
	}
	erased := Erased{Applications: len(p.Applications), Followers: len(p.Followers)}
	for i := range p.Followers {
		erased.Alerts += len(dues(person, &p.Followers[i]))
		err := tx.DeleteInvite(p.Followers[i].Invited)
		if err := errors.Join(err, forgetIn(tx, person, p.Followers[i].Chat)); err != nil {
			return Erased{}, fmt.Errorf("erasing a person: %w", err)
		}
	}
	before := snapshot(p)
	p = store.Person{}
	if _, err := r.settle(tx, person, before, &p, now, false); err != nil {
		return Erased{}, fmt.Errorf("erasing a person: %w", err)
	}
	return erased, nil
}

// forgetIn ends a chat's link to a person who is erased.
func forgetIn(tx *store.Tx, person card.PersonKey, chat card.ChatKey) error {
	c, found, err := tx.Chat(chat)
	if errors.Is(err, store.ErrDamaged) || err == nil && !found {
		return tx.DropSetAside(chat)
	}
	if err != nil {
		return err
	}
	c.Session = nil
	c.People = slices.DeleteFunc(c.People, func(l store.Link) bool { return l.Person == person })
	if err := tx.PutChat(chat, c); err != nil {
		return err
	}
	return tx.DropSetAside(chat)
}

// eraseUnreadable deletes a person whose row cannot be read. Who followed them
// stood in it, so that the chats keep their ends of the links.
func eraseUnreadable(tx *store.Tx, person card.PersonKey) (erased Erased, err error) {
	erased.Unreadable = true
	erased.Alerts, err = tx.DropDues(func(d store.Due) bool { return d.Person == person })
	if err == nil {
		err = tx.PutPerson(person, store.Person{})
	}
	if err != nil {
		return Erased{}, fmt.Errorf("erasing a person whose row is damaged: %w", err)
	}
	return erased, nil
}

// eraseAtOnce is how many erasures one commit applies again.
const eraseAtOnce = 50

// EraseAgain applies the erasures of a ledger to a store that was restored from
// a backup older than they are.
func (r Rules) EraseAgain(ctx context.Context, s *store.Store, now time.Time, all []store.Erasure) error {
	for some := range slices.Chunk(all, eraseAtOnce) {
		err := s.Update(ctx, func(tx *store.Tx) error {
			for _, e := range some {
				if err := r.eraseAgain(tx, now, e); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("applying the ledger of erasures: %w", err)
		}
	}
	return nil
}

func (r Rules) eraseAgain(tx *store.Tx, now time.Time, e store.Erasure) error {
	switch e.Kind {
	case store.ErasedPerson:
		_, err := r.ErasePerson(tx, now, e.Key)
		return err
	case store.ErasedChat:
		_, err := r.ForgetChat(tx, now, e.Key)
		return err
	}
	return fmt.Errorf("the ledger of erasures has an entry of the kind %q, which this version does not know", e.Kind)
}
