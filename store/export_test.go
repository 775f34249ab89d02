package store

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/dgraph-io/badger/v4"
)

// OpenSmall is Open with memory tables of the given size, so that a test can
// fill one.
func OpenSmall(opt Options, memTable int64) (*Store, error) {
	return open(opt, memTable, func(rows badger.Options) badger.Options { return rows }, statDisk)
}

// OpenStuck is OpenSmall of a store whose memory tables reach no file after the
// first few, until Unstick is called.
func OpenStuck(opt Options, memTable int64) (*Store, error) {
	return open(opt, memTable, func(rows badger.Options) badger.Options {
		return rows.WithNumCompactors(0).WithNumLevelZeroTablesStall(rows.NumMemtables + 4)
	}, statDisk)
}

// Unstick makes room for the memory tables that wait.
func (s *Store) Unstick() error { return s.db.Flatten(1) }

// HoldLists has lists wait for ever.
func (s *Store) HoldLists(ctx context.Context) error {
	return s.between(ctx, func() { s.rest = time.Now().Add(time.Hour) })
}

// CountUnflushed counts so many bytes more than were committed.
func (s *Store) CountUnflushed(ctx context.Context, bytes int64) error {
	return s.between(ctx, func() { s.unflushed.add(math.MaxUint64, bytes) })
}

// ListsWait reports whether a function of UpdateOfList waits for its turn.
func (s *Store) ListsWait() bool { return len(s.lists) > 0 }

// Stuck reports whether no memory table reaches a file any more, and lists wait
// for that.
func (s *Store) Stuck(ctx context.Context) (stuck bool, err error) {
	err = s.between(ctx, func() {
		stuck = s.db.Levels()[0].NumTables >= s.db.Opts().NumLevelZeroTablesStall && s.muchUnflushed()
	})
	return stuck, err
}

// Low returns the commit up to which numbered rows were taken away.
func (s *Store) Low() uint64 { return s.head.Low }

// Waits reports whether a function of Update waits for its turn.
func (s *Store) Waits() bool { return len(s.urgent) > 0 }

// BeginClearing moves what is in memory into tables, as if somebody had been erased.
func (s *Store) BeginClearing(ctx context.Context) error {
	asked := s.between(ctx, func() { s.erasures.entries = s.head.Cleared + 1 })
	_, _, err := s.beginClearing(ctx)
	return errors.Join(asked, err)
}

// PutAnything writes a row that is sealed as it is to be, and says anything.
func (tx *Tx) PutAnything(key, value []byte) error { return tx.put(key, plain(value)) }
