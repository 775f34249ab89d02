package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/dgraph-io/badger/v4"
)

// Backup says what a backup is of.
type Backup struct {
	Store [16]byte // the store's name
	Epoch uint32
	Seq   uint64    // its last commit
	At    time.Time // when the backup began
	// Erasures is how many of the store's entries of the ledger of erasures
	// are behind it.
	Erasures uint64
}

// contextEvery is the number of rows between looks whether to go on.
const contextEvery = 256

// Backup writes the store, as it is at one moment, to out, sealed with a subkey
// of SECRET_KEY. Writers go on meanwhile. Rows are opened, read and sealed anew, so
// a damaged one ends the backup, and the file knows nothing of Badger; but one of
// the inbox, which no restore brings back, is left out. It is good only if Backup
// returns no error.
func (s *Store) Backup(ctx context.Context, now time.Time, out io.Writer) (info Backup, rows uint64, err error) {
	if err := s.usable(); err != nil {
		return info, 0, err
	}
	if !s.enter() {
		return info, 0, ErrClosed
	}
	defer s.inside.Done()
	s.backups.RLock()
	defer s.backups.RUnlock()
	var txn *badger.Txn
	err = s.between(ctx, func() {
		txn = s.db.NewTransaction(false)
		info = Backup{
			Store: s.mark.slot.id, Epoch: s.head.Epoch, Seq: s.head.Seq,
			At: now.UTC().Truncate(time.Second), Erasures: s.erasures.own,
		}
	})
	if err != nil {
		return info, 0, err
	}
	defer txn.Discard()
	w, err := newBackupWriter(out, s.vault, info)
	if err != nil {
		return info, 0, err
	}
	if err := s.copyRows(ctx, txn, w); err != nil {
		return info, 0, err
	}
	return info, w.rows, w.close()
}

// copyRows writes all rows but those with which the store keeps account of
// itself.
func (s *Store) copyRows(ctx context.Context, txn *badger.Txn, w *backupWriter) error {
	it := txn.NewIterator(badger.DefaultIteratorOptions)
	defer it.Close()
	damaged := 0
	for it.Rewind(); it.Valid(); it.Next() {
		if w.rows%contextEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		item := it.Item()
		key := item.Key()
		if isAccount(key) {
			continue
		}
		var value plain
		err := item.Value(func(sealed []byte) error { return s.vault.open(key, sealed, &value) })
		if err == nil {
			err = readsAgain(key, value)
		}
		if key[0] == inboxKind && errors.Is(err, ErrDamaged) {
			damaged++
			continue
		}
		if err != nil {
			return fmt.Errorf("reading a row for the backup: %w", err)
		}
		if err := w.row(key, value); err != nil {
			return err
		}
	}
	if damaged > 0 {
		s.log.Warn().Int("rows", damaged).Msg("rows of the inbox are damaged and not in the backup; a restore drops the inbox in any case")
	}
	return ctx.Err() // of a small store it was not asked before
}

// readsAgain returns ErrDamaged for a row that a restore would refuse: it is found
// out while there is still a store, and an earlier backup, to go back to.
func readsAgain(key []byte, value plain) error {
	var into readable
	switch key[0] {
	case inboxKind:
		into = new(Update)
	case personKind:
		into = new(Person)
	case chatKind:
		into = new(Chat)
	default:
		return nil
	}
	if err := decode(value, into); err != nil {
		return fmt.Errorf("%w: a row of kind %q cannot be decoded: %w", ErrDamaged, key[:1], err)
	}
	return nil
}

func isAccount(key []byte) bool {
	return key[0] == headKey[0] || key[0] == numberedPrefix || key[0] == rotatePrefix[0]
}
