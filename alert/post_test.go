package alert

import (
	"bytes"
	"context"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"kartyar/card"
	"kartyar/store"
)

// post is a platform: it hands each message to the test and waits for what
// the test says becomes of it.
type post struct {
	t     *testing.T
	store *store.Store
	in    chan Message
	out   chan Outcome
	log   *lockedBuffer
	// When they are not nil, line hears of each message that gets in line, turn
	// lets it have its turn, and unsaid hears that it has nothing to say by then.
	line, turn, unsaid chan struct{}

	mu  sync.Mutex
	now time.Time

	worker *Worker
	stop   func()
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

var workerRules = Rules{ReminderDays: []int{3, 7}, Quiet: Quiet{From: 21, To: 8}}

func newPost(t *testing.T) *post {
	t.Helper()
	s, err := store.Open(store.Options{Dir: filepath.Join(t.TempDir(), "data"), Key: bytes.Repeat([]byte{7}, store.KeySize)})
	if err != nil {
		t.Fatal(err)
	}
	p := &post{t: t, store: s, in: make(chan Message), out: make(chan Outcome), now: day0, log: &lockedBuffer{}}
	t.Cleanup(func() {
		if p.stop != nil {
			p.stop()
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func (p *post) time() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now
}

// at moves the clock and has the worker look at it.
func (p *post) at(now time.Time) {
	p.mu.Lock()
	p.now = now
	p.mu.Unlock()
	if p.worker != nil {
		p.worker.nudge()
	}
}

// run sets a worker to work, changed before that.
func (p *post) run(senders int, changed ...func(*Worker)) {
	ctx, cancel := context.WithCancel(context.Background())
	p.worker = NewWorker(WorkerOptions{
		Store: p.store, Rules: workerRules, Bot: aBot, Senders: senders, Now: p.time, Log: zerolog.New(p.log),
		Deliver: func(ctx context.Context, _ Message, latest Latest) Outcome {
			if p.line != nil {
				p.line <- struct{}{}
				<-p.turn
			}
			m, ok := latest(ctx)
			if !ok {
				p.unsaid <- struct{}{}
				return Outcome{}
			}
			select {
			case p.in <- m:
			case <-ctx.Done():
				return Outcome{Kind: Failed}
			}
			return <-p.out
		},
	})
	for _, change := range changed {
		change(p.worker)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := p.worker.Run(ctx); err != nil {
			p.t.Error(err)
		}
	}()
	p.stop = func() {
		cancel()
		<-done
		p.stop, p.worker = nil, nil
	}
}

// do has the rules write.
func (p *post) do(fn func(w *world)) {
	p.t.Helper()
	err := p.store.Update(context.Background(), func(tx *store.Tx) error {
		fn(&world{t: p.t, tx: tx, now: p.time(), rules: workerRules})
		return nil
	})
	if err != nil {
		p.t.Fatal(err)
	}
}

// settled waits until what became of a chat's message has been noted.
func (p *post) settled(c card.ChatKey) {
	for busy := true; busy; runtime.Gosched() {
		p.worker.mu.Lock()
		busy = p.worker.busy[c]
		p.worker.mu.Unlock()
	}
}

func (p *post) answer(kind OutcomeKind, wait time.Duration) Message {
	m := <-p.in
	p.out <- Outcome{Kind: kind, Wait: wait}
	p.settled(m.Chat)
	return m
}

// rows returns the rows of the outbox, and checks them against the persons.
func (p *post) rows(class store.Class) (rows []store.Due) {
	p.t.Helper()
	err := p.store.View(context.Background(), func(tx *store.Tx) error {
		rows = (&world{tx: tx, now: p.time()}).rows(class)
		return checkOutbox(tx, p.time(), workerRules)
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return rows
}
