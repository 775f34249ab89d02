package handlers

import (
	"errors"
	"fmt"

	"kartyar/bot"
	"kartyar/card"
	"kartyar/locale"
	"kartyar/lookup"
)

// askWay answers «مسیر کارت» that was written: the way of a person's only card,
// otherwise the statuses, under which a button for each card stands.
func (t *turn) askWay() error {
	t.leave()
	if len(t.row.People) != 1 {
		return t.askStatus()
	}
	person := t.row.People[0].Person
	answer, err := t.mayTell(person)
	if err != nil {
		return err
	}
	if len(answer.Cards) != 1 {
		return t.sayStatus(person, leadNone)
	}
	return t.sayWay(person, answer.Cards[0].ID)
}

// pressedWay shows the way of the button's card. The message of the button
// stays: a picture cannot take its place.
func (t *turn) pressedWay() error {
	person, ok := t.pressedPerson()
	if !ok {
		return t.stale()
	}
	answer, err := t.mayTell(person)
	if err != nil {
		return err
	}
	for _, c := range answer.Cards {
		if t.press.names(c.ID) {
			return t.sayWay(person, c.ID)
		}
	}
	return t.sayStatus(person, leadStale)
}

func (t *turn) sayWay(person card.PersonKey, id card.ApplicationID) error {
	r, err := t.way(person, id)
	if err == nil {
		t.say(r)
	}
	return err
}

// mayTell returns where a person's cards stand, none to who may not see it.
func (t *turn) mayTell(person card.PersonKey) (lookup.Answer, error) {
	p, f, err := t.follower(person)
	if err != nil || t.link(person) == nil || !t.maySee(&p, f) {
		return lookup.Answer{}, err
	}
	return lookup.Of(p), nil
}

// errNoCard says that there is no way to show: the card is gone, or it may not
// be seen any more.
var errNoCard = errors.New("there is no such card to show")

// way renders the way of one card, in words and as a picture. It does not count
// as telling: it says nothing of the person's other cards, and not what is
// missing for one that needs its holder. The error is errNoCard, wraps
// lookup.ErrUnavailable, or is the store's.
func (t *turn) way(person card.PersonKey, id card.ApplicationID) (bot.Reply, error) {
	answer, err := t.mayTell(person)
	if err != nil {
		return bot.Reply{}, err
	}
	for _, c := range answer.Cards {
		if c.ID != id {
			continue
		}
		view := locale.CardView{State: c.State, Since: c.Since(), Office: t.place(c.State.Office), Claimed: c.Claimed}
		way := locale.NewWay(view, c.Passed, answer.Fresh)
		r := bot.Reply{Text: way.Caption(t.called(person)), Keyboard: t.wayButtons(person)}
		if r.Picture, err = way.Facts(); err != nil {
			return bot.Reply{}, fmt.Errorf("keeping a picture's facts: %w", err)
		}
		if r.Shows, err = (shows{Person: person, Way: &id}).encode(); err != nil {
			return bot.Reply{}, fmt.Errorf("encoding what a reply shows: %w", err)
		}
		return r, nil
	}
	return bot.Reply{}, errNoCard
}

// wayButtons lead on from a picture, which stays where it is.
func (t *turn) wayButtons(person card.PersonKey) bot.Keyboard {
	p := pressFor(actStatus, person)
	p.Choice = keepMessage
	return inline(row(t.button(locale.ButtonStatus, p)))
}

// wayButtonsMost is for how many cards there are buttons that show their way.
const wayButtonsMost = 5

// addWays adds the buttons under a status that show the way of each card.
func (t *turn) addWays(keys layout, person card.PersonKey, cards []lookup.Card) layout {
	for i, c := range cards[:min(len(cards), wayButtonsMost)] {
		label := locale.ButtonWay
		if len(cards) > 1 {
			label = locale.ButtonWayOf(i + 1)
		}
		keys = keys.row(t.button(label, pressOf(actWay, person, c.ID, 0)))
	}
	return keys
}
