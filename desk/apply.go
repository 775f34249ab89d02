package desk

import (
	"context"
	"errors"
	"time"

	"kartyar/alert"
	"kartyar/card"
	"kartyar/store"
)

const (
	chunkRows  = 200 // rows after which a chunk ends with the person in hand
	chunkMost  = 250 // and in any case
	inFlight   = 16  // chunks that wait for the disk together, so that they can share a commit
	peopleMost = 1 << 17
)

// count finds out what rows would do, without writing. In a dry run that is
// the report; otherwise only the number of people is kept.
func (im *importing) count(ctx context.Context, rows *sorter) error {
	list, err := rows.sorted()
	if err != nil {
		return err
	}
	told := &people{}
	chunk, results := make([]queued, 0, chunkMost), make([]outcome, 0, chunkMost) // again and again
	for done := 0; ; {
		if chunk, err = nextChunk(list, chunk[:0]); err != nil {
			return err
		}
		if len(chunk) == 0 {
			break
		}
		results, err = im.preview(ctx, chunk, told, results[:0])
		if err != nil {
			return err
		}
		if im.opt.DryRun {
			for i := range chunk {
				if err := im.settled(&chunk[i], results[i]); err != nil {
					return err
				}
			}
		}
		im.giveWay(ctx)
		done += len(chunk)
		im.progress(Counting, done, rows.rows)
	}
	im.report.People = told.number()
	return nil
}

// persons are those of a chunk, each once, in their order.
func persons(chunk []queued) []card.PersonKey {
	keys := make([]card.PersonKey, 0, len(chunk))
	for i := range chunk {
		if key := chunk[i].row.Person; i == 0 || key != keys[len(keys)-1] {
			keys = append(keys, key)
		}
	}
	return keys
}

// outcome is what became of a row.
type outcome struct {
	alert.Result
	damaged error // why the row's person cannot be read in the store, so that nothing was done
}

// preview appends to results what applyRow would do with the rows of a chunk.
func (im *importing) preview(ctx context.Context, chunk []queued, told *people, results []outcome) ([]outcome, error) {
	err := im.opt.Store.View(ctx, func(tx *store.Tx) error {
		if err := tx.ReadAhead(persons(chunk)); err != nil {
			return err
		}
		for i := range chunk {
			row := chunk[i].row
			if told.latest == nil || told.key != row.Person {
				p, err := tx.Person(row.Person)
				if errors.Is(err, store.ErrDamaged) {
					results = append(results, outcome{damaged: err})
					continue
				}
				if err != nil {
					return err
				}
				if p.Applications == nil {
					p.Applications = told.room[:0]
				}
				told.key, told.latest = row.Person, &p
			}
			result, chats := im.opt.Rules.Preview(told.latest, im.began, row)
			results = append(results, outcome{Result: result})
			told.add(chats)
		}
		return nil
	})
	return results, err
}

// people counts the chats that a list tells, each once. Of very many it stops
// to remember which they were: a chat that follows several people may then
// count twice.
type people struct {
	chats  map[card.ChatKey]bool
	beyond int

	key    card.PersonKey // the person in hand, as the rows so far leave them
	latest *store.Person
	room   [1]store.Application // of who had none: as a rule a row brings one
}

func (p *people) add(chats []card.ChatKey) {
	if p.chats == nil {
		p.chats = map[card.ChatKey]bool{}
	}
	for _, chat := range chats {
		switch {
		case p.chats[chat]:
		case len(p.chats) < peopleMost:
			p.chats[chat] = true
		default:
			p.beyond++
		}
	}
}

func (p *people) number() int { return len(p.chats) + p.beyond }

// nextChunk appends to chunk, which is empty, the next rows of list, of whole
// persons unless one has very many; none after the last.
func nextChunk(list *merge, chunk []queued) ([]queued, error) {
	for len(chunk) < chunkMost {
		q, ok := list.peek()
		if !ok || len(chunk) >= chunkRows && q.row.Person != chunk[len(chunk)-1].row.Person {
			break
		}
		chunk = append(chunk, *q)
		if err := list.pass(); err != nil {
			return nil, err
		}
	}
	return chunk, nil
}

// apply writes rows, several chunks at a time. When it returns, nothing is in
// flight any more.
func (im *importing) apply(ctx context.Context, rows *sorter) error {
	list, err := rows.sorted()
	if err != nil {
		return err
	}
	p := &pipeline{im: im, total: rows.rows}
	for err == nil {
		var chunk []queued
		if chunk, err = nextChunk(list, make([]queued, 0, chunkMost)); err != nil || len(chunk) == 0 {
			break
		}
		im.giveWay(ctx)
		err = p.put(ctx, chunk)
		im.rest()
	}
	for len(p.waiting) > 0 {
		if failed := p.settle(); err == nil {
			err = failed
		}
	}
	return err
}

// pipeline holds the chunks in flight, oldest first.
type pipeline struct {
	im      *importing
	waiting []*flight
	last    card.PersonKey // of the latest row put
	done    int
	total   int
}

// flight is a chunk on its way.
type flight struct {
	chunk   []queued
	results []outcome
	err     chan error
}

// put sends a chunk off, and waits for older ones when there are too many, or
// when the chunk goes on with the person of the one before: a person's rows
// are applied in their order.
func (p *pipeline) put(ctx context.Context, chunk []queued) error {
	if err := p.im.room(ctx)(); err != nil {
		return err
	}
	most := inFlight - 1
	if chunk[0].row.Person == p.last {
		most = 0
	}
	for len(p.waiting) > most {
		if err := p.settle(); err != nil {
			return err
		}
	}
	p.last = chunk[len(chunk)-1].row.Person
	f := &flight{chunk: chunk, err: make(chan error, 1)}
	p.waiting = append(p.waiting, f)
	go func() { f.err <- p.im.write(ctx, f) }()
	return nil
}

// settle waits for the oldest chunk and takes its outcome into the report.
func (p *pipeline) settle() error {
	f := p.waiting[0]
	p.waiting = p.waiting[1:]
	if err := <-f.err; err != nil {
		return err
	}
	for i := range f.chunk {
		if err := p.im.settled(&f.chunk[i], f.results[i]); err != nil {
			return err
		}
	}
	p.done += len(f.chunk)
	p.im.progress(Applying, p.done, p.total)
	return nil
}

// write applies a chunk in one transaction.
func (im *importing) write(ctx context.Context, f *flight) error {
	// Never before the rows were read, or a row that was not ahead of the clock
	// then could be so now.
	now := im.opt.Now()
	if now.Before(im.began) {
		now = im.began
	}
	results := make([]outcome, 0, len(f.chunk))
	err := im.opt.Store.UpdateOfList(ctx, func(tx *store.Tx) error {
		if err := tx.ReadAhead(persons(f.chunk)); err != nil {
			return err
		}
		for i := range f.chunk {
			result, err := im.applyRow(tx, now, f.chunk[i].row)
			if err != nil {
				return err
			}
			results = append(results, result)
		}
		return nil
	})
	f.results = results
	return err
}

// applyRow applies a row. A person whose row in the store is damaged keeps back
// their own rows of the list alone; any other error is the list's.
func (im *importing) applyRow(tx *store.Tx, now time.Time, row card.Row) (result outcome, err error) {
	err = tx.Try(func(tx *store.Tx) (err error) {
		result.Result, err = im.opt.Rules.Apply(tx, now, row)
		return err
	})
	if errors.Is(err, store.ErrDamaged) {
		return outcome{damaged: err}, nil
	}
	return result, err
}
