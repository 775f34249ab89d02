package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"kartyar/card"
)

// killOptions say how long and how hard `prove kill` tries.
type killOptions struct {
	kills  int    // SIGKILLs that hit a running process
	seed   uint64 // of all that is chosen at random
	people int    // chats; there are as many cards again that nobody asks after
	slow   time.Duration
}

// senders is how many replies, and how many alerts, of one bot the program has
// under way at the same time at most.
const senders = 64

// runKill is the experiment `kill`: the program is killed over and over while
// people talk to it, lists are imported and alerts go out.
func runKill(ctx context.Context, args []string, out io.Writer) error {
	o := killOptions{slow: 40 * time.Millisecond}
	flags := flag.NewFlagSet("prove kill", flag.ContinueOnError)
	flags.IntVar(&o.kills, "kills", 100, "how often to kill")
	flags.Uint64Var(&o.seed, "seed", uint64(time.Now().UnixNano()), "what all chance comes from")
	flags.IntVar(&o.people, "people", 120, "how many chats")
	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("%w\n%s", err, usage)
	}
	if o.kills < 1 || o.people < 5 || flags.NArg() > 0 {
		return errors.New("at least 1 kill and 5 people are needed\n" + usage)
	}
	dir, err := os.MkdirTemp("", "kartyar-prove-")
	if err != nil {
		return fmt.Errorf("making a place for the files: %w", err)
	}
	binary, err := build(ctx, dir)
	if err == nil {
		err = killIn(ctx, dir, binary, o, out)
	}
	if err != nil {
		return fmt.Errorf("%w (the files stay in %s)", err, dir)
	}
	return os.RemoveAll(dir)
}

// killIn runs the experiment with its files in dir.
func killIn(ctx context.Context, dir, binary string, o killOptions, out io.Writer) (err error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute+time.Duration(o.kills)*10*time.Second)
	defer cancel()
	_, _ = fmt.Fprintf(out, "prove kill: %d kills, %d chats, seed %d\n", o.kills, o.people, o.seed)
	place := filepath.Join(dir, "killed")
	if err := os.Mkdir(place, 0o700); err != nil {
		return fmt.Errorf("making a place for the files: %w", err)
	}
	w, err := newWorld(place, binary, o.seed, o.slow)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	running, end := context.WithCancel(ctx) // no child outlives the world
	defer end()
	k := newKillings(w, o)
	if err := k.run(running); err != nil {
		return err
	}
	result, err := k.compare(running, dir)
	if err != nil {
		return err
	}
	k.report(out, result)
	if len(k.witness.broken) > 0 {
		return errBroken
	}
	return nil
}

