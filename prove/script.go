package main

import (
	"strings"

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

// holding is a reply with this in it.
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

// shares presses the button that shares the contact. The program takes it once,
// as the answer to its question: a second time it says something else.
func shares(replies ...owed) move {
	return move{func(c *citizen) error {
		_, err := c.person.Press(locale.ButtonShareContact)
		return err
	}, replies}
}

// aStatus is where the cards of one holder stand.
func aStatus() owed {
	fresh, _, _ := strings.Cut(locale.Fresh(momentOfAny, momentOfAny), locale.Moment(momentOfAny, momentOfAny))
	return holding("a status", fresh)
}

// beginning is how a citizen comes to be told: the first moves, each of which
// waits for the replies to the one before.
func (c *citizen) beginning() [][]move {
	moves := [][]move{
		{says("/start", exactly("the welcome", locale.Welcome()))},
		{shares(exactly("the question for the code", locale.AskCode()))},
	}
	if c.role == early {
		return append(moves, []move{says(c.holders[0].code, exactly("the promise to tell", locale.NotFoundYet()))})
	}
	moves = append(moves, []move{says(c.holders[0].code, exactly("the recognition", locale.Confirmed()), aStatus())})
	if c.role == follows {
		moves = append(moves, []move{says(locale.ButtonSubscribe, holding("the promise to tell", locale.Subscribed()))})
	}
	return moves
}

// goOn makes the next move, or the next few at once.
func (c *citizen) goOn() error {
	var moves []move
	if first := c.beginning(); c.spoken < len(first) {
		moves = first[c.spoken]
	} else {
		moves = c.talk(c.spoken - len(first))
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
