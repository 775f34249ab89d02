package inbox_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kartyar/bot"
	"kartyar/card"
	"kartyar/inbox"
	"kartyar/store"
)

func TestOrderWithinAChat(t *testing.T) {
	w := newWorld(t)
	var mu sync.Mutex
	events := map[int64][]string{}
	const chats, each = 7, 15
	note := func(chat int64, what string) {
		mu.Lock()
		defer mu.Unlock()
		events[chat] = append(events[chat], what)
	}
	w.opt.Handle = func(_ *store.Tx, _ time.Time, u bot.Update) ([]bot.Reply, error) {
		note(u.From.Chat, "handled "+u.Text)
		return []bot.Reply{{Text: u.Text + "a"}, {Text: u.Text + "b"}}, nil
	}
	w.sender.set(func(_ context.Context, m message) error { note(m.chat, "sent "+m.Text); return nil })
	w.run()
	want := map[int64][]string{}
	for n := range each {
		var batch []bot.Raw
		for chat := range int64(chats) {
			text := fmt.Sprint(n)
			batch = append(batch, said(int64(n)*chats+chat, chat+1, text))
			want[chat+1] = append(want[chat+1], "handled "+text, "sent "+text+"a", "sent "+text+"b")
		}
		w.keep(batch...)
	}
	for range chats * each * 2 {
		w.sender.next(t)
	}
	w.settled()
	for chat := range want {
		if !slices.Equal(events[chat], want[chat]) {
			t.Errorf("chat %d: %v", chat, events[chat])
		}
	}
}

// What comes from chats of which nothing waits is handled in the commit that
// keeps it; what comes after that from one of them waits for its turn.
func TestKeptAndHandledInOneCommit(t *testing.T) {
	w := newWorld(t)
	w.sender.shut = noon.Add(time.Hour)
	var commits atomic.Int64
	w.store.OnCommit(func(store.Commit) { commits.Add(1) })
	w.says("quiet")
	w.run().keep(said(1, 1, "a"), said(2, 2, "b"), said(3, 1, "later"), said(4, 3, "quiet"))
	if n := commits.Load(); n != 1 {
		t.Errorf("%d commits", n)
	}
	rows := w.rows()
	if len(rows) != 3 || !rows[0].Handled || !rows[1].Handled || len(rows[0].Replies) != 1 || len(rows[0].Raw) > 0 || rows[2].Handled || rows[2].ID != 3 {
		t.Errorf("the rows on disk: %+v", rows)
	}
	w.keep(said(1, 1, "a"), said(5, 2, "later"))
	w.clock.pass(t, time.Hour)
	for range 4 {
		w.sender.next(t)
	}
	w.settled()
	if a, b, c := w.effects(1), w.effects(2), w.effects(3); a != 2 || b != 2 || c != 1 {
		t.Errorf("%d, %d and %d effects", a, b, c)
	}
}

// What writes more than is kept in one commit has none of it kept there, and is
// handled in its turn, from what the person wrote.
func TestTooMuchForOneCommitIsHandledInItsTurn(t *testing.T) {
	w := newWorld(t)
	long := strings.Repeat("x", 2<<20)
	w.says("much", bot.Reply{Text: long})
	w.run().keep(said(1, 1, "a"), said(2, 2, "much"), said(3, 3, "b"))
	for range 3 {
		if m := w.sender.next(t); m.chat == 2 && m.Text != long {
			t.Errorf("sent %d bytes", len(m.Text))
		}
	}
	w.settled()
	if a, b, c := w.effects(1), w.effects(2), w.effects(3); a != 1 || b != 1 || c != 1 {
		t.Errorf("%d, %d and %d effects", a, b, c)
	}
}

func TestASlowSendDelaysNoOtherChat(t *testing.T) {
	w := newWorld(t)
	w.opt.Workers = 2
	release := make(chan struct{})
	w.sender.set(func(_ context.Context, m message) error {
		if m.chat == 1 {
			<-release
		}
		return nil
	})
	w.run().keep(said(1, 1, "slow"), said(2, 1, "after"))
	w.sender.expect(t, 1, "re slow")
	for id := int64(3); id < 20; id++ {
		w.keep(said(id, id, "x"))
		w.sender.expect(t, id, "re x")
	}
	close(release)
	w.sender.expect(t, 1, "re after")
	w.settled()
}