// killings is the experiment under way.
type killings struct {
	killOptions
	*world
	dice    *rand.Rand
	witness *witness
	crowd   *crowd
	history *history
	others  []*holder // those whom nobody asks after

	serving  *serve
	began    time.Time
	starts   int
	left     []int // moments that are still to come in this turn
	hits     map[moment]int
	imports  int
	usual    map[moment]time.Duration // how long an import takes
	arrivals int                      // news that a chat is to be told
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

func newKillings(w *world, o killOptions) *killings {
	dice := rand.New(rand.NewPCG(o.seed, 0))
	k := &killings{
		killOptions: o, world: w, dice: dice, witness: newWitness(senders),
		history: &history{dice: dice, now: time.Now().Add(-240 * time.Hour).Truncate(time.Second)},
		hits:    map[moment]int{},
		usual:   map[moment]time.Duration{inServe: 80 * time.Millisecond, inCommand: 80 * time.Millisecond, alone: 120 * time.Millisecond},
		began:   time.Now(),
	}
	k.crowd = newCrowd(w.server, k.witness, o.people)
	for n := range o.people {
		k.others = append(k.others, newHolder(500_000+n, strangerPhone(n)))
	}
	return k
}

// offices is how many offices are needed: two a round, and some rounds more
// than kills, since not every kill hits.
func (k *killings) offices() int { return 2 * (3*k.kills + 40) }

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

// settleMost is how long the program may take, after the last kill, to do what
// it owes.
const settleMost = 90 * time.Second

// settle waits until nothing is owed any more.
func (k *killings) settle(ctx context.Context) error {
	most, cancel := context.WithTimeout(ctx, settleMost)
	defer cancel()
	err := k.pump(most, func() bool {
		f := k.witness.figures
		return k.crowd.settled() && f.confirmed+f.dropped == f.queued
	})
	return errors.Join(err, ctx.Err())
}

// last settles, imports the cards of those whose list has not come yet, and
// then lets some time pass, so that what comes too much comes too.
func (k *killings) last(ctx context.Context) error {
	k.crowd.rest()
	if err := k.settle(ctx); err != nil {
		return err
	}
	var news []row
	for _, one := range k.crowd.expecting() {
		for _, h := range one.holders {
			if h.row.stage == "" {
				news = append(news, k.arrive(one, h, office(1)))
			}
		}
	}
	list, err := k.write("last", news)
	if err == nil {
		err = k.take(ctx, list)
	}
	if err == nil {
		err = k.settle(ctx)
	}
	if err != nil {
		return err
	}
	return k.pass(ctx, 2*time.Second)
}

// prepare loads the offices and the first list: the cards of all who ask after
// a card that is on its way.
func (k *killings) prepare(ctx context.Context) error {
	path := filepath.Join(k.dir, "offices.csv")
	if err := writeOffices(path, k.offices()); err != nil {
		return err
	}
	if _, err := k.world.run(ctx, "offices", path); err != nil {
		return err
	}
	var news []row
	for _, h := range append(k.crowd.known(), k.others...) {
		news = append(news, k.history.add(h, "dispatched", office(0)))
	}
	path, err := k.write("first", news)
	if err != nil {
		return err
	}
	_, err = k.world.run(ctx, "import", "--yes", path)
	return err
}

// begin has a quarter of the people begin, and waits until some of them are to
// be told of arrivals. The others begin among kills.
func (k *killings) begin(ctx context.Context) error {
	if err := k.up(ctx); err != nil {
		return err
	}
	k.crowd.join((k.people + 3) / 4)
	most, cancel := context.WithTimeout(ctx, settleMost)
	defer cancel()
	err := k.pump(most, func() bool { return len(k.crowd.expecting()) >= k.people/10 })
	return errors.Join(err, ctx.Err())
}

func (k *killings) write(name string, news []row) (path string, err error) {
	path = filepath.Join(k.dir, "list-"+name+".csv")
	return path, writeList(path, k.history.list(news))
}

// round kills once, or twice, at one moment.
func (k *killings) round(ctx context.Context, round int) error {
	if err := k.up(ctx); err != nil {
		return err
	}
	k.crowd.join(1 + k.people*3/(k.kills*2))
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

// news has the cards of everybody who knows all that is so far come to other
// offices.
func (k *killings) news(round int) (news []row) {
	for _, of := range k.crowd.expecting() {
		for slot, h := range of.holders {
			if k.dice.IntN(3) == 0 {
				continue
			}
			news = append(news, k.arrive(of, h, office(2*round+slot)))
		}
	}
	for n, h := range k.others {
		if k.dice.IntN(2) == 0 {
			news = append(news, k.history.add(h, "ready", office(2*round+n%2)))
		}
	}
	return news
}

// arrive has a card come to an office, of which its holder is to be told.
func (k *killings) arrive(of *citizen, h *holder, at card.Office) row {
	if of.subscribes() {
		of.ledger.news[at.Name] = nil
		k.arrivals++
	}
	return k.history.add(h, "ready", at)
}

func (k *killings) upTo(most time.Duration) time.Duration {
	return time.Duration(k.dice.Int64N(int64(most)))
}
