package handlers

import (
	"errors"

	"kartyar/bot"
	"kartyar/card"
	"kartyar/locale"
	"kartyar/store"
)

// start greets, whatever came after /start but a one-time link. Who is new is
// asked for the phone at once.
func (t *turn) start() error {
	if _, payload, _ := t.u.Command(); store.IsToken(payload) {
		return t.openLink(payload)
	}
	t.leave()
	if len(t.row.People) == 0 {
		return t.prove(locale.Welcome(t.Settings().Opening))
	}
	t.sayMenu(locale.WelcomeBack(t.Settings().OpeningAgain))
	return t.statusOfAll(leadNone)
}

// help leaves whatever is being asked for as it is.
func (t *turn) help() error {
	t.say(bot.Reply{Text: locale.Help(t.platform), Keyboard: inline(
		row(t.button(locale.ButtonQuestions, press{Action: actQuestions, Choice: keepMessage}),
			t.button(locale.ButtonPrivacy, press{Action: actPrivacy, Choice: keepMessage})),
		row(t.button(locale.ButtonTellOthers, press{Action: actTellOthers})),
		elsewhereButtons())})
	return nil
}

// back gives the main buttons.
func (t *turn) back() error {
	t.leave()
	t.sayMenu(locale.BackToMenu())
	return nil
}

// refuse says what is wrong with an input and keeps what is being asked for.
func (t *turn) refuse(text string) error {
	t.say(bot.Reply{Text: text, Keyboard: t.stateMenu()})
	return nil
}

// stateMenu is the buttons below that belong to the state.
func (t *turn) stateMenu() bot.Keyboard {
	back := bot.Button{Text: locale.ButtonBack}
	switch t.s.State {
	case contact:
		return contactMenu()
	case code:
		return menu(locale.PlaceholderCode, row(back))
	case receipt:
		return menu(locale.PlaceholderReceipt, row(back))
	case nearby:
		return nearbyMenu()
	}
	return mainMenu()
}

// stale answers a button that is of no use any more, or never was, with how
// things stand.
func (t *turn) stale() error {
	if len(t.row.People) == 0 {
		t.leave()
		return t.prove(locale.Welcome(t.Settings().Opening))
	}
	return t.statusOfAll(leadStale)
}

// idleText answers a text that nobody asked for. What looks like a national
// code is one: the person wants to know of the card.
func (t *turn) idleText() error {
	switch typed(t.u.Text) {
	case typedCode:
		return t.codeText()
	case typedPhone:
		if _, err := card.ParseNationalCode(t.u.Text); t.phoneProved() && errors.Is(err, card.ErrCodeChecksum) {
			return t.codeText() // ten digits that begin with 9 may be a mistyped code
		}
		t.askContact(locale.PhoneTyped())
		return nil
	}
	if ok, err := t.askedQuestion(); ok || err != nil {
		return err
	}
	switch {
	case locale.Greets(t.u.Text):
		return t.refuse(locale.WelcomeBack(t.Settings().OpeningAgain))
	case locale.Thanks(t.u.Text):
		return t.refuse(locale.Welcomed())
	}
	return t.refuse(locale.NotUnderstood())
}

// typedAs is what a text looks like.
type typedAs byte

const (
	typedOther typedAs = iota
	typedCode
	typedPhone
)

// typed tells a national code from a phone number. Ten digits with a right sum
// are a code, even if they might be a phone's.
func typed(text string) typedAs {
	_, err := card.ParseNationalCode(text)
	if err == nil {
		return typedCode
	}
	if _, err := card.ParseMobile(text); err == nil {
		return typedPhone
	}
	if n := wrongDigits(err); 8 <= n && n <= 11 || errors.Is(err, card.ErrCodeChecksum) {
		return typedCode
	}
	return typedOther
}
