package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"kartyar/demo"
)

// point is a named place on the way of an update or an alert. The platform
// sees the program come by there, and the program goes no further: it is killed
// before it is answered.
type point struct {
	name string
	// here reports whether a call is made at this point.
	here func(demo.FaultRequest) bool
	// fault is what becomes of the call.
	fault demo.Fault
	// within, when it is set, lets the call be answered: the program is killed at
	// some moment within this time after updates were handed out.
	within time.Duration
}

func points() []point {
	isAlert := func(text string) bool { _, is := announced(text); return is }
	says := func(r demo.FaultRequest) bool { return r.Method == "sendMessage" || r.Method == "editMessageText" }
	return []point{
		{name: "before the commit", // the batch is handed out, and its receiver is gone
			here: func(r demo.FaultRequest) bool { return r.Method == "getUpdates" }, fault: demo.Fault{Lose: true}},
		{name: "in the commit",
			here: func(r demo.FaultRequest) bool { return r.Method == "getUpdates" }, within: 6 * time.Millisecond},
		{name: "committed, not confirmed",
			here: func(r demo.FaultRequest) bool { return r.Method == "getUpdates" && r.Offset > 0 }, fault: demo.Fault{Drop: true}},
		{name: "handled, not sent",
			here: func(r demo.FaultRequest) bool { return says(r) && !isAlert(r.Text) }, fault: demo.Fault{Drop: true}},
		{name: "sent, not marked",
			here: func(r demo.FaultRequest) bool { return says(r) && !isAlert(r.Text) }, fault: demo.Fault{Lose: true}},
		{name: "alert due, not sent",
			here: func(r demo.FaultRequest) bool { return says(r) && isAlert(r.Text) }, fault: demo.Fault{Drop: true}},
		{name: "alert sent, not marked",
			here: func(r demo.FaultRequest) bool { return says(r) && isAlert(r.Text) }, fault: demo.Fault{Lose: true}},
	}
}

// killAtPoints is the experiment `points`: at each named point the program is
// killed N times, while people talk and alerts go out.
func killAtPoints(ctx context.Context, s *stage) (err error) {
	rounds := s.n * len(points())
	t, err := s.trial("points", trialOptions{people: 40, offices: 2 * (2*rounds + 4), slow: slowest / 8})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	ctx, end := context.WithCancel(ctx) // no child outlives the world
	defer end()
	if err := errors.Join(t.prepare(ctx), t.begin(ctx)); err != nil {
		return err
	}
	for round := range rounds {
		p := points()[round%len(points())]
		if err := t.killAt(ctx, round+1, p); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	for _, p := range points() {
		s.line("killed", "%d times %s", s.n, p.name)
	}
	if err := errors.Join(t.up(ctx), t.last(ctx)); err != nil {
		return err
	}
	return t.verdict(ctx)
}

// expectingLeast is how many chats must be open to news before the next list, so
// that it brings several alerts.
const expectingLeast = 6

// trapMost is how long the program may take to come by a point.
const trapMost = 30 * time.Second

// killAt has the program killed when it comes by a point for the first, second
// or third time, while it takes in a list.
func (t *trial) killAt(ctx context.Context, round int, p point) error {
	if err := t.up(ctx); err != nil {
		return err
	}
	t.crowd.join(3)
	most, cancel := context.WithTimeout(ctx, settleMost)
	defer cancel()
	// There has to be somebody for whom a list can bring news, or no alert
	// ever comes by.
	if err := t.pump(most, func() bool { return len(t.crowd.expecting()) >= expectingLeast }); err != nil {
		return err
	}
	list, err := t.write(strconv.Itoa(round), t.news(round))
	if err != nil {
		return err
	}
	fell := t.trap(ctx, t.serving.process, p, t.dice.IntN(3))
	imported, err := t.start(ctx, nil, "import", "--yes", list)
	if err != nil {
		return err
	}
	soon, end := context.WithTimeout(ctx, trapMost)
	defer end()
	if err := t.untilClosed(soon, fell); err != nil {
		return fmt.Errorf("the program did not come by within %v: %w", trapMost, err)
	}
	if err := t.kill(ctx); err != nil {
		return err
	}
	if imported.finish(ctx) == nil { // it was told that all is done
		t.imports++
		return nil
	}
	return errors.Join(t.up(ctx), t.take(ctx, list))
}
