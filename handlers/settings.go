package handlers

import (
	"errors"

	"kartyar/bot"
	"kartyar/card"
	"kartyar/locale"
	"kartyar/lookup"
)

// settings shows whom the chat follows and what can be changed. It leaves
// whatever is being asked for as it is.
func (t *turn) settings() error {
	var people []locale.PersonView
	for _, l := range t.row.People {
		v, err := t.personView(l.Person)
		if err != nil {
			return err
		}
		people = append(people, v)
	}
	var rows [][]bot.Button
	switch len(people) {
	case 0:
		rows = append(rows, row(t.button(locale.ButtonStatus, press{Action: actAddPerson})))
	case 1:
		var err error
		if rows, err = t.personRows(t.row.People[0].Person); err != nil {
			return err
		}
	default:
		rows = t.personButtons(actPerson)
	}
	if len(people) > 0 {
		rows = append(rows, row(t.button(locale.ButtonAddPerson, press{Action: actAddPerson})))
	}
	rows = append(rows,
		row(t.button(locale.ButtonChangePhone, press{Action: actPhone}), t.button(locale.ButtonPrivacy, press{Action: actPrivacy, Choice: keepMessage})),
		row(t.button(locale.ButtonDeleteMyData, press{Action: actForgetAsk, Choice: keepMessage})))
	t.show(bot.Reply{Text: locale.Settings(people), Keyboard: inline(rows...)})
	return nil
}

func (t *turn) personView(person card.PersonKey) (locale.PersonView, error) {
	v := locale.PersonView{Nickname: t.called(person)}
	p, f, err := t.follower(person)
	if errors.Is(err, lookup.ErrUnavailable) {
		v.Unavailable = true
		return v, nil
	}
	if err != nil {
		return v, err
	}
	if f != nil {
		v.Notify, v.Office = f.Notify, t.place(f.Office)
		v.Guest, v.Companions = f.IsGuest(), len(p.Guests(t.chat))
	}
	return v, nil
}

// personSettings shows what can be changed of one person among several.
func (t *turn) personSettings() error {
	person, ok := t.pressedPerson()
	if !ok {
		return t.stale()
	}
	v, err := t.personView(person)
	if err != nil {
		return err
	}
	rows, err := t.personRows(person)
	if err != nil {
		return err
	}
	rows = append(rows, row(t.button(locale.ButtonBack, press{Action: actSettings})))
	t.show(bot.Reply{Text: locale.PersonSettings(v), Keyboard: inline(rows...)})
	return nil
}

// personRows are the buttons of one person's settings. Somebody of whom nothing can
// be read can be taken off the list all the same.
func (t *turn) personRows(person card.PersonKey) (rows [][]bot.Button, err error) {
	p, f, err := t.follower(person)
	if err = unlessUnavailable(err); err != nil {
		return nil, err
	}
	if f != nil {
		rows = append(rows, row(t.newsButton(person, f), t.button(locale.ButtonChooseOffice, pressFor(actOffices, person))))
	}
	switch {
	case len(p.Guests(t.chat)) > 0:
		rows = append(rows, row(t.button(locale.ButtonCompanions, pressFor(actCompanions, person))))
	case t.mayInvite(&p, f):
		rows = append(rows, row(t.button(locale.ButtonInvite, pressFor(actInvite, person))))
	}
	last := row(t.button(locale.ButtonRemove, pressFor(actRemoveAsk, person)))
	if t.row.NeedsNames() {
		last = append(last, t.button(locale.ButtonRename, pressFor(actRename, person)))
	}
	return append(rows, last), nil
}

// privacy says what is kept. It leaves whatever is being asked for as it is.
func (t *turn) privacy() error {
	t.show(bot.Reply{Text: locale.Privacy(), Keyboard: inline(
		row(t.button(locale.ButtonDeleteMyData, press{Action: actForgetAsk, Choice: keepMessage})),
		row(t.button(locale.ButtonSettings, press{Action: actSettings, Choice: keepMessage})))})
	return nil
}
