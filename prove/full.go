package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"kartyar/demo"
)

// fullDisk is the size of the disk in the experiment `disk`, in bytes.
const fullDisk = 3 << 30

// What is left in MiB in the experiment when things stop: lists at 256 and what the
// store may have to merge, which after mergeWithoutRoom is 50 to 90, updates at 128
// and that, writes at 64 and that (store.Options.Reserve). belowUpdates is beside
// what it says it may have to merge: then what was taken in is answered, so that
// people write anew.
const (
	belowLists   = 300
	belowUpdates = 96
	belowWrites  = 30
	nothing      = 1
)

// fillDisk is the experiment `disk`: the store's disk is filled up by ballast,
// emptied and filled again while people talk and lists come in, N times; then
// it is full when the program starts.
func fillDisk(ctx context.Context, s *stage) (err error) {
	d, err := s.newDisk(ctx, "disk", fullDisk)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.leave(context.WithoutCancel(ctx))) }()
	t, err := s.trial("full", trialOptions{
		people: 40, offices: 2 * (s.n + 4),
		env: []string{"STORE=badger:" + filepath.Join(d.mount, "store")},
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	admin, err := t.openAdmin()
	if err != nil {
		return err
	}
	ctx, end := context.WithCancel(ctx) // no child outlives the world
	defer end()
	if err := errors.Join(t.prepare(ctx), t.begin(ctx)); err != nil {
		return err
	}
	if err := t.mergeWithoutRoom(ctx, d, admin); err != nil {
		return fmt.Errorf("a start without the room to merge: %w", err)
	}
	for round := 1; round <= s.n; round++ {
		if err := t.fillUp(ctx, round, d, admin); err != nil {
			return fmt.Errorf("round %d: %w", round, err)
		}
	}
	if err := t.tellWithoutRoom(ctx, d, s.n+1); err != nil {
		return fmt.Errorf("alerts without room: %w", err)
	}
	if err := t.largeLists(ctx, d); err != nil {
		return err
	}
	if err := t.stop(ctx); err != nil {
		return err
	}
	if err := t.startFull(ctx, d, nothing); err != nil {
		return fmt.Errorf("full at the start: %w", err)
	}
	if err := t.saysFull(); err != nil {
		return err
	}
	s.line("disk", "filled to %d MiB free, to %d beside its merges, to %d and %d, %d times, and full at the start", belowLists, belowUpdates, belowWrites, nothing, s.n)
	if err := t.last(ctx); err != nil {
		return err
	}
	return t.verdict(ctx)
}

// fillUp fills the disk in steps, and looks at each that what should go on does
// and what should stop does.
func (t *trial) fillUp(ctx context.Context, round int, d *disk, admin string) error {
	list, err := t.write(strconv.Itoa(round), t.news(round))
	if err != nil {
		return err
	}
	if err := d.fillTo(belowLists << 20); err != nil {
		return err
	}
	needed, err := t.refusedList(ctx, list)
	if err != nil {
		return err
	}
	if !t.isAnswered(ctx, 10*time.Second) {
		t.witness.breaks("with %d MiB free nobody is answered any more", belowLists)
	}
	if err := t.notReady(ctx, admin, belowLists); err != nil {
		return err
	}
	for _, free := range []uint64{needed - reserve + belowUpdates, belowWrites, nothing} {
		if err := d.fillTo(free << 20); err != nil {
			return err
		}
		if err := t.pass(ctx, 2*time.Second); err != nil {
			return err
		}
		if t.ended() {
			return fmt.Errorf("with %d MiB free `kartyar serve` ended: %w\n%s", free, t.serving.err, t.lastWords())
		}
		// What was being kept as the disk filled up is over: nothing more comes in.
		before := t.witness.figures.confirmed
		if err := errors.Join(t.notReady(ctx, admin, free), t.pass(ctx, time.Second)); err != nil {
			return err
		}
		if f := t.witness.figures; f.confirmed != before || f.queued == f.confirmed {
			t.witness.breaks("with %d MiB free updates are taken in: %d of %d before, %d now", free, before, f.queued, f.confirmed)
		}
	}
	if _, err := t.refusedList(ctx, list); err != nil {
		return err
	}
	if err := d.fillTo(fullDisk / 2); err != nil {
		return err
	}
	says, err := t.becomesReady(ctx, admin, readyMost)
	if says != "" {
		t.witness.breaks("with room again it says %q, %v later", says, readyMost)
	}
	return errors.Join(err, t.take(ctx, list))
}

// tellWithoutRoom has the disk fill up while alerts are on the network: that they
// were told cannot be noted, for longer than the program waits before it tries
// again. They are not told again for that.
func (t *trial) tellWithoutRoom(ctx context.Context, d *disk, round int) error {
	t.crowd.rest() // who goes on talking is never done
	if err := t.settle(ctx); err != nil {
		return err
	}
	t.crowd.resting = false
	list, err := t.write(strconv.Itoa(round), t.news(round))
	if err != nil {
		return err
	}
	t.setFault(func(r demo.FaultRequest) *demo.Fault {
		if _, is := announced(r.Text); is && isSend(r.Method) {
			return &demo.Fault{Delay: 5 * time.Second}
		}
		return nil
	})
	defer t.setFault(nil)
	if err := t.take(ctx, list); err != nil {
		return err
	}
	before := t.witness.figures.alerts
	if err := d.fillTo(nothing << 20); err != nil {
		return err
	}
	if err := t.pass(ctx, 18*time.Second); err != nil {
		return err
	}
	t.stage.line("  alerts without room", "%d accepted that could not be noted, %d of them came again", t.witness.figures.alerts-before, len(t.witness.again))
	if t.witness.figures.alerts == before {
		return errors.New("no alert was on the network when the disk was full")
	}
	return d.fillTo(fullDisk / 2)
}

// readyMost is how soon the program has to be ready when there is room again.
const readyMost = 10 * time.Second

// notReady holds the program to saying that it is not, and why.
func (t *trial) notReady(ctx context.Context, admin string, free uint64) error {
	says, err := unready(ctx, admin)
	if !strings.Contains(says, "the disk is nearly full") {
		t.witness.breaks("with %d MiB free it says that it is ready, or of what is not: %q", free, says)
	}
	return err
}

// saysFull holds the log to saying why updates were not taken in, and why the
// store was not opened.
func (t *trial) saysFull() error {
	text, err := os.ReadFile(t.logPath())
	if err != nil {
		return fmt.Errorf("reading the program's log: %w", err)
	}
	for _, words := range []string{"updates could not be kept; they stay unconfirmed", "the store has no room to open"} {
		said := false
		for line := range bytes.Lines(text) {
			said = said || bytes.Contains(line, []byte(words)) && bytes.Contains(line, []byte("the disk is nearly full"))
		}
		if !said {
			t.witness.breaks("the log does not say %q and why", words)
		}
	}
	return nil
}

// refusedList imports a list that has to be refused because of the room, and
// returns how many MiB are needed for it.
func (t *trial) refusedList(ctx context.Context, list string) (needed uint64, err error) {
	p, err := t.start(ctx, nil, "import", "--yes", list)
	if err != nil {
		return 0, err
	}
	if err := t.until(ctx, p); err != nil {
		return 0, err
	}
	reason := roomNeeded.FindSubmatch(p.out.Bytes())
	if p.err == nil || reason == nil {
		t.witness.breaks("a list on a full disk is not refused with the reason: %v, %q", p.err, p.out.Bytes())
		return reserve, nil
	}
	return strconv.ParseUint(string(reason[1]), 10, 32)
}

var roomNeeded = regexp.MustCompile(`the disk is nearly full: \d+ MiB are free, (\d+) MiB are needed`)

// isAnswered reports whether a person who asks for help is answered within a time.
func (t *trial) isAnswered(ctx context.Context, most time.Duration) bool {
	before := t.witness.figures.replies
	soon, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	err := t.pump(soon, func() bool { return t.witness.figures.replies > before })
	return err == nil && soon.Err() == nil
}

// ended reports whether serve has ended by itself.
func (t *trial) ended() bool {
	select {
	case <-t.serving.done:
		return true
	default:
		return false
	}
}

// stop stops serve, and reads what it did to the end.
func (t *trial) stop(ctx context.Context) error {
	if err := t.serving.stop(ctx); err != nil {
		return err
	}
	t.serving = nil
	return t.read()
}

// startFull starts serve with so many MiB free, on which it must not open its
// store, and gives it room.
func (t *trial) startFull(ctx context.Context, d *disk, free uint64) error {
	if err := d.fillTo(free << 20); err != nil {
		return err
	}
	var starting *serve
	started := make(chan error, 1)
	go func() {
		var err error
		starting, err = t.serve(ctx)
		started <- err
	}()
	select {
	case err := <-started:
		if err == nil {
			err = errors.New("it came up")
		}
		return fmt.Errorf("with %d MiB free: %w", free, err)
	case <-time.After(4 * time.Second):
	}
	if err := d.fillTo(fullDisk / 2); err != nil {
		return err
	}
	if err := <-started; err != nil {
		return err
	}
	t.serving = starting
	t.starts++
	return nil
}
