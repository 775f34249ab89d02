package inbox_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"kartyar/bot"
	"kartyar/card"
	"kartyar/inbox"
	"kartyar/store"
)

func TestBlockedGivesUpTheRowAndTellsOnce(t *testing.T) {
	w := newWorld(t)
	w.says("x", bot.Reply{Text: "1"}, bot.Reply{Text: "2"})
	w.sender.set(func(_ context.Context, m message) error {
		if m.Text == "1" {
			return &bot.Error{Kind: bot.Blocked}
		}
		return nil
	})
	w.run().keep(said(1, 1, "x"), said(2, 1, "y"))
	w.sender.expect(t, 1, "1", "re y")
	w.settled()
	if w.blocked != 1 {
		t.Errorf("Blocked was called %d times", w.blocked)
	}
}

func TestRefusedIsLeftOut(t *testing.T) {
	w := newWorld(t)
	w.says("x", bot.Reply{Text: "secret"}, bot.Reply{Text: "last"})
	w.sender.set(func(_ context.Context, m message) error {
		if m.Text == "secret" {
			return &bot.Error{Kind: bot.Refused, Code: 400, Description: "MESSAGE_TOO_LONG"}
		}
		return nil
	})
	w.run().keep(said(1, 1, "x"))
	w.sender.expect(t, 1, "secret", "last")
	w.settled()
	w.noSecrets()
	if !strings.Contains(w.log.String(), "MESSAGE_TOO_LONG") {
		t.Errorf("the log: %s", w.log)
	}
}

// On a network that lets no upload through, the text goes alone in the end.
func TestAPictureThatDoesNotGetThroughIsLeftOut(t *testing.T) {
	w := newWorld(t)
	w.says("x", bot.Reply{Text: "a way", Picture: []byte("facts")})
	w.sender.set(func(_ context.Context, m message) error {
		if len(m.Picture) > 0 {
			return &bot.Error{Kind: bot.Outage}
		}
		return nil
	})
	w.run().keep(said(1, 1, "x"))
	for _, seconds := range []int{1, 2, 4, 8} {
		if m := w.sender.next(t); len(m.Picture) == 0 {
			t.Errorf("sent %+v", m)
		}
		w.clock.pass(t, time.Duration(seconds)*time.Second)
	}
	if m := w.sender.next(t); m.Text != "a way" || len(m.Picture) != 0 {
		t.Errorf("sent %+v", m)
	}
	w.settled()
}

func TestALateStatusIsRenderedAnew(t *testing.T) {
	tests := []struct {
		name  string
		late  time.Duration
		renew error
		panic bool
		want  string
	}{
		{"in time", 2 * time.Second, nil, false, "old"},
		{"late", 3 * time.Second, nil, false, "anew"},
		{"late and failing", 3 * time.Second, errors.New("secret"), false, "old"},
		{"late and panicking", 3 * time.Second, nil, true, "old"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			if tt.renew != nil || tt.panic {
				w.opt.Renew = func(*store.Tx, time.Time, card.ChatKey, bot.Reply) (bot.Reply, error) {
					if tt.panic {
						panic("secret")
					}
					return bot.Reply{}, tt.renew
				}
			}
			w.sender.pace[1] = noon.Add(tt.late)
			w.says("x", bot.Reply{Text: "old", Shows: []byte{1}}, bot.Reply{Text: "plain"})
			w.run().keep(said(1, 1, "x"))
			w.clock.pass(t, tt.late)
			w.sender.expect(t, 1, tt.want, "plain")
			w.settled()
			w.noSecrets()
		})
	}
}

// A change of an old message makes no sound, so what leaves late is a new one: it
// may be all that tells of an arrival.
func TestALateEditIsANewMessage(t *testing.T) {
	for late, want := range map[time.Duration]int{10 * time.Second: 5, 11 * time.Second: 0} {
		w := newWorld(t)
		w.sender.pace[1] = noon.Add(late)
		w.says("x", bot.Reply{Text: "old", Edit: 5, Shows: []byte{1}})
		w.run().keep(said(1, 1, "x"))
		w.clock.pass(t, late)
		if m := w.sender.next(t); m.Text != "anew" || m.Edit != want {
			t.Errorf("after %v: sent %+v", late, m)
		}
		w.settled()
	}
}

// What counts is when the message's turn comes, not when it got in line.
func TestAStatusThatIsLongInLineIsRenderedAnew(t *testing.T) {
	w := newWorld(t)
	w.sender.turn = func() { w.clock.move(3 * time.Second) }
	w.says("x", bot.Reply{Text: "old", Shows: []byte{1}})
	w.run().keep(said(1, 1, "x"))
	w.sender.expect(t, 1, "anew")
	w.settled()
}

