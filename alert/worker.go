package alert

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"kartyar/card"
	"kartyar/store"
)

// WorkerOptions say whom a Worker works for.
type WorkerOptions struct {
	Store *store.Store
	Rules Rules
	Bot   card.Bot
	// Deliver has a message written and sent. It may block, for a rate or a
	// network, until ctx ends: that is Grace after the end of Run's.
	Deliver func(ctx context.Context, m Message) Outcome
	Senders int           // messages on their way at once; 0 means 64
	Grace   time.Duration // for messages on their way when Run is to end; 0 means 10 s
	Now     func() time.Time
	Log     zerolog.Logger
}

// Worker takes what is due from one bot's outbox and has it delivered.
type Worker struct {
	WorkerOptions
	wake chan struct{}

	mu        sync.Mutex
	busy      map[card.ChatKey]bool
	sending   int // messages on their way
	reminding int // reminders among them
	// low: rows before these are gone, so that a look does not walk over what
	// the store still remembers of deleted ones.
	low map[store.Class]store.Due
	// aside: rows whose person or chat cannot be read, and when to try again.
	aside map[store.Due]time.Time
	pause time.Time // nothing goes out before this: the platform is down, or asked for a pause

	taking sync.Mutex   // low holds for the outbox as it is
	late24 atomic.Int64 // what Late returns; negative while it is not known
}

const (
	lookAgain    = time.Minute      // the longest time between looks
	holdFor      = 10 * time.Second // after a fault of the store
	asideFor     = time.Hour        // for a row whose person or chat is damaged
	outageUntold = 5 * time.Second  // for an outage that does not say how long it lasts
	noteTimeout  = 10 * time.Second // for noting what was sent while stopping
	lateAfter    = 24 * time.Hour   // the operator hears of alerts older than this
	lateEvery    = time.Hour        // and no more often than this
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
		WorkerOptions: opt, wake: make(chan struct{}, 1),
		busy: map[card.ChatKey]bool{}, low: map[store.Class]store.Due{}, aside: map[store.Due]time.Time{},
	}
	w.late24.Store(-1)
	opt.Store.OnCommit(w.committed)
	return w
}

// committed hears of new rows.
func (w *Worker) committed(c store.Commit) {
	for _, d := range c.Due {
		if d.Bot != w.Bot {
			continue
		}
		w.mu.Lock()
		if low, ok := w.low[d.Class]; ok && d.Compare(low) < 0 {
			w.low[d.Class] = d
		}
		w.mu.Unlock()
		w.nudge()
	}
}

func (w *Worker) nudge() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Run delivers until ctx ends, then waits for what is on its way.
func (w *Worker) Run(ctx context.Context) error {
	hands, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	var sending sync.WaitGroup
	var late lateness
	var last time.Time
	for ctx.Err() == nil {
		now := w.Now()
		err := w.watchClock(ctx, last, now)
		if err == nil {
			last = now
		}
		next, failed := w.look(ctx, func(d store.Due) {
			sending.Go(func() { w.deliver(hands, d) })
		})
		err = errors.Join(err, failed)
		if err == nil {
			err = late.watch(ctx, w)
		}
		if err != nil && ctx.Err() == nil {
			w.Log.Error().Err(err).Stringer("bot", w.Bot).Msg("looking for messages to send failed")
			next = w.Now().Add(holdFor)
		}
		w.sleep(ctx, next)
	}
	grace := time.AfterFunc(w.Grace, cancel)
	defer grace.Stop()
	sending.Wait()
	return nil
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
func (w *Worker) look(ctx context.Context, hand func(store.Due)) (next time.Time, err error) {
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
		if err != nil {
			return next, err
		}
		for _, d := range due {
			hand(d)
		}
		next = sooner(next, after)
	}
	return next, nil
}

