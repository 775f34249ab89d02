package alert

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"kartyar/card"
	"kartyar/store"
)

// waitingMost is how many pairs a chat may have waiting; a further one
// replaces the oldest.
const waitingMost = 3

// waitingOnPerson is how many pairs may wait for one person, so that a row
// stays small whoever asks. Each takes another chat, each chat's phone is
// proved, and guesses are few a day, so only somebody with hundreds of accounts
// fills it. Then newcomers are not kept: nobody who waits is pushed out, and the
// rightful owner, if they come that late, is still let in whenever they ask
// after their record has come. Those who are verified do not count.
const waitingOnPerson = 512

// Asker is who asks after a person: a chat, the phone that it proved, and a
// receipt code if it typed one.
type Asker struct {
	Chat    card.ChatKey
	Bot     card.Bot
	Phone   card.PhoneKey
	Receipt card.ReceiptKey
}

// Access is what an Asker is answered.
type Access struct {
	// Verified: the phone or the receipt code is the person's, now or when it
	// was proved before.
	Verified bool
	// New: this pair of code and phone does not wait already, so that a wrong
	// one is a guess.
	New bool
	// Dropped is the chat's oldest waiting pair if it does not wait any more
	// because this one does now; the zero link where all still wait.
	Dropped store.Link
	// Full: the pair is not kept, because too many wait for this person
	// already. Asking again works as soon as there is a record that fits.
	Full bool
}

// Ask verifies a pair of national code and proved phone, or keeps it waiting
// for a record that fits. The chat's row must be there.
func (r Rules) Ask(tx *store.Tx, now time.Time, person card.PersonKey, who Asker) (Access, error) {
	// Who asks, writes.
	if err := r.Reachable(tx, now, who.Chat, true); err != nil {
		return Access{}, fmt.Errorf("asking after a person: %w", err)
	}
	p, err := tx.Person(person)
	if err != nil {
		return Access{}, fmt.Errorf("asking after a person: %w", err)
	}
	before := snapshot(p)
	f := p.Follower(who.Chat)
	again := f != nil && f.IsVerified() && !f.IsGuest() && f.Phone == who.Phone
	proved := again || Fits(&p, who)
	access := Access{Verified: proved, New: !again && (f == nil || !f.Waiting.HasPhone(who.Phone))}
	if f == nil {
		if !proved && waitingFor(&p) >= waitingOnPerson {
			access.Full = true
			return access, nil
		}
		p.Followers = append(p.Followers, store.Follower{Chat: who.Chat, Bot: who.Bot, Since: second(now)})
		f = &p.Followers[len(p.Followers)-1]
	}
	f.Waiting.Add(who.Phone, who.Receipt)
	if proved {
		verify(f, now)
	} else if !f.IsGuest() {
		// Whoever is told «اگر برسد خبر می‌دهیم» is told, though they had enough
		// of news before. To a guest what is due already would tell that the code is
		// right: they are told once their own pair fits.
		f.Notify = true
	}
	if _, err := r.settle(tx, person, before, &p, now, false); err != nil {
		return Access{}, fmt.Errorf("asking after a person: %w", err)
	}
	access.Dropped, err = r.link(tx, now, person, who.Chat)
	return access, err
}

// Fits reports whether the phone or the receipt code is the person's as the
// records stand.
func Fits(p *store.Person, who Asker) bool {
	var w store.Waiting
	w.Add(who.Phone, who.Receipt)
	return fits(p, &w)
}

func waitingFor(p *store.Person) (n int) {
	for i := range p.Followers {
		if !p.Followers[i].IsVerified() {
			n++
		}
	}
	return n
}

