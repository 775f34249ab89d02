package handlers

import (
	"errors"
	"slices"

	"kartyar/bot"
	"kartyar/card"
	"kartyar/locale"
	"kartyar/lookup"
	"kartyar/store"
)

// subscribe answers «خبرم کن».
func (t *turn) subscribe() error { return t.news(actSubscribe, true, leadSubscribed) }

// unsubscribe answers «دیگر خبرم نکن».
func (t *turn) unsubscribe() error { return t.news(actUnsubscribe, false, leadUnsubscribed) }

func (t *turn) news(a action, on bool, l lead) error {
	person, ok, err := t.meant(a)
	if err != nil || !ok {
		return err
	}
	t.leave()
	if err := t.Rules.Subscribe(t.tx, t.now, person, t.chat, on); err != nil {
		return err
	}
	return t.showStatus(person, l)
}

// claim answers «تحویل گرفتم» under a message.
func (t *turn) claim() error { return t.claimed(true, leadClaimed) }

// unclaim takes claim back.
func (t *turn) unclaim() error { return t.claimed(false, leadUnclaimed) }

func (t *turn) claimed(on bool, l lead) error {
	person, ok := t.pressedPerson()
	if !ok {
		return t.stale()
	}
	p, f, err := t.follower(person)
	if err != nil {
		return err
	}
	a := t.press.application(&p)
	if a == nil || f == nil || !f.IsVerified() {
		return t.showStatus(person, leadStale)
	}
	return t.claimCard(person, a.Record.ID, t.press.Arrival, on, l)
}

func (t *turn) claimCard(person card.PersonKey, id card.ApplicationID, arrival uint32, on bool, l lead) error {
	done, err := t.Rules.Claim(t.tx, t.now, person, id, arrival, on)
	if err != nil {
		return err
	}
	if !done {
		l = leadStale
	}
	return t.showStatus(person, l)
}

// readyCard is a card that lies ready for a person of the chat.
type readyCard struct {
	person  card.PersonKey
	id      card.ApplicationID
	arrival store.Arrival
	claimed bool // the holder says that they have it
	notify  bool // the chat is told of the person unasked
}

// readyCards returns the cards of which the chat may know that they lie ready.
// Of whom it gets no news and has to prove itself again, it is not to learn from
// this that their card does: all is false then, card or no card, and so it is when
// somebody's cannot be read.
func (t *turn) readyCards() (ready []readyCard, all bool, err error) {
	all = true
	for _, l := range t.row.People {
		p, f, err := t.follower(l.Person)
		if errors.Is(err, lookup.ErrUnavailable) {
			all = false
			continue
		}
		if err != nil {
			return nil, false, err
		}
		if f == nil || !f.IsVerified() {
			continue
		}
		sees := t.maySee(&p, f)
		all = all && sees
		if !sees && !f.Notify {
			continue
		}
		answer, err := t.Lookup.Status(t.tx, l.Person)
		if err != nil {
			return nil, false, err
		}
		for _, c := range answer.Cards {
			if c.State.Stage == card.StageReady {
				ready = append(ready, readyCard{l.Person, c.ID, c.Arrival, c.Claimed, f.Notify})
			}
		}
	}
	return ready, all, nil
}

func isClaimed(c readyCard) bool { return c.claimed }

func isWaiting(c readyCard) bool { return !c.claimed }

// claimAny answers «تحویل گرفتم» that was typed: it is clear which card is
// meant when one alone lies ready.
func (t *turn) claimAny() error {
	c, err := t.onlyCard()
	if err != nil || c == nil {
		return err
	}
	return t.claimCard(c.person, c.id, c.arrival.Number, true, leadClaimed)
}

// askClaim asks whoever may have said so whether they have the card: to take it
// for said ends the reminders.
func (t *turn) askClaim() error {
	c, err := t.onlyCard()
	if err != nil || c == nil {
		return err
	}
	t.say(bot.Reply{Text: locale.AskClaim(t.called(c.person)), Keyboard: inline(
		row(t.button(locale.ButtonCollected, pressOf(actClaim, c.person, c.id, c.arrival.Number))),
		row(t.button(locale.ButtonNotCollected, pressOf(actUnclaim, c.person, c.id, c.arrival.Number))))})
	return nil
}

// unclaimAny answers «هنوز نگرفته‌ام» that was typed: it takes back what was said
// of one card alone, and else shows where all stand.
func (t *turn) unclaimAny() error {
	ready, _, err := t.readyCards()
	if err != nil {
		return err
	}
	ready = slices.DeleteFunc(ready, isWaiting)
	if len(ready) != 1 {
		return t.askStatus()
	}
	t.leave()
	return t.claimCard(ready[0].person, ready[0].id, ready[0].arrival.Number, false, leadUnclaimed)
}

// onlyCard returns the card that lies ready. When there is none, or more than
// one, it shows where all stand, with their buttons, and returns nil.
func (t *turn) onlyCard() (*readyCard, error) {
	t.leave()
	if len(t.row.People) == 0 {
		return nil, t.prove(locale.ProveFirst() + " " + locale.AskContact())
	}
	ready, all, err := t.readyCards()
	if err != nil {
		return nil, err
	}
	claimed := slices.ContainsFunc(ready, isClaimed)
	ready = slices.DeleteFunc(ready, isClaimed)
	switch {
	case len(ready) == 1:
		return &ready[0], nil
	case len(ready) == 0 && all && !claimed:
		return nil, t.statusOfAll(leadNothing)
	}
	return nil, t.statusOfAll(leadNone)
}