// Of a status only the facts are kept; where they do not do, its person is asked
// to ask again.
func TestAStatusLeftByAnEarlierProcessIsRenderedAnew(t *testing.T) {
	for name, renewed := range map[string]error{"anew": nil, "sorry": errors.New("damaged")} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			if renewed != nil {
				w.opt.Renew = func(*store.Tx, time.Time, card.ChatKey, bot.Reply) (bot.Reply, error) { return bot.Reply{}, renewed }
			}
			w.sender.pace[1] = noon.Add(time.Second)
			w.says("x", bot.Reply{Text: "old", Keyboard: bot.Keyboard{Placeholder: "old"}, Shows: []byte{1}, Edit: 5, Silent: true})
			w.run().keep(said(1, 1, "x"))
			w.clock.asleep(t, time.Second)
			w.restart()
			w.clock.pass(t, time.Second)
			m := w.sender.next(t)
			if m.Text != name || m.Keyboard.Placeholder != "" || renewed == nil && (m.Edit != 5 || !m.Silent) {
				t.Errorf("sent %+v", m)
			}
			w.settled()
		})
	}
}

func TestRepliesOlderThanADayAreGivenUp(t *testing.T) {
	w := newWorld(t)
	w.sender.pace[1] = noon.Add(24 * time.Hour)
	w.run().keep(said(1, 1, "x"), said(2, 1, "y"))
	w.clock.pass(t, 24*time.Hour)
	w.sender.expect(t, 1, "re y")
	w.settled()
	if !strings.Contains(w.log.String(), "too old") {
		t.Errorf("the log: %s", w.log)
	}
}

func TestCallbacksAreAnsweredAtOnce(t *testing.T) {
	w := newWorld(t)
	w.sender.pace[1] = noon.Add(time.Minute)
	w.run().keep(said(1, 1, "x"))
	w.clock.asleep(t, time.Minute)
	w.keep(pressed(2, 1, "c1"), pressed(3, 1, "c2"))
	ids := []string{<-w.sender.answered, <-w.sender.answered}
	slices.Sort(ids)
	if !slices.Equal(ids, []string{"c1", "c2"}) {
		t.Errorf("answered %v", ids)
	}
	w.restart() // perhaps they were not: they are received and not handled
	ids = []string{<-w.sender.answered, <-w.sender.answered}
	slices.Sort(ids)
	if !slices.Equal(ids, []string{"c1", "c2"}) {
		t.Errorf("answered %v after the restart", ids)
	}
}

