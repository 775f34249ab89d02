package inbox_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"kartyar/bot"
	"kartyar/card"
	"kartyar/inbox"
	"kartyar/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	noon  = time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC)
	aBot  = card.Bot{Platform: card.Telegram, ID: 42}
	other = card.Bot{Platform: card.Bale, ID: 7}
)

// patience is when a test that hangs says so; nothing is measured against it.
const patience = 30 * time.Second

// clock stands still until a test moves it.
type clock struct {
	mu       sync.Mutex
	now      time.Time
	sleepers map[chan time.Time]time.Time
	changed  chan struct{}
	// jump lets every sleep of less than half an hour end at once, at its
	// time.
	jump bool
}

func newClock() *clock {
	return &clock{now: noon, sleepers: map[chan time.Time]time.Time{}, changed: make(chan struct{})}
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) until(t time.Time) (<-chan time.Time, func() bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch := make(chan time.Time, 1)
	if c.jump && t.After(c.now) && t.Sub(c.now) < 30*time.Minute {
		c.now = t
	}
	if !t.After(c.now) {
		ch <- c.now
		return ch, func() bool { return false }
	}
	c.sleepers[ch] = t
	close(c.changed)
	c.changed = make(chan struct{})
	return ch, func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.sleepers, ch)
		return true
	}
}

// asleep waits until somebody sleeps for exactly d.
func (c *clock) asleep(t *testing.T, d time.Duration) {
	t.Helper()
	for hung := time.After(patience); ; {
		c.mu.Lock()
		var waits []time.Duration
		for _, until := range c.sleepers {
			waits = append(waits, until.Sub(c.now))
		}
		changed := c.changed
		c.mu.Unlock()
		for _, wait := range waits {
			if wait == d {
				return
			}
		}
		select {
		case <-changed:
		case <-hung:
			t.Fatalf("nobody sleeps for %v, but for %v", d, waits)
		}
	}
}

// pass waits until somebody sleeps for exactly d and lets d pass.
func (c *clock) pass(t *testing.T, d time.Duration) {
	t.Helper()
	c.asleep(t, d)
	c.move(d)
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	for ch, until := range c.sleepers {
		if !until.After(c.now) {
			ch <- c.now
			delete(c.sleepers, ch)
		}
	}
}

// message is one that a sender was given.
type message struct {
	chat int64
	bot.Reply
}

// sender is a platform whose answers a test decides.
type sender struct {
	got      chan message // what was tried, accepted or not
	answered chan string

	mu     sync.Mutex
	answer func(ctx context.Context, m message) error // nil accepts
	pace   map[int64]time.Time                        // chats that wait until then
	shut   time.Time                                  // nothing goes until then
	turn   func()                                     // waits until a message's turn has come; nil when it does not wait
	clock  *clock
}

func newSender(c *clock) *sender {
	return &sender{got: make(chan message, 10000), answered: make(chan string, 1000), pace: map[int64]time.Time{}, clock: c}
}

func (s *sender) set(answer func(context.Context, message) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = answer
}

func (s *sender) SendInTurn(ctx context.Context, class bot.Class, chat int64, say func(context.Context) (bot.Reply, error)) (int, error) {
	if class != bot.ClassReply {
		return 0, errors.New("not as a reply")
	}
	s.mu.Lock()
	answer, turn := s.answer, s.turn
	s.mu.Unlock()
	if turn != nil {
		turn()
	}
	r, err := say(ctx)
	if err != nil {
		return 0, err
	}
	m := message{chat, r}
	s.got <- m
	if answer == nil {
		return 1, nil
	}
	return 1, answer(ctx, m)
}

func (s *sender) ChatWait(chat int64, now time.Time) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return max(0, s.pace[chat].Sub(now))
}

func (s *sender) Available(now time.Time) (bool, time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.shut.After(now), s.shut.Sub(now)
}

func (s *sender) AnswerCallback(_ context.Context, id string) error {
	s.answered <- id
	return &bot.Error{Kind: bot.Outage}
}

// next returns the next message that was tried.
func (s *sender) next(t *testing.T) message {
	t.Helper()
	select {
	case m := <-s.got:
		return m
	case <-time.After(patience):
		t.Fatal("nothing was sent")
		return message{}
	}
}

// expect checks that the next messages to one chat are these.
func (s *sender) expect(t *testing.T, chat int64, texts ...string) {
	t.Helper()
	for _, want := range texts {
		if m := s.next(t); m.chat != chat || m.Text != want {
			t.Fatalf("sent %q to %d, want %q to %d", m.Text, m.chat, want, chat)
		}
	}
}

// world is an inbox over a store, with all that surrounds it.
type world struct {
	t      *testing.T
	dir    string
	store  *store.Store
	clock  *clock
	sender *sender
	log    *bytes.Buffer
	opt    inbox.Options
	// lingers is how long replies that were accepted wait for the commit of others;
	// 0 for as long as the program has them.
	lingers time.Duration
	inbox   *inbox.Inbox
	end     context.CancelFunc
	ended   chan error

	mu      sync.Mutex
	handled []string // the texts, in order
	blocked int
	act     map[string]func() ([]bot.Reply, error) // what Handle does at a text
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, dir: filepath.Join(t.TempDir(), "data"), clock: newClock(), log: &bytes.Buffer{}, act: map[string]func() ([]bot.Reply, error){}}
	w.sender = newSender(w.clock)
	w.open()
	w.opt = inbox.Options{
		Senders: map[card.Bot]inbox.Sender{aBot: w.sender},
		Decode:  func(from card.Bot, raw bot.Raw) (bot.Update, error) { return bot.Decode(bot.Profile{}, from, raw) },
		ChatOf:  bot.ChatOf,
		Handle:  w.handle,
		Renew: func(_ *store.Tx, _ time.Time, _ card.ChatKey, r bot.Reply) (bot.Reply, error) {
			r.Text = "anew"
			return r, nil
		},
		Blocked: func(*store.Tx, time.Time, card.ChatKey) error { w.blocked++; return nil },
		Flood:   func(dropped int) bot.Reply { return bot.Reply{Text: fmt.Sprint("flood ", dropped)} },
		Sorry:   func() bot.Reply { return bot.Reply{Text: "sorry"} },
		Now:     w.clock.Now,
	}
	t.Cleanup(func() { w.stop(); w.store.Close() })
	return w
}

