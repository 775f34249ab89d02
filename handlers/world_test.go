package handlers

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"kartyar/alert"
	"kartyar/bot"
	"kartyar/card"
	"kartyar/desk/offices"
	"kartyar/locale"
	"kartyar/lookup"
	"kartyar/settings"
	"kartyar/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var update = flag.Bool("update", false, "write the golden files anew")

// People and places of the tests; the codes' sums hold.
const (
	saraCode  = "9990000018"
	rezaCode  = "9990000026"
	mamanCode = "9990000034"
	otherCode = "9990000042"
	saraPhone = "+989990000001"
	rezaPhone = "+989990000002"
	receiptOf = "NEMUNE0001"
)

var noon = time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC) // 12:00 in Tehran

func directory() *offices.Directory {
	all := []card.Office{
		{Code: "1", Name: "دفتر نمونهٔ ونک", Province: "تهران", City: "تهران", Address: "میدان ونک، پلاک ۱", Hours: "۸ تا ۱۶", Phone: "021-00000101", Latitude: 35.7575, Longitude: 51.41, Located: true},
		{Code: "2", Name: "پست نمونهٔ اصفهان", Province: "اصفهان", City: "اصفهان", Address: "چهارباغ"},
		{Code: "3", Name: "دفتر نمونهٔ کاشان", Province: "اصفهان", City: "کاشان"},
		{Code: "4", Name: "کنسولگری نمونه", Kind: card.Consulate, Province: "خارج", City: "وین", Latitude: 48.2, Longitude: 16.37, Located: true},
	}
	for i := range 20 {
		all = append(all, card.Office{Code: fmt.Sprintf("S%d", i), Name: "دفتر شیراز " + locale.Number(i), Province: "فارس", City: "شیراز"})
	}
	return offices.New(all)
}

// world is the conversation over a real store, with one person who writes.
type world struct {
	t     testing.TB
	store *store.Store
	h     *Handlers
	now   time.Time
	from  card.Subscriber
	user  int64

	last    []bot.Reply
	message int // numbers of messages
	menu    bot.Keyboard
	log     *strings.Builder // the conversation as a reader sees it
}

