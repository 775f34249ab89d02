package handlers

import (
	"errors"
	"fmt"

	"kartyar/alert"
	"kartyar/bot"
	"kartyar/card"
	"kartyar/locale"
	"kartyar/lookup"
	"kartyar/store"
)

// errNotFollowed says that the chat does not follow the person (any more).
var errNotFollowed = errors.New("the chat does not follow the person")

// lead is the sentence before a status: what the person has just done. The
// numbers are stored with replies.
type lead byte

const (
	leadNone lead = iota
	leadStale
	leadSubscribed
	leadUnsubscribed
	leadClaimed
	leadUnclaimed
	leadNothing
)

func (l lead) text() string {
	switch l {
	case leadStale:
		return locale.StaleButton() + "\n\n"
	case leadSubscribed:
		return locale.Subscribed() + "\n\n"
	case leadUnsubscribed:
		return locale.Unsubscribed() + "\n\n"
	case leadClaimed:
		return locale.Claimed() + "\n\n"
	case leadUnclaimed:
		return locale.Unclaimed() + "\n\n"
	case leadNothing:
		return locale.NothingToDo() + "\n\n"
	}
	return ""
}

// shownAtOnce is how many persons' cards are shown without asking whose.
const shownAtOnce = 3

// askStatus answers «وضعیت کارت من».
func (t *turn) askStatus() error {
	t.leave()
	if len(t.row.People) == 0 {
		return t.prove(locale.AskContact())
	}
	return t.statusOfAll(leadNone)
}

// statusOfAll shows where everybody's cards stand, a message for each. A single
// one takes the place of the message whose button was pressed.
func (t *turn) statusOfAll(l lead) error {
	if len(t.row.People) > shownAtOnce {
		return t.choosePerson(l.text(), actStatus)
	}
	if len(t.row.People) == 1 {
		return t.showStatus(t.row.People[0].Person, l)
	}
	for _, link := range t.row.People {
		err := t.sayStatus(link.Person, l)
		if errors.Is(err, lookup.ErrUnavailable) { // the others' can be said
			t.say(bot.Reply{Text: l.text() + locale.CardUnavailable(t.called(link.Person), t.platform)})
			err = nil
		}
		if err != nil {
			return err
		}
		l = leadNone
	}
	return nil
}

// pressedStatus shows where the cards of the button's person stand, or
// everybody's. An office is not asked for any longer.
func (t *turn) pressedStatus() error {
	if t.s.State == office || t.s.State == nearby {
		t.leave()
	}
	if t.press.Person == (short{}) && len(t.row.People) > 0 {
		return t.statusOfAll(leadNone)
	}
	person, ok := t.pressedPerson()
	if !ok {
		return t.stale()
	}
	return t.showStatus(person, leadNone)
}

func (t *turn) sayStatus(person card.PersonKey, l lead) error {
	r, err := t.status(person, l)
	if errors.Is(err, errNotFollowed) {
		r, err = bot.Reply{Text: locale.NotFollowed()}, nil
	}
	if err == nil {
		t.say(r)
	}
	return err
}

// showStatus is sayStatus in place of the message whose button was pressed.
func (t *turn) showStatus(person card.PersonKey, l lead) error {
	before := len(t.replies)
	if err := t.sayStatus(person, l); err != nil {
		return err
	}
	r := t.replies[before]
	t.replies = t.replies[:before]
	t.show(r)
	return nil
}

// status renders where a person's cards stand, and notes that it was shown.
// The error is errNotFollowed, wraps lookup.ErrUnavailable, or is the store's.
func (t *turn) status(person card.PersonKey, l lead) (bot.Reply, error) {
	p, f, err := t.follower(person)
	if err != nil {
		return bot.Reply{}, err
	}
	if f == nil || t.link(person) == nil {
		return bot.Reply{}, errNotFollowed
	}
	var r bot.Reply
	switch {
	case !f.IsVerified():
		r = bot.Reply{Text: locale.StillWaiting(t.called(person), f.Notify, t.platform), Keyboard: inline(
			row(t.button(locale.ButtonHaveReceipt, pressFor(actReceipt, person))),
			row(t.newsButton(person, f)), elsewhereButtons())}
	case !t.maySee(&p, f) && f.IsGuest():
		r = bot.Reply{Text: locale.ProofOfInviter(t.called(person), f.Notify), Keyboard: inline(row(t.newsButton(person, f)))}
	case !t.maySee(&p, f):
		r = bot.Reply{Text: locale.ProveAgain(t.called(person), f.Notify), Keyboard: inline(
			row(t.button(locale.ButtonProveAgain, press{Action: actAddPerson})),
			row(t.newsButton(person, f)))}
	default:
		if r, err = t.cards(person, &p, f); err != nil {
			return bot.Reply{}, err
		}
	}
	r.Text = l.text() + r.Text
	if r.Shows, err = (shows{Person: person, Lead: l}).encode(); err != nil {
		return bot.Reply{}, fmt.Errorf("encoding what a reply shows: %w", err)
	}
	return r, nil
}

