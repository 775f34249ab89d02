package handlers

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"kartyar/bot"
	"kartyar/card"
	"kartyar/locale"
	"kartyar/store"
)

const (
	peopleMost   = 10 // persons that one chat follows
	nicknameSize = 20 // characters of a nickname
	// nicknameDigits is how many digits a nickname may have: enough for a year
	// of birth's end, too few for anybody's number.
	nicknameDigits = 2
)

// addPerson asks for a further national code, after the phone if that was
// proved too long ago.
func (t *turn) addPerson() error {
	t.leave()
	return t.prove(locale.AskContact())
}

// nameNameless gives everybody without a nickname one to go on with, once names
// are needed, and puts them on the list of those to be asked for.
func (t *turn) nameNameless() {
	if !t.row.NeedsNames() {
		return
	}
	for i := range t.row.People {
		l := &t.row.People[i]
		if l.Nickname != "" {
			continue
		}
		for n := i + 1; l.Nickname == "" || t.taken(l.Nickname, l.Person); n++ {
			l.Nickname = locale.NthPerson(n)
		}
		t.s.Naming = append(t.s.Naming, l.Person)
	}
}

// taken reports whether somebody else in the chat is called so.
func (t *turn) taken(nickname string, but card.PersonKey) bool {
	for _, l := range t.row.People {
		if l.Person != but && locale.SameText(l.Nickname, nickname) {
			return true
		}
	}
	return false
}

// askNextName asks for the nickname of the next person who has none of their
// own; nothing when there is nobody.
func (t *turn) askNextName() error {
	naming := slices.DeleteFunc(t.s.Naming, func(p card.PersonKey) bool { return t.link(p) == nil })
	t.leave()
	if len(naming) == 0 || !t.row.NeedsNames() {
		return nil
	}
	t.ask(nickname, naming[0])
	t.s.Naming = naming
	current := t.called(naming[0])
	text := locale.AskNickname(current)
	if len(naming) > 1 {
		text = locale.AskNicknameWhy(current)
	}
	t.say(bot.Reply{Text: text, Keyboard: t.nameButtons(naming[0])})
	return nil
}

func (t *turn) nameButtons(person card.PersonKey) bot.Keyboard {
	return inline(row(t.button(locale.ButtonKeepName, pressFor(actSkipName, person))))
}

// rename asks for a new nickname.
func (t *turn) rename() error {
	person, ok := t.pressedPerson()
	if !ok || !t.row.NeedsNames() {
		return t.stale()
	}
	t.leave()
	t.s.Naming = []card.PersonKey{person}
	return t.askNextName()
}

// skipName keeps the nickname as it is.
func (t *turn) skipName() error {
	person, ok := t.pressedPerson()
	if !ok || t.s.State != nickname || len(t.s.Naming) == 0 || t.s.Naming[0] != person {
		return t.stale()
	}
	return t.named(person)
}

// nicknameText takes a nickname.
func (t *turn) nicknameText() error {
	person := t.s.Person
	l := t.link(person)
	if l == nil {
		return t.stale()
	}
	if locale.SameText(t.u.Text, locale.ButtonKeepName) {
		return t.named(person)
	}
	if _, err := card.ParseNationalCode(t.u.Text); err == nil {
		return t.codeText() // the next person's, before this one has a name
	}
	asked := locale.SoundsAsked(t.u.Text)
	if asked || locale.IntentOf(t.u.Text) != locale.IntentNone {
		if ok, err := t.askedQuestion(); ok || err != nil {
			return err
		}
	}
	if locale.KeepsName(t.u.Text) {
		return t.named(person)
	}
	wanted := locale.Label(t.u.Text)
	digits := 0
	for _, r := range wanted {
		if unicode.IsDigit(r) {
			digits++
		}
	}
	wrong := ""
	switch {
	case digits > nicknameDigits:
		wrong = locale.NicknameWithNumber()
	case utf8.RuneCountInString(wanted) > nicknameSize:
		wrong = locale.NicknameTooLong(nicknameSize)
	case asked, !strings.ContainsFunc(wanted, unicode.IsLetter), locale.Greets(wanted), locale.Thanks(wanted):
		wrong = locale.AskNickname(t.called(person))
	case t.taken(wanted, person):
		wrong = locale.NicknameTaken()
	}
	if wrong != "" {
		t.say(bot.Reply{Text: wrong, Keyboard: t.nameButtons(person)})
		return nil
	}
	l.Nickname = wanted
	return t.named(person)
}

// named says what the person is called now, and goes on with the next.
func (t *turn) named(person card.PersonKey) error {
	t.say(bot.Reply{Text: locale.NicknameSaved(t.called(person)), Keyboard: mainMenu()})
	if len(t.s.Naming) > 0 {
		t.s.Naming = t.s.Naming[1:]
	}
	return t.askNextName()
}

// askRemove asks whether to take a person off the list.
func (t *turn) askRemove() error {
	person, ok := t.pressedPerson()
	if !ok {
		return t.stale()
	}
	companions, err := t.hasCompanions(store.Link{Person: person})
	if err != nil {
		return err
	}
	t.show(bot.Reply{Text: locale.AskRemove(t.called(person), companions), Keyboard: inline(
		row(t.button(locale.ButtonRemoveYes, pressFor(actRemove, person))),
		row(t.button(locale.ButtonBack, press{Action: actSettings})))})
	return nil
}

// remove takes a person off the list.
func (t *turn) remove() error {
	person, ok := t.pressedPerson()
	if !ok {
		return t.stale()
	}
	t.leave()
	if err := t.save(); err != nil {
		return err
	}
	called := t.called(person)
	ended, err := t.Rules.Unfollow(t.tx, t.now, person, t.chat)
	if err != nil {
		return err
	}
	t.tellEnded(ended)
	if err := t.reload(); err != nil {
		return err
	}
	t.show(bot.Reply{Text: locale.Removed(called), Keyboard: inline(row(
		t.button(locale.ButtonSettings, press{Action: actSettings}),
		t.button(locale.ButtonAddPerson, press{Action: actAddPerson})))})
	return nil
}

// choosePerson asks whose card is meant; a is what is then done.
func (t *turn) choosePerson(before string, a action) error {
	t.show(bot.Reply{Text: before + locale.ChoosePerson(), Keyboard: inline(t.personButtons(a)...)})
	return nil
}

func (t *turn) personButtons(a action) (rows [][]bot.Button) {
	for _, l := range t.row.People {
		rows = append(rows, row(t.button(t.called(l.Person), pressFor(a, l.Person))))
	}
	return rows
}

// meant returns the person that a word or a button is about: the button's, or
// the only one there is. Otherwise it asks, with a as what is then done, and ok
// is false.
func (t *turn) meant(a action) (person card.PersonKey, ok bool, err error) {
	if person, ok = t.pressedPerson(); ok {
		return person, true, nil
	}
	switch {
	case t.press.Person != short{}:
		return person, false, t.stale()
	case len(t.row.People) == 1:
		return t.row.People[0].Person, true, nil
	case len(t.row.People) == 0:
		t.leave()
		return person, false, t.prove(locale.ProveFirst() + " " + locale.AskContact())
	}
	return person, false, t.choosePerson("", a)
}
