package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"kartyar/demo"
)

// two is the experiment `two`: a process is stopped and woken N times while
// people talk, a second process comes to the same store, and another store to
// the same token.
func two(ctx context.Context, s *stage) (err error) {
	t, err := s.trial("two", trialOptions{people: 20, offices: 2 * (s.n + 4), slow: slowest})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	ctx, end := context.WithCancel(ctx) // no child outlives the world
	defer end()
	admin, err := t.openAdmin()
	if err != nil {
		return err
	}
	if err := errors.Join(t.prepare(ctx), t.begin(ctx)); err != nil {
		return err
	}
	if err := t.secondOnTheStore(ctx); err != nil {
		return err
	}
	asleep := 4 * time.Second
	if s.long {
		asleep = 3 * time.Minute
	}
	for range s.n {
		t.crowd.join(1 + t.o.people/s.n)
		if err := t.sleep(ctx, asleep); err != nil {
			return err
		}
	}
	s.line("stopped and woken", "%d times for %v", s.n, asleep)
	if err := t.last(ctx); err != nil {
		return err
	}
	if err := t.secondOnTheToken(ctx, admin); err != nil {
		return err
	}
	return t.verdict(ctx)
}

// secondOnTheStore starts serve a second time, which has to be refused with a
// sentence, and imports a list, which the first one takes in.
func (t *trial) secondOnTheStore(ctx context.Context) error {
	p, err := t.startBeside(ctx)
	if err != nil {
		return err
	}
	most, cancel := context.WithTimeout(ctx, startMost)
	defer cancel()
	if err := t.until(most, p); err != nil {
		t.stage.breaks("a second process on the same store runs")
		p.kill()
		return ctx.Err()
	}
	said := p.out.String()
	if code := p.cmd.ProcessState.ExitCode(); code != 1 || !strings.Contains(said, "another") || strings.Contains(said, "goroutine ") {
		t.stage.breaks("a second process on the same store ends with %d and says %.300q", code, said)
	}
	t.stage.line("a second process", "%s", lastLine(said))
	if t.ended() {
		t.stage.breaks("a second process on the same store ended the first")
	}
	list, err := t.write("beside", t.news(0))
	if err != nil {
		return err
	}
	return t.take(ctx, list)
}

// startBeside starts another serve, with some of the environment otherwise.
func (t *trial) startBeside(ctx context.Context, other ...string) (*process, error) {
	usual := t.env
	defer func() { t.env = usual }()
	t.env = append(append(slices.Clone(usual), adminOff), other...)
	return t.start(ctx, nil, "serve")
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

// sleep stops serve while people go on, and wakes it. What it was sending may
// come twice then, as after a kill.
func (t *trial) sleep(ctx context.Context, asleep time.Duration) error {
	if err := t.pass(ctx, t.upTo(time.Second)); err != nil {
		return err
	}
	at := time.Now()
	if err := t.serving.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		return fmt.Errorf("stopping `kartyar serve`: %w", err)
	}
	if err := t.pass(ctx, 4*slowest); err != nil { // what was on its way arrives
		return err
	}
	t.witness.killed(at)
	err := t.pass(ctx, asleep)
	return errors.Join(err, t.serving.cmd.Process.Signal(syscall.SIGCONT))
}

// conflicts is how long two stores are left on one token.
const conflicts = 22 * time.Second

// secondOnTheToken starts another store with the same tokens. The one who asks
// last wins, so both are refused in turn: the times between the refusals grow,
// and both logs name the cause.
func (t *trial) secondOnTheToken(ctx context.Context, admin string) error {
	first := t.witness.read
	if says, err := unready(ctx, admin); err != nil || says != "" {
		return fmt.Errorf("before there is another it is not ready: %q: %w", says, err)
	}
	p, err := t.startBeside(ctx, "STORE=badger:"+filepath.Join(t.dir, "another"))
	if err != nil {
		return err
	}
	length := conflicts
	if t.stage.long {
		length = 16 * time.Minute // 5 s twice, 10 s twice, and so on to 5 minutes
	}
	says, err := t.contested(ctx, admin, length)
	ended := t.ended()
	p.kill()
	if err != nil {
		return err
	}
	if !strings.Contains(says, "another program polls") {
		t.stage.breaks("beside another store on the same token it says that it is ready, or of what is not: %q", says)
	}
	if ended {
		t.stage.breaks("another store on the same token ended the first")
		return nil
	}
	for _, platform := range platforms {
		gaps := refusalGaps(t.server.Journal()[first:], platform)
		t.stage.line("two stores on one token", "%s: %d refusals of getUpdates, %v apart", platform, len(gaps)+1, rounded(gaps))
		if !growing(gaps) {
			t.stage.breaks("on %s the waits between refusals do not grow: %v", platform, gaps)
		}
		if longest := slices.Max(append(gaps, 0)); t.stage.long && (longest < conflictLast-waitMargin || longest > conflictLast+waitMargin) {
			t.stage.breaks("on %s the longest wait between refusals is %v, not %v", platform, longest, conflictLast)
		}
	}
	for name, log := range map[string][]byte{"first": t.lastWords(), "second": p.out.Bytes()} {
		if !bytes.Contains(log, []byte("another program polls with this bot's token")) {
			t.stage.breaks("the log of the %s does not name the cause", name)
		}
	}
	// The first has to be polling again before anybody asks: it is started anew
	// rather than its wait waited for.
	if err := t.serving.stop(ctx); err != nil {
		return err
	}
	t.serving = nil
	return t.up(ctx)
}

// conflictLast is what the waits between refusals grow to.
const conflictLast, waitMargin = 5 * time.Minute, 10 * time.Second

// contested lets two stores be on one token for a time, and returns what the
// first says of its readiness after the conflict was met, at the end or as soon
// as it is ready.
func (t *trial) contested(ctx context.Context, admin string, length time.Duration) (says string, err error) {
	end := time.Now().Add(length)
	if err := t.pass(ctx, conflicts); err != nil {
		return "", err
	}
	for {
		if says, err = unready(ctx, admin); err != nil || says == "" || time.Now().After(end) {
			return says, err
		}
		if err := t.pass(ctx, min(time.Second, max(0, time.Until(end)))); err != nil {
			return says, err
		}
	}
}

// refusalGaps are the times between the polls of a platform that were refused
// because of another poller.
func refusalGaps(journal []demo.Entry, of demo.Platform) (gaps []time.Duration) {
	var last time.Time
	for _, e := range journal {
		if e.Kind != demo.Refused || e.Method != "getUpdates" || e.Status != 409 || e.Platform != of {
			continue
		}
		if !last.IsZero() {
			gaps = append(gaps, e.At.Sub(last))
		}
		last = e.At
	}
	return gaps
}

// growing reports whether waits grow: each is nearly as long as the one before
// or longer, and the last is longer than the first by half.
func growing(gaps []time.Duration) bool {
	if len(gaps) < 2 {
		return false
	}
	for i, gap := range gaps[1:] {
		if gap < gaps[i]*3/4 {
			return false
		}
	}
	return gaps[len(gaps)-1] >= gaps[0]*3/2
}
