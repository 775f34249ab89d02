package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/dgraph-io/badger/v4"
)

// Every commit writes a numbered row and the head. Badger cuts a log at the
// first record that does not fit its checksum and goes on with the next log,
// so a flipped bit in an older log loses commits from the middle while the
// newest is there. The numbered rows show that: they are kept until their
// commits stand in tables, and at open none may be missing.

// head is the newest commit's own account of the store.
type head struct {
	ID  [16]byte
	Seq uint64
	// Low: the commits up to this one stand in tables and are no longer
	// numbered.
	Low uint64
	// Cleared: the entries of the ledger of erasures up to this one have been
	// compacted away.
	Cleared uint64
	// Epoch counts the restores that led to this store.
	Epoch uint32
	// Erased is the number of entries in the ledger of erasures.
	Erased uint64
}

func (h *head) encode(e *encoder) {
	e.key(1, h.ID)
	e.number(2, h.Seq)
	e.number(3, h.Low)
	e.number(4, h.Cleared)
	e.number(5, uint64(h.Epoch))
	e.number(6, storeFormat)
	e.number(7, h.Erased)
}

// decode refuses what a later version has written, of which it knows nothing
// but this number.
func (h *head) decode(f *fields) {
	for f.next() {
		switch f.number {
		case 1:
			h.ID = f.key()
		case 2:
			h.Seq = f.whole(math.MaxUint64)
		case 3:
			h.Low = f.whole(math.MaxUint64)
		case 4:
			h.Cleared = f.whole(math.MaxUint64)
		case 5:
			h.Epoch = uint32(f.whole(math.MaxUint32))
		case 6:
			if f.whole(math.MaxUint64) > storeFormat {
				f.fail(ErrNewer)
			}
		case 7:
			h.Erased = f.whole(math.MaxUint64)
		}
	}
}

// storeFormat is how rows are encoded. In format 1 a follower had one phone and
// one receipt code waiting.
const storeFormat = 2

var headKey = []byte{'h'}

const (
	numberedPrefix = 'n'
	pruneEvery     = 512  // commits between looks at what has reached the tables
	pruneMost      = 4096 // numbered rows that one commit takes away
)

func numberedKey(seq uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{numberedPrefix}, seq)
}

// verify reads the head and sees that no acknowledged commit is missing.
func (s *Store) verify() error {
	txn := s.db.NewTransaction(false)
	defer txn.Discard()
	item, err := txn.Get(headKey)
	if errors.Is(err, badger.ErrKeyNotFound) {
		if s.mark.slot.seq > 0 {
			return ErrBehind
		}
		s.head = head{ID: s.mark.slot.id}
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading the store's head: %w", err)
	}
	if err := item.Value(func(v []byte) error { return s.vault.open(headKey, v, &s.head) }); err != nil {
		return err
	}
	switch {
	case s.head.ID != s.mark.slot.id:
		return ErrForeign
	case s.head.Seq < s.mark.slot.seq:
		return ErrBehind
	}
	if err := s.verifyNumbered(txn); err != nil || s.head.Seq == s.mark.slot.seq {
		return err
	}
	// Killed between a commit and its mark: from now on it is acted on.
	return s.mark.advance(s.head.Seq)
}

func (s *Store) verifyNumbered(txn *badger.Txn) error {
	opt := badger.DefaultIteratorOptions
	opt.PrefetchValues = false
	opt.Prefix = []byte{numberedPrefix}
	it := txn.NewIterator(opt)
	defer it.Close()
	want := s.head.Low + 1
	for it.Seek(numberedKey(want)); it.Valid(); it.Next() {
		if !bytes.Equal(it.Item().Key(), numberedKey(want)) {
			return ErrGap
		}
		want++
	}
	if want != s.head.Seq+1 {
		return ErrGap
	}
	return nil
}

// flushedNumbers returns how far the numbered rows have reached the tables.
// Memory tables are filled and flushed in the order of commits, so whatever is
// not newer than the newest version in any table stands in a table.
func (s *Store) flushedNumbers() (through uint64) {
	flushed := s.newestInTables()
	txn := s.db.NewTransaction(false)
	defer txn.Discard()
	opt := badger.DefaultIteratorOptions
	opt.PrefetchValues = false
	opt.Prefix = []byte{numberedPrefix}
	it := txn.NewIterator(opt)
	defer it.Close()
	through = s.head.Low
	most := min(pruneMost, uint64(s.memTable/8192)) // as many as fit beside a full batch
	for it.Seek(numberedKey(through + 1)); it.Valid() && through-s.head.Low < most; it.Next() {
		if it.Item().Version() > flushed {
			break
		}
		through++
	}
	return through
}
