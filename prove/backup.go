package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"kartyar/card"
	"kartyar/demo"
	"kartyar/locale"
	"kartyar/store"
)

const (
	counters      = 3 // cards whose offices count changes
	countedPlaces = 4000
	backupToken   = "prove-admin-token-of-thirty-two-letters"
)

// backing is the experiment `backup` under way.
type backing struct {
	*gathering
	admin    string // where changes come in
	counters [counters]*cardholder
	dice     *rand.Rand

	mu    sync.Mutex
	asked int // changes that were begun
	acked int // changes that were acknowledged
}

// backUp is the experiment `backup`: N backups under load, each restored
// elsewhere; as many kills of a backup and of a restore; N×20 harmed files; and
// what must not come back of what was in hand.
func backUp(ctx context.Context, s *stage) (err error) {
	g, err := s.gathering("backup", 6, countedPlaces)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, g.close()) }()
	admin, err := g.openAdmin()
	if err != nil {
		return err
	}
	g.env = append(g.env, "ADMIN_TOKEN="+backupToken)
	ctx, end := context.WithCancel(ctx) // no child outlives the world
	defer end()
	b := &backing{gathering: g, admin: admin, dice: s.dice(12)}
	for n := range b.counters {
		b.counters[n] = &cardholder{nil, newHolder(300_000+n, strangerPhone(n))}
	}
	if err := b.follow(ctx); err != nil {
		return err
	}
	if err := b.stand(ctx, "dispatched", 0, b.counters[:]...); err != nil {
		return err
	}
	if _, err := b.run(ctx, "backup", "small"); err != nil {
		return err
	}
	if err := b.harmFiles(ctx, 20*s.n); err != nil {
		return fmt.Errorf("harmed files: %w", err)
	}
	if err := b.fill(ctx); err != nil {
		return err
	}
	if err := b.underLoad(ctx); err != nil {
		return fmt.Errorf("under load: %w", err)
	}
	if err := b.killRestores(ctx); err != nil {
		return fmt.Errorf("killed restores: %w", err)
	}
	if err := b.lose(ctx); err != nil {
		return fmt.Errorf("what was in hand: %w", err)
	}
	return b.serving.stop(ctx)
}

// fill has a list come in that makes a backup take its time.
func (b *backing) fill(ctx context.Context) error {
	cards := 16_000
	if b.stage.long {
		cards = 40_000
	}
	var others []*cardholder
	for n := range cards {
		others = append(others, &cardholder{nil, newHolder(400_000+n, strangerPhone(1000+n))})
	}
	return b.stand(ctx, "dispatched", 0, others...)
}

// at runs a command for a store elsewhere.
func (b *backing) at(ctx context.Context, place string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, b.binary, args...)
	c.Dir, c.Env = b.dir, append(slices.Clone(b.env), "STORE=badger:"+filepath.Join(b.dir, place))
	return c
}

// harmFiles harms a backup in many ways; none of them is restored, and nothing
// is left of the attempt.
func (b *backing) harmFiles(ctx context.Context, times int) error {
	whole, err := os.ReadFile(filepath.Join(b.dir, "small"))
	if err != nil {
		return err
	}
	for n := range times {
		harmed, at := slices.Clone(whole), b.dice.IntN(len(whole))
		how := [...]string{"flipped", "cut", "lengthened", "zeroed"}[n%4]
		switch how {
		case "flipped":
			harmed[at] ^= 1 << b.dice.IntN(8)
		case "cut":
			harmed = harmed[:at]
		case "lengthened":
			harmed = append(harmed, whole[at])
		case "zeroed":
			clear(harmed[at:min(len(harmed), at+512)])
		}
		if err := os.WriteFile(filepath.Join(b.dir, "harmed"), harmed, 0o600); err != nil {
			return err
		}
		out, failed := b.at(ctx, "nowhere", "restore", "--no-ledger", "harmed").CombinedOutput()
		if failed == nil || ctx.Err() != nil {
			b.stage.breaks("a backup %s at %d of %d was restored", how, at, len(whole))
		}
		if !strings.Contains(string(out), "nothing was restored") || strings.Contains(string(out), "goroutine ") {
			b.stage.breaks("a backup %s at %d of %d: %q", how, at, len(whole), out)
		}
		if left, err := filepath.Glob(filepath.Join(b.dir, "nowhere*")); err != nil || len(left) > 0 {
			b.stage.breaks("a refused restore left %v", left)
			return err
		}
	}
	b.stage.line("harmed files", "%d flipped, cut, lengthened or zeroed at random places of %d bytes, all refused but those below", times, len(whole))
	return nil
}

