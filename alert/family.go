package alert

import (
	"errors"
	"fmt"
	"time"

	"kartyar/card"
	"kartyar/store"
)

// A guest is a chat that follows a person on another chat's proof, by that
// chat's invitation. It may ask and is told; it cannot invite. Its access ends
// with the link of the chat that invited it. If it asked by a phone or a receipt
// code of its own, that waits like anybody's: it goes on waiting after the access
// has ended, and the record that fits makes the guest independent.

// GuestsMost is how many guests a chat may have for one person.
const GuestsMost = 5

// Ended is a chat whose access to a person has ended because of another chat,
// and what the person was called there.
type Ended struct {
	To       card.Subscriber
	Nickname string
	Several  bool // the chat followed several people
}

// Admission is what an invitation comes to for a chat that opened it.
type Admission uint8

// The admissions.
const (
	Admitted   Admission = iota
	LinkOver             // there is no such link (any more), or its maker may not invite
	OwnLink              // the chat made it itself
	KnownSince           // the chat follows the person already
	NoRoom               // the maker has as many guests as may be (GuestsMost)
)

// ErrMayNotInvite says that a chat has no proof of its own on which another
// could stand.
var ErrMayNotInvite = errors.New("the chat may not invite others to follow this person")

// ErrManyGuests says that a chat has as many guests for a person as may be.
var ErrManyGuests = errors.New("the chat has as many guests as may be")

// Invite makes a one-time link by which another chat may follow a person on
// this chat's proof, until the given time, and returns its token. An earlier
// link of the chat's for the person ends. The error may be ErrMayNotInvite or
// ErrManyGuests.
func (r Rules) Invite(tx *store.Tx, now, until time.Time, person card.PersonKey, chat card.ChatKey) (token string, err error) {
	p, err := tx.Person(person)
	if err != nil {
		return "", fmt.Errorf("inviting to follow a person: %w", err)
	}
	f := p.Follower(chat)
	switch {
	case f == nil || !f.IsVerified() || f.IsGuest():
		return "", ErrMayNotInvite
	case len(p.Guests(chat)) >= GuestsMost:
		return "", ErrManyGuests
	}
	if err := tx.DeleteInvite(f.Invited); err != nil {
		return "", fmt.Errorf("taking an invitation back: %w", err)
	}
	token, key, err := tx.NewInvite(store.Invite{Kind: store.InviteFamily, Bot: f.Bot, By: chat, Person: person, Expires: second(until)})
	if err == nil {
		err = r.invited(tx, now, person, chat, key)
	}
	if err != nil {
		return "", fmt.Errorf("inviting to follow a person: %w", err)
	}
	return token, nil
}

// invited notes which invitation of a chat waits to be used.
func (r Rules) invited(tx *store.Tx, now time.Time, person card.PersonKey, chat card.ChatKey, key store.InviteKey) error {
	_, err := r.follower(tx, now, person, chat, func(_ *store.Person, f *store.Follower) bool {
		f.Invited = key
		return true
	})
	return err
}

// Admissible says what Admit would do, and changes nothing.
func (r Rules) Admissible(tx *store.Tx, invite store.Invite, key store.InviteKey, chat card.ChatKey) (Admission, error) {
	p, err := tx.Person(invite.Person)
	if err != nil {
		return LinkOver, fmt.Errorf("looking at an invitation: %w", err)
	}
	maker, guest := p.Follower(invite.By), p.Follower(chat)
	switch {
	case invite.Kind != store.InviteFamily || maker == nil || maker.Invited != key || maker.IsGuest():
		return LinkOver, nil
	case invite.By == chat:
		return OwnLink, nil
	case guest != nil && guest.IsVerified():
		return KnownSince, nil
	case len(p.Guests(invite.By)) >= GuestsMost:
		return NoRoom, nil
	}
	return Admitted, nil
}

