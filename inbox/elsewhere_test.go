package inbox_test

import (
	"context"
	"testing"

	"kartyar/bot"
	"kartyar/card"
)

// What one chat does may have something said in another: it goes in that
// chat's order, delays nobody, and is as durable as an answer.
func TestAWordToAnotherChat(t *testing.T) {
	w := newWorld(t)
	other := card.Subscriber{Bot: aBot, Chat: 2}
	w.says("tell", bot.Reply{Text: "for you", To: other}, bot.Reply{Text: "done"})
	w.says("only", bot.Reply{Text: "alone", To: other})
	w.run().keep(said(1, 1, "tell"))
	got := map[int64]string{}
	for range 2 {
		m := w.sender.next(t)
		got[m.chat] = m.Text
	}
	if got[1] != "done" || got[2] != "for you" {
		t.Fatalf("said: %v", got)
	}
	w.keep(said(2, 1, "only"))
	w.sender.expect(t, 2, "alone")
	w.settled()

	w.sender.set(func(context.Context, message) error { return &bot.Error{Kind: bot.Outage} })
	w.run().keep(said(3, 1, "only"))
	w.sender.next(t)
	w.sender.set(nil)
	w.restart()
	w.sender.expect(t, 2, "alone")
	w.settled()
}

// A word to a bot that is served elsewhere waits in the store for that one.
func TestAWordToAnotherBot(t *testing.T) {
	w := newWorld(t)
	w.says("tell", bot.Reply{Text: "for you", To: card.Subscriber{Bot: other, Chat: 2}}, bot.Reply{Text: "done"})
	w.run().keep(said(1, 1, "tell"))
	w.sender.expect(t, 1, "done")
	w.stop()
	rows := w.rows()
	if len(rows) != 1 || rows[0].Bot != other || !rows[0].Handled || rows[0].ChatID != 2 {
		t.Fatalf("left in the inbox: %+v", rows)
	}
}
