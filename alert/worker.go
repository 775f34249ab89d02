package alert

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"kartyar/card"
	"kartyar/guard"
	"kartyar/store"
)

// WorkerOptions say whom a Worker works for.
type WorkerOptions struct {
	Store *store.Store
	Rules Rules
	Bot   card.Bot
	// Deliver has a message to m's chat written and sent. It may block, for a rate
	// or a network, until ctx ends: that is Grace after the end of Run's. Once the
	// message's turn has come it asks latest what there is to say by then, and
	// sends that; if ok is false it sends nothing, and its outcome does not count.
	Deliver func(ctx context.Context, m Message, latest Latest) Outcome
	Senders int           // messages on their way at once; 0 means 64
	Grace   time.Duration // for messages on their way when Run is to end; 0 means 10 s
	Now     func() time.Time
	Log     zerolog.Logger
}

// Worker takes what is due from one bot's outbox and has it delivered. One
// goroutine (Run) reads what is due and composes it, many at a time; senders
// deliver; one (noteAll) writes what became of many in one commit.
type Worker struct {
	WorkerOptions
	wake  chan struct{}
	write func(context.Context, func(*store.Tx) error) error // the store's, of what became of messages
	// noteEvery is how often it is tried to note what was sent; lastNote, how long
	// that may take once the program stops.
	noteEvery, lastNote time.Duration
	out                 chan *letter // to the senders; holds as many as there are places
	ended               chan *letter // what became of is known, to be written; as many

	mu        sync.Mutex
	busy      map[card.ChatKey]bool
	sending   int // messages on their way, until what became of them is written
	reminding int // reminders among them
	// watched are the persons whom messages on their way tell of.
	watched map[card.PersonKey]*watch
	// low: rows before these are gone, so that a look does not walk over what
	// the store still remembers of deleted ones.
	low map[store.Class]store.Due
	// aside: rows whose person or chat cannot be read, and when to try again. Of
	// one that is gone by then nothing says so; sweepAside drops it.
	aside map[store.Due]time.Time
	swept time.Time // when aside was last swept
	pause time.Time // nothing goes out before this: the platform is down, or asked for a pause

	taking sync.Mutex   // low holds for the outbox as it is
	late24 atomic.Int64 // what Late returns; negative while it is not known
}

// letter is a message on its way.
type letter struct {
	due     store.Due
	watch   *watch
	changes int // the watch's, before the person was read
	began   time.Time
	known
	message Message // without items when due stands for nothing: then it is dropped
	outcome Outcome
}

// watch counts the commits that changed a person.
type watch struct {
	letters int // about the person
	changes int
}

const (
	lookAgain    = time.Minute           // the longest time between looks
	storeFault   = 10 * time.Second      // how long a fault of the store is waited out
	noteAgain    = time.Second           // and how soon it is seen whether what was sent can be noted
	asideFor     = time.Hour             // for a row whose person or chat is damaged
	noteLinger   = 20 * time.Millisecond // how long what became of a message waits for others
	outageUntold = 5 * time.Second       // for an outage that does not say how long it lasts
	noteTimeout  = 10 * time.Second      // for noting what was sent, once nothing more is sent and the program stops
	lateAfter    = 24 * time.Hour        // the operator hears of alerts older than this
	lateEvery    = time.Hour             // and no more often than this
)

// NewWorker returns a Worker, which Run sets to work.
func NewWorker(opt WorkerOptions) *Worker {
	if opt.Senders == 0 {
		opt.Senders = 64
	}
	if opt.Grace == 0 {
		opt.Grace = 10 * time.Second
	}
	w := &Worker{
		WorkerOptions: opt, wake: make(chan struct{}, 1), write: opt.Store.UpdateGathered, noteEvery: noteAgain, lastNote: noteTimeout,
		out: make(chan *letter, opt.Senders), ended: make(chan *letter, opt.Senders),
		busy: map[card.ChatKey]bool{}, watched: map[card.PersonKey]*watch{}, low: map[store.Class]store.Due{}, aside: map[store.Due]time.Time{},
	}
	w.late24.Store(-1)
	opt.Store.OnCommit(w.committed)
	return w
}

