package main

import (
	"strings"
	"time"

	"kartyar/card"
	"kartyar/locale"
)

// move is something that a citizen does, with the replies that it must get.
type move struct {
	do   func(*citizen) error
	owed []owed
}

// exactly is a reply with this text.
func exactly(name, text string) owed {
	return owed{name, func(got string) bool { return got == text }}
}

// holding is a reply with this in it. It must not fit the reply before it,
// which may come once more after a kill.
func holding(name, part string) owed {
	return owed{name, func(got string) bool { return strings.Contains(got, part) }}
}

// says writes a text.
func says(text string, replies ...owed) move {
	return move{func(c *citizen) error {
		c.person.Say(text)
		return nil
	}, replies}
}

// presses presses the newest button with a label.
func presses(label string, replies ...owed) move {
	return move{func(c *citizen) error {
		_, err := c.person.Press(label)
		return err
	}, replies}
}

// shares presses the button that shares the contact. The program takes it once,
// as the answer to its question: a second time it says something else.
func shares(replies ...owed) move {
	return presses(locale.ButtonShareContact, replies...)
}

// aStatus is where the cards of one holder stand: it says how fresh it is.
func aStatus() owed {
	any := time.Unix(0, 0)
	fresh, _ := strings.CutSuffix(locale.Fresh(any, any), locale.Moment(any, any))
	return holding("a status", fresh)
}

// beginning is how a citizen comes to be told: the first moves, each of which
// waits for the replies to the one before.
func (c *citizen) beginning() [][]move {
	moves := [][]move{
		{says("/start", exactly("the welcome", locale.Welcome("")))},
		{shares(exactly("the question for the code", locale.AskCode()))},
	}
	if c.role == visits {
		return append(moves, c.visit()...)
	}
	if c.role == early {
		why, _, _ := strings.Cut(locale.WhyNotFound(card.Telegram), "\n")
		return append(moves,
			[]move{says(c.holders[0].code, exactly("the promise to tell", locale.NotFoundYet()))},
			[]move{presses(locale.ButtonNoReceipt, holding("the reasons", why), exactly("the note", locale.WaitingNoted()))})
	}
	moves = append(moves, []move{says(c.holders[0].code, recognised()...)})
	if c.subscribes() {
		moves = append(moves, []move{says(locale.ButtonSubscribe, holding("the promise to tell", locale.Subscribed()))})
	}
	if len(c.holders) > 1 {
		moves = append(moves, c.second()...)
	}
	return moves
}

// visit is what a visitor does after proving their phone. In the end nothing is
// kept of them.
func (c *citizen) visit() [][]move {
	platform := c.person.Platform()
	question := locale.Questions()[c.visited%len(locale.Questions())]
	title := locale.QuestionTitle(question)
	return [][]move{
		{says(c.holders[0].code, recognised()...)},
		{says(locale.ButtonWay, holding("the way as a picture", locale.ButtonWay+"\n"))},
		{says("/questions", exactly("the questions", locale.ChooseQuestion()))},
		{presses(title, exactly("the answer", locale.Answer(question, locale.QuestionFacts{}, card.Platform(platform))))},
		{says(locale.ButtonSubscribe, holding("the promise to tell", locale.Subscribed()))},
		{says(locale.ButtonDeleteMyData, exactly("the question whether to delete", locale.AskForget(false)))},
		{presses(locale.ButtonForgetYes, exactly("the end of the question", locale.Forgetting()), exactly("the farewell", locale.Forgotten()))},
	}
}

// recognised are the replies to a code that fits.
func recognised() []owed {
	return []owed{exactly("the recognition", locale.Confirmed()), aStatus()}
}

// second is how a second person comes into the chat. Both are named at once:
// were one of the names taken in twice, the wrong person would have it.
func (c *citizen) second() [][]move {
	one, two := locale.NthPerson(1), locale.NthPerson(2)
	moves := [][]move{
		{says(locale.ButtonAddPerson, askCodeAgain())},
		{says(c.holders[1].code, append(recognised(), exactly("the question for a name", locale.AskNicknameWhy(one)))...)},
		{
			says(c.names[0], named(c.names[0]), askName(two)),
			says(c.names[1], named(c.names[1])),
		},
	}
	if c.subscribes() {
		moves = append(moves,
			[]move{says(locale.ButtonSubscribe, exactly("the question for whom", locale.ChoosePerson()))},
			[]move{presses(c.names[1], holding("the promise to tell", locale.Subscribed()))})
	}
	if c.quiet {
		return moves
	}
	people := []locale.PersonView{
		{Nickname: c.names[0], Notify: c.subscribes()}, {Nickname: c.names[1], Notify: c.subscribes()},
	}
	return append(moves,
		[]move{says(locale.ButtonSettings, exactly("the settings", locale.Settings(people)))},
		[]move{presses(c.names[1], exactly("the settings of one", locale.PersonSettings(people[1])))})
}

func askCodeAgain() owed { return exactly("the question for another code", locale.AskCodeAgain()) }

func askName(current string) owed {
	return exactly("the question for another name than "+current, locale.AskNickname(current))
}

func named(name string) owed { return exactly("the name "+name, locale.NicknameSaved(name)) }

// talk is what a citizen says next after the beginning, all at once: what is
// answered to each depends on the one before, and which it is stands in the
// answer.
func (c *citizen) talk() []move {
	c.talks++
	if len(c.holders) > 1 && c.talks%2 == 0 {
		before, first, then := c.names[1], nickname(2*c.talks), nickname(2*c.talks+1)
		c.names[1] = then
		return []move{
			presses(locale.ButtonRename, askName(before)), says(first, named(first)),
			presses(locale.ButtonRename, askName(first)), says(then, named(then)),
		}
	}
	digits := 1 + c.talks%9
	return []move{
		says(locale.ButtonAddPerson, askCodeAgain()),
		says(strings.Repeat("1", digits), exactly("the number of digits", locale.CodeLength(digits))),
		says(locale.ButtonBack, exactly("the way back", locale.BackToMenu())),
	}
}

// nickname is the n-th name that a chat gives; the first two are for its two
// people.
func nickname(n int) string { return "نام " + spell(n, 4) }

// goOn makes the next move, or the next few at once.
func (c *citizen) goOn() error {
	var moves []move
	first := c.beginning()
	if c.role == visits && c.spoken == len(first) {
		c.spoken, c.visited = 0, c.visited+1
		first = c.beginning()
	}
	if c.spoken < len(first) {
		moves = first[c.spoken]
	} else {
		moves = c.talk()
	}
	c.spoken++
	for _, m := range moves {
		c.ledger.owe(m.owed...)
		if err := m.do(c); err != nil {
			return err
		}
	}
	return nil
}
