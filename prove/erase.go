package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"kartyar/card"
	"kartyar/demo"
	"kartyar/locale"
)

// eraseEach is how many chats delete their data, how many people are erased,
// and how many stay, in a round.
const eraseEach = 3

// eraseAll is the experiment `erase`: people are erased, and chats delete their
// data, while alerts for them wait; then backups of before are restored. N
// rounds, each in a world of its own.
func eraseAll(ctx context.Context, s *stage) error {
	for n := range s.n {
		if err := eraseRound(ctx, s, n); err != nil {
			return fmt.Errorf("round %d: %w", n+1, err)
		}
	}
	return nil
}

// erasing is one round.
type erasing struct {
	*gathering
	deleted, erased, kept []*cardholder
	needles               [][]byte      // parts of the keys that must not be found
	putOff                chan struct{} // hears, if anybody listens, of an alert that is put off
}

func eraseRound(ctx context.Context, s *stage, n int) (err error) {
	g, err := s.gathering(fmt.Sprint("erase-", n), 3*eraseEach, 4)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, g.close()) }()
	g.env = append(g.env, "SEND_RATE=5") // one alert goes at a time, the others stand in line
	ctx, end := context.WithCancel(ctx)  // no child outlives the world
	defer end()
	e := &erasing{gathering: g, deleted: g.people[:eraseEach], erased: g.people[eraseEach : 2*eraseEach], kept: g.people[2*eraseEach:], putOff: make(chan struct{})}
	if err := errors.Join(e.follow(ctx), e.learnKeys()); err != nil {
		return err
	}
	if _, err := e.run(ctx, "backup", "early"); err != nil {
		return err
	}
	if err := e.arriveUntold(ctx); err != nil {
		return err
	}
	if _, err := e.run(ctx, "backup", "late"); err != nil {
		return err
	}
	if found, err := search(filepath.Join(e.dir, "store"), e.needles); err != nil || len(found) == 0 {
		return fmt.Errorf("the search finds nothing where all is still there: %w", err)
	}
	// Whoever writes again after deleting their data has a row again, so that the
	// files are searched before they do.
	if err := errors.Join(e.forget(ctx), e.clears(ctx)); err != nil {
		return err
	}
	if e.serving, err = e.serve(ctx); err != nil {
		return err
	}
	if err := errors.Join(e.look(ctx, "after erasing", 1, 1), e.dies(ctx)); err != nil {
		return err
	}
	for n, backup := range []string{"early", "late"} {
		if err := e.restores(ctx, backup, (n+1)*2*eraseEach); err != nil {
			return fmt.Errorf("restoring the %s backup: %w", backup, err)
		}
	}
	return e.serving.stop(ctx)
}

// learnKeys notes what of the keys of those who go is searched for: not their
// beginning, which tables share between neighbours.
func (e *erasing) learnKeys() error {
	k, err := e.keyer()
	if err != nil {
		return err
	}
	for _, p := range e.erased {
		key := k.Person(card.NationalCode(p.code))
		e.needles = append(e.needles, key[4:])
	}
	for _, p := range e.deleted {
		on := card.Bot{Platform: card.Platform(p.Platform()), ID: botID}
		key := k.Chat(card.Subscriber{Bot: on, Chat: p.ChatID()})
		e.needles = append(e.needles, key[4:])
	}
	return nil
}

// search looks for needles in all files under a directory, and returns where
// they are.
func search(dir string, needles [][]byte) (found []string, err error) {
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return ignoreGone(err)
		}
		content, err := os.ReadFile(path)
		for i, needle := range needles {
			if bytes.Contains(content, needle) {
				found = append(found, fmt.Sprintf("%d in %s", i, entry.Name()))
			}
		}
		return ignoreGone(err)
	})
	return found, err
}

// ignoreGone passes over a file that went meanwhile.
func ignoreGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// linePause is for how many seconds the platform wants no more alerts: the others
// stand in line meanwhile, while those whom they tell of go.
const linePause = 5

// arriveUntold has all cards come to an office, while the platform puts every
// alert off.
func (e *erasing) arriveUntold(ctx context.Context) error {
	e.setFault(func(r demo.FaultRequest) *demo.Fault {
		if _, is := announced(r.Text); is {
			select {
			case e.putOff <- struct{}{}:
			default:
			}
			return demo.TooMany(linePause)
		}
		return nil
	})
	return e.stand(ctx, "ready", 1, e.people...)
}

// forget has those who go, go, while alerts for them stand in line, and looks
// what everybody is told after that.
func (e *erasing) forget(ctx context.Context) error {
	select {
	case <-e.putOff:
	case <-ctx.Done():
		return ctx.Err()
	}
	going := e.persons(e.deleted)
	for _, text := range [][2]string{{locale.ButtonDeleteMyData, locale.AskForget(false)}, {locale.ButtonForgetYes, locale.Forgotten()}} {
		for _, p := range going {
			p.Say(text[0])
		}
		if err := e.all(ctx, going, text[1]); err != nil {
			return err
		}
	}
	for _, p := range e.erased {
		out, err := e.runWith(ctx, p.code+"\n", "erase")
		if err != nil {
			return err
		}
		if !strings.Contains(string(out), "1 applications, 1 chats that followed them, 1 alerts") {
			e.stage.breaks("an erasure with an alert pending said %q", out)
		}
	}
	e.setFault(nil)
	err := e.until(ctx, func() bool { return slices.Min(e.told(e.kept, 1)) > 0 })
	if err != nil {
		return fmt.Errorf("those who stayed were not told: %w", err)
	}
	return wait(ctx, time.Second) // until that is noted, so that a kill repeats nothing
}