func (w *world) open() {
	s, err := store.Open(store.Options{Dir: w.dir, Key: bytes.Repeat([]byte{7}, store.KeySize), Log: zerolog.New(io.Discard)})
	if err != nil {
		w.t.Fatalf("opening the store: %v", err)
	}
	w.store = s
}

// run starts an inbox over the store as it is.
func (w *world) run() *world {
	w.opt.Store, w.opt.Log = w.store, zerolog.New(zerolog.SyncWriter(w.log))
	w.inbox = inbox.New(w.opt)
	w.inbox.SetUntil(w.clock.until)
	if w.lingers > 0 {
		w.inbox.SetLinger(w.lingers)
	}
	var ctx context.Context
	ctx, w.end = context.WithCancel(context.Background())
	w.ended = make(chan error, 1)
	go func(i *inbox.Inbox, ended chan<- error) { ended <- i.Run(ctx) }(w.inbox, w.ended)
	return w
}

func (w *world) stop() {
	if w.end == nil {
		return
	}
	w.end()
	if err := <-w.ended; err != nil {
		w.t.Errorf("Run: %v", err)
	}
	w.end = nil
}

// restart stops the inbox and opens the store anew.
func (w *world) restart() {
	w.stop()
	if err := w.store.Close(); err != nil {
		w.t.Fatal(err)
	}
	w.open()
	w.run()
}

// handle counts the update as an effect in the store and answers «re TEXT»,
// or does what the test wants done at that text.
func (w *world) handle(tx *store.Tx, now time.Time, u bot.Update) ([]bot.Reply, error) {
	key := [16]byte(w.store.Keyer().Chat(u.From))
	effects, err := tx.Guesses(store.GuessByChat, key)
	if err != nil {
		return nil, err
	}
	if err := tx.PutGuesses(store.GuessByChat, key, append(effects, now)); err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.handled = append(w.handled, u.Text)
	if act := w.act[u.Text]; act != nil {
		return act()
	}
	return []bot.Reply{{Text: "re " + u.Text}}, nil
}

// effects returns how many updates of a chat had an effect.
func (w *world) effects(chat int64) (n int) {
	w.view(func(tx *store.Tx) error {
		g, err := tx.Guesses(store.GuessByChat, [16]byte(w.store.Keyer().Chat(card.Subscriber{Bot: aBot, Chat: chat})))
		n = len(g)
		return err
	})
	return n
}

// rows returns the rows of the inbox.
func (w *world) rows() (rows []store.Update) {
	w.view(func(tx *store.Tx) error {
		return tx.Inbox(func(u store.Update, damaged error) error { rows = append(rows, u); return damaged })
	})
	return rows
}

func (w *world) setAside() (all []store.SetAside) {
	w.view(func(tx *store.Tx) error {
		return tx.SetAside(func(a store.SetAside) error { all = append(all, a); return nil })
	})
	return all
}

func (w *world) view(fn func(*store.Tx) error) {
	w.t.Helper()
	if err := w.store.View(context.Background(), fn); err != nil {
		w.t.Fatal(err)
	}
}

// on decides what Handle does at a text.
func (w *world) on(text string, act func() ([]bot.Reply, error)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.act[text] = act
}

// says has Handle answer a text by these replies.
func (w *world) says(text string, replies ...bot.Reply) {
	w.on(text, func() ([]bot.Reply, error) { return replies, nil })
}

func (w *world) keep(batch ...bot.Raw) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := w.inbox.Keep(ctx, aBot, batch); err != nil {
		w.t.Fatalf("Keep: %v", err)
	}
}

// said is an update: somebody wrote a text.
func said(id, chat int64, text string) bot.Raw {
	return raw(id, `{"update_id":%d,"message":{"message_id":1,"chat":{"id":%d,"type":"private"},"from":{"id":%d},"text":%q}}`, id, chat, chat, text)
}

// garbled is an update whose chat can be read, and its text cannot.
func garbled(id, chat int64) bot.Raw {
	return raw(id, `{"update_id":%d,"message":{"chat":{"id":%d,"type":"private"},"text":["secret"]}}`, id, chat)
}

// pressed is an update: somebody pressed a button.
func pressed(id, chat int64, callback string) bot.Raw {
	return raw(id, `{"update_id":%d,"callback_query":{"id":%q,"data":"x","from":{"id":%d},"message":{"message_id":3,"chat":{"id":%d,"type":"private"}}}}`, id, callback, chat, chat)
}

func raw(id int64, format string, args ...any) bot.Raw {
	return bot.Raw{UpdateID: id, Body: fmt.Appendf(nil, format, args...)}
}

// settled waits until nothing is in the inbox, by stopping: Run returns when
// what is in hand is finished. It fails when rows are left.
func (w *world) settled() {
	w.t.Helper()
	w.stop()
	if rows := w.rows(); len(rows) > 0 {
		w.t.Errorf("%d rows are left in the inbox", len(rows))
	}
}

func (w *world) noSecrets() {
	w.t.Helper()
	if strings.Contains(w.log.String(), "secret") {
		w.t.Errorf("the log holds content: %s", w.log)
	}
}