// take claims the chats of rows that are due, as many as can be sent now, and
// returns those rows and the time of the next one.
func (w *Worker) take(ctx context.Context, class store.Class, now time.Time) (due []store.Due, next time.Time, err error) {
	w.taking.Lock()
	defer w.taking.Unlock()
	from := w.from(class)
	w.mu.Lock()
	// What is committed from here on may not be seen, and pulls this down.
	w.low[class] = store.Due{Bot: w.Bot, Class: class, At: now.Add(lookAgain)}
	w.mu.Unlock()
	first := store.Due{Bot: w.Bot, Class: class, At: now}
	err = w.Store.View(ctx, func(tx *store.Tx) error {
		return tx.Due(from, now.Add(lookAgain), func(d store.Due) bool {
			if d.Compare(first) < 0 {
				first = d
			}
			if d.At.After(now) {
				next = d.At
				return false
			}
			claimed, free := w.claim(d)
			if claimed {
				due = append(due, d)
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
		for _, d := range due {
			w.release(d)
		}
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
// twice at once. free is false when there is no place left. Reminders take half
// of the places at most, so that an alert never waits behind a row of them.
func (w *Worker) claim(d store.Due) (claimed, free bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	reminder := d.Class == store.Reminders
	if w.sending >= w.Senders || reminder && w.reminding >= max(1, w.Senders/2) {
		return false, false
	}
	if w.busy[d.Chat] || w.Now().Before(w.aside[d]) {
		return false, true
	}
	delete(w.aside, d)
	w.busy[d.Chat] = true
	w.sending++
	if reminder {
		w.reminding++
	}
	return true, true
}

func (w *Worker) release(d store.Due) {
	w.mu.Lock()
	delete(w.busy, d.Chat)
	w.sending--
	if d.Class == store.Reminders {
		w.reminding--
	}
	w.mu.Unlock()
	w.nudge()
}

// deliver says what d stands for, and notes what became of it.
func (w *Worker) deliver(ctx context.Context, d store.Due) {
	defer w.release(d)
	began := w.Now()
	var m Message
	var ok bool
	err := w.Store.View(ctx, func(tx *store.Tx) (err error) {
		m, ok, err = w.Rules.compose(tx, began, d)
		return err
	})
	if err == nil && !ok {
		err = w.drop(ctx, d)
	}
	if err != nil {
		w.hold(ctx, d, err)
		return
	}
	if !ok {
		return
	}
	// A send whose answer is lost is repeated: a double is better than none.
	outcome := w.Deliver(ctx, m)
	switch {
	case outcome.Kind == Outage:
		w.pauseFor(cmp.Or(outcome.Wait, outageUntold))
	case ctx.Err() != nil && (outcome.Kind == Later || outcome.Kind == Failed):
		// Given up because the program stops: nobody's attempt.
	default:
		w.note(ctx, began, d, m, outcome)
	}
}

// drop removes a row that stands for nothing.
func (w *Worker) drop(ctx context.Context, d store.Due) error {
	var gone bool
	err := w.Store.UpdateInBulk(ctx, func(tx *store.Tx) (err error) {
		gone, err = w.Rules.drop(tx, w.Now(), d)
		return err
	})
	if err == nil && !gone {
		return errors.New("a row of the outbox has nothing to say and yet stands")
	}
	return err
}

// note writes the outcome even while the program stops: the message is out.
func (w *Worker) note(ctx context.Context, began time.Time, d store.Due, m Message, outcome Outcome) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTimeout)
	defer cancel()
	err := w.Store.UpdateInBulk(ctx, func(tx *store.Tx) error { return w.Rules.note(tx, began, w.Now(), m, outcome) })
	if err != nil {
		w.hold(ctx, d, err)
	}
}

// hold keeps a fault of the store from being met again and again at full speed.
// A damaged row is the trouble of its own message alone.
func (w *Worker) hold(ctx context.Context, d store.Due, err error) {
	if ctx.Err() != nil || errors.Is(err, store.ErrClosed) {
		return
	}
	if errors.Is(err, store.ErrDamaged) {
		w.mu.Lock()
		w.aside[d] = w.Now().Add(asideFor)
		w.mu.Unlock()
		w.Log.Error().Err(err).Stringer("bot", w.Bot).Msg("a message waits, since what it tells of is damaged in the store; restore a backup")
		return
	}
	w.Log.Error().Err(err).Stringer("bot", w.Bot).Msg("a message could not be prepared or noted; it will be tried again")
	w.pauseFor(holdFor)
}

func (w *Worker) pauseFor(wait time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if until := w.Now().Add(wait); until.After(w.pause) {
		w.pause = until
	}
}
