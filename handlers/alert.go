package handlers

import (
	"slices"
	"strings"
	"time"
	"unicode/utf16"

	"kartyar/alert"
	"kartyar/bot"
	"kartyar/card"
	"kartyar/locale"
)

// Alert writes what m says. Others read the screen too: it holds no code and no
// name but the nickname that the person gave.
func (h *Handlers) Alert(m alert.Message, now time.Time) bot.Reply {
	a := &announcement{Handlers: h, Message: m, there: lyingThere(m.Items), office: h.place(m.Office)}
	var room [locale.RoomFor]byte
	text := room[:0]
	if len(a.there) > 0 {
		text = append(a.appendThere(text, now), "\n\n"...)
	}
	if len(a.there) < len(m.Items) {
		text = a.appendOthers(text)
	}
	text = append(text, locale.OptOut()...)
	return bot.Reply{Text: string(text), Keyboard: a.buttons(), Silent: m.Silent}
}

// appendOthers appends what is said of cards that do not lie there, as long as
// there is room beside the text. What stands between the texts is not counted.
func (a *announcement) appendOthers(all []byte) []byte {
	room := alertRoom - units(strings.TrimSuffix(string(all), "\n\n"))
	for _, item := range a.Items {
		text := a.itemText(item)
		if text == "" {
			continue
		}
		if room -= units(text); room < 0 {
			return append(append(all, locale.MoreNews()...), "\n\n"...)
		}
		all = append(append(all, text...), "\n\n"...)
	}
	return all
}

// units is how long a text is to the platforms.
func units(text string) (n int) {
	for _, r := range text {
		n += utf16.RuneLen(r)
	}
	return n
}

const (
	alertRoom        = 3800 // UTF-16 units without the end; a message holds 4096
	alertButtonsMost = 10   // cards with a button of their own
)

// announcement is an alert being written.
type announcement struct {
	*Handlers
	alert.Message
	there  []alert.Item // whose card lies at the message's office
	office card.Office
}

// lyingThere returns those of a message's items whose card lies at its office;
// as a rule that is all of them.
func lyingThere(all []alert.Item) (items []alert.Item) {
	if !slices.ContainsFunc(all, liesElsewhere) {
		return all
	}
	for _, item := range all {
		if !liesElsewhere(item) {
			items = append(items, item)
		}
	}
	return items
}

func liesElsewhere(item alert.Item) bool {
	return item.Event != alert.Arrived && item.Event != alert.Waiting
}

// called tells an item's person from the others of the chat.
func called(item alert.Item) string {
	switch {
	case !item.Several:
		return ""
	case item.Nickname == "":
		return locale.SomebodyYouFollow
	}
	return item.Nickname
}

func (a *announcement) appendThere(text []byte, now time.Time) []byte {
	var names [alertButtonsMost]string // on the stack, unless there are more
	view := locale.AlertView{Office: a.office, Nicknames: names[:0]}
	for i, item := range a.there {
		if terms := a.terms(a.office, item.Arrival.At); i == 0 || terms.Until.Before(view.Terms.Until) {
			view.Terms = terms
		}
		view.Nicknames = append(view.Nicknames, called(item))
		if item.Wish != a.Office && view.Wish.Code == "" {
			view.Wish = a.place(item.Wish)
		}
		if item.From != a.Office && view.From.Code == "" {
			view.From = a.place(item.From)
		}
		if view.Told.IsZero() {
			view.Told = item.ToldAt
		}
	}
	if a.Reminder {
		return locale.AppendStillThere(text, view, now)
	}
	return locale.AppendArrived(text, view, now)
}

func (a *announcement) itemText(item alert.Item) string {
	name := called(item)
	switch item.Event {
	case alert.Problem:
		if item.State.Stage == card.StageRejected {
			return locale.Rejected(name, item.State.Note)
		}
		return locale.Defective(name, item.State.Note)
	case alert.Left:
		return locale.Left(name, a.place(item.From), item.State, a.place(item.State.Office))
	}
	return ""
}

// buttons are what can be done about an alert. Under an alert of several cards
// they leave it standing, since it says more than one button is about.
func (a *announcement) buttons() bot.Keyboard {
	button := func(text string, p press) bot.Button {
		return bot.Button{Text: text, Data: a.seal.data(a.Chat, p)}
	}
	keep := byte(0)
	if len(a.Items) > 1 {
		keep = keepMessage
	}
	there := a.there
	var buttons buttonRoom
	var ends endRoom
	keys := layout{buttons[:0], ends[:0]}
	for n, item := range there[:min(len(there), alertButtonsMost)] {
		p := pressOf(actClaim, item.Person, item.ID, item.Arrival.Number)
		p.Choice = keep
		keys = keys.row(button(a.collectedLabel(n), p))
	}
	switch {
	case len(there) == 1:
		item := there[0]
		keys = keys.row(button(locale.ButtonRemindLater, pressOf(actSnoozeAsk, item.Person, item.ID, item.Arrival.Number)))
	case len(there) > 1:
		keys = keys.row(button(locale.ButtonRemindLater, press{Action: actSnoozeAsk, Office: officeHash(a.Office)}))
	default:
		for _, item := range a.Items[:min(1, len(a.Items))] {
			p := pressFor(actStatus, item.Person)
			p.Choice = keepMessage
			keys = keys.row(button(locale.ButtonStatus, p))
		}
	}
	if len(there) > 0 {
		keys = keys.row(a.mapButtons(a.Chat, a.office)...)
	}
	off := press{Action: actUnsubscribe, Choice: keepMessage}
	if a.onePerson() {
		off.Person = short(a.Items[0].Person[:])
	}
	keys = keys.row(button(locale.ButtonUnsubscribe, off))
	return keys.inline()
}

// collectedLabel is what the button says of the card of that number; those that
// would be called the same are numbered.
func (a *announcement) collectedLabel(number int) string {
	name := locale.Label(called(a.there[number]))
	same := 1
	for _, before := range a.there[:number] {
		if locale.Label(called(before)) == name {
			same++
		}
	}
	label := locale.ButtonCollected
	if name != "" {
		label += "، " + name
	}
	if same > 1 {
		label += "، " + locale.Number(same)
	}
	return label
}

func (a *announcement) onePerson() bool {
	for _, item := range a.Items {
		if item.Person != a.Items[0].Person {
			return false
		}
	}
	return len(a.Items) > 0
}
