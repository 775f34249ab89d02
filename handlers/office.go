package handlers

import (
	"kartyar/bot"
	"kartyar/card"
	"kartyar/locale"
	"kartyar/store"
)

const (
	pageSize    = 8 // buttons of a page of the directory
	officesMost = 6 // offices that a search shows
)

// offices begins with choosing an office: the record's own, then the provinces.
func (t *turn) offices() error {
	person, ok, err := t.meant(actOffices)
	if err != nil || !ok {
		return err
	}
	if t.Offices().Len() == 0 {
		t.show(bot.Reply{Text: locale.NoOffices(), Keyboard: inline(t.statusButton(person))})
		return nil
	}
	p, f, err := t.follower(person)
	if err != nil {
		return err
	}
	if f == nil {
		return t.stale()
	}
	own, err := t.ownOffice(&p, f, person)
	if err != nil {
		return err
	}
	t.ask(office, person)
	var rows [][]bot.Button
	if own.Name != "" {
		rows = append(rows, row(t.button(locale.OwnOffice(locale.Label(own.Name)), pressFor(actOwnOffice, person))))
	}
	if t.Offices().Located() {
		rows = append(rows, row(t.button(locale.ButtonNearest, pressFor(actNear, person))))
	}
	provinces := t.Offices().Provinces()
	page := pressFor(actOffices, person)
	page.Choice = t.press.Choice
	rows = append(rows, t.page(len(provinces), page, func(i int) bot.Button {
		p := pressFor(actCities, person)
		p.Province = placeHash(provinces[i])
		return t.button(placeLabel(provinces[i]), p)
	})...)
	rows = append(rows, t.statusButton(person))
	t.show(bot.Reply{Text: locale.ChooseProvince(t.called(person), t.place(f.Office)), Keyboard: inline(rows...)})
	return nil
}

// ownOffice is the office that the newest record names, to who may see it; the
// zero Office when there is none, or it is not in the directory and so no
// choice.
func (t *turn) ownOffice(p *store.Person, f *store.Follower, person card.PersonKey) (card.Office, error) {
	if !t.maySee(p, f) {
		return card.Office{}, nil
	}
	answer, err := t.Lookup.Status(t.tx, person)
	if err != nil {
		return card.Office{}, err
	}
	for _, c := range answer.Cards {
		if o := t.place(c.State.Office); o.Name != "" {
			return o, nil
		}
	}
	return card.Office{}, nil
}

func (t *turn) statusButton(person card.PersonKey) []bot.Button {
	return row(t.button(locale.ButtonStatus, pressFor(actStatus, person)))
}

// placeLabel is what a button calls a province or a city.
func placeLabel(name string) string {
	if name == "" {
		return locale.ButtonOtherPlace
	}
	return locale.Label(name)
}

// page lays the buttons of a page out, two in a row, with those to the pages
// beside it. p.Choice is the page.
func (t *turn) page(n int, p press, button func(int) bot.Button) (rows [][]bot.Button) {
	if p.Choice == keepMessage {
		p.Choice = 0
	}
	from := int(p.Choice) * pageSize
	if from >= n {
		from, p.Choice = 0, 0
	}
	for i := from; i < min(from+pageSize, n); i += 2 {
		next := row(button(i))
		if i+1 < min(from+pageSize, n) {
			next = append(next, button(i+1))
		}
		rows = append(rows, next)
	}
	var turns []bot.Button
	if p.Choice > 0 {
		before := p
		before.Choice--
		turns = append(turns, t.button(locale.ButtonPrevPage, before))
	}
	if from+pageSize < n {
		p.Choice++
		turns = append(turns, t.button(locale.ButtonNextPage, p))
	}
	return append(rows, turns)
}

// province finds the province of the pressed button.
func (t *turn) province() (name string, ok bool) {
	for _, name := range t.Offices().Provinces() {
		if placeHash(name) == t.press.Province {
			return name, true
		}
	}
	return "", false
}

// cityPressed finds the province and the city of the pressed button.
func (t *turn) cityPressed() (province, city string, ok bool) {
	province, ok = t.province()
	if !ok {
		return "", "", false
	}
	for _, city := range t.Offices().Cities(province) {
		if placeHash(city) == t.press.City {
			return province, city, true
		}
	}
	return "", "", false
}

// cities shows the cities of a province; of a single one, its offices at once.
func (t *turn) cities() error {
	person, ok := t.pressedPerson()
	province, known := t.province()
	if !ok || !known {
		return t.stale()
	}
	cities := t.Offices().Cities(province)
	if len(cities) == 1 {
		t.press.City, t.press.Choice = placeHash(cities[0]), 0
		return t.city()
	}
	t.ask(office, person)
	here := t.press
	here.Action = actCities
	rows := t.page(len(cities), here, func(i int) bot.Button {
		p := pressFor(actCity, person)
		p.Province, p.City = here.Province, placeHash(cities[i])
		return t.button(placeLabel(cities[i]), p)
	})
	rows = append(rows, row(t.button(locale.ButtonProvinces, pressFor(actOffices, person))))
	t.show(bot.Reply{Text: locale.ChooseCity(t.called(person), placeLabel(province)), Keyboard: inline(rows...)})
	return nil
}

