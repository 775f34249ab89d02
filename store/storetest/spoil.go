package storetest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"
)

// Spoil has rows of a closed store rot, those whose keys begin with one of the
// prefixes (the letter of a kind, and what is after it): whoever opens the store
// again finds store.ErrDamaged in their place. There must be exactly so many.
func Spoil(t testing.TB, dir string, rows int, prefixes ...[]byte) {
	t.Helper()
	if err := Rot(dir, rows, prefixes...); err != nil {
		t.Fatal(err)
	}
}

// Rot is Spoil for who has no testing.TB.
func Rot(dir string, rows int, prefixes ...[]byte) error {
	db, err := badger.Open(badger.DefaultOptions(dir).WithCompression(options.None).WithLogger(nil))
	if err != nil {
		return fmt.Errorf("opening the rows: %w", err)
	}
	err = db.Update(func(txn *badger.Txn) (err error) {
		var keys [][]byte
		for _, prefix := range prefixes {
			it := txn.NewIterator(badger.IteratorOptions{Prefix: prefix})
			for it.Rewind(); it.Valid(); it.Next() {
				keys = append(keys, it.Item().KeyCopy(nil))
			}
			it.Close()
		}
		if len(keys) != rows {
			err = fmt.Errorf("there are %d rows to spoil, not %d", len(keys), rows)
		}
		for _, key := range keys {
			err = errors.Join(err, txn.Set(key, []byte("not what was written")))
		}
		return err
	})
	return errors.Join(err, db.Close())
}
