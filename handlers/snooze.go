package handlers

import (
	"slices"
	"time"

	"kartyar/alert"
	"kartyar/bot"
	"kartyar/locale"
)

// snoozeAny answers «بعداً یادم بینداز» that was typed. What is not told yet is
// shown first: a reminder is of what was told.
func (t *turn) snoozeAny() error {
	c, err := t.onlyCard()
	if err != nil || c == nil {
		return err
	}
	p, f, err := t.follower(c.person)
	if err != nil {
		return err
	}
	if t.maySee(&p, f) && alert.HasNews(&p, f) {
		if err := t.sayStatus(c.person, leadNone); err != nil {
			return err
		}
	}
	t.say(t.days(pressOf(actSnooze, c.person, c.id, c.arrival.Number), []readyCard{*c}))
	return nil
}

// askSnooze asks until when; the message with the button stays, since it says
// where to go.
func (t *turn) askSnooze() error {
	cards, err := t.pressedCards()
	if err != nil {
		return err
	}
	if len(cards) == 0 {
		return t.stale()
	}
	p := t.press
	p.Action = actSnooze
	t.say(t.days(p, cards))
	return nil
}

// pressedCards returns what the button is about: one card that lies ready, or all
// that do at its office. Nobody says that they have collected them.
func (t *turn) pressedCards() ([]readyCard, error) {
	ready, _, err := t.readyCards()
	return slices.DeleteFunc(ready, func(c readyCard) bool {
		ofPerson := t.press.Person == short(c.person[:]) && t.press.names(c.id) && t.press.Arrival == c.arrival.Number
		ofOffice := t.press.Person == short{} && t.press.Office == officeHash(c.arrival.Office)
		return c.claimed || !ofPerson && !ofOffice
	}), err
}

// days asks when to remind of cards: on none of the days after the last one on
// which all of them are kept.
func (t *turn) days(p press, cards []readyCard) bot.Reply {
	var rows [][]bot.Button
	for _, choice := range []struct {
		days  byte
		label string
	}{{1, locale.ButtonTomorrow}, {3, locale.ButtonThreeDays}, {7, locale.ButtonOneWeek}} {
		if p.Choice = choice.days; !t.isTooLate(t.remindAt(choice.days), cards) {
			rows = append(rows, row(t.button(choice.label, p)))
		}
	}
	if len(rows) == 0 {
		return bot.Reply{Text: locale.LastDay(t.calledBy(p)), Keyboard: inline(row(t.button(locale.ButtonStatus, press{Action: actStatus, Person: p.Person})))}
	}
	return bot.Reply{Text: locale.AskSnooze(t.calledBy(p)), Keyboard: inline(rows...)}
}

// remindAt returns when a reminder comes that is put off by that many days.
func (t *turn) remindAt(days byte) time.Time {
	return t.Rules.Quiet.After(alert.ReminderTime(t.now, int(days)))
}

// isTooLate reports whether a card is kept until before then. Of one whose time
// is over already nobody knows how long it still lies there: a reminder is worth
// something at any time.
func (t *turn) isTooLate(at time.Time, cards []readyCard) bool {
	return slices.ContainsFunc(cards, func(c readyCard) bool {
		until := t.terms(t.place(c.arrival.Office), c.arrival.At).Until
		over := until.AddDate(0, 0, 1)
		return !until.IsZero() && t.now.Before(over) && !at.Before(over)
	})
}

// snooze puts the next reminder off. Whoever gets no news gets them again: they
// want this one.
func (t *turn) snooze() error {
	cards, err := t.pressedCards()
	if err != nil {
		return err
	}
	until := t.remindAt(t.press.Choice)
	if t.isTooLate(until, cards) {
		t.show(t.days(t.press, cards)) // asked on an earlier day
		return nil
	}
	resumed := !slices.ContainsFunc(cards, func(c readyCard) bool { return c.notify })
	any := false
	for _, c := range cards {
		if resumed {
			if err := t.Rules.Subscribe(t.tx, t.now, c.person, t.chat, true); err != nil {
				return err
			}
		}
		done, err := t.Rules.Snooze(t.tx, t.now, c.person, t.chat, c.id, c.arrival.Number, until)
		if err != nil {
			return err
		}
		any = any || done
	}
	if !any {
		return t.stale()
	}
	t.show(bot.Reply{Text: locale.SnoozedUntil(t.calledBy(t.press), until, resumed), Keyboard: inline(
		row(t.button(locale.ButtonStatus, press{Action: actStatus, Person: t.press.Person})))})
	return nil
}