// Admit has a chat, whose row must be there, follow a person on the proof of
// the chat that made the invitation. The link is used up by it.
func (r Rules) Admit(tx *store.Tx, now time.Time, invite store.Invite, key store.InviteKey, who Asker) (Admission, error) {
	admission, err := r.Admissible(tx, invite, key, who.Chat)
	if err != nil || admission != Admitted {
		return admission, err
	}
	if err := tx.DeleteInvite(key); err != nil {
		return LinkOver, fmt.Errorf("using an invitation: %w", err)
	}
	_, err = r.edit(tx, now, invite.Person, func(p *store.Person) bool {
		p.Follower(invite.By).Invited = store.InviteKey{}
		f := p.Follower(who.Chat)
		if f == nil {
			p.Followers = append(p.Followers, store.Follower{Chat: who.Chat, Bot: who.Bot, Since: second(now)})
			f = &p.Followers[len(p.Followers)-1]
		}
		f.Verified, f.Inviter, f.Notify = second(now), invite.By, true
		return true
	})
	if err == nil {
		_, err = r.link(tx, now, invite.Person, who.Chat)
	}
	if err == nil {
		err = markGuest(tx, invite.Person, who.Chat)
	}
	if err != nil {
		return LinkOver, fmt.Errorf("using an invitation: %w", err)
	}
	return Admitted, nil
}

// markGuest notes in a chat that it follows a person as a guest.
func markGuest(tx *store.Tx, person card.PersonKey, chat card.ChatKey) error {
	c, _, err := tx.Chat(chat)
	if err != nil {
		return err
	}
	for i := range c.People {
		if c.People[i].Person == person {
			c.People[i].Guest = true
		}
	}
	return tx.PutChat(chat, c)
}

// EndGuests ends the access of a chat's guests to a person, of those for whom
// which says so, and the link that waits to be used, if there is one.
func (r Rules) EndGuests(tx *store.Tx, now time.Time, person card.PersonKey, maker card.ChatKey, which func(*store.Follower) bool) ([]Ended, error) {
	ended, err := r.endLinks(tx, now, person, maker, func(f *store.Follower) bool { return f.Inviter == maker && which(f) })
	if err != nil {
		return nil, fmt.Errorf("ending the access of guests: %w", err)
	}
	p, err := tx.Person(person)
	if err != nil {
		return nil, fmt.Errorf("taking an invitation back: %w", err)
	}
	if f := p.Follower(maker); f != nil && f.Invited != (store.InviteKey{}) {
		if err := errors.Join(tx.DeleteInvite(f.Invited), r.invited(tx, now, person, maker, store.InviteKey{})); err != nil {
			return nil, fmt.Errorf("taking an invitation back: %w", err)
		}
	}
	return ended, nil
}

// endLinks ends the links of those followers of a person for whom which says
// so. It returns those of other chats than by. Another chat whose row is damaged
// keeps its end of the link and is not among them: the person's end is what lets
// a chat in.
func (r Rules) endLinks(tx *store.Tx, now time.Time, person card.PersonKey, by card.ChatKey, which func(*store.Follower) bool) (ended []Ended, err error) {
	var gone []store.Follower
	_, err = r.edit(tx, now, person, func(p *store.Person) bool {
		left := p.Followers[:0]
		for i := range p.Followers {
			f := p.Followers[i]
			if which(&f) {
				gone = append(gone, f)
				if f.Chat == by || !f.Waits() {
					continue
				}
				f = onlyWaiting(&f)
			}
			left = append(left, f)
		}
		p.Followers = left
		return len(gone) > 0
	})
	if err != nil {
		return nil, err
	}
	for i := range gone {
		f := &gone[i]
		if f.Invited != (store.InviteKey{}) {
			if err := tx.DeleteInvite(f.Invited); err != nil {
				return nil, err
			}
		}
		if f.Chat != by {
			e, found, err := endedOf(tx, person, f.Chat)
			if errors.Is(err, store.ErrDamaged) {
				continue
			}
			if err != nil {
				return nil, err
			}
			if found {
				ended = append(ended, e)
			}
		}
		if f.Chat != by && f.Waits() {
			continue // still linked
		}
		if err := unlink(tx, person, f.Chat); err != nil {
			return nil, err
		}
	}
	return ended, nil
}

// onlyWaiting is what is left of a guest whose access has ended and of which a
// pair of its own waits.
func onlyWaiting(f *store.Follower) store.Follower {
	return store.Follower{
		Chat: f.Chat, Bot: f.Bot, Since: f.Since, Waiting: f.Waiting,
		Office: f.Office, Notify: true, Blocked: f.Blocked,
	}
}

func endedOf(tx *store.Tx, person card.PersonKey, chat card.ChatKey) (e Ended, found bool, err error) {
	c, found, err := tx.Chat(chat)
	if err != nil || !found {
		return e, false, err
	}
	e = Ended{To: c.Subscriber, Several: c.NeedsNames()}
	for _, l := range c.People {
		if l.Person == person {
			e.Nickname = l.Nickname
		}
	}
	return e, true, nil
}