func TestAFloodDelaysNoOtherChat(t *testing.T) {
	w := newWorld(t)
	w.opt.Workers = 1
	first := make(chan struct{})
	w.sender.set(func(_ context.Context, m message) error {
		if m.Text == "re 0" {
			<-first
		}
		return nil
	})
	w.run()
	var batch []bot.Raw
	for n := range int64(100) {
		batch = append(batch, said(n, 1, fmt.Sprint(n)))
	}
	w.keep(batch...)
	w.sender.expect(t, 1, "re 0")
	w.keep(said(1000, 2, "one"))
	close(first)
	// The flooding chat's lane stands behind the other after each row.
	w.sender.expect(t, 2, "re one")
}

func TestPlatformsHaveWorkersOfTheirOwn(t *testing.T) {
	w := newWorld(t)
	w.opt.Workers = 1
	bale := newSender(w.clock)
	w.opt.Senders = map[card.Bot]inbox.Sender{aBot: w.sender, other: bale}
	release := make(chan struct{})
	w.sender.set(func(context.Context, message) error { <-release; return nil })
	w.run().keep(said(1, 1, "x"))
	w.sender.expect(t, 1, "re x")
	if err := w.inbox.Keep(context.Background(), other, []bot.Raw{said(1, 1, "y")}); err != nil {
		t.Fatal(err)
	}
	bale.expect(t, 1, "re y")
	close(release)
	w.settled()
}

// A lane that has to wait holds no worker: with one worker another chat is
// served meanwhile, and the lane goes on when its time comes.
func TestParkedLanes(t *testing.T) {
	once := func(err error) func(context.Context, message) error {
		var done sync.Once
		return func(_ context.Context, m message) (failed error) {
			if m.chat == 1 {
				done.Do(func() { failed = err })
			}
			return failed
		}
	}
	tests := []struct {
		name  string
		set   func(w *world)
		tried int // times that the reply was tried before the wait
		wait  time.Duration
	}{
		{"pace", func(w *world) { w.sender.pace[1] = noon.Add(3 * time.Second) }, 0, 3 * time.Second},
		{"not before", func(w *world) {
			w.says("x", bot.Reply{Text: "re x", NotBefore: noon.Add(4500 * time.Millisecond)})
		}, 0, 5 * time.Second},
		{"limited", func(w *world) {
			w.sender.set(once(&bot.Error{Kind: bot.Limited, RetryAfter: 17 * time.Second}))
		}, 1, 17 * time.Second},
		{"outage", func(w *world) { w.sender.set(once(&bot.Error{Kind: bot.Outage})) }, 1, time.Second},
		{"breaker", func(w *world) {
			w.sender.set(once(&bot.Error{Kind: bot.Outage, RetryAfter: 7 * time.Second}))
		}, 1, 7 * time.Second},
		{"failed try", func(w *world) {
			fail := true
			w.on("x", func() ([]bot.Reply, error) {
				if fail {
					fail = false
					return nil, errors.New("not now")
				}
				return []bot.Reply{{Text: "re x"}}, nil
			})
		}, 0, time.Second},
		{"full disk", func(w *world) {
			fails := 2 // as it is kept, and as it is handled after that
			w.on("x", func() ([]bot.Reply, error) {
				if fails--; fails >= 0 {
					return nil, fmt.Errorf("writing: %w", store.ErrNoRoom)
				}
				return []bot.Reply{{Text: "re x"}}, nil
			})
		}, 0, time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.opt.Workers = 1
			tt.set(w)
			w.run().keep(said(1, 1, "x"), said(2, 1, "y"))
			for range tt.tried {
				w.sender.expect(t, 1, "re x")
			}
			w.clock.asleep(t, tt.wait)
			w.keep(said(3, 2, "z"))
			w.sender.expect(t, 2, "re z")
			w.clock.pass(t, tt.wait)
			w.sender.expect(t, 1, "re x", "re y")
			w.settled()
			if n := w.effects(1); n != 2 {
				t.Errorf("%d effects of 2 updates", n)
			}
		})
	}
}

func TestOutageWaitsGrowToAMinuteAndNothingIsGivenUp(t *testing.T) {
	w := newWorld(t)
	w.sender.set(func(context.Context, message) error { return &bot.Error{Kind: bot.Outage} })
	w.run().keep(said(1, 1, "x"))
	for _, seconds := range []int{1, 2, 4, 8, 16, 32, 60, 60, 60} {
		w.sender.expect(t, 1, "re x")
		w.clock.pass(t, time.Duration(seconds)*time.Second)
	}
	w.sender.expect(t, 1, "re x")
	w.sender.set(nil)
	w.clock.pass(t, time.Minute)
	w.sender.expect(t, 1, "re x")
	w.settled()
}

