package handlers

import (
	"strings"
	"unicode"

	"kartyar/bot"
	"kartyar/card"
	"kartyar/locale"
	"kartyar/store"
)

// askReceipt answers «بله، کد رهگیری را دارم», also under an older status.
func (t *turn) askReceipt() error {
	person, ok := t.pressedPerson()
	if !ok {
		if person = t.s.Person; !t.receiptAsked() {
			return t.stale()
		}
	}
	if !t.phoneProved() {
		return t.prove(locale.ContactWanted())
	}
	unkept := t.link(person) == nil
	t.ask(receipt, person)
	t.s.Unkept = unkept
	t.say(bot.Reply{Text: locale.AskReceipt(), Keyboard: t.stateMenu()})
	return nil
}

// receiptAsked reports whether a receipt code is asked for, of somebody the
// chat still follows or could not be kept waiting for.
func (t *turn) receiptAsked() bool {
	return t.s.State == receipt && (t.s.Unkept || t.link(t.s.Person) != nil)
}

// noReceipt leaves the pair waiting and says where else to ask.
func (t *turn) noReceipt() error {
	if t.s.State != receipt {
		return t.stale()
	}
	t.show(bot.Reply{Text: locale.WhyNotFound(t.platform), Keyboard: inline(elsewhereButtons())})
	return t.endReceipt()
}

// endReceipt ends the question for the receipt code. News are promised to those
// only who get them.
func (t *turn) endReceipt() error {
	_, f, err := t.follower(t.s.Person)
	if err != nil {
		return err
	}
	naming, noted := t.s.Naming, locale.BackToMenu()
	if f != nil && f.Notify {
		noted = locale.WaitingNoted()
	}
	t.leave()
	t.sayMenu(noted)
	t.s.Naming = naming
	return t.askNextName()
}

// receiptSize is how many letters and digits a receipt code has.
const receiptSize = 10

// receiptText takes a receipt code.
func (t *turn) receiptText() error {
	person := t.s.Person
	if !t.phoneProved() || !t.receiptAsked() {
		t.leave()
		return t.prove(locale.AskContact())
	}
	national, notCode := card.ParseNationalCode(t.u.Text)
	if notCode == nil && t.Keyer.Person(national) == person {
		t.refuseReceipt(locale.AskReceipt()) // the code once more
		return nil
	}
	switch {
	case locale.SaysYes(t.u.Text):
		return t.askReceipt()
	case locale.SaysNo(t.u.Text):
		return t.noReceipt()
	case inWords(t.u.Text):
		return t.wordsForReceipt(person)
	}
	folded, err := locale.ParseID(t.u.Text)
	if n := letters(t.u.Text); err != nil || n == 0 {
		t.refuseReceipt(locale.AskReceipt())
		return nil
	} else if n != receiptSize {
		t.refuseReceipt(locale.ReceiptLength(n))
		return nil
	}
	t.answerEvenly()
	until, err := t.receiptLimit(person)
	if err != nil {
		return err
	}
	if until.After(t.now) {
		t.refuseReceipt(locale.TryAfter(until, t.now))
		return nil
	}
	typed := t.Keyer.Receipt(folded)
	if notCode == nil {
		if is, err := t.isReceipt(person, typed); err != nil {
			return err
		} else if !is {
			return t.askAfterAnother(person, t.Keyer.Person(national))
		}
	}
	return t.tryReceipt(person, typed)
}

// wordsForReceipt answers words in place of a receipt code: a question, or
// politeness. Thanks of whoever has given a code already end it.
func (t *turn) wordsForReceipt(person card.PersonKey) error {
	if locale.IntentOf(t.u.Text) == locale.IntentPerhapsCollected {
		t.refuseReceipt(locale.AskReceipt()) // «رسید دستم است» speaks of the receipt
		return nil
	}
	if ok, err := t.askedQuestion(); ok || err != nil {
		return err
	}
	_, f, err := t.follower(person)
	if err != nil {
		return err
	}
	if f != nil && f.Waiting.Receipts[0] != (card.ReceiptKey{}) && locale.Thanks(t.u.Text) {
		return t.endReceipt()
	}
	t.refuseReceipt(locale.AskReceipt())
	return nil
}

// isReceipt reports whether a receipt code is the person's.
func (t *turn) isReceipt(person card.PersonKey, typed card.ReceiptKey) (bool, error) {
	p, _, err := t.follower(person)
	for i := range p.Applications {
		if p.Applications[i].Record.Receipt == typed {
			return true, nil
		}
	}
	return false, err
}

// askAfterAnother takes what came in place of person's receipt code for the
// national code that it may be: whoever mistyped the first one writes the right
// one now. It has been a guess of the receipt code all the same.
func (t *turn) askAfterAnother(person, other card.PersonKey) error {
	if err := t.count(counter{store.GuessOfReceipt, person}); err != nil {
		return err
	}
	return t.askAfter(other)
}

func (t *turn) tryReceipt(person card.PersonKey, typed card.ReceiptKey) error {
	_, f, err := t.follower(person)
	if err != nil {
		return err
	}
	again := f != nil && f.Waiting.HasReceipt(typed) // it waits already: no guess
	access, err := t.askRules(person, typed)
	if err != nil {
		return err
	}
	if access.Verified {
		return t.recognised(person)
	}
	if !again {
		if err := t.count(append(t.counters(), counter{store.GuessOfReceipt, person})...); err != nil {
			return err
		}
	}
	if t.s.Unkept = access.Full; access.Full {
		t.refuseReceipt(locale.NotKeptWaiting())
		return nil
	}
	t.refuseReceipt(locale.ReceiptNotYet())
	return nil
}

// refuseReceipt keeps the question for the receipt code, with a way out.
func (t *turn) refuseReceipt(text string) {
	t.say(bot.Reply{Text: text, Keyboard: inline(row(t.button(locale.ButtonNoReceipt, press{Action: actNoReceipt})))})
}

// inWords reports whether a text is written in words: in letters other than
// Latin ones, and without a digit. No receipt code is.
func inWords(text string) bool {
	return !strings.ContainsFunc(text, unicode.IsDigit) && strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r)
	})
}

// letters counts what a receipt code is made of.
func letters(text string) (n int) {
	for _, r := range text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return n
}
