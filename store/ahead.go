package store

import (
	"bytes"
	"fmt"

	"github.com/dgraph-io/badger/v4"

	"kartyar/card"
)

const (
	stepsMost = 8 // rows that are passed over before the next one is sought
	seeksMost = 4 // rows that may be sought before most have to be found by passing on
)

// aheadRow is a person's row that was read before it is asked for; sealed is
// nil when there is none.
type aheadRow struct {
	key    card.PersonKey
	sealed []byte
}

// ReadAhead reads persons that are about to be asked for, in the ascending
// order of their keys, and in which they are asked for then. Where their rows
// lie close together, as those of a long list do, one pass over them costs a
// fraction of asking for each; elsewhere it gives up soon, and Person asks for
// them as it always does.
func (tx *Tx) ReadAhead(persons []card.PersonKey) error {
	opt := badger.DefaultIteratorOptions
	opt.Prefix = []byte{personKind}
	opt.PrefetchValues = false
	it := tx.txn.NewIterator(opt)
	defer it.Close()
	tx.ahead = make([]aheadRow, 0, len(persons))
	values := make([]byte, 0, 96*len(persons))
	row := append(make([]byte, 0, 1+len(card.PersonKey{})), personKind)
	seeks := 0
	for _, key := range persons {
		if len(tx.ahead) > 0 && bytes.Compare(key[:], row[1:]) <= 0 {
			return nil // out of order: what was passed over would seem not to be there
		}
		row = append(row[:1], key[:]...)
		if seeks == 0 || !passTo(it, row) {
			if it.Seek(row); seeks > seeksMost && seeks > len(tx.ahead)/2 {
				return nil
			}
			seeks++
		}
		found := aheadRow{key: key}
		if it.Valid() && bytes.Equal(it.Item().Key(), row) {
			err := it.Item().Value(func(sealed []byte) error {
				start := len(values)
				values = append(values, sealed...)
				found.sealed = values[start:len(values):len(values)]
				return nil
			})
			if err != nil {
				return fmt.Errorf("reading rows of kind %q ahead: %w", personKind, err)
			}
		}
		tx.ahead = append(tx.ahead, found)
	}
	return nil
}

// passTo passes on to the first row that is not before row; false when that is
// too far.
func passTo(it *badger.Iterator, row []byte) bool {
	for range stepsMost {
		if !it.Valid() || bytes.Compare(it.Item().Key(), row) >= 0 {
			return true
		}
		it.Next()
	}
	return false
}

// readAhead returns the row of a key if ReadAhead has read it.
func (tx *Tx) readAhead(key []byte) (sealed []byte, known bool) {
	if len(tx.ahead) == 0 || key[0] != personKind {
		return nil, false
	}
	for len(tx.ahead) > 0 {
		switch bytes.Compare(tx.ahead[0].key[:], key[1:]) {
		case 0:
			return tx.ahead[0].sealed, true
		case 1:
			return nil, false
		}
		tx.ahead = tx.ahead[1:]
	}
	return nil, false
}
