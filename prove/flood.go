package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"kartyar/card"
	"kartyar/demo"
	"kartyar/locale"
	"kartyar/store"
)

const (
	// floodRate is how many updates a second the flooding chat sends.
	floodRate = 2000
	// floodKept is how many updates of a chat may wait.
	floodKept = 200
)

// flood is the experiment `flood`: one chat sends 2,000 updates a second while
// others ask and are answered.
func flood(ctx context.Context, s *stage) (err error) {
	t, err := s.trial("flood", trialOptions{people: 10, offices: 8})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	ctx, end := context.WithCancel(ctx) // no child outlives the world
	defer end()
	if err := errors.Join(t.prepare(ctx), t.begin(ctx)); err != nil {
		return err
	}
	// Where the platform drops what it cannot hold, a flood takes others with it:
	// that is not the program's to mend, so the flood is where all is kept.
	f := &flooding{trial: t, person: t.server.Person(demo.Telegram, botID, "floods")}
	t.witness.free = map[chatID]bool{chatOf(f.person): true}
	both, err := newAskers(t, 100).alternate(ctx, s.n, 3*time.Second, f.pour)
	if err != nil {
		return err
	}
	both.judge(s, "a flood", 3, noise)
	t.crowd.rest()
	if err := errors.Join(t.settle(ctx), f.drained(ctx)); err != nil {
		return err
	}
	if err := f.count(ctx); err != nil {
		return err
	}
	t.report()
	s.broken = append(s.broken, t.witness.broken...)
	return nil
}

// flooding is the experiment under way.
type flooding struct {
	*trial
	person *demo.Person
	sent   int
	last   time.Time
}

// pour sends what a flood has sent since it was asked last, or in a moment.
func (f *flooding) pour() error {
	now := time.Now()
	since := min(now.Sub(f.last), 4*askEvery) // a phase without it lies between
	f.last = now
	for range int(since.Seconds() * floodRate) {
		f.person.Say("/privacy")
		f.sent++
	}
	return nil
}

// drained waits until the platform has handed out everything.
func (f *flooding) drained(ctx context.Context) error {
	most, cancel := context.WithTimeout(ctx, settleMost)
	defer cancel()
	err := f.pump(most, func() bool { return f.witness.figures.confirmed == f.witness.figures.queued })
	return errors.Join(err, most.Err())
}

// count stops serve and looks where all that the flood sent is: answered, kept
// to be answered, or counted. The long form then waits for the end of it.
func (f *flooding) count(ctx context.Context) error {
	if err := f.serving.stop(ctx); err != nil {
		return err
	}
	f.serving = nil
	if err := f.read(); err != nil {
		return err
	}
	waiting, counted, rows, err := f.waiting(ctx)
	if err != nil {
		return err
	}
	answered, told := f.given()
	f.stage.line("the flood", "%d updates in %d a second: %d answered, %d wait, %d counted in %d rows, %d counted and told", f.sent, floodRate, answered, waiting, counted, rows, told)
	if waiting > floodKept || rows > 1 {
		f.stage.breaks("%d updates of the flood wait, and %d rows that count", waiting, rows)
	}
	if answered+waiting+counted+told != f.sent {
		f.stage.breaks("of the flood's %d updates, %d are accounted for", f.sent, answered+waiting+counted+told)
	}
	if counted == 0 {
		f.stage.breaks("nothing of the flood was counted: it was none")
	}
	if !f.stage.long {
		return nil
	}
	if err := f.up(ctx); err != nil {
		return err
	}
	most, cancel := context.WithTimeout(ctx, 2*floodKept*time.Second)
	defer cancel()
	err = f.pump(most, func() bool {
		answered, told := f.given()
		return answered+told >= f.sent
	})
	if answered, told := f.given(); answered+told != f.sent {
		f.stage.breaks("at the end of the flood %d updates are answered and %d told of, of %d", answered, told, f.sent)
	}
	return errors.Join(err, f.serving.stop(ctx))
}

// waiting reads the flood's rows in the inbox: updates, and the number that
// other rows count.
func (f *flooding) waiting(ctx context.Context) (updates, counted, rows int, err error) {
	key, err := f.key()
	if err != nil {
		return 0, 0, 0, err
	}
	s, err := store.Open(store.Options{Dir: filepath.Join(f.dir, "store"), Key: key, Log: zerolog.Nop()})
	if err != nil {
		return 0, 0, 0, fmt.Errorf("opening the store: %w", err)
	}
	defer func() { _ = s.Close() }() // only read
	err = s.View(ctx, func(tx *store.Tx) error {
		return tx.Inbox(func(u store.Update, damaged error) error {
			switch {
			case damaged != nil:
				return damaged
			case u.ChatID != f.person.ChatID() || u.Bot.Platform != card.Telegram:
			case u.Flood && !u.Handled:
				rows++
				n, err := strconv.Atoi(string(u.Raw))
				counted += n
				return err
			default:
				updates++
			}
			return nil
		})
	})
	return updates, counted, rows, err
}

// given reads what the flooding chat was given: answers, and how many updates
// it was told were not read.
func (f *flooding) given() (answered, told int) {
	for _, m := range f.person.Messages() {
		switch {
		case !m.FromBot:
		case m.Text == locale.Privacy():
			answered++
		default:
			told += floodTold(m.Text)
		}
	}
	return answered, told
}

var number = regexp.MustCompile(`[۰-۹٬]+`)

// floodTold reads how many updates a notice says were not read; 0 when a
// message is no such notice.
func floodTold(text string) int {
	digits := strings.Map(func(r rune) rune { return r - '۰' + '0' }, strings.ReplaceAll(number.FindString(text), "٬", ""))
	n, err := strconv.Atoi(digits)
	if err != nil || text != locale.FloodNotice(n) {
		return 0
	}
	return n
}
