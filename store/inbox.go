package store

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"time"

	"github.com/dgraph-io/badger/v4"

	"kartyar/card"
)

// Remembered is how long an update is recognised at least when it is delivered
// again; it is at most twice that.
const Remembered = 48 * time.Hour

// Keep adds an update to the inbox and gives it its place, unless Take knows it.
func (tx *Tx) Keep(u *Update) (kept bool, err error) {
	if kept, err = tx.Take(u); err != nil || !kept {
		return false, err
	}
	return true, tx.PutUpdate(*u)
}

// Take gives an update its place in the inbox, where the caller puts it unless
// it is done with at once; taken is false when the same update of the same bot
// (its id and its bytes) was taken within Remembered. There is no
// high-water mark: a platform may start its ids anywhere after a quiet week.
func (tx *Tx) Take(u *Update) (taken bool, err error) {
	if !u.Flood {
		name := updateName(u)
		now := span(u.Received)
		for _, n := range []uint16{now, now - 1} {
			seen, err := tx.get(seenKey(n, name), nil)
			if err != nil || seen {
				return false, err
			}
		}
		if err := tx.put(seenKey(now, name), nil); err != nil {
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
func (tx *Tx) PutUpdate(u Update) error { return tx.put(inboxKey(u.Seq), &u) }

// Update returns a row of the inbox; found is false once it is gone.
func (tx *Tx) Update(seq uint64) (u Update, found bool, err error) {
	found, err = tx.get(inboxKey(seq), &u)
	u.Seq = seq
	return u, found, err
}

// DeleteUpdate takes a row out of the inbox.
func (tx *Tx) DeleteUpdate(seq uint64) error { return tx.delete(inboxKey(seq)) }

// Inbox calls each with the rows of the inbox in their order.
func (tx *Tx) Inbox(each func(Update) error) error {
	prefix := []byte{inboxKind}
	return tx.scan(prefix, prefix, func(key []byte, value func(readable) error) (bool, error) {
		u := Update{Seq: binary.BigEndian.Uint64(key[1:])}
		if err := value(&u); err != nil {
			return false, err
		}
		return true, each(u)
	})
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

// ForgetSeen removes what is remembered of updates that were kept more than
// twice Remembered before now; call it again while it says that it dropped any.
func (tx *Tx) ForgetSeen(now time.Time) (dropped int, err error) {
	prefix := []byte{seenKind}
	oldest := span(now) - 1
	err = tx.scan(prefix, prefix, func(key []byte, _ func(readable) error) (bool, error) {
		// Spans are compared as a distance, which holds when the number wraps.
		if n := binary.BigEndian.Uint16(key[1:]); int16(n-oldest) >= 0 {
			return false, nil
		}
		dropped++
		return dropped < sweepMost, tx.delete(key)
	})
	return dropped, err
}

func inboxKey(seq uint64) []byte { return rowKey(inboxKind, be64(seq)) }

// span numbers the times that are Remembered long, so that two of them hold
// whatever came within Remembered.
func span(t time.Time) uint16 { return uint16(t.Unix() / int64(Remembered/time.Second)) }

func seenKey(span uint16, name []byte) []byte {
	return rowKey(seenKind, binary.BigEndian.AppendUint16(nil, span), name)
}

// updateName tells updates apart: the bot, the platform's id and the bytes.
func updateName(u *Update) []byte {
	h := sha256.New()
	h.Write([]byte(u.Bot.Platform))
	h.Write(be64(uint64(u.Bot.ID)))
	h.Write(be64(uint64(u.ID)))
	h.Write(u.Raw)
	return h.Sum(nil)[:16]
}

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