// committed hears of new rows, and of persons who have changed.
func (w *Worker) committed(c store.Commit) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.watched) > 0 {
		for _, person := range c.Persons {
			if at := w.watched[person]; at != nil {
				at.changes++
			}
		}
	}
	soon := w.Now().Add(2 * lookAgain) // until then there is another look anyway, however long this one lasts
	for _, d := range c.Due {
		if d.Bot != w.Bot {
			continue
		}
		if low, ok := w.low[d.Class]; ok && d.Compare(low) < 0 {
			w.low[d.Class] = d
		}
		if !d.At.After(soon) {
			w.nudge()
		}
	}
}

func (w *Worker) nudge() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Run delivers until ctx ends, then waits for what is on its way. It is called
// once.
func (w *Worker) Run(ctx context.Context) error {
	hands, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	pen, drop := context.WithCancel(context.WithoutCancel(ctx))
	defer drop()
	var sending, noting sync.WaitGroup
	for range w.Senders {
		sending.Go(func() {
			for l := range w.out {
				w.deliver(hands, l)
			}
		})
	}
	noting.Go(func() { w.noteAll(pen) })
	w.lookOut(ctx)
	close(w.out)
	grace := time.AfterFunc(w.Grace, cancel)
	defer grace.Stop()
	sending.Wait()
	close(w.ended)
	last := time.AfterFunc(w.lastNote, drop)
	defer last.Stop()
	noting.Wait()
	return nil
}

// lookOut hands over what becomes due, until ctx ends.
func (w *Worker) lookOut(ctx context.Context) {
	var late lateness
	var last time.Time
	for ctx.Err() == nil {
		now := w.Now()
		err := w.watchClock(ctx, last, now)
		if err == nil {
			last = now
		}
		next, failed := w.look(ctx)
		err = errors.Join(err, failed)
		if err == nil {
			err = late.watch(ctx, w)
		}
		if err != nil && ctx.Err() == nil {
			w.Log.Error().Err(err).Stringer("bot", w.Bot).Msg("looking for messages to send failed")
			next = w.Now().Add(storeFault)
		}
		w.sleep(ctx, next)
	}
}

// sleep waits until next, or until something new is written or released.
func (w *Worker) sleep(ctx context.Context, next time.Time) {
	wait := lookAgain
	if !next.IsZero() {
		wait = min(wait, max(0, next.Sub(w.Now())))
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-w.wake:
	case <-ctx.Done():
	}
}

// look hands over what is due and can be sent now, alerts first, and returns
// when to look again. Whatever comes free wakes it earlier.
func (w *Worker) look(ctx context.Context) (next time.Time, err error) {
	now := w.Now()
	w.mu.Lock()
	pause := w.pause
	w.mu.Unlock()
	if now.Before(pause) {
		return pause, nil
	}
	for _, class := range []store.Class{store.Alerts, store.Reminders} {
		if class == store.Reminders && w.Rules.Quiet.Contains(now) {
			next = sooner(next, w.Rules.Quiet.After(now))
			continue
		}
		due, after, err := w.take(ctx, class, now)
		if err == nil {
			err = w.compose(ctx, due)
		}
		if err != nil {
			return next, err
		}
		next = sooner(next, after)
	}
	return next, nil
}

// compose has what the rows stand for written down, all of it as one state of
// the store has it, and hands it over.
func (w *Worker) compose(ctx context.Context, rows []*letter) error {
	if len(rows) == 0 {
		return nil
	}
	began, done := w.Now(), 0
	err := w.Store.View(ctx, func(tx *store.Tx) error {
		for _, l := range rows {
			l.began = began
			var ok bool
			err := guard.Run(func() (err error) {
				l.message, l.person, ok, err = w.Rules.compose(tx, began, l.due)
				return err
			})
			done++
			switch {
			case err != nil:
				w.hold(ctx, l.due, err)
				w.release(l)
			case ok:
				w.out <- l
			default:
				w.ended <- l
			}
		}
		return nil
	})
	w.release(rows[done:]...)
	if err != nil {
		return fmt.Errorf("reading what is due: %w", err)
	}
	return nil
}

