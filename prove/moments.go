package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// hit kills `serve` at a moment.
func (k *killings) hit(ctx context.Context, m moment) error {
	if err := k.kill(ctx); err != nil {
		return err
	}
	k.hits[m]++
	return nil
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
		due += l.due
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
