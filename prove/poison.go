package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/rs/zerolog"

	"kartyar/demo"
	"kartyar/locale"
	"kartyar/store"
)

// spoiled are updates that cannot be handled, though their chat can be read:
// its person is told so, and goes on.
var spoiled = []string{
	`{"message":{"message_id":5,"from":{"id":%[1]d},"chat":{"id":%[1]d,"type":"private"},"date":1,"text":["x"]}}`,
	`{"message":{"message_id":5,"from":{"id":%[1]d},"chat":{"id":%[1]d,"type":"private"},"date":1,"contact":"x"}}`,
	`{"callback_query":{"id":{},"from":{"id":%[1]d},"message":{"message_id":1,"chat":{"id":%[1]d,"type":"private"}},"data":"x"}}`,
	`{"message":{"message_id":5,"from":{"id":%[1]d},"chat":{"id":%[1]d,"type":"private"},"date":1,"text":{"a":1,"a":2}}}`,
}

// triesMost is how often an update is tried before it is set aside.
const triesMost = 3

// poison is the experiment `poison`: updates that cannot be handled, mutated
// ones, and ones of 4 MB come while others ask and are answered.
func poison(ctx context.Context, s *stage) (err error) {
	t, err := s.trial("poison", trialOptions{people: 10, offices: 8})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	ctx, end := context.WithCancel(ctx) // no child outlives the world
	defer end()
	if err := errors.Join(t.prepare(ctx), t.begin(ctx)); err != nil {
		return err
	}
	t.witness.strange = true
	p := &poisoning{trial: t, askers: newAskers(t, 100), chance: s.dice(2), wrong: map[int64]bool{}}
	both, err := p.askers.alternate(ctx, max(s.n, 1), 3*time.Second, p.inject)
	if err != nil {
		return err
	}
	both.judge(s, "poison", 1.5, noise)
	for more := true; more; { // what a slow machine had no time for
		if more, err = p.crook(); err != nil {
			return err
		}
	}
	big := 0
	with, err := p.askers.alternate(ctx, max(s.n, 1), 2*time.Second, func() error {
		if big++; big%20 != 1 { // one or two in a phase
			return nil
		}
		return p.bigOne()
	})
	if err != nil {
		return err
	}
	with.judge(s, "updates of 4 MB", 1.5, bigSlack)
	if err := p.large(ctx); err != nil {
		return err
	}
	t.crowd.rest()
	if err := t.settle(ctx); err != nil {
		return err
	}
	if err := errors.Join(p.pass(ctx, triesTake), t.serving.stop(ctx)); err != nil {
		return err
	}
	rusage, _ := t.serving.cmd.ProcessState.SysUsage().(*syscall.Rusage)
	memory := rusage.Maxrss << 10
	s.line("poison", "%d updates that cannot be handled, %d mutated, %d with null in each place and of unknown kinds, %d of 4 MB (%d MB); %d MB of memory at most",
		p.spoiled, p.mutated, p.crooked, p.big, 4*p.big, memory>>20)
	if memory > memoryMost {
		s.breaks("the program took %d MB of memory", memory>>20)
	}
	if err := errors.Join(p.setAside(ctx), t.panics(ctx, 40)); err != nil {
		return err
	}
	t.report()
	s.broken = append(s.broken, t.witness.broken...)
	return nil
}

// bigSlack is what others may wait for an update of 4 MB to be read, which comes
// in one answer with theirs. No platform sends one.
const bigSlack = 200 * time.Millisecond

// memoryMost is what serve may take when updates of 4 MB come, in bytes.
const memoryMost = 512 << 20

// poisoning is the experiment under way.
type poisoning struct {
	*trial
	askers                *askers
	chance                *rand.Rand
	spoiled, mutated, big int
	crooked               int
	wrong                 map[int64]bool // updates that have to be set aside, by id
	turns                 int
}

// strangers is where the ids of chats begin that the platform does not know.
const strangers = 9_100_000_000_000

// inject queues a mutated update, and now and then one that cannot be handled.
func (p *poisoning) inject() error {
	p.turns++
	platform := platforms[p.turns%len(platforms)]
	// Of a chat that the platform does not know: whatever is answered is refused.
	if _, err := p.server.InjectRaw(platform, botID, mutated(p.chance, strangers+int64(p.turns))); err != nil {
		return fmt.Errorf("a mutated update: %w", err)
	}
	p.mutated++
	for range 4 {
		if _, err := p.crook(); err != nil {
			return err
		}
	}
	if p.turns%5 > 0 {
		return nil
	}
	return p.spoil(platform, spoiled[p.spoiled%len(spoiled)])
}

