package store

import (
	"encoding/binary"
	"errors"
	"time"

	"github.com/dgraph-io/badger/v4"

	"kartyar/card"
)

// Keep adds an update to the inbox and gives it its place, unless Take knows it.
func (tx *Tx) Keep(u *Update) (kept bool, err error) {
	if kept, err = tx.Take(u); err != nil || !kept {
		return false, err
	}
	return true, tx.PutUpdate(*u)
}

// Take gives an update its place in the inbox, where the caller puts it unless
// it is done with at once; taken is false when the same update of the same bot
// (its id and its bytes) was taken within Remembered.
func (tx *Tx) Take(u *Update) (taken bool, err error) {
	if !u.Flood {
		if seen, err := tx.seen(u); err != nil || seen {
			return false, err
		}
	}
	return true, tx.place(u)
}

// AddUpdate adds a row to the inbox that no platform sent, and gives it its
// place.
func (tx *Tx) AddUpdate(u *Update) error {
	if err := tx.place(u); err != nil {
		return err
	}
	return tx.PutUpdate(*u)
}

func (tx *Tx) place(u *Update) error {
	if tx.batch == nil {
		return errors.New("writing in a View")
	}
	tx.batch.inbox++
	u.Seq = tx.batch.inbox
	return nil
}

// PutUpdate writes a row of the inbox back.
func (tx *Tx) PutUpdate(u Update) error { return tx.put(tx.rowKey(inboxKind, be64(u.Seq)), &u) }

// Update returns a row of the inbox; found is false once it is gone.
func (tx *Tx) Update(seq uint64) (u Update, found bool, err error) {
	found, err = tx.get(tx.rowKey(inboxKind, be64(seq)), &u)
	u.Seq = seq
	return u, found, err
}

// DeleteUpdate takes a row out of the inbox.
func (tx *Tx) DeleteUpdate(seq uint64) error { return tx.delete(tx.rowKey(inboxKind, be64(seq))) }

// Inbox calls each with the rows of the inbox in their order. Of one that is
// damaged each is given its place alone, and ErrDamaged.
func (tx *Tx) Inbox(each func(u Update, damaged error) error) error {
	prefix := []byte{inboxKind}
	return tx.scan(prefix, prefix, func(key []byte, value func(readable) error) (bool, error) {
		u := Update{Seq: binary.BigEndian.Uint64(key[1:])}
		err := value(&u)
		if errors.Is(err, ErrDamaged) {
			return true, each(Update{Seq: u.Seq}, err)
		}
		if err != nil {
			return false, err
		}
		return true, each(u, nil)
	})
}

// DropDamagedUpdates takes those rows of the inbox out that are damaged, and
// returns how many they were: what nobody can open any more says neither whose it
// was nor what. The update of such a row is recognised as before when it is
// delivered again, since nobody knows whether it was handled.
func (tx *Tx) DropDamagedUpdates(seqs []uint64) (dropped int, err error) {
	for _, seq := range seqs {
		_, _, err := tx.Update(seq)
		if errors.Is(err, ErrDamaged) {
			dropped++
			err = tx.DeleteUpdate(seq)
		}
		if err != nil {
			return 0, err
		}
	}
	return dropped, nil
}

// PutSetAside keeps an update that cannot be handled.
func (tx *Tx) PutSetAside(a SetAside) error {
	return tx.put(rowKey(setAsideKind, a.Chat[:], be64Time(a.At), be64(uint64(a.ID))), &a)
}

// SetAside calls each with the updates set aside.
func (tx *Tx) SetAside(each func(SetAside) error) error {
	prefix := []byte{setAsideKind}
	return tx.scan(prefix, prefix, func(_ []byte, value func(readable) error) (bool, error) {
		var a SetAside
		if err := value(&a); err != nil {
			return false, err
		}
		return true, each(a)
	})
}

// DropSetAside removes a chat's updates that were set aside.
func (tx *Tx) DropSetAside(chat card.ChatKey) error {
	prefix := rowKey(setAsideKind, chat[:])
	return tx.scan(prefix, prefix, func(row []byte, _ func(readable) error) (bool, error) {
		return true, tx.delete(row)
	})
}

// DropOldSetAside removes updates set aside before the given time.
func (tx *Tx) DropOldSetAside(before time.Time) (dropped int, err error) {
	prefix := []byte{setAsideKind}
	err = tx.scan(prefix, prefix, func(key []byte, _ func(readable) error) (bool, error) {
		if timeOf(key[1+len(card.ChatKey{}):]).Before(before) {
			dropped++
			return dropped < sweepMost, tx.delete(key)
		}
		return true, nil
	})
	return dropped, err
}

// sweepMost is how many rows one sweep takes, so that no commit grows large.
const sweepMost = 2000

// findInboxEnd lets new rows follow the last one on disk.
func (s *Store) findInboxEnd() error {
	txn := s.db.NewTransaction(false)
	defer txn.Discard()
	opt := badger.DefaultIteratorOptions
	opt.PrefetchValues = false
	opt.Reverse = true
	it := txn.NewIterator(opt)
	defer it.Close()
	it.Seek([]byte{inboxKind + 1})
	if it.ValidForPrefix([]byte{inboxKind}) {
		s.inboxSeq = binary.BigEndian.Uint64(it.Item().Key()[1:])
	}
	return nil
}
