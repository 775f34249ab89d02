package store

import (
	"slices"
	"time"

	"kartyar/card"
)

// Operator is the chat in which a bot tells whoever runs the program what needs
// them. It became so by a one-time link.
type Operator struct {
	Chat  card.ChatKey    `cbor:"1,keyasint"`
	To    card.Subscriber `cbor:"2,keyasint"`
	Since time.Time       `cbor:"3,keyasint"`
}

const operatorsNote = "operators"

// Operators returns the operator's chats, at most one for each bot.
func (tx *Tx) Operators() (all []Operator, err error) {
	_, err = tx.Note(operatorsNote, &all)
	for i := range all {
		all[i].Since = all[i].Since.UTC()
	}
	return all, err
}

// SetOperator makes a chat its bot's operator's chat, and returns the one that
// it takes the place of; had is false when there was none.
func (tx *Tx) SetOperator(o Operator) (before Operator, had bool, err error) {
	all, err := tx.Operators()
	if err != nil {
		return before, false, err
	}
	at := slices.IndexFunc(all, func(other Operator) bool { return other.To.Bot == o.To.Bot })
	if had = at >= 0; had {
		before, all[at] = all[at], o
	} else {
		all = append(all, o)
	}
	return before, had, tx.putOperators(all)
}

// RemoveOperator has a chat be the operator's no longer, if it was.
func (tx *Tx) RemoveOperator(chat card.ChatKey) error {
	all, err := tx.Operators()
	if err != nil {
		return err
	}
	left := slices.DeleteFunc(slices.Clone(all), func(o Operator) bool { return o.Chat == chat })
	if len(left) == len(all) {
		return nil
	}
	return tx.putOperators(left)
}

func (tx *Tx) putOperators(all []Operator) error {
	err := tx.PutNote(operatorsNote, all)
	if len(all) == 0 {
		err = tx.DeleteNote(operatorsNote)
	}
	if err == nil {
		tx.batch.commit.Operators = true
	}
	return err
}

// NamedBot is a bot and the name under which its platform's links open it.
type NamedBot struct {
	Bot      card.Bot `cbor:"1,keyasint"`
	Username string   `cbor:"2,keyasint"`
}

const botsNote = "bots"

// NamedBots returns the bots that are served, or were last, one for each
// platform.
func (tx *Tx) NamedBots() (all []NamedBot, err error) {
	_, err = tx.Note(botsNote, &all)
	return all, err
}

// NameBot notes the name of a bot that is served from now on. It takes the
// place of its platform's bot of before.
func (tx *Tx) NameBot(b NamedBot) error {
	all, err := tx.NamedBots()
	if err != nil || slices.Contains(all, b) {
		return err
	}
	all = slices.DeleteFunc(all, func(o NamedBot) bool { return o.Bot.Platform == b.Bot.Platform })
	return tx.PutNote(botsNote, append(all, b))
}

// KeepBots forgets the bots of all but the given platforms: they are not served
// any more.
func (tx *Tx) KeepBots(platforms []card.Platform) error {
	all, err := tx.NamedBots()
	if err != nil {
		return err
	}
	left := slices.DeleteFunc(slices.Clone(all), func(b NamedBot) bool { return !slices.Contains(platforms, b.Bot.Platform) })
	if len(left) == len(all) {
		return nil
	}
	return tx.PutNote(botsNote, left)
}
