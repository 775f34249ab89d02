package inbox_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"kartyar/bot"
	"kartyar/card"
	"kartyar/store"
)

// A reply is given up although the store, or the program, fails for good at
// noting that: its chat goes on, what can be noted is, and the operator hears why
// the rest is not.
func TestRepliesAreGivenUpThoughThatCannotBeNoted(t *testing.T) {
	damaged := func() error { return fmt.Errorf("secret: %w", store.ErrDamaged) }
	falls := func() error { panic("secret") }
	for name, c := range map[string]struct {
		old   bool // they become too old, instead of being answered by a failure of this kind
		kind  bot.ErrorKind
		tries int
		fails func() error
		log   string
	}{
		"blocked, damaged": {false, bot.Blocked, 1, damaged, "is damaged in the store"},
		"blocked, a panic": {false, bot.Blocked, 1, falls, "giveup_test.go"},
		"refused, damaged": {false, bot.Refused, 2, damaged, "is damaged in the store"},
		"refused, a panic": {false, bot.Refused, 2, falls, "giveup_test.go"},
		"too old, damaged": {true, 0, 0, damaged, "is damaged in the store"},
		"too old, a panic": {true, 0, 0, falls, "giveup_test.go"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			var noted []string
			w.opt.Lost = func(tx *store.Tx, _ time.Time, chat card.ChatKey, r bot.Reply, _ time.Time) error {
				if string(r.Shows) == "damaged" {
					// It has written before it fails.
					return errors.Join(tx.PutGuesses(store.GuessByChat, chat, make(store.Guesses, 7)), c.fails())
				}
				noted = append(noted, string(r.Shows))
				return nil
			}
			w.says("x", bot.Reply{Text: "status", Shows: []byte("damaged")}, bot.Reply{Text: "status", Shows: []byte("whole")})
			w.sender.set(refusing("status", c.kind))
			if c.old {
				w.sender.pace[1] = noon.Add(24 * time.Hour)
			}
			w.run().keep(said(1, 1, "x"), said(2, 1, "y"))
			if c.old {
				w.clock.pass(t, 24*time.Hour)
			}
			for range c.tries {
				w.sender.expect(t, 1, "status")
			}
			w.sender.expect(t, 1, "re y")
			w.settled()
			w.noSecrets()
			if len(noted) != 1 || noted[0] != "whole" {
				t.Errorf("noted as lost: %q", noted)
			}
			if !strings.Contains(w.log.String(), c.log) {
				t.Errorf("the operator hears %s", w.log)
			}
			if n := w.effects(1); n != 2 {
				t.Errorf("%d effects; want those of the two updates, and nothing of what failed", n)
			}
		})
	}
}

// refusing returns a platform that answers a text by a failure.
func refusing(text string, kind bot.ErrorKind) func(context.Context, message) error {
	return func(_ context.Context, m message) error {
		if m.Text == text {
			return &bot.Error{Kind: kind}
		}
		return nil
	}
}

// A fault of the store that may pass is waited for.
func TestRepliesAreGivenUpOnceThatCanBeNoted(t *testing.T) {
	w := newWorld(t)
	lost := 0
	w.opt.Lost = func(*store.Tx, time.Time, card.ChatKey, bot.Reply, time.Time) error {
		if lost++; lost == 1 {
			return errors.New("a fault that passes")
		}
		return nil
	}
	w.says("x", bot.Reply{Text: "status", Shows: []byte("facts")})
	w.sender.set(refusing("status", bot.Blocked))
	w.run().keep(said(1, 1, "x"))
	w.sender.expect(t, 1, "status")
	w.clock.pass(t, time.Second)
	w.sender.expect(t, 1, "status")
	w.settled()
	if lost != 2 {
		t.Errorf("it was to be noted %d times", lost)
	}
}

// A chat that refuses us does so whether or not that can be noted.
func TestABlockedChatThatIsDamaged(t *testing.T) {
	w := newWorld(t)
	w.opt.Blocked = func(*store.Tx, time.Time, card.ChatKey) error { return store.ErrDamaged }
	lost := 0
	w.opt.Lost = func(*store.Tx, time.Time, card.ChatKey, bot.Reply, time.Time) error { lost++; return nil }
	w.says("x", bot.Reply{Text: "status", Shows: []byte("facts")})
	w.sender.set(refusing("status", bot.Blocked))
	w.run().keep(said(1, 1, "x"), said(2, 1, "y"))
	w.sender.expect(t, 1, "status", "re y")
	w.settled()
	if lost != 1 || !strings.Contains(w.log.String(), "is damaged in the store") {
		t.Errorf("%d replies are noted as lost; the operator hears %s", lost, w.log)
	}
}
