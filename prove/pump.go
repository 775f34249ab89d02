package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kartyar/demo"
)

// read takes what the journal has, and lets people go on.
func (t *trial) read() error {
	for _, e := range t.server.Journal()[t.witness.read:] {
		t.witness.see(e)
	}
	return t.crowd.turn()
}

// pump reads the journal as it grows, until enough is true or ctx ends.
func (t *trial) pump(ctx context.Context, enough func() bool) error {
	for {
		if err := t.read(); err != nil {
			return err
		}
		if enough() {
			return nil
		}
		seen := t.witness.read
		err := t.server.Wait(ctx, func(journal []demo.Entry) bool { return len(journal) > seen })
		switch {
		case errors.Is(err, demo.ErrClosed):
			return fmt.Errorf("reading the journal: %w", err)
		case err != nil: // ctx's: time is over
			return nil //nolint:nilerr // which is how most waits end
		}
	}
}

// pass pumps for a time.
func (t *trial) pass(ctx context.Context, d time.Duration) error {
	some, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	if err := t.pump(some, func() bool { return false }); err != nil {
		return err
	}
	return ctx.Err()
}

// kill kills `serve`, and reads what it did to the end. Then people go on, and
// what they write waits for the next process.
func (t *trial) kill(ctx context.Context) error {
	at := time.Now()
	if !t.serving.kill() {
		return fmt.Errorf("`kartyar serve` ended by itself: %w\n%s", t.serving.err, t.lastWords())
	}
	t.serving = nil
	if err := t.quiet(ctx); err != nil {
		return err
	}
	for _, e := range t.server.Journal()[t.witness.read:] {
		t.witness.see(e)
	}
	t.witness.killed(at)
	return t.read()
}

// take imports a list to its end.
func (t *trial) take(ctx context.Context, list string) error {
	p, err := t.start(ctx, nil, "import", "--yes", list)
	if err != nil {
		return err
	}
	if err := t.until(ctx, p); err != nil {
		return err
	}
	if p.err != nil {
		return fmt.Errorf("an import that nobody disturbs: %w\n%s", p.err, p.out.Bytes())
	}
	t.imports++
	return nil
}

// until pumps until a process ends.
func (t *trial) until(ctx context.Context, p *process) error { return t.untilClosed(ctx, p.done) }

// untilClosed pumps until a channel is closed.
func (t *trial) untilClosed(ctx context.Context, c <-chan struct{}) error {
	closed, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-c:
			cancel()
		case <-closed.Done():
		}
	}()
	if err := t.pump(closed, func() bool { return false }); err != nil {
		return err
	}
	return ctx.Err()
}
