package inbox_test

import (
	"context"
	"testing"
	"time"

	"kartyar/bot"
	"kartyar/card"
	"kartyar/store"
)

func TestALostStatusIsNoted(t *testing.T) {
	for _, kind := range []bot.ErrorKind{bot.Blocked, bot.Refused} {
		t.Run(kind.String(), func(t *testing.T) {
			w := newWorld(t)
			var lost []string
			w.opt.Lost = func(_ *store.Tx, _ time.Time, _ card.ChatKey, r bot.Reply, handled time.Time) error {
				if handled.IsZero() {
					t.Error("the time of the answer is missing")
				}
				lost = append(lost, string(r.Shows))
				return nil
			}
			w.says("x", bot.Reply{Text: "status", Shows: []byte("facts")})
			w.says("y", bot.Reply{Text: "plain"})
			w.sender.set(func(_ context.Context, m message) error {
				if m.Text == "done" {
					return nil
				}
				return &bot.Error{Kind: kind}
			})
			w.says("z", bot.Reply{Text: "done"})
			w.run().keep(said(1, 1, "x"), said(2, 1, "y"), said(3, 1, "z"))
			w.sender.expect(t, 1, "status", "plain", "done")
			w.settled()
			if len(lost) != 1 || lost[0] != "facts" {
				t.Errorf("lost: %q", lost)
			}
		})
	}
}

func TestAStatusOlderThanADayIsNotedAsLost(t *testing.T) {
	w := newWorld(t)
	lost := 0
	w.opt.Lost = func(*store.Tx, time.Time, card.ChatKey, bot.Reply, time.Time) error { lost++; return nil }
	w.sender.pace[1] = noon.Add(24 * time.Hour)
	w.says("x", bot.Reply{Text: "status", Shows: []byte{1}}, bot.Reply{Text: "plain"})
	w.run().keep(said(1, 1, "x"), said(2, 1, "y"))
	w.clock.pass(t, 24*time.Hour)
	w.sender.expect(t, 1, "re y")
	w.settled()
	if lost != 1 {
		t.Errorf("Lost was called %d times", lost)
	}
}
