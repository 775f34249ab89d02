package store

import (
	"bytes"
	"slices"
	"strings"

	"github.com/dgraph-io/badger/v4"
)

// visit is called with a row's key and a function that decodes its value, both good
// until it returns; it returns false to end the scan.
type visit func(key []byte, value func(readable) error) (more bool, err error)

// scan calls each with the rows under prefix from the given key on, in the
// order of their keys, as this Tx saw them when the scan began.
func (tx *Tx) scan(prefix, from []byte, each visit) error {
	opt := badger.DefaultIteratorOptions
	opt.Prefix = prefix
	opt.PrefetchValues = false
	it := tx.txn.NewIterator(opt)
	defer it.Close()
	written := tx.written(prefix, from)
	var item *badger.Item
	var key []byte
	value := func(v readable) error {
		return item.Value(func(sealed []byte) error { return tx.store.vault.open(key, sealed, v) })
	}
	for it.Seek(from); it.Valid() || len(written) > 0; {
		var more bool
		var err error
		if c := next(it, written); c >= 0 {
			more, err = tx.visitWritten(written[0], each)
			if written = written[1:]; c == 0 {
				it.Next() // the row as it was before
			}
		} else {
			item = it.Item()
			key = item.KeyCopy(key)
			more, err = each(key, value)
			it.Next()
		}
		if err != nil || !more {
			return err
		}
	}
	return nil
}

// pendingRow is a row that is written and not yet committed; nil deletes it.
type pendingRow struct {
	key    string
	sealed []byte
}

// next says where the next row comes from: from the store when negative, from
// what is written when positive, from both when zero.
func next(it *badger.Iterator, written []pendingRow) int {
	switch {
	case len(written) == 0:
		return -1
	case !it.Valid():
		return 1
	}
	return bytes.Compare(it.Item().Key(), []byte(written[0].key))
}

func (tx *Tx) visitWritten(row pendingRow, each visit) (bool, error) {
	if row.sealed == nil {
		return true, nil
	}
	key := []byte(row.key)
	return each(key, func(v readable) error { return tx.store.vault.open(key, row.sealed, v) })
}

// written returns what this batch, this function included, has written under
// prefix from the given key on, in the order of the keys.
func (tx *Tx) written(prefix, from []byte) (rows []pendingRow) {
	if tx.batch == nil {
		return nil
	}
	for key, sealed := range tx.batch.rows {
		if strings.HasPrefix(key, string(prefix)) && key >= string(from) {
			rows = append(rows, pendingRow{key, sealed})
		}
	}
	slices.SortFunc(rows, func(a, b pendingRow) int { return strings.Compare(a.key, b.key) })
	return rows
}
