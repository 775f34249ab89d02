package alert

import (
	"context"
	"errors"
	"fmt"
	"sync"
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
	// network, until ctx ends.
	Deliver func(ctx context.Context, m Message) Outcome
	Senders int // messages on their way at once; 0 means 64
	Now     func() time.Time
	Log     zerolog.Logger
}

// Worker takes what is due from one bot's outbox and has it delivered.
type Worker struct {
	WorkerOptions
	wake chan struct{}

	mu       sync.Mutex
	busy     map[card.ChatKey]bool
	earliest time.Time // the earliest row added since the last look; zero when none
	pause    time.Time // the platform is down until then, as far as we know
}

const (
	lookMost    = 512              // rows taken at one look
	lookAgain   = time.Minute      // the longest time between looks
	lateAfter   = 24 * time.Hour   // the operator hears of alerts older than this
	lateEvery   = time.Hour        // and no more often than this
	noteTimeout = 10 * time.Second // for noting what was sent while stopping
)

// NewWorker returns a Worker, which Run sets to work.
func NewWorker(opt WorkerOptions) *Worker {
	if opt.Senders == 0 {
		opt.Senders = 64
	}
	w := &Worker{WorkerOptions: opt, wake: make(chan struct{}, 1), busy: map[card.ChatKey]bool{}}
	opt.Store.OnCommit(w.committed)
	return w
}

// committed hears of new rows.
func (w *Worker) committed(c store.Commit) {
	for _, d := range c.Due {
		if d.Bot == w.Bot {
			w.mu.Lock()
			if w.earliest.IsZero() || d.At.Before(w.earliest) {
				w.earliest = d.At
			}
			w.mu.Unlock()
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

// Run delivers until ctx ends, then waits for what is on its way.
func (w *Worker) Run(ctx context.Context) error {
	var sending sync.WaitGroup
	defer sending.Wait()
	slots := make(chan struct{}, w.Senders)
	// Rows before these times are gone, so that a look does not walk over what
	// the store still remembers of deleted ones.
	low := map[store.Class]time.Time{}
	var warned time.Time
	for ctx.Err() == nil {
		next, err := w.look(ctx, low, func(d store.Due) {
			select {
			case slots <- struct{}{}:
			case <-ctx.Done():
				w.release(d.Chat)
				return
			}
			sending.Go(func() {
				defer func() { <-slots }()
				w.deliver(ctx, d)
			})
		})
		if err != nil && ctx.Err() == nil {
			w.Log.Error().Err(err).Stringer("bot", w.Bot).Msg("looking for messages to send failed")
		}
		if now := w.Now(); now.Sub(warned) >= lateEvery && w.warnLate(low, now) {
			warned = now
		}
		w.sleep(ctx, next)
	}
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

// look hands over what is due, alerts first, and returns when to look again.
func (w *Worker) look(ctx context.Context, low map[store.Class]time.Time, hand func(store.Due)) (next time.Time, err error) {
	now := w.Now()
	w.mu.Lock()
	if !w.earliest.IsZero() {
		for class, at := range low {
			if w.earliest.Before(at) {
				low[class] = w.earliest
			}
		}
		w.earliest = time.Time{}
	}
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
		due, after, err := w.take(ctx, class, low, now)
		if err != nil {
			return next, err
		}
		for _, d := range due {
			hand(d)
		}
		next = sooner(next, after)
		if len(due) == lookMost {
			return now, nil
		}
	}
	return next, nil
}

// take claims the chats of rows that are due, and returns those rows and the
// time of the next one.
func (w *Worker) take(ctx context.Context, class store.Class, low map[store.Class]time.Time, now time.Time) (due []store.Due, next time.Time, err error) {
	from, first := low[class], now
	err = w.Store.View(ctx, func(tx *store.Tx) error {
		return tx.Due(w.Bot, class, from, now.Add(lookAgain), func(d store.Due) bool {
			if d.At.After(now) {
				next = d.At
				return false
			}
			if d.At.Before(first) {
				first = d.At
			}
			if w.claim(d.Chat) {
				due = append(due, d)
			}
			return len(due) < lookMost
		})
	})
	if err != nil {
		for _, d := range due {
			w.release(d.Chat)
		}
		return nil, time.Time{}, fmt.Errorf("reading the outbox: %w", err)
	}
	low[class] = first
	return due, next, nil
}

func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// claim keeps a chat from being written to twice at once.
func (w *Worker) claim(chat card.ChatKey) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.busy[chat] {
		return false
	}
	w.busy[chat] = true
	return true
}

func (w *Worker) release(chat card.ChatKey) {
	w.mu.Lock()
	delete(w.busy, chat)
	w.mu.Unlock()
	w.nudge()
}

// deliver says what d stands for, and notes what became of it.
func (w *Worker) deliver(ctx context.Context, d store.Due) {
	defer w.release(d.Chat)
	var m Message
	var ok bool
	err := w.Store.View(ctx, func(tx *store.Tx) (err error) {
		m, ok, err = w.Rules.compose(tx, w.Now(), d)
		return err
	})
	if err == nil && !ok {
		err = w.Store.UpdateInBulk(ctx, func(tx *store.Tx) error { return w.Rules.drop(tx, w.Now(), d) })
	}
	if err != nil {
		w.hold(ctx, err)
		return
	}
	if !ok {
		return
	}
	// A send whose answer is lost is repeated: a double is better than none.
	outcome := w.Deliver(ctx, m)
	if outcome.Kind == Outage {
		w.hold(ctx, nil)
		w.pauseFor(outcome.Wait)
		return
	}
	w.note(ctx, m, outcome)
}

// note writes the outcome even while the program stops: the message is out.
func (w *Worker) note(ctx context.Context, m Message, outcome Outcome) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTimeout)
	defer cancel()
	err := w.Store.UpdateInBulk(ctx, func(tx *store.Tx) error { return w.Rules.note(tx, w.Now(), m, outcome) })
	if err != nil {
		w.hold(ctx, err)
	}
}

// hold keeps a fault of the store, or of the platform, from being asked again
// and again at full speed.
func (w *Worker) hold(ctx context.Context, err error) {
	if err == nil || ctx.Err() != nil || errors.Is(err, store.ErrClosed) {
		return
	}
	w.Log.Error().Err(err).Stringer("bot", w.Bot).Msg("a message could not be prepared or noted; it will be tried again")
	w.pauseFor(10 * time.Second)
}

func (w *Worker) pauseFor(wait time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if until := w.Now().Add(wait); until.After(w.pause) {
		w.pause = until
	}
}

// warnLate tells the operator when the oldest alert has waited for more than a
// day.
func (w *Worker) warnLate(low map[store.Class]time.Time, now time.Time) bool {
	oldest := low[store.Alerts]
	if oldest.IsZero() || now.Sub(oldest) < lateAfter {
		return false
	}
	w.Log.Error().Stringer("bot", w.Bot).Time("since", oldest).
		Msg("an alert has been waiting to be sent for more than a day; is the platform reachable, and the token right?")
	return true
}
