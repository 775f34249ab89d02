// Package alarm decides what the operator is told of the program's own troubles
// and when: once when a trouble begins, again while it lasts, and once when it
// is over. It knows no clock, no store and no words.
package alarm

import (
	"maps"
	"strings"
	"time"

	"kartyar/card"
)

// Kind is a sort of trouble. Its value is stored.
type Kind string

// The kinds. A new one is a name here, a fact of it, and its words.
const (
	PollFails  Kind = "poll"     // a platform does not answer
	TwoPollers Kind = "conflict" // another program polls with the bot's token
	// TokenRefused is told while another bot is served; a program that has none
	// left ends.
	TokenRefused Kind = "token"
	Restricted   Kind = "restricted" // a platform refuses the bot in every chat
	OutboxLate   Kind = "outbox"     // alerts have waited for more than a day
	ClockOff     Kind = "clock"      // this machine's clock is not the platform's
	DiskLow      Kind = "disk"       // little room is left
	FeedSilent   Kind = "feed"       // no list has come for long
	ToldNobody   Kind = "nobody"     // a list brought cards, and nobody was told
	SetAside     Kind = "aside"      // updates could not be handled
	// StoreFailed is told as the program ends of it, and can be noted nowhere.
	StoreFailed Kind = "store"
	// StoreRefused is told by a program that cannot open its store, and noted
	// beside that.
	StoreRefused Kind = "refused"
	Held         Kind = "held" // a restore held messages back
)

// Fact is how it stands with one kind of trouble. One of which nothing is known
// yet, as after a start, is not handed over.
type Fact struct {
	Kind     Kind
	Platform card.Platform // "" for the whole program
	On       bool
	// Number is how many there are, for the words. Of an event, which begins and
	// ends at once, it is how many came since the last look, and On says nothing.
	Number int
	Since  time.Time // when it began, where the words tell it
	Event  bool
}

// Message is what the operator is to be told.
type Message struct {
	Kind     Kind
	Platform card.Platform
	Over     bool
	Number   int
	Since    time.Time
}

const (
	// Apart is the least time between two messages of one kind.
	Apart = time.Hour
	// Again is how long after the last message a trouble that lasts is told again.
	Again = 24 * time.Hour
)

// Episode is what was told of one kind.
type Episode struct {
	Said   time.Time `cbor:"1,keyasint,omitzero"`
	Told   bool      `cbor:"2,keyasint,omitempty"` // that it began, and not that it is over
	Number int       `cbor:"3,keyasint,omitempty"` // of events not told yet
}

// State is what was told, by kind and platform. It is kept, so that a restart
// repeats nothing.
type State map[string]Episode

func key(kind Kind, platform card.Platform) string { return string(kind) + "/" + string(platform) }

// Of returns what was told of a kind.
func (s State) Of(kind Kind) State {
	of := State{}
	for k, e := range s {
		if strings.HasPrefix(k, key(kind, "")) {
			of[k] = e
		}
	}
	return of
}

// Take has s hold of a kind what other holds, and nothing else.
func (s State) Take(kind Kind, other State) {
	for k := range s.Of(kind) {
		delete(s, k)
	}
	maps.Copy(s, other.Of(kind))
}

// Look takes the facts in and returns what is to be told now. What it returns
// comes again until Said.
func (s State) Look(facts []Fact, now time.Time) (due []Message) {
	for _, f := range facts {
		k := key(f.Kind, f.Platform)
		e, known := s[k]
		apart := !known || e.Said.IsZero() || now.Sub(e.Said) >= Apart
		m := Message{Kind: f.Kind, Platform: f.Platform, Number: f.Number, Since: f.Since}
		switch {
		case f.Event:
			if e.Number += f.Number; e.Number > 0 {
				s[k] = e
			}
			if m.Number = e.Number; e.Number > 0 && apart {
				due = append(due, m)
			} else if e.Number == 0 && known && apart {
				delete(s, k)
			}
		case f.On && !e.Told && apart, f.On && e.Told && now.Sub(e.Said) >= Again:
			due = append(due, m)
		case !f.On && e.Told:
			m.Over = true
			due = append(due, m)
		case !f.On && known && apart:
			delete(s, k)
		}
	}
	return due
}

// Said notes that a message was told.
func (s State) Said(m Message, now time.Time) {
	// Of an event nothing is ever over.
	event := s[key(m.Kind, m.Platform)].Number > 0
	s[key(m.Kind, m.Platform)] = Episode{Said: now.UTC().Truncate(time.Second), Told: !m.Over && !event}
}
