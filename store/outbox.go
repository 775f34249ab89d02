package store

import (
	"encoding/binary"
	"fmt"
	"time"

	"kartyar/card"
)

// PutDue adds a row to the outbox. At is cut to the second.
func (tx *Tx) PutDue(d Due) error {
	key, err := appendDueKey(tx.key[:0], d)
	if err != nil {
		return err
	}
	if err := tx.put(key, nil); err != nil {
		return err
	}
	tx.batch.commit.Due = append(tx.batch.commit.Due, d)
	return nil
}

// DeleteDue takes a row out of the outbox.
func (tx *Tx) DeleteDue(d Due) error {
	key, err := appendDueKey(tx.key[:0], d)
	if err != nil {
		return err
	}
	return tx.delete(key)
}

// Due calls each with the rows of from's bot and class, beginning with from
// itself or whatever follows it, that are due until the given time, in the
// order of Due.Compare, until each returns false. Its cost does not depend on
// how many rows wait beyond. The key says it all, and whether it is so the
// person's row tells; what a row holds is not read, so that a damaged one keeps
// nobody's waiting.
func (tx *Tx) Due(from Due, until time.Time, each func(Due) bool) error {
	prefix, err := appendDuePrefix(nil, from.Bot, from.Class)
	if err != nil {
		return err
	}
	first, err := appendDueKey(make([]byte, 0, dueSize), from)
	if err != nil {
		return err
	}
	return tx.scan(prefix, first, func(key []byte, _ func(readable) error) (bool, error) {
		d := parseDue(from.Bot, from.Class, key[len(prefix):])
		return !d.At.After(until) && each(d), nil
	})
}

// Bots returns the bots for which outbox rows wait.
func (tx *Tx) Bots() (bots []card.Bot, err error) {
	prefix := []byte{outboxKind}
	from := prefix
	for {
		found := false
		err := tx.scan(prefix, from, func(key []byte, _ func(readable) error) (bool, error) {
			bot := dueBot(key)
			bots = append(bots, bot)
			from = rowKey(outboxKind, key[1:2], be64(uint64(bot.ID)+1))
			found = true
			return false, nil
		})
		if err != nil || !found {
			return bots, err
		}
	}
}

// DropDues takes the rows out of the outbox for which is is true, and returns
// how many there were. It looks at all rows of all bots and classes, so it is
// for what no person's row leads to; what a row holds is not read.
func (tx *Tx) DropDues(is func(Due) bool) (dropped int, err error) {
	prefix := []byte{outboxKind}
	err = tx.scan(prefix, prefix, func(key []byte, _ func(readable) error) (bool, error) {
		if !is(parseDue(dueBot(key), Class(key[classAt]), key[classAt+1:])) {
			return true, nil
		}
		dropped++
		return true, tx.delete(key)
	})
	return dropped, err
}

// classAt is where in a row's key its class stands, after the bot.
const classAt = 1 + 1 + 8

// dueBot reads the bot from a row's key.
func dueBot(key []byte) card.Bot {
	bot := card.Bot{ID: int64(binary.BigEndian.Uint64(key[2:]))}
	for platform, b := range platformBytes {
		if b == key[1] {
			bot.Platform = platform
		}
	}
	return bot
}

var platformBytes = map[card.Platform]byte{card.Telegram: 't', card.Bale: 'b'}

// dueSize is the length of a row's key: what all rows of a bot and a class begin
// with, the time, the person and the chat.
const dueSize = classAt + 1 + 8 + 16 + 16

func appendDuePrefix(b []byte, bot card.Bot, class Class) ([]byte, error) {
	platform, ok := platformBytes[bot.Platform]
	if !ok {
		return nil, fmt.Errorf("an outbox row for the platform %q, which is none of ours", bot.Platform)
	}
	b = binary.BigEndian.AppendUint64(append(b, outboxKind, platform), uint64(bot.ID))
	return append(b, byte(class)), nil
}

func appendDueKey(b []byte, d Due) ([]byte, error) {
	b, err := appendDuePrefix(b, d.Bot, d.Class)
	if err != nil {
		return nil, err
	}
	return append(append(appendTime(b, d.At), d.Person[:]...), d.Chat[:]...), nil
}

func parseDue(bot card.Bot, class Class, rest []byte) Due {
	d := Due{Bot: bot, Class: class, At: timeOf(rest)}
	copy(d.Person[:], rest[8:24])
	copy(d.Chat[:], rest[24:40])
	return d
}