func TestWhatIsInHandFinishesAtTheEnd(t *testing.T) {
	w := newWorld(t)
	w.says("x", bot.Reply{Text: "1"}, bot.Reply{Text: "2"})
	release := make(chan struct{})
	w.sender.set(func(ctx context.Context, _ message) error {
		select {
		case <-release:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	w.run().keep(said(1, 1, "x"), said(2, 1, "y"))
	w.sender.expect(t, 1, "1")
	w.end()
	select {
	case <-w.ended:
		t.Fatal("Run ended with a reply in flight")
	default:
	}
	close(release)
	w.stop()
	w.sender.expect(t, 1, "2")
	if rows := w.rows(); len(rows) != 1 || rows[0].Handled || rows[0].ID != 2 {
		t.Errorf("the rows on disk: %+v", rows)
	}
}

func TestTheGraceEnds(t *testing.T) {
	w := newWorld(t)
	w.opt.Grace = time.Nanosecond
	w.sender.set(func(ctx context.Context, _ message) error { <-ctx.Done(); return ctx.Err() })
	w.run().keep(said(1, 1, "x"))
	w.sender.expect(t, 1, "re x")
	w.stop()
	if rows := w.rows(); len(rows) != 1 || !rows[0].Handled || len(rows[0].Replies) != 1 {
		t.Errorf("the rows on disk: %+v", rows)
	}
	w.sender.set(nil)
	w.opt.Grace = 0
	w.restart()
	w.sender.expect(t, 1, "re x")
	w.settled()
	if n := w.effects(1); n != 1 {
		t.Errorf("%d effects of 1 update", n)
	}
}

func TestAFullDiskKeepsNothing(t *testing.T) {
	s, err := store.Open(store.Options{Dir: filepath.Join(t.TempDir(), "data"), Key: bytes.Repeat([]byte{7}, store.KeySize), Log: zerolog.New(io.Discard), Reserve: 1 << 62})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	w := newWorld(t)
	w.store.Close()
	w.store = s
	w.run()
	if err := w.inbox.Keep(context.Background(), aBot, []bot.Raw{said(1, 1, "x")}); !errors.Is(err, store.ErrNoRoom) {
		t.Errorf("got %v, want %v", err, store.ErrNoRoom)
	}
}

func TestStrangersStay(t *testing.T) {
	w := newWorld(t)
	w.opt.Senders = map[card.Bot]inbox.Sender{aBot: w.sender, other: newSender(w.clock)}
	w.opt.Workers = 1
	w.opt.Senders[other].(*sender).shut = noon.Add(time.Minute)
	w.run()
	if err := w.inbox.Keep(context.Background(), other, []bot.Raw{said(1, 1, "x")}); err != nil {
		t.Fatal(err)
	}
	w.clock.asleep(t, time.Minute)
	w.opt.Senders = map[card.Bot]inbox.Sender{aBot: w.sender}
	w.restart()
	if err := w.inbox.Keep(context.Background(), other, []bot.Raw{said(2, 1, "x")}); err == nil {
		t.Error("an update of a bot that is not served was kept")
	}
	w.keep(said(1, 1, "y"))
	w.sender.expect(t, 1, "re y")
	w.stop()
	if rows := w.rows(); len(rows) != 1 || rows[0].Bot != other {
		t.Errorf("the rows on disk: %+v", rows)
	}
}

func TestOldRowsAreRemovedHourly(t *testing.T) {
	w := newWorld(t)
	put := func(at time.Time) error {
		return w.store.Update(context.Background(), func(tx *store.Tx) error {
			return tx.PutSetAside(store.SetAside{Bot: aBot, ID: 1, At: at})
		})
	}
	week := 7 * 24 * time.Hour
	if err := errors.Join(put(noon.Add(-week-time.Second)), put(noon.Add(-week+time.Minute)), put(noon)); err != nil {
		t.Fatal(err)
	}
	w.run()
	w.clock.asleep(t, time.Hour)
	if n := len(w.setAside()); n != 2 {
		t.Errorf("%d are left at the start, want 2", n)
	}
	w.clock.pass(t, time.Hour)
	w.clock.asleep(t, time.Hour)
	if n := len(w.setAside()); n != 1 {
		t.Errorf("%d are left after an hour, want 1", n)
	}
}

// Through outages, limits, failed tries, floods of redelivery and restarts:
// every update has its effect once, and each chat gets its replies in order.
func TestStorm(t *testing.T) {
	const chats, each, lives = 8, 24, 4
	w := newWorld(t)
	w.clock.jump = true
	w.opt.Workers = 3
	random := rand.New(rand.NewPCG(1, 2))
	var mu sync.Mutex
	chance := func(n int) bool { mu.Lock(); defer mu.Unlock(); return random.IntN(n) == 0 }
	replies, accepted, all := map[int64][]string{}, 0, make(chan struct{})
	w.sender.set(func(_ context.Context, m message) error {
		if chance(8) {
			return &bot.Error{Kind: bot.Outage}
		}
		if chance(8) {
			return &bot.Error{Kind: bot.Limited, RetryAfter: 3 * time.Second}
		}
		mu.Lock()
		defer mu.Unlock()
		replies[m.chat] = append(replies[m.chat], m.Text)
		if accepted++; accepted == chats*each*2 {
			close(all)
		}
		return nil
	})
	want := map[int64][]string{}
	var batches [][]bot.Raw
	for n := range each {
		var batch []bot.Raw
		for chat := int64(1); chat <= chats; chat++ {
			text := fmt.Sprint(chat, "/", n)
			tried := false
			w.on(text, func() ([]bot.Reply, error) {
				if !tried && chance(6) {
					tried = true
					panic("once")
				}
				return []bot.Reply{{Text: text + "a"}, {Text: text + "b"}}, nil
			})
			want[chat] = append(want[chat], text+"a", text+"b")
			batch = append(batch, said(int64(n)*100+chat, chat, text))
		}
		batches = append(batches, batch)
	}
	w.run()
	for n, batch := range batches {
		w.keep(batch...)
		if n > 0 {
			w.keep(batches[n-1]...)
		}
		if n%(each/lives) == each/lives-1 {
			w.restart()
		}
	}
	select {
	case <-all:
	case <-time.After(patience):
		t.Fatal("not all was sent")
	}
	w.settled()
	for chat := range want {
		if n := w.effects(chat); n != each {
			t.Errorf("chat %d: %d effects of %d updates", chat, n, each)
		}
		if !slices.Equal(replies[chat], want[chat]) {
			t.Errorf("chat %d: %v", chat, replies[chat])
		}
	}
}
