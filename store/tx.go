package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/dgraph-io/badger/v4"

	"kartyar/card"
)

// Tx is the store as one function of View or Update sees it. It must not be
// kept after that function returns.
type Tx struct {
	store *Store
	txn   *badger.Txn
	batch *batch        // nil in a View
	key   [dueSize]byte // room for the key of one row
	ahead []aheadRow    // what ReadAhead read and was not asked for yet
}

// Row kinds: the first byte of each key.
const (
	personKind    = 'p'
	chatKind      = 'c'
	inboxKind     = 'i'
	outboxKind    = 'o'
	seenKind      = 'd'
	guessKind     = 'g'
	officeKind    = 'f'
	setAsideKind  = 'q'
	noteKind      = 'm'
	inviteRowKind = 'v'
)

// get decodes a row into value; found is false when there is none.
func (tx *Tx) get(key []byte, value readable) (found bool, err error) {
	if tx.batch != nil {
		if sealed, ok := tx.batch.rows[string(key)]; ok {
			return sealed != nil, tx.openIf(key, sealed, value)
		}
	}
	if sealed, ok := tx.readAhead(key); ok {
		return sealed != nil, tx.openIf(key, sealed, value)
	}
	item, err := tx.txn.Get(key)
	if errors.Is(err, badger.ErrKeyNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("reading a row of kind %q: %w", key[:1], err)
	}
	err = item.Value(func(sealed []byte) error { return tx.openIf(key, sealed, value) })
	return err == nil, err
}

func (tx *Tx) openIf(key, sealed []byte, value readable) error {
	if sealed == nil || value == nil {
		return nil
	}
	return tx.store.vault.open(key, sealed, value)
}

func (tx *Tx) put(key []byte, value writable) error {
	if tx.batch == nil {
		return errors.New("writing in a View")
	}
	sealed, err := tx.store.vault.seal(&tx.batch.room, key, value)
	if err != nil {
		return err
	}
	tx.batch.write(string(key), sealed)
	return nil
}

func (tx *Tx) delete(key []byte) error {
	if tx.batch == nil {
		return errors.New("deleting in a View")
	}
	tx.batch.write(string(key), nil)
	return nil
}

func rowKey(kind byte, parts ...[]byte) []byte {
	size := 1
	for _, part := range parts {
		size += len(part)
	}
	key := append(make([]byte, 0, size), kind)
	for _, part := range parts {
		key = append(key, part...)
	}
	return key
}

// rowKey is rowKey in room of its own, good until it is called again.
func (tx *Tx) rowKey(kind byte, parts ...[]byte) []byte {
	key := append(tx.key[:0], kind)
	for _, part := range parts {
		key = append(key, part...)
	}
	return key
}

func be64(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

// be64Time orders instants of any sign.
func be64Time(t time.Time) []byte { return appendTime(nil, t) }

// appendTime appends be64Time.
func appendTime(b []byte, t time.Time) []byte {
	return binary.BigEndian.AppendUint64(b, uint64(t.Unix())^1<<63)
}

func timeOf(b []byte) time.Time {
	return time.Unix(int64(binary.BigEndian.Uint64(b)^1<<63), 0).UTC()
}

// Person returns what is known under a national code; the zero Person when
// nothing is.
func (tx *Tx) Person(key card.PersonKey) (p Person, err error) {
	_, err = tx.get(tx.rowKey(personKind, key[:]), &p)
	return p, err
}

// ReadPerson is Person into room that is used again: what p held before is gone.
// After an error p means nothing.
func (tx *Tx) ReadPerson(key card.PersonKey, p *Person) error {
	clear(p.Applications)
	clear(p.Followers)
	p.Applications, p.Followers = p.Applications[:0], p.Followers[:0]
	_, err := tx.get(tx.rowKey(personKind, key[:]), p)
	return err
}

// PutPerson writes a person, or removes one who has become empty.
func (tx *Tx) PutPerson(key card.PersonKey, p Person) error {
	row := tx.rowKey(personKind, key[:])
	var err error
	if p.IsZero() {
		err = tx.delete(row)
	} else {
		err = tx.put(row, &p)
	}
	if err == nil {
		tx.batch.commit.Persons = append(tx.batch.commit.Persons, key)
	}
	return err
}

// PersonChanged reports whether this Tx sees a person otherwise than the last
// commit left them, so that nothing remembered of that commit may be used.
func (tx *Tx) PersonChanged(key card.PersonKey) bool {
	if tx.batch == nil {
		return false
	}
	_, ok := tx.batch.rows[string(tx.rowKey(personKind, key[:]))]
	return ok
}

// Guesses returns the counter of wrong guesses under a key of the given kind.
func (tx *Tx) Guesses(kind GuessKind, key [16]byte) (g Guesses, err error) {
	_, err = tx.get(rowKey(guessKind, []byte{byte(kind)}, key[:]), &g)
	return g, err
}

// PutGuesses writes a counter, or removes an empty one.
func (tx *Tx) PutGuesses(kind GuessKind, key [16]byte, g Guesses) error {
	row := rowKey(guessKind, []byte{byte(kind)}, key[:])
	if len(g) == 0 {
		return tx.delete(row)
	}
	return tx.put(row, &g)
}

// PutOffice writes an office of the directory under its code.
func (tx *Tx) PutOffice(o card.Office) error {
	return tx.put(rowKey(officeKind, []byte(o.Code)), (*office)(&o))
}

// DeleteOffice removes an office from the directory.
func (tx *Tx) DeleteOffice(code string) error {
	return tx.delete(rowKey(officeKind, []byte(code)))
}

// Offices returns the whole directory, in the order of the codes.
func (tx *Tx) Offices() (all []card.Office, err error) {
	prefix := []byte{officeKind}
	err = tx.scan(prefix, prefix, func(_ []byte, value func(readable) error) (bool, error) {
		var o card.Office
		if err := value((*office)(&o)); err != nil {
			return false, err
		}
		all = append(all, o)
		return true, nil
	})
	return all, err
}
