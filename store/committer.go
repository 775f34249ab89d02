package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/dgraph-io/badger/v4"
)

// request is one caller's function on its way through the committer.
type request struct {
	fn    func(*Tx) error
	kind  kind
	alone bool        // it does not linger for company
	taken atomic.Bool // it runs, or its caller has gone
	done  chan error
}

// kind is whom a request lets go first.
type kind uint8

const (
	urgent kind = iota // somebody waits for it
	inBulk             // nobody does
	listed             // and it is a piece of something long
)

const (
	batchRows  = 8192    // rows after which a batch is committed
	batchBytes = 3 << 20 // and bytes

	// Running time after which a batch is committed: of work in bulk alone, since
	// a sync costs as much as a thousand rows; of any other, and while people
	// ask; and when it takes no more work in bulk once somebody waits for it.
	bulkRun, batchRun, urgentRun = 24 * time.Millisecond, 8 * time.Millisecond, 2 * time.Millisecond

	linger = 4 * time.Millisecond // how long work in bulk waits for company

	// rowOverhead is more than what Badger adds to a row's key and value, its
	// limit on the number of rows included.
	rowOverhead = 100
	ownBytes    = 6 * rowOverhead // more than a commit's own rows take, on average
)

// Update runs fn and returns when what it wrote is on disk. fn sees every
// earlier Update and nothing of itself is written when it returns an error or
// panics; the panic comes back as a *guard.Panic. fn runs in the committer: it
// must not block, nor keep the Tx.
func (s *Store) Update(ctx context.Context, fn func(*Tx) error) error {
	return s.submit(ctx, s.urgent, &request{fn: fn, kind: urgent})
}

// UpdateInBulk is Update for work that nobody is waiting for: it lets Updates
// go first and waits a few milliseconds to share its commit with others.
func (s *Store) UpdateInBulk(ctx context.Context, fn func(*Tx) error) error {
	return s.submit(ctx, s.bulk, &request{fn: fn, kind: inBulk})
}

// UpdateGathered is UpdateInBulk for the work of many, which its caller has
// gathered: Updates go first, and there is no waiting for further company.
func (s *Store) UpdateGathered(ctx context.Context, fn func(*Tx) error) error {
	return s.submit(ctx, s.bulk, &request{fn: fn, kind: inBulk, alone: true})
}

// UpdateOfList is UpdateInBulk for a piece of a long list, of some hundred rows.
// It lets all others go first, has half of the committer's time at most while
// people ask, and waits while the store has much to write out: what others
// commit meanwhile never has to.
func (s *Store) UpdateOfList(ctx context.Context, fn func(*Tx) error) error {
	return s.submit(ctx, s.lists, &request{fn: fn, kind: listed})
}

func (s *Store) submit(ctx context.Context, queue chan *request, r *request) error {
	if err := s.usable(); err != nil {
		return err
	}
	r.done = make(chan error, 1)
	select {
	case queue <- r:
	case <-ctx.Done():
		return ctx.Err()
	case <-s.closing:
		return ErrClosed
	}
	select {
	case err := <-r.done:
		return err
	case <-ctx.Done():
		if r.taken.CompareAndSwap(false, true) {
			return ctx.Err()
		}
	case <-s.closing:
	}
	// fn may run, so its end is waited for.
	select {
	case err := <-r.done:
		return err
	case <-s.closing:
		s.closed.Wait()
		select {
		case err := <-r.done:
			return err
		default:
			return ErrClosed
		}
	}
}

// commitLoop is the committer: the only goroutine that writes.
func (s *Store) commitLoop() {
	for {
		first, bulk, ok := s.next()
		if !ok {
			return
		}
		if first != nil {
			s.commitBatch(first, bulk)
		}
	}
}