func TestWhileTheBotIsShutNothingIsTried(t *testing.T) {
	w := newWorld(t)
	w.sender.shut = noon.Add(9 * time.Second)
	w.run().keep(said(1, 1, "x"), said(2, 1, "y"))
	w.clock.asleep(t, 9*time.Second)
	if len(w.sender.got) > 0 {
		t.Error("a send was tried")
	}
	w.clock.pass(t, 9*time.Second)
	w.sender.expect(t, 1, "re x", "re y")
	w.settled()
}

func TestRedeliveryIsRecognised(t *testing.T) {
	w := newWorld(t).run()
	batch := []bot.Raw{said(1, 1, "x"), said(2, 1, "y")}
	w.keep(batch...)
	w.sender.expect(t, 1, "re x", "re y")
	w.keep(append(batch, said(3, 1, "z"))...)
	w.sender.expect(t, 1, "re z")
	w.restart()
	w.keep(batch...)
	w.keep(said(4, 1, "end"))
	w.sender.expect(t, 1, "re end")
	w.settled()
	if n := w.effects(1); n != 4 {
		t.Errorf("%d effects of 4 updates", n)
	}
}

// What a group writes beyond that is not kept either, and nothing is said of it: a
// notice would be one more message that anybody may have the bot write there.
func TestAFloodOfAGroup(t *testing.T) {
	w := newWorld(t)
	w.sender.pace[-1] = noon.Add(time.Minute)
	w.run()
	var batch []bot.Raw
	for id := range int64(250) {
		batch = append(batch, raw(id, `{"update_id":%d,"message":{"chat":{"id":-1,"type":"group"},"text":"x"}}`, id))
	}
	w.keep(batch...)
	if n := len(w.rows()); n != 200 {
		t.Errorf("%d rows are kept, want 200", n)
	}
	w.clock.pass(t, time.Minute)
	for range 200 {
		w.sender.expect(t, -1, "re x")
	}
	w.keep(said(1000, 2, "later"))
	w.sender.expect(t, 2, "re later")
	w.settled()
}

func TestFlood(t *testing.T) {
	w := newWorld(t)
	w.sender.pace[1] = noon.Add(time.Minute)
	w.run().keep(said(0, 1, "0"))
	w.clock.asleep(t, time.Minute)
	id := int64(0)
	var batch []bot.Raw
	for range 3 {
		batch = nil
		for range 100 {
			id++
			batch = append(batch, said(id, 1, fmt.Sprint(id)))
		}
		w.keep(batch...)
	}
	w.keep(batch...) // again: nothing of it is counted twice
	if n := len(w.rows()); n != 201 {
		t.Errorf("%d rows are kept, want 200 and the notice", n)
	}
	w.restart()
	w.clock.pass(t, time.Minute)
	for n := range 200 {
		w.sender.expect(t, 1, fmt.Sprint("re ", n))
	}
	w.sender.expect(t, 1, "flood 101")
	w.keep(said(1000, 1, "later"))
	w.sender.expect(t, 1, "re later")
	w.settled()
	if n := w.effects(1); n != 201 {
		t.Errorf("%d effects of 201 kept updates", n)
	}
}

func TestAfterARestartHandledRowsAreOnlySent(t *testing.T) {
	w := newWorld(t)
	w.says("x", bot.Reply{Text: "1"}, bot.Reply{Text: "2"}, bot.Reply{Text: "3"})
	w.sender.set(func(_ context.Context, m message) error {
		if m.Text == "2" {
			return &bot.Error{Kind: bot.Outage}
		}
		return nil
	})
	w.run().keep(said(1, 1, "x"), said(2, 1, "y"))
	w.sender.expect(t, 1, "1", "2")
	w.clock.asleep(t, time.Second)
	w.stop()
	rows := w.rows()
	if len(rows) != 2 || !rows[0].Handled || len(rows[0].Replies) != 2 || len(rows[0].Raw) > 0 || rows[1].Handled {
		t.Fatalf("the rows on disk: %+v", rows)
	}
	w.sender.set(nil)
	w.restart()
	w.sender.expect(t, 1, "2", "3", "re y")
	w.settled()
	if n := w.effects(1); n != 2 {
		t.Errorf("%d effects of 2 updates", n)
	}
}

func TestAnUpdateWithoutRepliesIsGoneAtOnce(t *testing.T) {
	w := newWorld(t)
	w.says("quiet")
	w.run().keep(said(1, 1, "quiet"), said(2, 1, "x"))
	w.sender.expect(t, 1, "re x")
	w.settled()
}
