package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"kartyar/demo"
	"kartyar/locale"
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

// fanOuts measures how alerts go out under a rate: calm, with limits, and with
// chats at which the platform always fails.
func (st *storming) fanOuts(ctx context.Context) error {
	st.watch(func(demo.FaultRequest) *demo.Fault { return nil })
	if err := st.serving.stop(ctx); err != nil {
		return err
	}
	st.serving = nil
	st.env = append(st.env, "SEND_RATE="+strconv.Itoa(st.rate))
	if err := errors.Join(st.read(), st.up(ctx)); err != nil {
		return err
	}
	calm, err := st.fanOut(ctx, "calm", nil, nil)
	if err != nil {
		return err
	}
	limited := map[demo.Platform]int{}
	_, err = st.fanOut(ctx, "with 429s", func(r demo.FaultRequest) *demo.Fault {
		if limited[r.Platform]++; limited[r.Platform]%8 != 4 || limited[r.Platform] > 40 {
			return nil
		}
		return demo.TooMany(1)
	}, nil)
	if err != nil {
		return err
	}
	bad := map[chatID]bool{}
	for _, c := range st.crowd.expecting() {
		if c.subscribes() && len(bad) < min(30, st.o.people/5) {
			bad[chatID{c.person.Platform(), c.person.ChatID()}] = true
		}
	}
	failed := map[chatID]int{}
	with, err := st.fanOut(ctx, fmt.Sprintf("with %d chats that fail", len(bad)), func(r demo.FaultRequest) *demo.Fault {
		chat := chatID{r.Platform, r.Chat}
		if !bad[chat] {
			return nil
		}
		failed[chat]++
		return demo.BrokenHTML(502)
	}, bad)
	if err != nil {
		return err
	}
	if with > 2*calm {
		st.stage.breaks("chats that fail by themselves slow the others: the p99 of their alerts is %v, without %v", with, calm)
	}
	some, cancel := context.WithTimeout(ctx, 30*time.Second) // each is tried again, and known for what it is
	defer cancel()
	err = st.pump(some, func() bool {
		st.mu.Lock()
		defer st.mu.Unlock()
		for chat := range bad {
			if failed[chat] < 2 {
				return false
			}
		}
		return true
	})
	st.watch(func(demo.FaultRequest) *demo.Fault { return nil })
	return errors.Join(err, st.settle(ctx))
}

// fanOut has cards come for everybody, and returns within what time 99 of 100
// alerts to the chats that are not bad were out.
func (st *storming) fanOut(ctx context.Context, name string, fault func(demo.FaultRequest) *demo.Fault, bad map[chatID]bool) (p99 time.Duration, err error) {
	if err := st.pass(ctx, 2*time.Second); err != nil { // every chat is at rest
		return 0, err
	}
	st.mu.Lock()
	for p := range st.watched {
		st.watched[p] = &limiter{}
	}
	st.mu.Unlock()
	st.watch(func(r demo.FaultRequest) *demo.Fault {
		if fault == nil || !isSend(r.Method) {
			return nil
		}
		return fault(r)
	})
	asked, waits := st.ask()
	began := time.Now()
	if err := st.arrivals(ctx); err != nil {
		return 0, err
	}
	most, cancel := context.WithTimeout(ctx, settleMost)
	defer cancel()
	good := func(each func(*sent)) {
		for chat, l := range st.witness.chats {
			for slot := range 2 {
				told, due := l.news[office(2*st.round+slot).Name]
				if due && !bad[chat] {
					each(told)
				}
			}
		}
	}
	err = st.pump(most, func() (out bool) {
		out = true
		good(func(told *sent) { out = out && told != nil })
		return out && waits() == nil
	})
	if err != nil {
		return 0, err
	}
	var after []time.Duration
	good(func(told *sent) {
		if told == nil {
			st.stage.breaks("%s: an alert was not out after %v", name, settleMost)
			return
		}
		after = append(after, told.at.Sub(began))
	})
	if len(after) == 0 {
		return 0, fmt.Errorf("%s: nobody was to be told", name)
	}
	slices.Sort(after)
	p99 = after[int(math.Ceil(0.99*float64(len(after))))-1]
	used := 1.0
	st.mu.Lock()
	for _, l := range st.watched {
		used = min(used, l.used(float64(st.rate)))
	}
	st.mu.Unlock()
	slowest := time.Duration(0)
	for _, a := range asked {
		if a.ledger.reply != nil {
			slowest = max(slowest, a.ledger.reply.at.Sub(began))
		}
	}
	st.stage.line("  "+name, "%d alerts at %d/s a bot, p99 %.2f s; %.1f %% of the rate used; %d people asked meanwhile were answered within %.2f s",
		len(after), st.rate, p99.Seconds(), 100*used, len(asked), slowest.Seconds())
	if bad == nil && used < 0.95 {
		st.stage.breaks("%s: only %.1f %% of the allowed rate was used", name, 100*used)
	}
	if last := after[len(after)-1]; bad == nil && fault == nil && slowest > last/2 {
		st.stage.breaks("%s: people were answered after %v, as alerts went out for %v: replies go before alerts", name, slowest, last)
	}
	return p99, nil
}

// ask has a few people who are told nothing ask something; waits returns one
// whose answer has not come.
func (st *storming) ask() (asked []*citizen, waits func() *citizen) {
	for _, c := range st.crowd.citizens {
		if !c.subscribes() && len(asked) < 4 {
			asked = append(asked, c)
			c.ledger.owe(aStatus(), aStatus())
			c.person.Say(locale.ButtonStatus)
		}
	}
	return asked, func() *citizen {
		for _, c := range asked {
			if len(c.ledger.owed) > 0 {
				return c
			}
		}
		return nil
	}
}

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