// killBackup kills a backup: what was under its name is what it was.
func (b *backing) killBackup(ctx context.Context, usual time.Duration) (hit int, err error) {
	path := filepath.Join(b.dir, "full")
	before, err := os.ReadFile(path)
	if ignoreGone(err) != nil {
		return 0, err
	}
	p, err := b.start(ctx, nil, "backup", "full")
	if err != nil {
		return 0, err
	}
	if err := wait(ctx, time.Duration(b.dice.Int64N(int64(usual)))); err != nil {
		return 0, err
	}
	if !p.kill() {
		return 0, nil
	}
	after, err := os.ReadFile(path)
	if string(before) != string(after) {
		out, failed := b.at(ctx, "killed", "restore", "--no-ledger", "full").CombinedOutput()
		if failed != nil { // it was whole, and killed on its way out
			b.stage.breaks("a killed backup left half a file: %s", out)
		}
		return 1, errors.Join(removeStore(b.dir, "killed"))
	}
	return 1, ignoreGone(err)
}

func removeStore(dir, name string) (err error) {
	for _, end := range []string{"", ".mark", ".erased", ".sock"} {
		err = errors.Join(err, os.RemoveAll(filepath.Join(dir, name+end)))
	}
	return err
}

// restoredElsewhere restores the backup and looks that it is the state after
// so many changes.
func (b *backing) restoredElsewhere(ctx context.Context, place string, from, to int) error {
	if out, err := b.at(ctx, place, "restore", "--no-ledger", "full").CombinedOutput(); err != nil {
		return fmt.Errorf("restoring elsewhere: %w\n%s", err, out)
	}
	stand, err := b.readCounters(ctx, place)
	if err != nil {
		return err
	}
	if _, found := pointIn(stand, from, to); !found {
		b.stage.breaks("a backup begun after change %d and ended before change %d holds %v", from, to+1, stand)
	}
	return removeStore(b.dir, place)
}