// link adds a person to a chat's list, and lets the oldest other waiting pair
// of the chat go when there are too many.
func (r Rules) link(tx *store.Tx, now time.Time, person card.PersonKey, chat card.ChatKey) (dropped store.Link, err error) {
	c, found, err := tx.Chat(chat)
	if err != nil {
		return dropped, fmt.Errorf("linking a person to a chat: %w", err)
	}
	if !found {
		return dropped, fmt.Errorf("linking a person to a chat that is not there")
	}
	if !slices.ContainsFunc(c.People, func(l store.Link) bool { return l.Person == person }) {
		c.People = append(c.People, store.Link{Person: person})
		if err := tx.PutChat(chat, c); err != nil {
			return dropped, err
		}
	}
	waiting := 0
	for _, l := range c.People {
		p, err := tx.Person(l.Person)
		if errors.Is(err, store.ErrDamaged) {
			continue // nobody can tell, and whoever else is asked after does not wait for that
		}
		if err != nil {
			return dropped, fmt.Errorf("counting a chat's waiting pairs: %w", err)
		}
		if f := p.Follower(chat); f == nil || !f.Waits() {
			continue
		}
		if waiting++; dropped == (store.Link{}) && l.Person != person {
			dropped = l
		}
	}
	if waiting <= waitingMost {
		return store.Link{}, nil
	}
	return dropped, r.dropWaiting(tx, now, dropped.Person, chat)
}

// dropWaiting ends a waiting pair. A guest stays one.
func (r Rules) dropWaiting(tx *store.Tx, now time.Time, person card.PersonKey, chat card.ChatKey) error {
	guest, err := r.follower(tx, now, person, chat, func(_ *store.Person, f *store.Follower) bool {
		f.Waiting = store.Waiting{}
		return f.IsGuest()
	})
	if err != nil {
		return fmt.Errorf("letting a waiting pair go: %w", err)
	}
	if !guest {
		_, err = r.Unfollow(tx, now, person, chat)
	}
	return err
}

// edit changes one person's row and settles what follows.
func (r Rules) edit(tx *store.Tx, now time.Time, person card.PersonKey, change func(*store.Person) bool) (done bool, err error) {
	p, err := tx.Person(person)
	if err != nil {
		return false, err
	}
	before := snapshot(p)
	if !change(&p) {
		return false, nil
	}
	_, err = r.settle(tx, person, before, &p, now, false)
	return err == nil, err
}

// follower changes one follower of a person.
func (r Rules) follower(tx *store.Tx, now time.Time, person card.PersonKey, chat card.ChatKey, change func(*store.Person, *store.Follower) bool) (bool, error) {
	return r.edit(tx, now, person, func(p *store.Person) bool {
		f := p.Follower(chat)
		return f != nil && change(p, f)
	})
}

// Subscribe has a chat told of a person, or no longer.
func (r Rules) Subscribe(tx *store.Tx, now time.Time, person card.PersonKey, chat card.ChatKey, on bool) error {
	_, err := r.follower(tx, now, person, chat, func(_ *store.Person, f *store.Follower) bool {
		f.Notify = on
		return true
	})
	if err != nil {
		return fmt.Errorf("changing a subscription: %w", err)
	}
	return nil
}

// ChooseOffice notes the office that the person wishes for. The record's own
// office decides where the card is; the wish is for the wording.
func (r Rules) ChooseOffice(tx *store.Tx, now time.Time, person card.PersonKey, chat card.ChatKey, office string) error {
	_, err := r.follower(tx, now, person, chat, func(_ *store.Person, f *store.Follower) bool {
		f.Office = office
		return true
	})
	if err != nil {
		return fmt.Errorf("choosing an office: %w", err)
	}
	return nil
}

// Claim notes that the holder says they have collected an arrival (or, with on
// false, that they have not after all). It ends that arrival's reminders in
// all chats and leaves the stage alone. done is false when the arrival is no
// longer the current one, or the card does not lie ready.
func (r Rules) Claim(tx *store.Tx, now time.Time, person card.PersonKey, id card.ApplicationID, arrival uint32, on bool) (done bool, err error) {
	done, err = r.edit(tx, now, person, func(p *store.Person) bool {
		a := p.Application(id)
		if a == nil || a.Arrival.Number != arrival || a.Record.Current().Stage != card.StageReady {
			return false
		}
		for i := range p.Applications {
			// The same card may lie there under another id too.
			b := &p.Applications[i]
			if b == a || mayBeSame(a, b) && b.Record.Current().Stage == card.StageReady {
				if b.Claimed = 0; on {
					b.Claimed = b.Arrival.Number
				}
			}
		}
		return true
	})
	if err != nil {
		return false, fmt.Errorf("noting that a card was collected: %w", err)
	}
	return done, nil
}

