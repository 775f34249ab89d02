package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// kill is the experiment `kill`: the program is killed over and over while
// people talk to it, lists are imported and alerts go out.
func kill(ctx context.Context, s *stage) (err error) {
	o := trialOptions{people: 120, slow: slowest}
	switch {
	case s.long: // some 700 alerts go out for each kill, a million in all
		o.people, o.talkers = 1900, 120 // no more at once than Bale keeps updates
	case s.n < 20:
		o.people = 20
	}
	o.offices = 2 * (3*s.n + 40) // two a round, and some rounds more than kills, since not every kill hits
	t, err := s.trial("killed", o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	running, end := context.WithCancel(ctx) // no child outlives the world
	defer end()
	k := &killings{
		trial: t, kills: s.n, hits: map[moment]int{},
		usual: map[moment]time.Duration{inServe: 80 * time.Millisecond, inCommand: 80 * time.Millisecond, alone: 120 * time.Millisecond},
	}
	if err := k.run(running); err != nil {
		return err
	}
	s.line("kills", "%d in %.0f s", k.total(), time.Since(k.began).Seconds())
	for m := range moments {
		s.line("  "+m.String(), "%d", k.hits[m])
	}
	return t.verdict(running)
}

// killings is the experiment under way.
type killings struct {
	*trial
	kills int   // SIGKILLs that are to hit a running process
	left  []int // moments that are still to come in this turn
	hits  map[moment]int
	usual map[moment]time.Duration // how long an import takes
}

// moment is when a process is killed.
type moment uint8

// The moments.
const (
	inTalk    moment = iota // `serve`, while people write and press
	inServe                 // `serve`, while it takes a list in
	inCommand               // `import`, while `serve` takes its list in
	alone                   // `import`, which has the store open itself
	inFanOut                // `serve`, while alerts go out
	moments
)

func (m moment) String() string {
	return [...]string{"in conversations", "serve in an import", "import beside serve", "import alone", "in a fan-out"}[m]
}

func (k *killings) total() (n int) {
	for _, hits := range k.hits {
		n += hits
	}
	return n
}

// run kills until there are enough kills, then lets the program finish.
func (k *killings) run(ctx context.Context) error {
	if err := k.prepare(ctx); err != nil {
		return err
	}
	if err := k.begin(ctx); err != nil {
		return err
	}
	for round := 1; k.total() < k.kills; round++ {
		if err := k.round(ctx, round); err != nil {
			return fmt.Errorf("round %d: %w", round, err)
		}
		if len(k.witness.broken) >= brokenMost {
			break
		}
	}
	if err := k.up(ctx); err != nil {
		return err
	}
	return k.last(ctx)
}

// round kills once, or twice, at one moment.
func (k *killings) round(ctx context.Context, round int) error {
	if err := k.up(ctx); err != nil {
		return err
	}
	k.crowd.join(1 + k.o.people*3/(k.kills*2))
	if err := k.read(); err != nil {
		return err
	}
	list, err := k.write(strconv.Itoa(round), k.news(round))
	if err != nil {
		return err
	}
	imported := false
	switch m := k.next(); m {
	case inTalk:
		if err = k.pass(ctx, k.upTo(1500*time.Millisecond)); err == nil {
			err = k.hit(ctx, m)
		}
	case inServe, inCommand:
		imported, err = k.duringImport(ctx, m, list)
	case alone:
		imported, err = k.withoutServe(ctx, list)
	case inFanOut:
		if err = k.take(ctx, list); err == nil {
			imported = true
			err = k.duringFanOut(ctx)
		}
	}
	if err != nil || imported {
		return err
	}
	if err := k.up(ctx); err != nil {
		return err
	}
	return k.take(ctx, list)
}

// next chooses a moment: all of them once, in any order, then again.
func (k *killings) next() (m moment) {
	if len(k.left) == 0 {
		k.left = k.dice.Perm(int(moments))
	}
	m, k.left = moment(k.left[0]), k.left[1:]
	return m
}
