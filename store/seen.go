package store

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"math"
	"time"

	"github.com/dgraph-io/badger/v4"

	"kartyar/card"
)

// Remembered is how long an update is recognised at least when it is delivered
// again; it is at most twice that.
const Remembered = 48 * time.Hour

// seenIDs is what the committer knows of the updates that were taken.
type seenIDs struct {
	// newest is the highest id of each bot's updates that are remembered. One
	// beyond it was never taken and need not be looked for. It is no high-water
	// mark: a platform may start its ids anywhere after a quiet week, and what
	// does not lie beyond is looked for among the rows.
	newest map[card.Bot]int64
	name   hash.Hash // HMAC-SHA256
}

func newSeenIDs(v *vault) seenIDs {
	return seenIDs{map[card.Bot]int64{}, hmac.New(sha256.New, v.subkey("seen"))}
}

// seen reports whether an update was taken before; if not, it counts as taken
// from now on.
func (tx *Tx) seen(u *Update) (bool, error) {
	from := seenFrom(u.Bot)
	name := tx.store.seen.row(u)
	now := span(u.Received)
	newest, known := tx.store.seen.newest[u.Bot]
	if !known {
		newest = tx.newestSeen(now, from)
	}
	if u.ID <= newest {
		for _, n := range spansAround(now) {
			if seen, err := tx.get(seenKey(n, from, name), nil); err != nil || seen {
				return seen, err
			}
		}
	}
	tx.store.seen.newest[u.Bot] = max(newest, u.ID)
	return false, tx.put(seenKey(now, from, name), nil)
}

// newestSeen is the highest id of a bot's updates that are remembered on disk.
func (tx *Tx) newestSeen(now uint16, from []byte) int64 {
	opt := badger.DefaultIteratorOptions
	opt.PrefetchValues = false
	opt.Reverse = true
	it := tx.txn.NewIterator(opt)
	defer it.Close()
	newest := int64(math.MinInt64)
	for _, n := range spansAround(now) {
		prefix := seenKey(n, from, nil)
		it.Seek(append(prefix, bytes.Repeat([]byte{0xff}, seenName+1)...))
		if it.ValidForPrefix(prefix) {
			newest = max(newest, int64(binary.BigEndian.Uint64(it.Item().Key()[len(prefix):])^1<<63))
		}
	}
	return newest
}

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

// span numbers the times that are Remembered long, so that two of them hold
// whatever came within Remembered.
func span(t time.Time) uint16 { return uint16(t.Unix() / int64(Remembered/time.Second)) }

// spansAround are those in which an update may be remembered: a clock that was
// set back has rows after it.
func spansAround(now uint16) [3]uint16 { return [3]uint16{now, now - 1, now + 1} }

func seenKey(span uint16, from, name []byte) []byte {
	return rowKey(seenKind, binary.BigEndian.AppendUint16(nil, span), from, name)
}

// seenFrom names a bot in the key of a row.
func seenFrom(b card.Bot) []byte {
	return append([]byte{platformBytes[b.Platform]}, be64(uint64(b.ID))...)
}

// seenName is how long an update's name is: its id, in the order of ids, and 8
// bytes that tell apart those of one id. They are made with a key, so that
// nobody who finds the row can try what a person wrote.
const seenName = 8 + 8

func (s seenIDs) row(u *Update) []byte {
	s.name.Reset()
	s.name.Write(u.Raw)
	name := make([]byte, 0, 8+sha256.Size)
	return s.name.Sum(binary.BigEndian.AppendUint64(name, uint64(u.ID)^1<<63))[:seenName]
}
