package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// soak is the experiment `soak`: people talk, look at pictures, ask questions,
// have everything deleted and come again, lists come in and alerts go out,
// people are erased and backups are made, for N quarters of a minute. What the
// program takes of the machine must not grow.
func soak(ctx context.Context, s *stage) (err error) {
	o := trialOptions{people: 80, slow: slowest}
	if s.n < 4 {
		o.people = 20
	}
	length := time.Duration(s.n) * 15 * time.Second
	o.offices = 2 * (int(length/soakRound) + 4)
	t, err := s.trial("soak", o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	// Garbage is cleared away as soon as Go does by itself, not only when the heap has
	// grown to its floor (app.HeapFloor): so what stays is seen within minutes.
	t.env = append(t.env, "GOGC=100")
	at, err := t.openAdmin()
	if err != nil {
		return err
	}
	ctx, end := context.WithCancel(ctx) // no child outlives the world
	defer end()
	for n := range o.people / 2 {
		t.crowd.add(o.people+n, visits)
	}
	if err := errors.Join(t.prepare(ctx), t.up(ctx), t.pass(ctx, time.Second)); err != nil {
		return err
	}
	g := gauge{pid: t.serving.cmd.Process.Pid, metrics: "http://" + at + "/metrics", store: filepath.Join(t.dir, "store")}
	before, err := g.read(ctx)
	if err != nil {
		return err
	}
	if err := t.begin(ctx); err != nil {
		return err
	}
	t.crowd.join(len(t.crowd.citizens))
	readings, err := t.soakFor(ctx, length, g)
	if err != nil {
		return err
	}
	return t.endSoak(ctx, g, before, readings)
}

// soakRound is how long people talk after a list.
const soakRound = 3 * time.Second

// soakFor keeps the load up and reads the gauge meanwhile.
func (t *trial) soakFor(ctx context.Context, length time.Duration, g gauge) ([]reading, error) {
	most, cancel := context.WithTimeout(ctx, length)
	defer cancel()
	type result struct {
		readings []reading
		err      error
	}
	read := make(chan result, 1)
	go func() {
		readings, err := g.follow(most, max(length/600, 100*time.Millisecond), t.server.Journal)
		read <- result{readings, err}
	}()
	var err error
	backups, erased := 0, 0
	for round := 1; err == nil && most.Err() == nil; round++ {
		err = t.soakOnce(ctx, round)
		switch {
		case err != nil:
		case round%4 == 2:
			err = t.backUp(ctx)
			backups++
		case round%8 == 4:
			err = t.eraseOther(ctx)
			erased++
		}
	}
	cancel()
	got := <-read
	t.stage.line("load", "%v: %d people, %d visits with everything deleted in the end, %d backups, %d people erased",
		length, len(t.crowd.citizens), t.visits(), backups, erased)
	return got.readings, errors.Join(err, got.err)
}

// soakOnce imports a list and lets people talk.
func (t *trial) soakOnce(ctx context.Context, round int) error {
	list, err := t.write("soak", t.news(round))
	if err == nil {
		err = t.take(ctx, list)
	}
	if err == nil {
		err = t.pass(ctx, soakRound)
	}
	return err
}

func (t *trial) visits() (n int) {
	for _, one := range t.crowd.citizens {
		n += one.visited
	}
	return n
}

// backUp makes a backup, and takes it away again.
func (t *trial) backUp(ctx context.Context) error {
	path := filepath.Join(t.dir, "soak.backup")
	p, err := t.start(ctx, nil, "backup", path)
	if err != nil {
		return err
	}
	if err := t.until(ctx, p); err != nil {
		return err
	}
	if p.err != nil {
		return fmt.Errorf("a backup that nobody disturbs: %w\n%s", p.err, p.out.Bytes())
	}
	return os.Remove(path)
}

// eraseOther erases somebody whom nobody asks after. Later lists speak of them
// again.
func (t *trial) eraseOther(ctx context.Context) error {
	of := t.others[t.dice.IntN(len(t.others))]
	p, err := t.startWith(ctx, nil, strings.NewReader(of.code+"\n"), "erase")
	if err != nil {
		return err
	}
	if err := t.until(ctx, p); err != nil {
		return err
	}
	if p.err != nil {
		return fmt.Errorf("an erasure that nobody disturbs: %w\n%s", p.err, p.out.Bytes())
	}
	return nil
}

// endSoak lets all come to an end and judges. Whoever may have been erased is
// listed once more: the state is compared with one in which nobody was.
func (t *trial) endSoak(ctx context.Context, g gauge, before reading, readings []reading) error {
	var again []row
	for _, h := range t.others {
		again = append(again, t.history.add(h, "ready", office(1)))
	}
	list, err := t.write("again", again)
	if err == nil {
		err = t.take(ctx, list)
	}
	if err == nil {
		err = t.last(ctx)
	}
	if err != nil {
		return err
	}
	for _, b := range soakBounds() {
		b.judge(t.stage, readings)
	}
	if err := t.judgeRest(ctx, g, before, readings); err != nil {
		return err
	}
	// Nothing is kept of the visitors that could be compared.
	t.crowd.citizens = slices.DeleteFunc(t.crowd.citizens, func(one *citizen) bool { return one.role == visits })
	return t.verdict(ctx)
}

// bound is how much of something the program may take more at the end of the
// second half than at its beginning.
type bound struct {
	name, unit string
	of         func(reading) float64
	// fixed is what comes and goes by itself, share a part of what is taken,
	// and update what each update leaves behind on purpose.
	fixed, share, update float64
}

// soakBounds are what flat means.
func soakBounds() []bound {
	const mib = 1 << 20
	return []bound{
		// One of the store's memory tables, 32 MiB, may be empty at the beginning
		// and full at the end; the collector lets the heap grow between its turns.
		{"memory (anonymous, resident)", "MiB", func(r reading) float64 { return r.anonymous / mib }, 32, 0.1, 0},
		// Rows that are over are taken away when tables are merged: up to five
		// tables of 32 MiB wait for that, and a log as large. By design there stay for 48 hours
		// the trace of each update, and the entry of an erasure for good.
		{"disk", "MiB", func(r reading) float64 { return r.disk / mib }, 6 * 32, 0, traceBytes / float64(mib)},
	}
}

// traceBytes is more than an update's trace takes in the store.
const traceBytes = 400

// judge draws a line through the second half of the readings.
func (b bound) judge(s *stage, readings []reading) {
	half := readings[len(readings)/2:]
	if len(half) < 10 {
		s.breaks("%s was read only %d times", b.name, len(readings))
		return
	}
	line := fit(half, b.of)
	from, to := half[0], half[len(half)-1]
	window := to.at.Sub(from.at)
	grows := line.slope * window.Seconds()
	most := b.fixed + b.share*line.mean + b.update*(to.updates-from.updates)
	s.line(b.name, "%.1f at the first reading; second half: %.1f on average, at most %.1f, %+.2f %s a minute; in its %v %+.1f, allowed %.1f",
		b.of(readings[0]), line.mean, line.most, line.slope*60, b.unit, window.Round(time.Second), grows, most)
	if grows > most {
		s.breaks("%s grows by %.1f %s in %v, more than %.1f", b.name, grows, b.unit, window.Round(time.Second), most)
	}
}

// restMost is how many more goroutines and files than before the load there may
// be after it: some begin with the first person, list or backup.
const restMost = 8

// judgeRest compares the program at rest after the load with itself at rest
// before it. Under load both follow how many sends are in flight; afterwards
// only connections stay, which the long form waits for: they are closed when
// they were idle for a minute and a half.
func (t *trial) judgeRest(ctx context.Context, g gauge, before reading, readings []reading) error {
	after, err := g.read(ctx)
	for wait := 0; err == nil && t.stage.long && after.sockets > before.sockets+restMost && wait < 120; wait++ {
		if err = t.pass(ctx, time.Second); err == nil {
			after, err = g.read(ctx)
		}
	}
	if err != nil {
		return err
	}
	for _, of := range []struct {
		name string
		get  func(reading) float64
	}{
		{"goroutines, two a connection apart", func(r reading) float64 { return r.goroutines - 2*r.sockets }},
		{"files, connections and store apart", func(r reading) float64 { return r.others }},
		{"connections", func(r reading) float64 { return r.sockets }},
	} {
		load := fit(readings[len(readings)/2:], of.get)
		t.stage.line(of.name, "%.0f at rest before the load, %.1f on average and at most %.0f under it, %.0f at rest after it",
			of.get(before), load.mean, load.most, of.get(after))
		if of.name == "connections" && !t.stage.long {
			continue
		}
		if of.get(after) > of.get(before)+restMost {
			t.stage.breaks("%s: %.0f at rest before the load and %.0f after it", of.name, of.get(before), of.get(after))
		}
	}
	return nil
}

// straight is a line through readings, by least squares.
type straight struct {
	slope      float64 // a second
	mean, most float64
}

func fit(readings []reading, of func(reading) float64) (l straight) {
	n := float64(len(readings))
	middle := 0.0
	for _, r := range readings {
		l.mean += of(r) / n
		l.most = max(l.most, of(r))
		middle += r.at.Sub(readings[0].at).Seconds() / n
	}
	above, below := 0.0, 0.0
	for _, r := range readings {
		x := r.at.Sub(readings[0].at).Seconds() - middle
		above += x * (of(r) - l.mean)
		below += x * x
	}
	if below > 0 {
		l.slope = above / below
	}
	return l
}