// readCounters reads where the counters' cards are in a store.
func (b *backing) readCounters(ctx context.Context, place string) (stand [counters]int, err error) {
	key, err := b.key()
	if err != nil {
		return stand, err
	}
	s, err := store.Open(store.Options{Dir: filepath.Join(b.dir, place), Key: key, Existing: true})
	if err != nil {
		return stand, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return stand, s.View(ctx, func(tx *store.Tx) error {
		for n, c := range b.counters {
			p, err := tx.Person(s.Keyer().Person(card.NationalCode(c.code)))
			if err != nil {
				return err
			}
			if len(p.Applications) != 1 {
				return fmt.Errorf("a card has %d applications", len(p.Applications))
			}
			if _, err := fmt.Sscanf(p.Applications[0].Record.Current().Office, "77%05d", &stand[n]); err != nil {
				return fmt.Errorf("reading an office's code: %w", err)
			}
		}
		return nil
	})
}

// killRestores kills restores, each of which is then done again.
func (b *backing) killRestores(ctx context.Context) error {
	hits, finished := 0, 0
	usual := 300 * time.Millisecond
	_, acked := b.changes()
	if _, err := b.run(ctx, "backup", "full"); err != nil {
		return err
	}
	for range b.stage.n {
		c := b.at(ctx, "again", "restore", "--no-ledger", "full")
		began := time.Now()
		if err := c.Start(); err != nil {
			return err
		}
		if err := wait(ctx, time.Duration(b.dice.Int64N(int64(usual)))); err != nil {
			return err
		}
		_ = c.Process.Kill()
		if c.Wait() == nil {
			usual = time.Since(began) // too late
		} else {
			hits++
			out, err := b.at(ctx, "again", "restore", "--no-ledger", "full").CombinedOutput()
			if strings.Contains(string(out), "into an empty place only") {
				finished++ // it had come to its end
			} else if err != nil {
				b.stage.breaks("a restore after a killed one: %s", out)
			}
		}
		stand, err := b.readCounters(ctx, "again")
		if err != nil {
			return err
		}
		if _, found := pointIn(stand, acked, acked); !found {
			b.stage.breaks("after a killed restore and another the store holds %v, not what %d changes left", stand, acked)
		}
		if err := removeStore(b.dir, "again"); err != nil {
			return err
		}
	}
	b.stage.line("restores killed", "%d of %d before their end, %d of them when all was in place; done again, the store was whole", hits, b.stage.n, finished)
	return nil
}

// lose loses the store after a backup with alerts pending, and restores it in
// its place.
func (b *backing) lose(ctx context.Context) (err error) {
	held, others := b.people[:3], b.people[3:]
	token, err := b.invite(ctx, others[0].Platform())
	if err != nil {
		return err
	}
	b.setFault(func(r demo.FaultRequest) *demo.Fault {
		if _, is := announced(r.Text); is {
			return demo.TooMany(1)
		}
		return nil
	})
	if err := b.stand(ctx, "ready", 1, held...); err != nil {
		return err
	}
	if _, err := b.run(ctx, "backup", "full"); err != nil {
		return err
	}
	if err := b.dies(ctx); err != nil {
		return err
	}
	b.setFault(nil)
	lost := filepath.Join(b.dir, "lost")
	for _, end := range []string{"", ".mark", ".erased"} {
		err = errors.Join(err, os.Rename(filepath.Join(b.dir, "store"+end), lost+end))
	}
	if err != nil {
		return err
	}
	if _, err := b.run(ctx, "restore", "--erased", lost+".erased", "full"); err != nil {
		return err
	}
	if b.serving, err = b.serve(ctx); err != nil {
		return err
	}
	return b.afterLoss(ctx, held, others, token)
}

// accepts has somebody open such a link and accept, if they are asked, and
// reports whether there is an operator then.
func (b *backing) accepts(ctx context.Context, p *cardholder, token string) (is bool, err error) {
	before := len(p.Messages())
	p.Start(token)
	err = b.until(ctx, func() bool {
		return slices.ContainsFunc(p.Messages()[before:], func(m demo.Message) bool { return m.Sender == "" })
	})
	if err != nil {
		return false, err
	}
	if _, err := p.Press(locale.ButtonAccept); err == nil {
		if err := wait(ctx, time.Second); err != nil {
			return false, err
		}
	}
	out, err := b.run(ctx, "operator", "show")
	return strings.Contains(string(out), "since"), err
}

// afterLoss looks at a store that was restored with alerts held.
func (b *backing) afterLoss(ctx context.Context, held, others []*cardholder, token string) (err error) {
	for _, p := range others { // buttons of before are void: they end no subscription
		if _, err := p.Press(locale.ButtonUnsubscribe); err != nil {
			return err
		}
	}
	if is, err := b.accepts(ctx, others[0], token); err != nil || is {
		b.stage.breaks("an invitation of before the restore made an operator, or: %v", err)
	}
	if token, err = b.invite(ctx, others[0].Platform()); err != nil {
		return err
	}
	if is, err := b.accepts(ctx, others[0], token); err != nil || !is {
		b.stage.breaks("a new invitation makes no operator, or: %v", err)
	}
	if err := b.stand(ctx, "ready", 2, others...); err != nil {
		return err
	}
	told := func(people []*cardholder, at, times int) error {
		return b.until(ctx, func() bool { return slices.Min(b.told(people, at)) >= times })
	}
	if err := told(others, 2, 1); err != nil {
		b.stage.breaks("a new arrival after the restore was not told: %v", err)
	}
	if err := wait(ctx, 2*time.Second); err != nil {
		return err
	}
	early := slices.Max(b.told(held, 1))
	if early > 0 {
		b.stage.breaks("what a restore held back was sent before anybody said so")
	}
	if err := b.serving.stop(ctx); err != nil {
		return err
	}
	if b.serving, err = b.serve(ctx, "--resume-outbox"); err != nil {
		return err
	}
	if err := told(held, 1, 1); err != nil {
		b.stage.breaks("what was held back was not sent after --resume-outbox: %v", err)
	}
	b.stage.line("after the loss", "%d held alerts went out after --resume-outbox and none before, %d new ones at once; %d old buttons and an invitation did nothing",
		len(held), len(others), len(others))
	return nil
}
