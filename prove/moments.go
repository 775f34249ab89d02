package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kartyar/demo"
)

// up starts `serve` when it does not run. That it does not come up, however it
// was killed, is a promise broken and the end of the experiment.
func (k *killings) up(ctx context.Context) (err error) {
	if k.serving != nil {
		return nil
	}
	if k.serving, err = k.serve(ctx); err != nil {
		return err
	}
	k.starts++
	return nil
}

// read takes what the journal has, and lets people go on.
func (k *killings) read() error {
	for _, e := range k.server.Journal()[k.witness.read:] {
		k.witness.see(e)
	}
	return k.crowd.turn()
}

// pump reads the journal as it grows, until enough is true or ctx ends.
func (k *killings) pump(ctx context.Context, enough func() bool) error {
	for {
		if err := k.read(); err != nil {
			return err
		}
		if enough() {
			return nil
		}
		seen := k.witness.read
		err := k.server.Wait(ctx, func(journal []demo.Entry) bool { return len(journal) > seen })
		switch {
		case errors.Is(err, demo.ErrClosed):
			return fmt.Errorf("reading the journal: %w", err)
		case err != nil: // ctx's: time is over
			return nil //nolint:nilerr // which is how most waits end
		}
	}
}

// pass pumps for a time.
func (k *killings) pass(ctx context.Context, d time.Duration) error {
	some, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	if err := k.pump(some, func() bool { return false }); err != nil {
		return err
	}
	return ctx.Err()
}

// hit kills `serve`, and reads what it did to the end. Then people go on, and
// what they write waits for the next process.
func (k *killings) hit(ctx context.Context, m moment) error {
	at := time.Now()
	if !k.serving.kill() {
		return fmt.Errorf("`kartyar serve` ended by itself: %w\n%s", k.serving.err, k.lastWords())
	}
	k.serving = nil
	if err := k.quiet(ctx); err != nil {
		return err
	}
	for _, e := range k.server.Journal()[k.witness.read:] {
		k.witness.see(e)
	}
	k.witness.killed(at)
	k.hits[m]++
	return k.read()
}

// take imports a list to its end.
func (k *killings) take(ctx context.Context, list string) error {
	p, err := k.start(ctx, nil, "import", "--yes", list)
	if err != nil {
		return err
	}
	if err := k.until(ctx, p); err != nil {
		return err
	}
	if p.err != nil {
		return fmt.Errorf("an import that nobody disturbs: %w\n%s", p.err, p.out.Bytes())
	}
	k.imports++
	return nil
}

// until pumps until a process ends.
func (k *killings) until(ctx context.Context, p *process) error {
	ended, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-p.done:
			cancel()
		case <-ended.Done():
		}
	}()
	if err := k.pump(ended, func() bool { return false }); err != nil {
		return err
	}
	return ctx.Err()
}

// duringImport starts an import and kills it, or the `serve` that takes its
// list in, at a moment before its usual end or a little after. done says that
// the import came through before.
func (k *killings) duringImport(ctx context.Context, m moment, list string) (done bool, err error) {
	began := time.Now()
	p, err := k.start(ctx, nil, "import", "--yes", list)
	if err != nil {
		return false, err
	}
	some, cancel := context.WithTimeout(ctx, k.upTo(k.usual[m]*5/4))
	defer cancel()
	if err := k.until(some, p); err != nil && ctx.Err() != nil {
		return false, err
	}
	select {
	case <-p.done: // too late for this import
		k.usual[m] = time.Since(began)
		k.imports++
		if p.err != nil {
			return false, fmt.Errorf("an import that nobody disturbed: %w\n%s", p.err, p.out.Bytes())
		}
		return true, nil
	default:
	}
	if m != inServe {
		if p.kill() {
			k.hits[m]++
		}
		return false, k.read()
	}
	if err := k.hit(ctx, m); err != nil {
		return false, err
	}
	// It has lost its server, unless it was told just before that all is done.
	if err := p.finish(ctx); err == nil {
		k.imports++
		return true, nil
	}
	return false, ctx.Err()
}

// duringFanOut kills `serve` when some of the alerts that wait are out.
func (k *killings) duringFanOut(ctx context.Context) error {
	due := 0
	for _, l := range k.witness.chats {
		for _, told := range l.news {
			if told == nil {
				due++
			}
		}
	}
	if due > 0 {
		want := k.witness.figures.alerts + 1 + k.dice.IntN(due)
		most, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		if err := k.pump(most, func() bool { return k.witness.figures.alerts >= want }); err != nil {
			return err
		}
	}
	return errors.Join(ctx.Err(), k.hit(ctx, inFanOut))
}

// withoutServe kills `serve`, and then an import that opens the store itself.
func (k *killings) withoutServe(ctx context.Context, list string) (imported bool, err error) {
	if err := k.pass(ctx, k.upTo(700*time.Millisecond)); err != nil {
		return false, err
	}
	if err := k.hit(ctx, inTalk); err != nil {
		return false, err
	}
	return k.duringImport(ctx, alone, list)
}
