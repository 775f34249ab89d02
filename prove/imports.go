package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// imports is the experiment `import`: while people talk, lists come in several
// at a time, which overlap; some are killed, and all are repeated in another
// order.
func imports(ctx context.Context, s *stage) (err error) {
	t, err := s.trial("imports", trialOptions{people: 40, offices: 2 * (s.n + 4), slow: slowest})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	ctx, end := context.WithCancel(ctx) // no child outlives the world
	defer end()
	if err := errors.Join(t.prepare(ctx), t.begin(ctx)); err != nil {
		return err
	}
	t.crowd.join(t.o.people)
	most, cancel := context.WithTimeout(ctx, settleMost)
	defer cancel()
	if err := t.pump(most, func() bool { return len(t.crowd.expecting()) >= t.o.people/2 }); err != nil {
		return err
	}
	killed := 0
	for round := 1; round <= s.n; round++ {
		hits, err := t.together(ctx, round)
		if err != nil {
			return fmt.Errorf("round %d: %w", round, err)
		}
		killed += hits
	}
	s.line("imports", "%d at the same time as others, %d of them killed", 4*s.n, killed)
	if err := t.last(ctx); err != nil {
		return err
	}
	return t.verdict(ctx)
}

// together imports lists of the same news at the same time: all of it twice, and
// each half with some of the other. Two of them are killed at some moment; in
// the end all of it is imported once more, in another order.
func (t *trial) together(ctx context.Context, round int) (killed int, err error) {
	news := t.news(round)
	half := len(news) / 2
	var running []*process
	for n, part := range [][]row{news, news[:half+half/2], news, news[half/2:]} {
		list, err := t.write(fmt.Sprintf("%d-%d", round, n), part)
		if err != nil {
			return killed, err
		}
		p, err := t.start(ctx, nil, "import", "--yes", list)
		if err != nil {
			return killed, err
		}
		running = append(running, p)
	}
	for _, p := range running[:2] {
		some, cancel := context.WithTimeout(ctx, t.upTo(150*time.Millisecond))
		err := t.until(some, p)
		cancel()
		if err != nil && ctx.Err() != nil {
			return killed, err
		}
		if p.kill() {
			killed++
		}
	}
	for _, p := range running[2:] {
		if err := t.until(ctx, p); err != nil {
			return killed, err
		}
		if p.err != nil {
			return killed, fmt.Errorf("an import beside others: %w\n%s", p.err, p.out.Bytes())
		}
		t.imports++
	}
	again, err := t.write(fmt.Sprintf("%d-again", round), t.history.shuffled(news))
	if err != nil {
		return killed, err
	}
	return killed, t.take(ctx, again)
}
