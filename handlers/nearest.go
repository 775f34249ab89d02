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

// location takes the place that was sent for where the person is, unless
// something else is being asked for. It is kept nowhere.
func (t *turn) location() error {
	person := t.s.Person
	switch t.s.State {
	case office, nearby:
		if t.link(person) == nil {
			return t.stale()
		}
	case idle:
		var ok bool
		var err error
		if person, ok, err = t.meant(actNear); err != nil || !ok {
			return err
		}
	default:
		return t.refuse(locale.LocationNotNow())
	}
	at := *t.u.Location
	if !offices.IsPoint(at.Latitude, at.Longitude) {
		t.ask(nearby, person)
		t.say(bot.Reply{Text: locale.BadLocation(), Keyboard: nearbyMenu()})
		return nil
	}
	t.ask(office, person)
	if t.owesMenu {
		t.sayMenu(locale.LocationUsed())
	}
	t.nearest(person, inReach(t.Offices().Nearest(at.Latitude, at.Longitude, nearestLooked)))
	return nil
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
	var views []locale.NearView
	for _, o := range near {
		views = append(views, locale.NearView{Office: o.Office, Metres: o.Metres})
		rows = append(rows, row(t.officeButton(person, o.Office, officeLabel(o.Office)+"، "+locale.Distance(o.Metres))))
	}
	text := locale.NothingNear(t.called(person))
	if len(near) > 0 {
		text = locale.NearestOffices(t.called(person), views)
	}
	rows = append(rows, row(t.button(locale.ButtonProvinces, pressFor(actOffices, person))), t.statusButton(person))
	t.say(bot.Reply{Text: text, Keyboard: inline(rows...)})
}
