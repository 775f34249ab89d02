package handlers

import (
	"errors"
	"time"

	"kartyar/alert"
	"kartyar/bot"
	"kartyar/card"
	"kartyar/locale"
	"kartyar/store"
)

// phoneProved reports whether the chat has proved a phone that still counts.
func (t *turn) phoneProved() bool {
	return t.row.Phone != (card.PhoneKey{}) && t.now.Sub(t.row.PhoneAt) <= proofLasts
}

// prove begins, or goes on with, proving who writes: the phone first, then the
// national code. welcome is said with the first of them if it is the phone.
func (t *turn) prove(welcome string) error {
	if t.phoneProved() {
		t.askCode(locale.AskCodeAgain())
		return nil
	}
	t.askContact(welcome)
	return nil
}

func contactMenu() bot.Keyboard {
	return menu(locale.PlaceholderContact,
		row(bot.Button{Text: locale.ButtonShareContact, Contact: true}),
		row(bot.Button{Text: locale.ButtonBack}, bot.Button{Text: locale.ButtonHelp}))
}

func (t *turn) askContact(text string) {
	t.ask(contact, card.PersonKey{})
	t.say(bot.Reply{Text: text, Keyboard: contactMenu()})
}

// askContactAgain asks for the phone, whatever was proved before.
func (t *turn) askContactAgain() error {
	t.askContact(locale.ContactWanted())
	return nil
}

func (t *turn) askCode(text string) {
	t.ask(code, card.PersonKey{})
	t.say(bot.Reply{Text: text, Keyboard: t.stateMenu()})
}

// contact takes a contact. Only the sender's own, by the button, as the answer
// to a fresh question, proves anything.
func (t *turn) contact() error {
	c := t.u.Contact
	if !c.Proves(t.u) {
		if c.Forwarded {
			t.askContact(locale.ContactForwarded())
		} else {
			t.askContact(locale.ContactOfAnother())
		}
		return nil
	}
	mobile, err := card.ParseContactMobile(c.Phone)
	if err != nil {
		t.askContact(locale.ContactNotMobile())
		return nil
	}
	phone := t.Keyer.Phone(mobile)
	if t.s.State == code && phone == t.row.Phone && t.phoneProved() {
		t.askCode(locale.AskCodeAgain()) // the button was pressed twice
		return nil
	}
	asked := t.s.State == contact && t.s.askedWithin(promptFresh, t.now)
	if !asked || !t.s.sentSince(t.u.Sent) {
		t.askContact(locale.ContactLate())
		return nil
	}
	t.row.Phone, t.row.PhoneAt = phone, t.now.UTC().Truncate(time.Second)
	t.askCode(locale.AskCode())
	return nil
}

// contactText answers what is written in place of the contact: never proof.
func (t *turn) contactText() error {
	text := locale.ContactWanted()
	switch typed(t.u.Text) {
	case typedCode:
		text = locale.CodeTooEarly()
	case typedPhone:
		text = locale.PhoneTyped()
	default:
		if ok, err := t.askedQuestion(); ok || err != nil {
			return err
		}
		if locale.Greets(t.u.Text) {
			text = locale.Welcome(t.Settings().Opening)
		}
	}
	t.askContact(text)
	return nil
}

// wrongDigits returns how many digits came in place of ten; 0 when that is not
// what is wrong.
func wrongDigits(err error) int {
	var length *card.LengthError
	if errors.As(err, &length) {
		return length.Digits
	}
	return 0
}

// codeText takes a national code.
func (t *turn) codeText() error {
	if !t.phoneProved() {
		t.askContact(locale.CodeTooEarly())
		return nil
	}
	national, err := card.ParseNationalCode(t.u.Text)
	switch {
	case errors.Is(err, card.ErrCodeChecksum):
		t.askCode(locale.CodeChecksum())
		return nil
	case wrongDigits(err) > 0:
		t.askCode(locale.CodeLength(wrongDigits(err)))
		return nil
	case err != nil:
		if ok, err := t.askedQuestion(); ok || err != nil {
			return err
		}
		if locale.Greets(t.u.Text) || locale.Thanks(t.u.Text) {
			t.askCode(locale.AskCodeAgain())
			return nil
		}
		t.askCode(locale.CodeLetters())
		return nil
	}
	t.answerEvenly()
	until, err := t.limit()
	if err != nil {
		return err
	}
	if until.After(t.now) {
		t.askCode(locale.TryAfter(until, t.now))
		return nil
	}
	return t.askAfter(t.Keyer.Person(national))
}

// askAfter looks for the pair of a national code and the proved phone.
func (t *turn) askAfter(person card.PersonKey) error {
	p, f, err := t.follower(person)
	if err != nil {
		return err
	}
	// A guest need not know the code: to be answered otherwise than others would
	// tell it that it guessed right.
	if t.maySee(&p, f) && !f.IsGuest() && t.link(person) != nil {
		return t.recognised(person) // asked for before: no guess
	}
	guess := f != nil && f.IsGuest() && !alert.Fits(&p, t.asker(card.ReceiptKey{}))
	if len(t.row.People) >= peopleMost && (t.link(person) == nil || guess) {
		return t.noRoom()
	}
	access, err := t.askRules(person, card.ReceiptKey{})
	if err != nil {
		return err
	}
	if access.Verified {
		return t.recognised(person)
	}
	if access.New {
		if err := t.count(t.counters()...); err != nil {
			return err
		}
	}
	t.ask(receipt, person)
	t.s.Unkept = access.Full
	text := locale.NotFoundYet()
	switch {
	case access.Full:
		text = locale.NotKeptWaiting()
	case access.Dropped != store.Link{}:
		text += "\n\n" + locale.OldestDropped(access.Dropped.Nickname)
	}
	// The buttons name nobody: the session knows who is meant.
	t.say(bot.Reply{Text: text, Keyboard: inline(
		row(t.button(locale.ButtonHaveReceipt, press{Action: actReceipt})),
		row(t.button(locale.ButtonNoReceipt, press{Action: actNoReceipt})))})
	return nil
}

// noRoom answers a code for which the chat's list has no room. To a guest it
// says the same of whom they follow; it counts, or they could find out by what
// other codes are answered.
func (t *turn) noRoom() error {
	if err := t.count(t.counters()...); err != nil {
		return err
	}
	t.leave()
	t.sayMenu(locale.TooManyPeople(peopleMost))
	return nil
}

// asker is the chat with what it proved and typed.
func (t *turn) asker(typed card.ReceiptKey) alert.Asker {
	return alert.Asker{Chat: t.chat, Bot: t.u.From.Bot, Phone: t.row.Phone, Receipt: typed}
}

// askRules verifies the pair, or has it wait.
func (t *turn) askRules(person card.PersonKey, typed card.ReceiptKey) (alert.Access, error) {
	if err := t.save(); err != nil {
		return alert.Access{}, err
	}
	access, err := t.Rules.Ask(t.tx, t.now, person, t.asker(typed))
	if err == nil {
		err = t.reload()
	}
	if err == nil {
		t.nameNameless()
		if t.Asked != nil {
			t.Asked(access)
		}
	}
	return access, err
}

// recognised shows at once where the card stands.
func (t *turn) recognised(person card.PersonKey) error {
	naming := t.s.Naming
	t.leave()
	t.sayMenu(locale.Confirmed())
	if err := t.sayStatus(person, leadNone); err != nil {
		return err
	}
	t.s.Naming = naming
	return t.askNextName()
}