// Snooze puts the next reminder of an arrival off. done is false when there is
// nothing to remind of any more, or the chat wants no news.
func (r Rules) Snooze(tx *store.Tx, now time.Time, person card.PersonKey, chat card.ChatKey, id card.ApplicationID, arrival uint32, until time.Time) (done bool, err error) {
	done, err = r.follower(tx, now, person, chat, func(p *store.Person, f *store.Follower) bool {
		a, told := p.Application(id), f.ToldOf(id)
		if !f.Notify || a == nil || told == nil || a.Arrival.Number != arrival || told.Arrival != arrival || !awaited(p, a) {
			return false
		}
		told.Snoozed = second(until)
		return true
	})
	if err != nil {
		return false, fmt.Errorf("putting a reminder off: %w", err)
	}
	return done, nil
}

// HasNews reports whether there is anything that a follower has not been told:
// whether Shown would change anything.
func HasNews(p *store.Person, f *store.Follower) bool {
	return f.IsVerified() && len(pending(p, f)) > 0
}

// Shown notes that a chat was shown where a person's cards stand: that counts
// as told.
func (r Rules) Shown(tx *store.Tx, now time.Time, person card.PersonKey, chat card.ChatKey) error {
	_, err := r.follower(tx, now, person, chat, func(p *store.Person, f *store.Follower) bool {
		if !f.IsVerified() {
			return false
		}
		items := pending(p, f)
		for _, item := range items {
			tell(f, item, now)
		}
		return len(items) > 0
	})
	if err != nil {
		return fmt.Errorf("noting what was shown: %w", err)
	}
	return nil
}

// Unfollow ends a chat's link to a person, with all that was to be told, and
// with it those of the chat's guests, which it returns. A person's row that cannot
// be read keeps the chat's end of it, and the guests, to itself; all else goes.
func (r Rules) Unfollow(tx *store.Tx, now time.Time, person card.PersonKey, chat card.ChatKey) ([]Ended, error) {
	ended, err := r.endLinks(tx, now, person, chat, func(f *store.Follower) bool { return f.Chat == chat || f.Inviter == chat })
	if errors.Is(err, store.ErrDamaged) {
		_, err = tx.DropDues(func(d store.Due) bool { return d.Person == person && d.Chat == chat })
	}
	if err == nil {
		err = unlink(tx, person, chat) // also where there was no follower
	}
	if err != nil {
		return nil, fmt.Errorf("ending a link: %w", err)
	}
	return ended, nil
}

func unlink(tx *store.Tx, person card.PersonKey, chat card.ChatKey) error {
	c, found, err := tx.Chat(chat)
	if err != nil || !found {
		return err
	}
	c.People = slices.DeleteFunc(c.People, func(l store.Link) bool { return l.Person == person })
	return tx.PutChat(chat, c)
}

// Reachable notes that the platform refuses us in a chat, or that its person
// wrote again; then whatever they were not told becomes due. People whose rows
// are damaged stay as they are.
func (r Rules) Reachable(tx *store.Tx, now time.Time, chat card.ChatKey, reachable bool) error {
	c, found, err := tx.Chat(chat)
	if err != nil {
		return fmt.Errorf("noting whether a chat can be reached: %w", err)
	}
	if !found || c.Blocked != reachable {
		return nil
	}
	c.Blocked = !reachable
	if err := tx.PutChat(chat, c); err != nil {
		return err
	}
	for _, l := range c.People {
		_, err := r.follower(tx, now, l.Person, chat, func(_ *store.Person, f *store.Follower) bool {
			f.Blocked = !reachable
			return true
		})
		if errors.Is(err, store.ErrDamaged) {
			continue // its own row of the outbox tells of the damage
		}
		if err != nil {
			return fmt.Errorf("noting whether a chat can be reached: %w", err)
		}
	}
	return nil
}