// next waits for work, urgent work first and lists last, and says whether it is
// to linger for company; after closing it drains the queues, but for lists,
// which whoever sent them begins again. r may be nil: it ran a chore instead, or
// it is time to look at lists again.
func (s *Store) next() (r *request, lingers, ok bool) {
	if s.runLateChore() {
		return nil, false, true
	}
	if r := s.waiting(nil); r != nil {
		s.sinceChore++
		return r, r.kind != urgent && !r.alone, true
	}
	lists, wait := s.openLists()
	var ask <-chan time.Time
	if wait > 0 {
		ask = time.After(wait)
	}
	select {
	case r = <-s.urgent:
		return r, false, true
	case r = <-s.bulk:
		return r, !r.alone, true
	case r = <-lists:
		return r, true, true
	case <-ask:
		return nil, false, true
	case chore := <-s.chores:
		s.runChore(chore)
		return nil, false, true
	case <-s.closing:
	}
	r = s.waiting(nil)
	return r, false, r != nil
}

// waiting returns a request that waits already, nil if there is none.
func (s *Store) waiting(lists <-chan *request) *request {
	select {
	case r := <-s.urgent:
		return r
	default:
	}
	select {
	case r := <-s.bulk:
		return r
	default:
	}
	select {
	case r := <-lists:
		return r
	default:
		return nil
	}
}

// commitBatch runs first and whatever else is waiting, and commits all of it.
// What does not fit is committed after that, on its own.
func (s *Store) commitBatch(first *request, bulk bool) {
	b := s.newBatch()
	now := time.Now()
	p := pace{start: now, asked: s.askedLately(now)}
	lists, _ := s.openLists()
	var company <-chan time.Time
	if bulk {
		timer := time.NewTimer(linger)
		defer timer.Stop()
		company = timer.C
	}
	var over *batch
	for r := first; r != nil; r = s.company(company, p.takesBulk(now), lists) {
		p.urgent, p.listed = p.urgent || r.kind == urgent, p.listed || r.kind == listed
		if p.urgent {
			company = nil
		}
		b.undo = b.undo[:0] // what ran before is not taken back
		before := b.savepoint()
		if !s.run(b, r) {
			continue
		}
		if before.bytes > 0 && b.bytes > s.batchMost() {
			over = s.newBatch()
			over.rows, over.tally = b.rollBack(before)
			over.waiting = []*request{r}
			break
		}
		b.waiting = append(b.waiting, r)
		if now = time.Now(); p.full(len(b.rows), b.bytes, min(batchBytes, s.batchMost()), now) {
			break
		}
	}
	err := s.finish(b)
	s.keepPace(p)
	switch {
	case over == nil:
	case err != nil:
		over.txn.Discard()
		over.waiting[0].done <- err // it saw what could not be written
	default:
		_ = s.finish(over) // its one writer has been told
	}
	s.wipe(b) // where over's rows stand as well
}

// finish commits a batch and tells its writers.
func (s *Store) finish(b *batch) error {
	defer b.txn.Discard()
	err := s.write(b)
	for _, r := range b.waiting {
		r.done <- err
	}
	return err
}

// company returns a further request for the batch, nil when none comes. Once
// somebody waits, nobody lingers.
func (s *Store) company(linger <-chan time.Time, bulk bool, lists <-chan *request) *request {
	if !bulk {
		select {
		case r := <-s.urgent:
			return r
		default:
			return nil
		}
	}
	if r := s.waiting(lists); r != nil || linger == nil {
		return r
	}
	select {
	case r := <-s.urgent:
		return r
	case r := <-s.bulk:
		return r
	case r := <-lists:
		return r
	case <-linger:
	case <-s.closing:
	}
	return nil
}

// run lets one function look at the batch and write to it; false when it
// failed, and nothing of it is kept.
func (s *Store) run(b *batch, r *request) bool {
	if !r.taken.CompareAndSwap(false, true) {
		return false
	}
	before := b.savepoint()
	tx := &Tx{store: s, txn: b.txn, batch: b}
	err := tx.Try(r.fn)
	if size, most := b.bytes-before.bytes, s.batchMost(); err == nil && size > most {
		err = fmt.Errorf("writing %d rows of %d bytes at once, more than the %d bytes that a commit takes", len(b.undo), size, most)
		b.rollBack(before)
	}
	if err != nil {
		r.done <- err
	}
	return err == nil
}

