// Command prove runs experiments on the program under faults and prints what
// came of them. It exits with 1 when a promise was broken.
//
//	go run ./prove                          lists the experiments
//	go run ./prove NAME [-long] [-n N] [-seed N]
//	go run ./prove all [-long]
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
)

// experiment is one fault, or a family of them, and what must come out.
type experiment struct {
	name string
	does string // in a few words
	// short and long are how much of it is done: as a part of the tests, and
	// with -long. What is counted stands in does.
	short, long int
	most        time.Duration // for the long form
	run         func(ctx context.Context, s *stage) error
}

// experiments are all there are, in the order in which `all` runs them.
func experiments() []experiment {
	return []experiment{
		{"kill", "SIGKILL at random moments, N times", 5, 1500, 4 * time.Hour, kill},
		{"points", "SIGKILL at each named point of an update and of an alert, N times", 1, 30, time.Hour, killAtPoints},
		{"power", "the store's disk as it is without what is in memory, N times", 3, 200, 2 * time.Hour, power},
		{"disk", "the store's disk filled up and emptied again, N times, and full at the start", 1, 20, time.Hour, fillDisk},
		{"damage", "the store harmed in every way, N times each", 2, 60, 2 * time.Hour, harm},
		{"storm", "every way in which platforms fail, N seconds each, limits, and chats that fail alone", 1, 30, time.Hour, storm},
		{"blocked", "chats that cannot be written to, in every way, N times, and that write again", 1, 10, time.Hour, block},
		{"clock", "the wall clock set by an hour and a day, back and forth, N times, while messages wait", 1, 5, time.Hour, leaps},
		{"poison", "updates that cannot be handled, mutated and of 4 MB while others ask, in N pairs of phases", 2, 20, time.Hour, poison},
		{"flood", "one chat sends 2,000 updates a second while others ask, in N pairs of phases", 2, 20, time.Hour, flood},
		{"forgery", "contacts that prove nothing, in every way, against N people of each platform", 1, 20, time.Hour, forge},
		{"import", "lists at the same time, overlapping, killed and repeated while people talk, N times", 3, 100, time.Hour, imports},
		{"two", "stopped and woken N times, a second process on the store, another store on the token", 1, 3, time.Hour, two},
		{"guess", "N guesses at codes and phones", 3000, 1_000_000, 2 * time.Hour, guess},
		{"erase", "people erased and data deleted while alerts wait, then older backups restored, N times", 1, 20, time.Hour, eraseAll},
		{"backup", "backups under load, restored; N of them killed, N restores killed, 20 N files harmed", 4, 100, 2 * time.Hour, backUp},
		{"secrets", "canaries through all that the program does, looked for in all that it writes, N times", 1, 5, time.Hour, secrets},
		{"soak", "everything at once for N quarters of a minute: what the program takes of the machine does not grow", 1, 240, 2 * time.Hour, soak},
		{"fuzz", "each fuzz target for N seconds", 1, 30, 2 * time.Hour, fuzz},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

func run(ctx context.Context, args []string, out, complaints io.Writer) (status int) {
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(complaints, format, args...) }
	all := experiments()
	if len(args) == 0 {
		say("usage: prove NAME|all [-long] [-n N] [-seed N]\n\n")
		for _, e := range all {
			say("  %-10s %s (N is %d, with -long %d)\n", e.name, e.does, e.short, e.long)
		}
		return 2
	}
	name := args[0]
	flags := flag.NewFlagSet("prove "+name, flag.ContinueOnError)
	flags.SetOutput(complaints)
	long := flags.Bool("long", false, "the long form")
	number := flags.Int("n", 0, "how much of it, instead of the form's own number")
	seed := flags.Uint64("seed", uint64(time.Now().UnixNano()), "what all chance comes from")
	if err := flags.Parse(args[1:]); err != nil {
		return 2
	}
	if name != "all" {
		at := slices.IndexFunc(all, func(e experiment) bool { return e.name == name })
		if at < 0 || flags.NArg() > 0 || *number < 0 {
			say("prove %s: there is no such experiment, or an argument is too much\n", name)
			return 2
		}
		all = all[at : at+1]
	}
	together := 1
	if len(all) > 1 && !*long {
		together = 4
		// The tests run the targets with what is kept for them.
		all = slices.DeleteFunc(all, func(e experiment) bool { return e.name == "fuzz" })
	}
	if err := proveAll(ctx, all, together, func(ctx context.Context, e experiment, out io.Writer) error {
		return e.prove(ctx, *long, *number, *seed, out)
	}, out); err != nil {
		say("%v\n", err)
		return 1
	}
	return 0
}

// timed are the experiments that compare times or fill the machine: nothing
// else may run beside them.
var timed = []string{"storm", "poison", "flood", "guess", "fuzz"}

// proveAll runs experiments, so many together of those that wait more than they
// work, and prints what each says when it is through. Its error has a line for
// each that failed.
func proveAll(ctx context.Context, all []experiment, together int, prove func(context.Context, experiment, io.Writer) error, out io.Writer) error {
	var mu sync.Mutex
	var failed []error
	one := func(e experiment) {
		began := time.Now()
		var said bytes.Buffer
		err := prove(ctx, e, &said)
		mu.Lock()
		defer mu.Unlock()
		_, _ = fmt.Fprintf(out, "%s  %-36s %.0f s\n", said.Bytes(), "took", time.Since(began).Seconds())
		if err != nil {
			failed = append(failed, fmt.Errorf("prove %s: %w", e.name, err))
		}
	}
	var group errgroup.Group
	group.SetLimit(together)
	for _, e := range all {
		if !slices.Contains(timed, e.name) && ctx.Err() == nil {
			group.Go(func() error { one(e); return nil })
		}
	}
	_ = group.Wait() // one notes what failed
	for _, e := range all {
		if slices.Contains(timed, e.name) && ctx.Err() == nil {
			one(e)
		}
	}
	return errors.Join(append(failed, ctx.Err())...)
}

// errBroken says that the program broke a promise.
var errBroken = errors.New("a promise was broken")

// prove runs the experiment in a directory of its own, which stays when
// something is wrong.
func (e experiment) prove(ctx context.Context, long bool, number int, seed uint64, out io.Writer) error {
	dir, err := os.MkdirTemp("", "kartyar-prove-")
	if err != nil {
		return fmt.Errorf("making a place for the files: %w", err)
	}
	binary, err := build(ctx, dir)
	if err == nil {
		err = e.proveIn(ctx, &stage{dir: dir, binary: binary, seed: seed, out: out}, long, number)
	}
	if err != nil {
		return fmt.Errorf("%w (the files stay in %s)", err, dir)
	}
	return os.RemoveAll(dir)
}

// proveIn runs the experiment on a stage.
func (e experiment) proveIn(ctx context.Context, s *stage, long bool, number int) error {
	ctx, cancel := context.WithTimeout(ctx, e.most)
	defer cancel()
	s.n, s.long = e.short, long
	if long {
		s.n = e.long
	}
	if number > 0 {
		s.n = number
	}
	_, _ = fmt.Fprintf(s.out, "prove %s: %s; N %d, seed %d\n", e.name, e.does, s.n, s.seed)
	if err := e.run(ctx, s); err != nil {
		return err
	}
	return s.end()
}
