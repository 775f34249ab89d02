package handlers

import (
	"kartyar/bot"
	"kartyar/card"
	"kartyar/desk/offices"
	"kartyar/locale"
)

// What is near. In the desert the next office is a hundred kilometres away;
// abroad the next consulate may be in another country.
const (
	nearestMost    = 5
	nearestLooked  = 40        // nearest offices of which those are taken
	officeReach    = 200_000   // metres
	consulateReach = 1_500_000 // metres
)

// askLocation asks where the person is, by the button that sends it.
func (t *turn) askLocation() error {
	person, ok, err := t.meant(actNear)
	if err != nil || !ok {
		return err
	}
	if !t.Offices().Located() {
		return t.offices()
	}
	t.ask(nearby, person)
	t.say(bot.Reply{Text: locale.AskLocation(), Keyboard: nearbyMenu()})
	return nil
}

func nearbyMenu() bot.Keyboard {
	return menu(locale.PlaceholderOffice,
		row(bot.Button{Text: locale.ButtonSendLocation, Location: true}),
		row(bot.Button{Text: locale.ButtonBack}))
}

// location takes the place that was sent for where the person is. It is kept
// nowhere. Where there is nobody to choose an office for, or something else is
// being asked for, it shows what is near and no more.
func (t *turn) location() error {
	person := t.s.Person
	switch t.s.State {
	case office, nearby:
		if t.link(person) == nil {
			return t.stale()
		}
	case idle, question:
		if len(t.row.People) == 0 {
			return t.around()
		}
		var ok bool
		var err error
		if person, ok, err = t.meant(actNear); err != nil || !ok {
			return err
		}
	default:
		return t.around()
	}
	at := *t.u.Location
	if !offices.IsPoint(at.Latitude, at.Longitude) {
		t.ask(nearby, person)
		t.say(bot.Reply{Text: locale.BadLocationOrName(), Keyboard: nearbyMenu()})
		return nil
	}
	t.ask(office, person)
	if t.owesMenu {
		t.sayMenu(locale.LocationUsed())
	}
	t.nearest(person, inReach(t.Offices().Nearest(at.Latitude, at.Longitude, nearestLooked)))
	return nil
}

// around shows what is near the place that was sent, each on a map by its button.
// What is being asked for stays.
func (t *turn) around() error {
	at := *t.u.Location
	if !offices.IsPoint(at.Latitude, at.Longitude) {
		return t.refuse(locale.BadLocation())
	}
	near := inReach(t.Offices().Nearest(at.Latitude, at.Longitude, nearestLooked))
	if len(near) == 0 {
		t.say(bot.Reply{Text: locale.NothingAround(t.platform), Keyboard: inline(elsewhereButtons())})
		return nil
	}
	var rows [][]bot.Button
	for _, o := range near {
		rows = append(rows, row(t.button(nearLabel(o), pressPin(o.Office))))
	}
	t.say(bot.Reply{Text: locale.OfficesAround(nearViews(near)), Keyboard: inline(rows...)})
	return nil
}

func nearViews(near []offices.Near) (views []locale.NearView) {
	for _, o := range near {
		views = append(views, locale.NearView{Office: o.Office, Metres: o.Metres})
	}
	return views
}

// nearLabel is what a button calls an office that is near.
func nearLabel(o offices.Near) string {
	return locale.Label(officeLabel(o.Office) + "، " + locale.Distance(o.Metres))
}

// inReach picks what is worth the way. Who is nearer to a consulate than to any
// other office is abroad, and goes further; to others it is of no use.
func inReach(all []offices.Near) (near []offices.Near) {
	for _, o := range all {
		consulate := o.Kind == card.Consulate
		reach := float64(officeReach)
		if consulate {
			reach = consulateReach
		}
		if o.Metres <= reach && (!consulate || all[0].Kind == card.Consulate) && len(near) < nearestMost {
			near = append(near, o)
		}
	}
	return near
}

func (t *turn) nearest(person card.PersonKey, near []offices.Near) {
	var rows [][]bot.Button
	for _, o := range near {
		rows = append(rows, row(t.officeButton(person, o.Office, nearLabel(o))))
	}
	text := locale.NothingNear(t.called(person))
	if len(near) > 0 {
		text = locale.NearestOffices(t.called(person), nearViews(near))
	}
	rows = append(rows, row(t.button(locale.ButtonProvinces, pressFor(actOffices, person))), t.statusButton(person))
	t.say(bot.Reply{Text: text, Keyboard: inline(rows...)})
}