// batchMost is how many bytes fit into a transaction of Badger: it takes 15 %
// of a memory table, of which the committer's own rows need a part.
func (s *Store) batchMost() int { return int(s.memTable / 8) }

// write commits the batch, then its mark, then tells the hooks. A commit that
// fails half-way leaves the store's state in doubt, so nothing is written
// after it: the program ends and opens the store anew.
func (s *Store) write(b *batch) error {
	if len(b.rows) == 0 && b.cleared == 0 {
		return nil
	}
	if err := s.usableForWriting(); err != nil {
		return err
	}
	next := s.head
	next.Seq++
	next.Cleared = max(next.Cleared, b.cleared)
	next.Erased = max(next.Erased, s.erasures.entries)
	txn := s.db.NewTransaction(true)
	defer txn.Discard()
	if err := s.fill(txn, b, &next); err != nil {
		return err
	}
	if err := txn.Commit(); err != nil {
		return s.breakDown(fmt.Errorf("committing to the store: %w", err))
	}
	if err := s.mark.advance(next.Seq); err != nil {
		return s.breakDown(err)
	}
	s.adviseLogs()
	written := b.written() + ownBytes
	s.unflushed.add(txn.ReadTs(), written)
	s.written.Add(written)
	s.head, s.inboxSeq = next, b.inbox
	s.chats.committed(b.chats)
	s.hooksMu.RLock()
	defer s.hooksMu.RUnlock()
	for _, hook := range s.hooks {
		hook(b.commit)
	}
	return nil
}

// fill puts the batch's rows, its number and the head into txn.
func (s *Store) fill(txn *badger.Txn, b *batch, next *head) error {
	b.entries = slices.Grow(b.entries, len(b.rows)+2)
	for key, value := range b.rows {
		if err := b.put(txn, key, value); err != nil {
			return err
		}
	}
	if next.Seq%pruneEvery == 0 {
		through := s.flushedNumbers()
		// Read after the tables were looked at: it names at least those.
		tables, err := readTableList(s.dir, 0)
		if err != nil {
			return err
		}
		s.mark.slot.tables = tables
		for seq := next.Low + 1; seq <= through; seq++ {
			if err := b.put(txn, string(numberedKey(seq)), nil); err != nil {
				return err
			}
		}
		next.Low = through
	}
	sealed, err := s.vault.seal(&b.room, headKey, next)
	if err != nil {
		return err
	}
	number, err := s.vault.seal(&b.room, numberedKey(next.Seq), nil)
	if err != nil {
		return err
	}
	return errors.Join(b.put(txn, string(headKey), sealed), b.put(txn, string(numberedKey(next.Seq)), number))
}

// put adds a row to txn, which keeps nothing of it once it is committed.
func (b *batch) put(txn *badger.Txn, key string, value []byte) error {
	row := badger.Entry{Key: append(b.room.cut(len(key)), key...), Value: value}
	var err error
	if value == nil {
		err = txn.Delete(row.Key)
	} else {
		b.entries = append(b.entries, row)
		err = txn.SetEntry(&b.entries[len(b.entries)-1])
	}
	if err != nil {
		return fmt.Errorf("adding a row of kind %q to the commit: %w", key[:1], err)
	}
	return nil
}

func (s *Store) usableForWriting() error {
	if err := s.broken.Load(); err != nil {
		return *err
	}
	return s.room(s.reserve / writesPart)
}

func (s *Store) breakDown(err error) error {
	s.broken.CompareAndSwap(nil, &err)
	s.log.Error().Err(err).Msg("the store has failed; nothing more is written until the program is started again")
	return err
}
