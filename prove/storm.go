package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/rs/zerolog"

	"kartyar/card"
	"kartyar/demo"
	"kartyar/store"
)

// storm is the experiment `storm`: the platforms fail in every way that they
// have, N seconds each, while people talk and lists come in; then they limit
// the bots, and fail at some chats alone, while alerts go out.
func storm(ctx context.Context, s *stage) (err error) {
	o := trialOptions{people: 20, slow: slowest, offices: 80}
	rate := 10
	if s.long {
		o.people, rate = 200, 25
	}
	t, err := s.trial("storm", o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	ctx, end := context.WithCancel(ctx) // no child outlives the world
	defer end()
	st := &storming{trial: t, rate: rate, each: time.Duration(s.n) * time.Second,
		watched: map[demo.Platform]*limiter{}, met: map[string]bool{inFailing: true}}
	for _, p := range platforms {
		st.watched[p] = &limiter{}
	}
	if s.long {
		if st.names, err = t.ownNames(); err != nil {
			return err
		}
	}
	steps := []struct {
		name string
		do   func(context.Context) error
	}{
		{"beginning", st.gather}, {"in the weather", st.weather}, {"cut off", st.cutOff},
		{"with a rate", st.fanOuts}, {"at the end", st.finish},
	}
	for _, step := range steps {
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return nil
}

// storming is the experiment under way.
type storming struct {
	*trial
	names *names        // in the long form
	rate  int           // SEND_RATE of the fan-outs
	each  time.Duration // how long each kind of weather lasts
	round int

	mu      sync.Mutex
	watched map[demo.Platform]*limiter
	now     kind            // the weather; its zero value is fair
	hits    int             // calls that met it
	met     map[string]bool // words that the log owes for what was met
}

// isSend reports whether a call puts something before a person.
func isSend(method string) bool {
	return method == "sendMessage" || method == "editMessageText" || method == "sendVenue" || method == "sendLocation"
}

// watch holds every send to what the platform asked for, and then lets decide
// say what becomes of the call.
func (st *storming) watch(decide func(demo.FaultRequest) *demo.Fault) {
	st.setFault(func(r demo.FaultRequest) *demo.Fault {
		at := time.Now()
		st.mu.Lock()
		defer st.mu.Unlock()
		if isSend(r.Method) {
			if early := st.watched[r.Platform].call(at); early > 0 {
				st.stage.breaks("%s was asked for a pause, and got a message %v before it was over", r.Platform, early)
			}
		}
		f := decide(r)
		if f != nil && f.Status == 429 && isSend(r.Method) {
			st.watched[r.Platform].asked(at, retryAfterOf(f))
		}
		return f
	})
}

// gather has everybody come and subscribe.
func (st *storming) gather(ctx context.Context) error {
	if err := errors.Join(st.prepare(ctx), st.up(ctx)); err != nil {
		return err
	}
	st.crowd.rest()
	return st.settle(ctx)
}

// arrivals imports a list by which everybody who can be told is told.
func (st *storming) arrivals(ctx context.Context) error {
	st.round++
	var news []row
	for _, of := range st.crowd.expecting() {
		for slot, h := range of.holders {
			news = append(news, st.arrive(of, h, office(2*st.round+slot)))
		}
	}
	list, err := st.write(strconv.Itoa(st.round), news)
	if err != nil {
		return err
	}
	return st.take(ctx, list)
}

// weather lets each kind of fault come over the platforms.
func (st *storming) weather(ctx context.Context) error {
	st.crowd.resting = false
	dice := st.stage.dice(2)
	st.watch(func(r demo.FaultRequest) *demo.Fault {
		if st.now.fault == nil || st.now.sends && !isSend(r.Method) || dice.Float64() >= st.now.share {
			return nil
		}
		st.hits++
		f := st.now.fault(dice)
		if r.Method == "getUpdates" || isSend(r.Method) {
			st.met[wordsFor(r.Method, f)] = true
		}
		return f
	})
	for _, k := range kinds {
		if k.hangs && !st.stage.long {
			continue
		}
		st.mu.Lock()
		st.now, st.hits = k, 0
		st.mu.Unlock()
		if err := st.arrivals(ctx); err != nil {
			return err
		}
		some, cancel := context.WithTimeout(ctx, 20*time.Second) // it has to be met
		err := errors.Join(st.pass(ctx, st.each), st.pump(some, func() bool {
			st.mu.Lock()
			defer st.mu.Unlock()
			return st.hits > 2
		}))
		cancel()
		if err != nil {
			return err
		}
		st.mu.Lock()
		st.stage.line("  "+k.name, "met by %d calls", st.hits)
		if st.hits == 0 {
			err = fmt.Errorf("no call met %s", k.name)
		}
		st.now = kind{}
		st.mu.Unlock()
		if err != nil {
			return err
		}
	}
	st.crowd.resting = true
	return st.settle(ctx)
}

// cutOff takes the platforms away, and then their names, and looks how soon
// alerts that came meanwhile are out when they are back.
func (st *storming) cutOff(ctx context.Context) error {
	type cut struct {
		name    string
		off, on func() error
	}
	cuts := []cut{{"nobody listens", st.unplug, st.plug}}
	if st.names != nil {
		off := func() error {
			return errors.Join(st.names.forget(), st.pass(ctx, namesKept), st.unplug(), st.plug())
		}
		cuts = append(cuts, cut{"the name is gone", off, st.names.know})
	}
	for _, cut := range cuts {
		tried, err := st.attempts(ctx)
		if err != nil {
			return err
		}
		if err := cut.off(); err != nil {
			return err
		}
		if err := errors.Join(st.arrivals(ctx), st.pass(ctx, 2*st.each)); err != nil {
			return err
		}
		before := st.witness.figures.alerts
		if st.settled() {
			return fmt.Errorf("%s: nothing waited for the platforms, so nothing was cut off", cut.name)
		}
		if err := st.unattempted(ctx, cut.name, tried); err != nil {
			return err
		}
		if err := cut.on(); err != nil {
			return err
		}
		back := time.Now()
		if err := st.settle(ctx); err != nil {
			return err
		}
		last := time.Duration(0)
		for _, l := range st.witness.chats {
			if l.alert != nil {
				last = max(last, l.alert.at.Sub(back))
			}
		}
		st.stage.line("  "+cut.name, "for %v; %d alerts out within %.1f s after", 2*st.each, st.witness.figures.alerts-before, last.Seconds())
		if last > backMost {
			st.stage.breaks("%s: the last alert came %v after the platform was back; an outage was held against it", cut.name, last)
		}
	}
	return nil
}

// waitingAlert is an alert that waits in the store.
type waitingAlert struct {
	person card.PersonKey
	chat   card.ChatKey
}

// attempts looks into a copy of the store, and returns how often each alert that
// waits there was tried.
func (st *storming) attempts(ctx context.Context) (all map[waitingAlert]int, err error) {
	p, err := st.copyServed(ctx)
	if err != nil {
		return nil, err
	}
	key, err := st.key()
	if err != nil {
		return nil, err
	}
	s, err := store.Open(store.Options{Dir: p.dir, Key: key, Log: zerolog.Nop()})
	if err != nil {
		return nil, fmt.Errorf("opening a copy of the store: %w", err)
	}
	all = map[waitingAlert]int{}
	err = s.View(ctx, func(tx *store.Tx) error {
		for _, h := range st.holders() {
			key := s.Keyer().Person(card.NationalCode(h.code))
			person, err := tx.Person(key)
			if err != nil {
				return err
			}
			for _, f := range person.Followers {
				if !f.Alert.Due.IsZero() {
					all[waitingAlert{key, f.Chat}] = int(f.Alert.Attempts)
				}
			}
		}
		return nil
	})
	return all, errors.Join(err, s.Close(), os.RemoveAll(filepath.Dir(p.dir)))
}

// unattempted holds the program to not counting an outage as a try of any alert
// that waits. What was tried before it may be waiting still, since the answer to
// it was lost.
func (st *storming) unattempted(ctx context.Context, cut string, before map[waitingAlert]int) error {
	all, err := st.attempts(ctx)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return fmt.Errorf("%s: no alert waits in the store", cut)
	}
	counted := 0
	for alert, n := range all {
		counted += max(0, n-before[alert])
	}
	if counted > 0 {
		st.stage.breaks("%s: of %d alerts that wait %d attempts were counted", cut, len(all), counted)
	}
	st.stage.line("  "+cut, "%d alerts waited in the store, %d attempts counted", len(all), counted)
	return nil
}

// copyServed copies the store of a running serve, which is stopped meanwhile.
func (t *trial) copyServed(ctx context.Context) (p patient, err error) {
	if err = t.serving.stand(ctx); err == nil {
		p, err = t.copyOf(patient{dir: filepath.Join(t.dir, "store")})
	}
	return p, errors.Join(err, t.serving.cmd.Process.Signal(syscall.SIGCONT))
}

// settled reports whether everybody was told everything.
func (st *storming) settled() bool {
	for _, l := range st.witness.chats {
		if !l.told() {
			return false
		}
	}
	return true
}

// namesKept is how long a program of Go's goes by what it read in /etc/hosts.
const namesKept = 6 * time.Second

// backMost is how soon everything that waited for a platform has to be out when
// it is back: a probe each 10 s, 6 s for a message that met the outage, and the
// fan-out.
const backMost = 20 * time.Second

// finish brings the last list, ends the program and looks into its log.
func (st *storming) finish(ctx context.Context) error {
	if err := st.last(ctx); err != nil {
		return err
	}
	lasted := time.Since(st.began)
	if err := st.serving.stop(ctx); err != nil {
		return err
	}
	st.report()
	st.stage.broken = append(st.stage.broken, st.witness.broken...)
	text, err := os.ReadFile(filepath.Join(st.dir, "serve.log"))
	if err != nil {
		return fmt.Errorf("reading the program's log: %w", err)
	}
	lines, err := countLines(text)
	if err != nil {
		return err
	}
	st.stage.broken = append(st.stage.broken, lines.judge(slices.Sorted(maps.Keys(st.met)), st.starts, lasted)...)
	st.stage.line("log", "%d lines of trouble of %d kinds in %.0f s", lines.total(), len(lines), lasted.Seconds())
	return nil
}
