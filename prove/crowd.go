package main

import (
	"fmt"
	"slices"

	"kartyar/demo"
)

// role is what a citizen wants of the program.
type role uint8

// The roles.
const (
	follows role = iota // asks after two cards that are on their way, and subscribes to both
	looks               // asks after two, and does not subscribe
	early               // asks before any list speaks of the card
	visits              // asks after one, looks around, has everything deleted, and comes again
)

// roleOf deals the roles out.
func roleOf(n int) role {
	switch n % 5 {
	case 0:
		return early
	case 1:
		return looks
	}
	return follows
}

// citizen is a person before a chat, who follows a script: what they do next
// when they have been given all that they are owed.
type citizen struct {
	person  *demo.Person
	role    role
	holders []*holder // whose cards they ask after
	ledger  *ledger
	spoken  int // moves made
	joined  bool
	quiet   bool // will not talk after the beginning
	began   bool // and does not begin again
	talks   int
	visited int       // visits that are over
	names   [2]string // of the holders in this chat, as what was said last makes them
}

// subscribes reports whether the citizen is to be told of arrivals.
func (c *citizen) subscribes() bool { return c.role == follows || c.role == early }

// begun reports whether the citizen has done what makes them be told, or not.
func (c *citizen) begun() bool {
	if c.began {
		return true
	}
	first := len(c.beginning())
	begun := c.spoken > first || c.spoken == first && len(c.ledger.owed) == 0
	c.began = begun && c.role != visits
	return begun
}

// crowd is everybody who writes.
type crowd struct {
	server   *demo.Server
	witness  *witness
	citizens []*citizen
	resting  bool // nobody begins anything new
}

// newCrowd makes people, half of them on each platform.
func newCrowd(server *demo.Server, w *witness, number int) *crowd {
	c := &crowd{server: server, witness: w}
	for n := range number {
		c.add(n, roleOf(n/2))
	}
	return c
}

// add makes the n-th citizen.
func (c *crowd) add(n int, what role) {
	platform := platforms[n%len(platforms)]
	p := c.server.Person(platform, botID, fmt.Sprintf("prove %d", n))
	one := &citizen{
		person: p, role: what, names: [2]string{nickname(0), nickname(1)},
		ledger: c.witness.of(chatID{platform, p.ChatID()}),
	}
	for i := range 2 {
		if i == 0 || what == follows || what == looks {
			one.holders = append(one.holders, newHolder(2*n+i, p.Phone()))
		}
	}
	c.citizens = append(c.citizens, one)
}

// known are the holders whose cards the first list speaks of.
func (c *crowd) known() (all []*holder) {
	for _, one := range c.citizens {
		if one.role != early {
			all = append(all, one.holders...)
		}
	}
	return all
}

// expecting are the citizens for whom a list may bring news: who was told of
// what came before, so that nothing that is owed becomes untrue.
func (c *crowd) expecting() (all []*citizen) {
	for _, one := range c.citizens {
		if one.role != visits && one.begun() && one.ledger.told() {
			all = append(all, one)
		}
	}
	return all
}

// join has some more people begin.
func (c *crowd) join(number int) {
	for _, one := range c.citizens {
		if !one.joined && number > 0 {
			one.joined, number = true, number-1
		}
	}
}

// rest has everybody begin, say what belongs to that, and nothing more.
func (c *crowd) rest() {
	c.join(len(c.citizens))
	c.resting = true
}

// settled reports whether everybody has what they are owed, and is done.
func (c *crowd) settled() bool {
	return !slices.ContainsFunc(c.citizens, func(one *citizen) bool {
		return !one.begun() || len(one.ledger.owed) > 0 || !one.ledger.told()
	})
}

// turn lets everybody who was answered go on.
func (c *crowd) turn() error {
	for _, one := range c.citizens {
		if !one.joined || len(one.ledger.owed) > 0 {
			continue
		}
		if (c.resting || one.quiet) && (one.began || one.spoken >= len(one.beginning())) {
			continue
		}
		if err := one.goOn(); err != nil {
			return fmt.Errorf("%s: %w", one.person.Name(), err)
		}
	}
	return nil
}
