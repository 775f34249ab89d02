package store

import (
	"github.com/dgraph-io/badger/v4"

	"kartyar/guard"
)

// batch is what one commit will write.
type batch struct {
	txn *badger.Txn // the state before it, for reading
	slate
	waiting []*request
	tally
}

// slate is what a batch is written on: room that a later one uses again.
type slate struct {
	rows    map[string][]byte
	undo    []undone       // what the function that runs has written over
	room    rowRoom        // of the values, and of the keys for Badger
	entries []badger.Entry // the rows for Badger
}

// slateMost is the number of rows, of a batch and about of a function, whose slate
// is used again: to wipe that of a list would cost the small batches after it more
// than they are.
const slateMost = 1024

// tally is what a batch comes to beside its rows. All of it only grows, so that
// an earlier one says how to go back.
type tally struct {
	bytes   int
	commit  Commit
	chats   []writtenChat
	inbox   uint64
	cleared uint64
}

// undone is a row of the batch as it was before it was written.
type undone struct {
	key     string
	sealed  []byte
	written bool // by this batch, before
}

// savepoint is where a batch stood.
type savepoint struct {
	undo int
	tally
}

func (s *Store) newBatch() *batch {
	b := &batch{txn: s.db.NewTransaction(false), slate: s.slate, tally: tally{inbox: s.inboxSeq}}
	if s.slate = (slate{}); b.rows == nil {
		b.rows = map[string][]byte{}
	}
	return b
}

// wipe has the batch's room used again, once all that was written there is
// committed or given up.
func (s *Store) wipe(b *batch) {
	if len(b.rows) > slateMost || cap(b.undo) > 2*slateMost {
		return
	}
	clear(b.rows)
	clear(b.undo[:cap(b.undo)]) // a function that came before may have written over more rows
	clear(b.entries)
	b.undo, b.entries = b.undo[:0], b.entries[:0]
	b.room.empty()
	s.slate = b.slate
}

func (b *batch) savepoint() savepoint { return savepoint{len(b.undo), b.tally} }

// write puts a row into the batch; nil deletes it.
func (b *batch) write(key string, sealed []byte) {
	before, written := b.rows[key]
	b.undo = append(b.undo, undone{key, before, written})
	b.rows[key] = sealed
	b.bytes += len(key) + len(sealed) + rowOverhead
}

// written is how many bytes the rows of the batch take in a commit; bytes counts
// a row each time that it was written.
func (b *batch) written() (bytes int64) {
	for key, sealed := range b.rows {
		bytes += int64(len(key) + len(sealed) + rowOverhead)
	}
	return bytes
}

// rollBack takes back what was written since p, and returns it.
func (b *batch) rollBack(p savepoint) (rows map[string][]byte, since tally) {
	rows, since = make(map[string][]byte, len(b.undo)-p.undo), b.tally
	for n := len(b.undo) - 1; n >= p.undo; n-- {
		u := b.undo[n]
		if _, later := rows[u.key]; !later {
			rows[u.key] = b.rows[u.key]
		}
		if u.written {
			b.rows[u.key] = u.sealed
		} else {
			delete(b.rows, u.key)
		}
	}
	since.bytes -= p.bytes
	since.commit.Persons = since.commit.Persons[len(p.commit.Persons):]
	since.commit.Due = since.commit.Due[len(p.commit.Due):]
	since.chats = since.chats[len(p.chats):]
	b.undo, b.tally = b.undo[:p.undo], p.tally
	return rows, since
}

// Try runs fn within the function that tx is given to. When fn returns an error
// or panics, that comes back as from Update, nothing of what fn wrote is kept,
// and what was written before it stays. tx must not be that of a View.
func (tx *Tx) Try(fn func(*Tx) error) error {
	before := tx.batch.savepoint()
	err := guard.Run(func() error { return fn(tx) })
	if err != nil {
		tx.batch.rollBack(before)
	}
	return err
}

// Written is how many bytes of a commit the batch takes until now, that of
// other functions included.
func (tx *Tx) Written() int { return tx.batch.bytes }