// lookFrom returns the row before which none stands. If that is due and there is
// a place for it, what is committed from here on may not be seen by the look, and
// pulls low down again from first.
func (w *Worker) lookFrom(class store.Class, now time.Time, first store.Due) (from store.Due, looks bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	from = w.lowest(class)
	if looks = !from.At.After(now) && w.hasPlace(class); looks {
		w.low[class] = first
	}
	return from, looks
}

// hasPlace reports whether a message of the class may go on its way. Reminders
// take half of the places at most, so that an alert never waits behind a row of
// them. w.mu is held.
func (w *Worker) hasPlace(class store.Class) bool {
	return w.sending < w.Senders && (class != store.Reminders || w.reminding < max(1, w.Senders/2))
}

// take claims the chats of rows that are due, as many as can be sent now, and
// returns a letter for each and the time of the next row.
func (w *Worker) take(ctx context.Context, class store.Class, now time.Time) (due []*letter, next time.Time, err error) {
	w.taking.Lock()
	defer w.taking.Unlock()
	// By the wall clock, as rows are: it may be set forward meanwhile.
	first := store.Due{Bot: w.Bot, Class: class, At: now.Round(0).Add(lookAgain)} // that stands
	from, looks := w.lookFrom(class, now, first)
	switch {
	case from.At.After(now):
		return nil, from.At, nil
	case !looks:
		return nil, time.Time{}, nil // a place that comes free wakes the next look
	}
	err = w.Store.View(ctx, func(tx *store.Tx) error {
		return tx.Due(from, first.At, func(d store.Due) bool {
			if d.Compare(first) < 0 {
				first = d
			}
			if d.At.After(now) {
				next = d.At
				return false
			}
			claimed, free := w.claim(d)
			if claimed != nil {
				due = append(due, claimed)
			}
			return free
		})
	})
	if err != nil {
		first = from
	}
	w.mu.Lock()
	if first.Compare(w.low[class]) < 0 {
		w.low[class] = first
	}
	w.mu.Unlock()
	if err != nil {
		w.release(due...)
		return nil, time.Time{}, fmt.Errorf("reading the outbox: %w", err)
	}
	return due, next, nil
}

func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// claim takes a place for a message, and keeps its chat from being written to
// twice at once. free is false when there is no place left.
func (w *Worker) claim(d store.Due) (claimed *letter, free bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.Now().Before(w.pause) { // it may have begun since the look did
		return nil, false
	}
	if !w.hasPlace(d.Class) {
		return nil, false
	}
	if w.busy[d.Chat] {
		return nil, true
	}
	if until, is := w.aside[d]; is {
		if w.Now().Before(until) {
			return nil, true
		}
		delete(w.aside, d)
	}
	w.busy[d.Chat] = true
	w.sending++
	if d.Class == store.Reminders {
		w.reminding++
	}
	// From before the person is read.
	at := w.watched[d.Person]
	if at == nil {
		at = &watch{}
		w.watched[d.Person] = at
	}
	at.letters++
	return &letter{due: d, watch: at, changes: at.changes, known: known{key: d.Person}}, true
}

// release gives places back.
func (w *Worker) release(letters ...*letter) {
	if len(letters) == 0 {
		return
	}
	w.mu.Lock()
	for _, l := range letters {
		delete(w.busy, l.due.Chat)
		w.sending--
		if l.due.Class == store.Reminders {
			w.reminding--
		}
		if l.watch.letters--; l.watch.letters == 0 {
			delete(w.watched, l.due.Person)
		}
	}
	w.mu.Unlock()
	w.nudge()
}