// crook queues the next crooked update, while there are more.
func (p *poisoning) crook() (more bool, err error) {
	all := crooked(2*strangers + int64(p.crooked))
	if p.crooked >= len(platforms)*len(all) {
		return false, nil
	}
	if _, err := p.server.InjectRaw(platforms[p.crooked%len(platforms)], botID, all[p.crooked/len(platforms)]); err != nil {
		return false, fmt.Errorf("a crooked update: %w", err)
	}
	p.crooked++
	return true, nil
}

// spoil has somebody send what cannot be handled, and then ask: they are told
// that we are sorry, and are answered.
func (p *poisoning) spoil(platform demo.Platform, update string) error {
	person := p.server.Person(platform, botID, "spoils "+spell(p.spoiled, 3))
	p.asks(person)
	id, err := p.server.InjectRaw(platform, botID, fmt.Sprintf(update, person.ChatID()))
	if err != nil {
		return fmt.Errorf("a spoiled update: %w", err)
	}
	p.wrong[id] = true
	p.spoiled++
	p.witness.of(chatOf(person)).owe(exactly("that we are sorry", locale.TryAgainLater()))
	p.asks(person)
	return nil
}

// bigOne has somebody send an update of 4 MB.
func (p *poisoning) bigOne() error {
	p.big++
	return p.spoil(demo.Telegram, `{"message":{"message_id":5,"from":{"id":%[1]d},"chat":{"id":%[1]d,"type":"private"},"date":1,"text":"`+strings.Repeat("x", 4<<20)+`"}}`)
}

// large has updates of 4 MB wait together, many of which are more than an
// answer that is read, among them people's questions.
func (p *poisoning) large(ctx context.Context) error {
	together := 12
	if p.stage.long {
		together = 100
	}
	for range together {
		if err := p.bigOne(); err != nil {
			return err
		}
	}
	began := time.Now()
	took, err := p.askers.phase(ctx, time.Second, nil)
	if err != nil {
		return err
	}
	p.stage.line("among updates of 4 MB", "%d answers, the last %.1f s after %d were there at once", len(took), time.Since(began).Seconds(), together)
	return nil
}

// triesTake is more than the waits between the tries of one update.
const triesTake = 8 * time.Second

// setAside looks into the store: what could not be handled is set aside, after
// three tries, and nothing waits but updates of nobody, whose turn comes one
// after the other.
func (p *poisoning) setAside(ctx context.Context) error {
	key, err := p.key()
	if err != nil {
		return err
	}
	kept, err := store.Open(store.Options{Dir: filepath.Join(p.dir, "store"), Key: key, Log: zerolog.Nop()})
	if err != nil {
		return fmt.Errorf("opening the store: %w", err)
	}
	defer func() { _ = kept.Close() }() // only read
	aside, nobodys := map[int64]bool{}, 0
	err = kept.View(ctx, func(tx *store.Tx) error {
		return errors.Join(
			tx.SetAside(func(a store.SetAside) error {
				aside[a.ID] = true
				return nil
			}),
			tx.Inbox(func(u store.Update, damaged error) error {
				if u.ChatID == 0 {
					nobodys++
				} else if !u.Handled {
					p.stage.breaks("update %d still waits to be handled", u.ID)
				}
				return damaged
			}))
	})
	if err != nil {
		return err
	}
	log, err := os.ReadFile(p.logPath())
	if err != nil {
		return fmt.Errorf("reading the program's log: %w", err)
	}
	tries := triesIn(log)
	for id := range p.wrong {
		if !aside[id] || tries[id] != triesMost {
			p.stage.breaks("update %d cannot be handled, was tried %d times, and is set aside: %v", id, tries[id], aside[id])
		}
	}
	p.stage.line("set aside", "%d updates, %d of them mutated; %d that name no chat wait for their three tries", len(aside), len(aside)-len(p.wrong), nobodys)
	return nil
}

// triesIn counts the lines of a log that say that an update could not be
// handled, by its id.
func triesIn(log []byte) map[int64]int {
	tries := map[int64]int{}
	for lines := bufio.NewScanner(bytes.NewReader(log)); lines.Scan(); {
		var line struct {
			Update int64
			Tries  int
		}
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Tries > 0 {
			tries[line.Update]++
		}
	}
	return tries
}
