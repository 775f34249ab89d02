package handlers

import (
	"slices"

	"kartyar/alert"
	"kartyar/bot"
	"kartyar/card"
	"kartyar/locale"
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

// waitingCard is a card that lies ready for a person of the chat.
type waitingCard struct {
	person  card.PersonKey
	id      card.ApplicationID
	arrival uint32
	office  string

	mayBeKnown bool // the proof still counts for asking, or news come unasked
}

// waitingCards returns the cards of which the chat may know that they lie
// ready, and that nobody says they have collected.
func (t *turn) waitingCards() (all []waitingCard, err error) {
	for _, l := range t.row.People {
		p, f, err := t.follower(l.Person)
		if err != nil {
			return nil, err
		}
		if f == nil || !f.IsVerified() {
			continue
		}
		answer, err := t.Lookup.Status(t.tx, l.Person)
		if err != nil {
			return nil, err
		}
		for _, c := range answer.Cards {
			if c.State.Stage == card.StageReady && !c.Claimed {
				all = append(all, waitingCard{l.Person, c.ID, c.Arrival.Number, c.Arrival.Office, f.Notify || t.maySee(&p, f)})
			}
		}
	}
	return all, nil
}

// claimAny answers «تحویل گرفتم» that was typed: it is clear which card is
// meant when one alone lies ready.
func (t *turn) claimAny() error {
	all, err := t.onlyCard()
	if err != nil || len(all) != 1 {
		return err
	}
	return t.claimCard(all[0].person, all[0].id, all[0].arrival, true, leadClaimed)
}

// snoozeAny answers «بعداً یادم بینداز» that was typed.
func (t *turn) snoozeAny() error {
	all, err := t.onlyCard()
	if err != nil || len(all) != 1 {
		return err
	}
	t.sayDays(pressOf(actSnooze, all[0].person, all[0].id, all[0].arrival))
	return nil
}

// onlyCard returns the card that lies ready. When there is none, or more than
// one, it shows where all stand, with their buttons.
func (t *turn) onlyCard() ([]waitingCard, error) {
	t.leave()
	if len(t.row.People) == 0 {
		return nil, t.prove(locale.ProveFirst() + " " + locale.AskContact())
	}
	all, err := t.waitingCards()
	if err != nil {
		return nil, err
	}
	// Of whom the chat gets no news and has to prove itself again, it is not to
	// learn from this that their card lies ready.
	all = slices.DeleteFunc(all, func(c waitingCard) bool { return !c.mayBeKnown })
	switch {
	case len(all) == 1:
		return all, nil
	case len(all) == 0:
		return all, t.statusOfAll(leadNothing)
	}
	return all, t.statusOfAll(leadNone)
}

// askSnooze asks until when; the message with the button stays, since it says
// where to go.
func (t *turn) askSnooze() error {
	p := t.press
	p.Action = actSnooze
	t.sayDays(p)
	return nil
}

func (t *turn) sayDays(p press) {
	var rows [][]bot.Button
	for _, choice := range []struct {
		days  byte
		label string
	}{{1, locale.ButtonTomorrow}, {3, locale.ButtonThreeDays}, {7, locale.ButtonOneWeek}} {
		p.Choice = choice.days
		rows = append(rows, row(t.button(choice.label, p)))
	}
	t.say(bot.Reply{Text: locale.AskSnooze(t.calledBy(p)), Keyboard: inline(rows...)})
}

// snooze puts the next reminder off: of the card of the button, or of all that
// lie ready at its office.
func (t *turn) snooze() error {
	until := t.Rules.Quiet.After(alert.ReminderTime(t.now, int(t.press.Choice)))
	all, err := t.waitingCards()
	if err != nil {
		return err
	}
	any := false
	for _, c := range all {
		ofPerson := t.press.Person == short(c.person[:]) && t.press.names(c.id) && t.press.Arrival == c.arrival
		ofOffice := t.press.Person == short{} && t.press.Office == officeHash(c.office)
		if !ofPerson && !ofOffice {
			continue
		}
		done, err := t.Rules.Snooze(t.tx, t.now, c.person, t.chat, c.id, c.arrival, until)
		if err != nil {
			return err
		}
		any = any || done
	}
	if !any {
		return t.stale()
	}
	t.show(bot.Reply{Text: locale.SnoozedUntil(t.calledBy(t.press), until), Keyboard: inline(
		row(t.button(locale.ButtonStatus, press{Action: actStatus, Person: t.press.Person})))})
	return nil
}