// cards renders what the records say, to who may see it.
func (t *turn) cards(person card.PersonKey, p *store.Person, f *store.Follower) (bot.Reply, error) {
	// On the stack: as a rule nobody has more cards.
	var cards [2]lookup.Card
	var views [len(cards)]locale.CardView
	answer := lookup.OfIn(cards[:], p)
	if len(answer.Cards) == 0 {
		return bot.Reply{Text: locale.NoRecord(t.called(person), t.platform), Keyboard: inline(
			row(t.newsButton(person, f)), elsewhereButtons())}, nil
	}
	view := locale.StatusView{Nickname: t.called(person), Fresh: answer.Fresh, Cards: views[:0]}
	for _, c := range answer.Cards {
		// News are still to come of every card but one that is there or gone.
		done := c.State.Stage == card.StageReady || c.State.Stage == card.StageCollected
		view.OfferNews = view.OfferNews || !f.Notify && !done
		view.OfferReminder = view.OfferReminder || !f.Notify && c.State.Stage == card.StageReady && !c.Claimed
		at := t.place(c.State.Office)
		view.Cards = append(view.Cards, locale.CardView{
			State: c.State, Since: c.Since(), Office: at, Wish: t.place(f.Office), Claimed: c.Claimed, Terms: t.terms(at, c.Arrival.At),
		})
	}
	if alert.HasNews(p, f) && !t.unseen {
		if err := t.Rules.Shown(t.tx, t.now, person, t.chat); err != nil {
			return bot.Reply{}, err
		}
	}
	return bot.Reply{Text: locale.Status(view, t.now), Keyboard: t.cardButtons(person, f, answer)}, nil
}

// readyButtonsMost is for how many cards that lie ready there are buttons.
const readyButtonsMost = 5

func (t *turn) cardButtons(person card.PersonKey, f *store.Follower, answer lookup.Answer) bot.Keyboard {
	var room [readyButtonsMost]int // places in the answer: with pointers that would stand on the heap
	ready := room[:0]
	for i := range answer.Cards {
		if answer.Cards[i].State.Stage == card.StageReady && len(ready) < readyButtonsMost {
			ready = append(ready, i)
		}
	}
	var buttons buttonRoom
	var ends endRoom
	keys := layout{buttons[:0], ends[:0]}
	var waits *lookup.Card
	for _, i := range ready {
		c := &answer.Cards[i]
		label, act := locale.ButtonCollected, actClaim
		if c.Claimed {
			label, act = locale.ButtonNotCollected, actUnclaim
		} else if waits == nil {
			waits = c
		}
		if len(ready) > 1 {
			label += "، " + locale.Label(officeLabel(t.place(c.State.Office)))
		}
		keys = keys.row(t.button(label, pressOf(act, person, c.ID, c.Arrival.Number)))
	}
	if waits != nil {
		keys = keys.row(t.button(locale.ButtonRemindLater, pressOf(actSnoozeAsk, person, waits.ID, waits.Arrival.Number)))
	}
	if len(ready) > 0 {
		keys = keys.row(t.mapButtons(t.chat, t.place(answer.Cards[ready[0]].State.Office))...)
	}
	keys = t.addWays(keys, person, answer.Cards)
	keys = keys.row(t.newsButton(person, f), t.button(locale.ButtonChooseOffice, pressFor(actOffices, person)))
	return keys.inline()
}

// newsButton turns the news of a person on or off.
func (t *turn) newsButton(person card.PersonKey, f *store.Follower) bot.Button {
	if f.Notify {
		return t.button(locale.ButtonUnsubscribe, pressFor(actUnsubscribe, person))
	}
	return t.button(locale.ButtonSubscribe, pressFor(actSubscribe, person))
}