// city shows the offices of a city.
func (t *turn) city() error {
	person, ok := t.pressedPerson()
	province, city, known := t.cityPressed()
	if !ok || !known {
		return t.stale()
	}
	t.ask(office, person)
	all := t.Offices().In(province, city)
	here := t.press
	here.Action = actCity
	rows := t.page(len(all), here, func(i int) bot.Button { return t.officeButton(person, all[i], officeLabel(all[i])) })
	rows = append(rows, row(t.button(locale.ButtonProvinces, pressFor(actOffices, person))))
	t.show(bot.Reply{Text: locale.ChooseOffice(t.called(person), placeLabel(city)), Keyboard: inline(rows...)})
	return nil
}

func (t *turn) officeButton(person card.PersonKey, o card.Office, label string) bot.Button {
	p := pressFor(actOffice, person)
	p.Province, p.City, p.Office = placeHash(o.Province), placeHash(o.City), officeHash(o.Code)
	return t.button(locale.Label(label), p)
}

// officeText searches for what was typed, unless it is something else. Whoever
// comes back to it later has forgotten that an office was asked for.
func (t *turn) officeText() error {
	person := t.s.Person
	if t.link(person) == nil {
		return t.stale()
	}
	if ok, err := t.notAnOffice(); ok || err != nil {
		return err
	}
	t.s.At = t.now.Unix()
	var rows [][]bot.Button
	for _, o := range t.Offices().Search(t.u.Text, officesMost) {
		label := officeLabel(o)
		if o.City != "" {
			label += "، " + o.City
		}
		rows = append(rows, row(t.officeButton(person, o, label)))
	}
	text := locale.OfficesFound(t.called(person))
	if len(rows) == 0 {
		text = locale.NoOfficeFound(t.called(person))
	}
	rows = append(rows, row(t.button(locale.ButtonProvinces, pressFor(actOffices, person))), t.statusButton(person))
	t.say(bot.Reply{Text: text, Keyboard: inline(rows...)})
	return nil
}

// notAnOffice answers what is typed while an office is asked for and names none;
// ok is false when it may.
func (t *turn) notAnOffice() (ok bool, err error) {
	text := t.u.Text
	switch {
	case locale.Greets(text), locale.Thanks(text), typed(text) != typedOther:
		return true, t.idleText()
	case locale.IsListNumber(text):
		return true, t.refuse(locale.PressOffice())
	}
	// The names of offices have words of the questions in them, as «پست».
	if locale.IntentOf(text) != locale.IntentNone || locale.SoundsAsked(text) {
		if ok, err := t.askedQuestion(); ok || err != nil {
			return true, err
		}
	}
	if !t.s.askedWithin(officeFresh, t.now) {
		t.leave()
		return true, t.idleText()
	}
	return false, nil
}

// chooseOffice notes the office of the pressed button.
func (t *turn) chooseOffice() error {
	person, ok := t.pressedPerson()
	if !ok {
		return t.stale()
	}
	if o, known := t.officePressed(); known {
		return t.wish(person, o)
	}
	return t.offices() // the directory has changed meanwhile
}

// officePressed finds the office of the pressed button.
func (t *turn) officePressed() (o card.Office, known bool) {
	province, city, known := t.cityPressed()
	if !known {
		return card.Office{}, false
	}
	for _, o := range t.Offices().In(province, city) {
		if officeHash(o.Code) == t.press.Office {
			return o, true
		}
	}
	return card.Office{}, false
}

// chooseOwnOffice notes the office that the record names.
func (t *turn) chooseOwnOffice() error {
	person, ok := t.pressedPerson()
	if !ok {
		return t.stale()
	}
	p, f, err := t.follower(person)
	if err != nil {
		return err
	}
	own, err := t.ownOffice(&p, f, person)
	if err != nil {
		return err
	}
	if own.Name == "" {
		return t.offices()
	}
	return t.wish(person, own)
}

func (t *turn) wish(person card.PersonKey, o card.Office) error {
	t.leave()
	if err := t.Rules.ChooseOffice(t.tx, t.now, person, t.chat, o.Code); err != nil {
		return err
	}
	t.show(bot.Reply{Text: locale.OfficeChosen(t.called(person), o), Keyboard: inline(t.mapButtons(t.chat, o), t.statusButton(person),
		row(t.button(locale.ButtonChooseOffice, pressFor(actOffices, person))))})
	return nil
}