// look has everybody ask for their status: who went is shown none and was told
// of no arrival, who stayed is shown it and was told so often.
func (e *erasing) look(ctx context.Context, when string, at, times int) error {
	err := e.until(ctx, func() bool {
		return !slices.ContainsFunc(e.told(e.kept, at), func(n int) bool { return n < times })
	})
	if err != nil {
		return fmt.Errorf("those who stayed were not told: %w", err)
	}
	gone := append(slices.Clone(e.deleted), e.erased...)
	before := map[*cardholder]int{}
	for _, p := range append(slices.Clone(gone), e.kept...) {
		before[p] = len(p.Messages())
		p.Say(locale.ButtonStatus)
	}
	shown := aStatus()
	answered := func(p *cardholder) (status bool, any bool) {
		for _, m := range p.Messages()[before[p]:] {
			any = any || m.Sender == ""
			status = status || m.Sender == "" && shown.is(m.Text)
		}
		return status, any
	}
	for p := range before {
		if err := e.until(ctx, func() bool { _, any := answered(p); return any }); err != nil {
			return fmt.Errorf("%s was not answered: %w", p.Name(), err)
		}
	}
	if err := wait(ctx, 1500*time.Millisecond); err != nil { // for what comes too much
		return err
	}
	for p := range before {
		if status, _ := answered(p); status == slices.Contains(gone, p) {
			e.stage.breaks("%s, %s is shown a status: %v", when, p.Name(), status)
		}
	}
	if told := slices.Max(e.told(gone, at)); told > 0 {
		e.stage.breaks("%s, somebody who went was told of an arrival", when)
	}
	for _, n := range e.told(e.kept, at) {
		if n != times {
			e.stage.breaks("%s, somebody who stayed was told %d times, not %d", when, n, times)
		}
	}
	return nil
}

// clears starts the program again, which clears the disk then, as it does every
// hour.
func (e *erasing) clears(ctx context.Context) (err error) {
	before, err := search(filepath.Join(e.dir, "store"), e.needles)
	if err != nil {
		return err
	}
	if err := e.dies(ctx); err != nil {
		return err
	}
	began := time.Now()
	if e.serving, err = e.serve(ctx); err != nil {
		return err
	}
	found := before
	for len(found) > 0 && time.Since(began) < 20*time.Second {
		if err := wait(ctx, 50*time.Millisecond); err != nil {
			return err
		}
		if found, err = search(filepath.Join(e.dir, "store"), e.needles); err != nil {
			return err
		}
	}
	took := time.Since(began)
	if err := e.dies(ctx); err != nil {
		return err
	}
	after, err := search(filepath.Join(e.dir, "store"), e.needles)
	if found = append(found, after...); err == nil && len(found) > 0 {
		e.stage.breaks("keys of who went are still in the store's files: %v", found)
	}
	e.stage.line("keys of 6 who went, in the files", "%d before the compaction, %d after it, which took %v with the start", len(before), len(found), took.Round(time.Millisecond))
	return err
}

// restores puts a backup in the place of the store, which nobody serves, and
// looks again. A restored store writes into its ledger what it erased anew, so
// that the next restore erases that, too.
func (e *erasing) restores(ctx context.Context, backup string, erasures int) (err error) {
	lost := filepath.Join(e.dir, "lost-"+backup)
	for _, end := range []string{"", ".mark", ".erased"} {
		err = errors.Join(err, os.Rename(filepath.Join(e.dir, "store"+end), lost+end))
	}
	if err != nil {
		return fmt.Errorf("losing the store: %w", err)
	}
	out, err := e.run(ctx, "restore", "--erased", lost+".erased", backup)
	if err != nil {
		return err
	}
	if !strings.Contains(string(out), fmt.Sprintf("; %d erasures after the backup were applied", erasures)) {
		e.stage.breaks("a restore said %q", out)
	}
	found, err := search(filepath.Join(e.dir, "store"), e.needles)
	if err != nil {
		return err
	}
	if len(found) > 0 {
		e.stage.breaks("after restoring the %s backup keys of who went are back in the files: %v", backup, found)
	}
	if e.serving, err = e.serve(ctx, "--resume-outbox"); err != nil {
		return err
	}
	times := 1 // told before; the early backup knows nothing of the arrival
	if backup == "late" {
		times = 2
	}
	if err := e.look(ctx, "after restoring the "+backup+" backup", 1, times); err != nil {
		return err
	}
	e.stage.line("restored the "+backup+" backup", "%d keys in the files, %d people shown or told nothing, %d shown their cards", len(found), 2*eraseEach, eraseEach)
	if backup == "late" {
		return nil
	}
	return e.dies(ctx)
}