func newWorld(t testing.TB, on card.Platform) *world {
	t.Helper()
	s, err := store.Open(store.Options{Dir: filepath.Join(t.TempDir(), "data"), Key: bytes.Repeat([]byte{7}, store.KeySize)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	dir := directory()
	h := New(Options{
		Keyer: s.Keyer(), Secret: s.Subkey(ButtonPurpose),
		Rules:    alert.Rules{ReminderDays: []int{3, 7}, Quiet: alert.Quiet{From: 21, To: 8}},
		Lookup:   lookup.New(s, 100),
		Offices:  func() *offices.Directory { return dir },
		Settings: func() *settings.Settings { return &settings.Settings{} },
	})
	return &world{t: t, store: s, h: h, now: noon, from: card.Subscriber{Bot: card.Bot{Platform: on, ID: 9}, Chat: 77}, user: 77, log: &strings.Builder{}}
}

// inChat is another person's chat in the same world.
func (w *world) inChat(id int64) *world {
	other := *w
	other.from.Chat, other.user, other.log = id, id, &strings.Builder{}
	return &other
}

func (w *world) chat() card.ChatKey { return w.store.Keyer().Chat(w.from) }

func (w *world) update(fn func(tx *store.Tx) error) {
	w.t.Helper()
	if err := w.store.Update(context.Background(), fn); err != nil {
		w.t.Fatal(err)
	}
}

// knows has a row come in.
func (w *world) knows(code string, phone card.Mobile, receipt string, s card.State) {
	w.t.Helper()
	k := w.store.Keyer()
	if s.AsOf.IsZero() {
		s.AsOf = w.now.Add(-time.Hour)
	}
	row := card.Row{Person: k.Person(card.NationalCode(code)), ID: k.ApplicationID("", receipt), State: s, Phone: k.Phone(phone), Receipt: k.Receipt(receipt)}
	w.update(func(tx *store.Tx) error {
		_, err := w.h.Rules.Apply(tx, w.now, row)
		return err
	})
}

func ready(office string) card.State { return card.State{Stage: card.StageReady, Office: office} }

// does hands an update over; a second passes.
func (w *world) does(what string, u bot.Update) *world {
	w.t.Helper()
	w.now = w.now.Add(time.Second)
	w.message++
	u.From, u.ID = w.from, int64(w.message)
	if u.User == 0 {
		u.User = w.user
	}
	var replies []bot.Reply
	w.update(func(tx *store.Tx) (err error) {
		replies, err = w.h.Handle(tx, w.now, u)
		return err
	})
	fmt.Fprintf(w.log, "> %s\n\n", what)
	w.sees(replies)
	return w
}

// sees checks what every reply has to be, and keeps it.
func (w *world) sees(replies []bot.Reply) {
	w.t.Helper()
	w.last = replies
	for _, r := range replies {
		for _, fault := range locale.Lint(r.Text, w.from.Bot.Platform) {
			w.t.Errorf("%s: %s", fault, r.Text)
		}
		for _, row := range r.Keyboard.Rows {
			for _, b := range row {
				if b.Text == "" || len(b.Data) > 64 || len(row) > 3 {
					w.t.Errorf("a button %q carries %d bytes in a row of %d", b.Text, len(b.Data), len(row))
				}
				if r.Keyboard.Kind == bot.KeyboardInline && b.Data == "" && b.URL == "" && b.Copy == "" {
					w.t.Errorf("the button %q does nothing", b.Text)
				}
			}
		}
		if r.Keyboard.Kind == bot.KeyboardMenu {
			w.menu = r.Keyboard
		}
		w.log.WriteString(render(r))
	}
}

func render(r bot.Reply) string {
	var b strings.Builder
	if r.To.Chat != 0 {
		b.WriteString("(در گفت‌وگوی دیگر)\n")
	}
	if r.Edit != 0 {
		b.WriteString("(در جای پیام پیشین)\n")
	}
	b.WriteString(r.Text + "\n")
	if v := r.Venue; v != nil {
		fmt.Fprintf(&b, "(نقشه: %s | %s | %v %v)\n", v.Title, v.Address, v.Latitude, v.Longitude)
	}
	for _, row := range r.Keyboard.Rows {
		for _, button := range row {
			fmt.Fprintf(&b, "[%s%s] ", button.Text, cond(button.URL != "", " → "+button.URL))
		}
		b.WriteString("\n")
	}
	if r.Keyboard.Kind == bot.KeyboardMenu {
		fmt.Fprintf(&b, "(پایین صفحه؛ جای نوشتن: %s)\n", r.Keyboard.Placeholder)
	}
	return b.String() + "\n"
}

func cond(yes bool, s string) string {
	if yes {
		return s
	}
	return ""
}

func (w *world) text(s string) *world {
	w.t.Helper()
	return w.does(s, bot.Update{Kind: bot.KindMessage, Private: true, Sent: w.now, Text: s})
}

func (w *world) shares(phone string) *world {
	w.t.Helper()
	return w.does("☎", bot.Update{Kind: bot.KindMessage, Private: true, Sent: w.now.Add(time.Second), Contact: &bot.Contact{Phone: phone, UserID: w.user}})
}

// sends sends a place.
func (w *world) sends(latitude, longitude float64) *world {
	w.t.Helper()
	return w.does(fmt.Sprintf("⌖ %v %v", latitude, longitude), bot.Update{Kind: bot.KindMessage, Private: true, Sent: w.now,
		Location: &bot.Location{Latitude: latitude, Longitude: longitude}})
}

// press presses a button of the last replies, by its label or its beginning.
func (w *world) press(label string) *world {
	w.t.Helper()
	for i := len(w.last) - 1; i >= 0; i-- {
		if data, ok := find(w.last[i], label); ok {
			return w.presses(label, data)
		}
	}
	w.t.Fatalf("no button %q under %+v", label, texts(w.last))
	return w
}

func find(r bot.Reply, label string) (data string, ok bool) {
	for _, row := range r.Keyboard.Rows {
		for _, b := range row {
			if strings.HasPrefix(b.Text, label) && b.Data != "" {
				return b.Data, true
			}
		}
	}
	return "", false
}

func (w *world) presses(label, data string) *world {
	w.t.Helper()
	return w.does("["+label+"]", bot.Update{Kind: bot.KindCallback, Private: true, Callback: &bot.Callback{ID: "x", Data: data, MessageID: 1000 + w.message}})
}

func (w *world) later(d time.Duration) *world {
	w.now = w.now.Add(d)
	return w
}

// says checks that the last replies hold each of the texts.
func (w *world) says(wants ...string) *world {
	w.t.Helper()
	all := strings.Join(texts(w.last), "\n---\n")
	for _, want := range wants {
		if !strings.Contains(all, want) {
			w.t.Errorf("want %q in:\n%s", want, all)
		}
	}
	return w
}

func (w *world) keepsSilentOf(wants ...string) *world {
	w.t.Helper()
	all := strings.Join(texts(w.last), "\n---\n")
	for _, want := range wants {
		if strings.Contains(all, want) {
			w.t.Errorf("%q stands in:\n%s", want, all)
		}
	}
	return w
}

func texts(replies []bot.Reply) (all []string) {
	for _, r := range replies {
		all = append(all, r.Text)
	}
	return all
}

// proves goes from nothing to the answer after the code.
func (w *world) proves(phone card.Mobile, code string) *world {
	w.t.Helper()
	return w.text("/start").shares(string(phone)).text(code)
}

func (w *world) chatRow() (c store.Chat, found bool) {
	w.update(func(tx *store.Tx) (err error) {
		c, found, err = tx.Chat(w.chat())
		return err
	})
	return c, found
}

func (w *world) person(code string) (p store.Person) {
	w.update(func(tx *store.Tx) (err error) {
		p, err = tx.Person(w.store.Keyer().Person(card.NationalCode(code)))
		return err
	})
	return p
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s is other than reviewed (-want +got; -update after review):\n%s", name, diff)
	}
}

func onBoth(t *testing.T, fn func(t *testing.T, on card.Platform)) {
	for _, on := range []card.Platform{card.Telegram, card.Bale} {
		t.Run(string(on), func(t *testing.T) { fn(t, on) })
	}
}
