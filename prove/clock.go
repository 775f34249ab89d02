package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"
	"unsafe"

	"kartyar/app"
	"kartyar/demo"
)

// leaps is the experiment `clock`: the wall clock is set by an hour and by a
// day, forward and backward, N times each, while alerts and answers wait for
// platforms that are away, or are to be tried again. The machine's clock is left
// alone: `serve` runs in this process and reads a clock that is set.
func leaps(ctx context.Context, s *stage) (err error) {
	t, err := s.trial("clock", trialOptions{people: 20, slow: slowest, offices: 2 * (6*s.n + 20)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	if err := t.prepare(ctx); err != nil {
		return err
	}
	c := &clock{}
	if !c.holds() {
		return errors.New("time.Time is built otherwise now")
	}
	stop, err := t.serveHere(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	t.crowd.rest()
	if err := t.settle(ctx); err != nil {
		return err
	}
	const day = 24 * time.Hour
	round := 0
	for range s.n {
		// Together they come to nothing: three days off, reminders would be due.
		for _, by := range []time.Duration{25 * time.Hour, -day, -time.Hour, time.Hour, -day, 23 * time.Hour} {
			round++
			if err := t.leap(ctx, c, round, by); err != nil {
				return fmt.Errorf("set by %v: %w", by, err)
			}
			if len(t.witness.broken) > 0 { // what did not come now would be waited for at each step
				t.report()
				s.broken = append(s.broken, t.witness.broken...)
				return nil
			}
		}
	}
	if err := errors.Join(t.passesADay(ctx, c, &stop), t.last(ctx)); err != nil {
		return err
	}
	t.report()
	s.broken = append(s.broken, t.witness.broken...)
	return nil
}

// serveHere runs `serve` in this process, by a clock that is set.
func (t *trial) serveHere(ctx context.Context, c *clock) (stop func() error, err error) {
	log, err := os.OpenFile(t.logPath(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the program's log: %w", err)
	}
	t.mu.Lock()
	clear(t.polls)
	t.mu.Unlock()
	program := app.Program{Stdin: os.Stdin, Stdout: log, Stderr: log, Environ: t.env, Now: c.now}
	serving, end := context.WithCancel(ctx)
	ended := make(chan int, 1)
	go func() { ended <- program.Main(serving, []string{"serve"}) }()
	stop = func() error {
		end()
		defer func() { _ = log.Close() }()
		if status := <-ended; status != 0 {
			return fmt.Errorf("`kartyar serve` ended with %d\n%s", status, t.lastWords())
		}
		return nil
	}
	up, cancel := context.WithTimeout(ctx, startMost)
	defer cancel()
	if err := t.await(up, func() bool { return len(t.polls) == len(platforms) }); err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %w\n%s", errNotUp, err, t.lastWords()), stop())
	}
	t.starts++
	return stop, nil
}

// leap lets alerts and answers wait, sets the clock, and sees that they come as
// soon as without that.
func (t *trial) leap(ctx context.Context, c *clock, round int, by time.Duration) error {
	// One chat fails by itself, so that its alert is to be tried again at a later
	// time; the others' platforms are away.
	var failing atomic.Int64
	t.setFault(func(r demo.FaultRequest) *demo.Fault {
		if r.Method == "sendMessage" {
			failing.Add(1)
			return demo.Broken(502)
		}
		return nil
	})
	var news []row
	for _, of := range t.crowd.expecting() {
		for slot, h := range of.holders {
			news = append(news, t.arrive(of, h, office(2*round+slot)))
		}
	}
	list, err := t.write(fmt.Sprint(round), news)
	if err == nil {
		err = t.take(ctx, list)
	}
	if err != nil {
		return err
	}
	for _, of := range t.crowd.citizens {
		if !of.subscribes() {
			of.talks += of.talks % 2
			if err := of.goOn(); err != nil {
				return err
			}
		}
	}
	if err := t.pass(ctx, 3*time.Second); err != nil {
		return err
	}
	if failing.Load() < 5 {
		return errors.New("too little waits for the platforms")
	}
	c.set(by)
	if err := t.pass(ctx, time.Second); err != nil {
		return err
	}
	t.setFault(nil)
	back := time.Now()
	if err := t.settle(ctx); err != nil {
		return err
	}
	last := time.Duration(0)
	for _, l := range t.witness.chats {
		for _, m := range []*sent{l.alert, l.reply} {
			if m != nil {
				last = max(last, m.at.Sub(back))
			}
		}
		if !l.told() || len(l.owed) > 0 {
			t.witness.breaks("the clock was set by %v: something did not come within %v", by, settleMost)
			break
		}
	}
	t.stage.line("  set by "+by.String(), "%d sends failed before; all was out %.1f s after", failing.Load(), last.Seconds())
	if last > noticedMost {
		t.witness.breaks("the clock was set by %v, and the last message came after %v", by, last)
	}
	return nil
}

// noticedMost is how soon all that waited has to be out after the clock was set:
// it is looked at every minute, also when nothing wakes the program.
const noticedMost = 80 * time.Second

// clock is a wall clock that can be set, in seconds.
type clock struct{ ahead atomic.Int64 }

func (c *clock) set(by time.Duration) { c.ahead.Add(int64(by / time.Second)) }

// now is what time.Now returns on a machine whose clock was set: another wall
// time, and the same monotonic reading.
func (c *clock) now() time.Time {
	t := time.Now()
	const seconds = 30                                                  // the bits below are the nanoseconds
	*(*uint64)(unsafe.Pointer(&t)) += uint64(c.ahead.Load()) << seconds //nolint:gosec // the seconds of a time.Time, as its documentation of the layout has them
	return t
}

// holds reports whether time.Time is built as now takes it to be.
func (c *clock) holds() bool {
	other := clock{}
	other.set(-time.Hour)
	at := time.Now()
	set := other.now()
	return set.Sub(at) < time.Minute && set.Round(0).Sub(at.Round(0)).Round(time.Minute) == -time.Hour
}
