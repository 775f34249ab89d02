package bench

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"kartyar/bot"
	"kartyar/card"
	"kartyar/desk"
	"kartyar/desk/offices"
	"kartyar/handlers"
	"kartyar/inbox"
	"kartyar/lookup"
	"kartyar/settings"
	"kartyar/store"
)

// BenchmarkStatus answers «وضعیت کارت من» from end to end: polled over loopback
// from a platform in another process, kept and synced, handled, sent, and taken
// out of the inbox. The parts are wired as `serve` wires them, with the limit of
// rate lifted, and with so many chats that the pace of a chat holds up none. B/op and
// cpu are those of the program alone.
func BenchmarkStatus(b *testing.B) {
	const chats = 10_000
	s, dir := openStore(b)
	now := time.Now()
	all := codes(b, chats)
	directory := offices.New([]card.Office{{Code: "77", Name: "نمونه", City: "تهران", Address: "خیابان نمونه، پلاک ۱"}})
	opt := desk.ImportOptions{Store: s, Rules: rules, Now: time.Now, SpoolDir: dir, Yes: true, Offices: directory}
	if _, err := desk.Import(ctx, opt, bytes.NewReader(arrivals(b, all, now))); err != nil {
		b.Fatal(err)
	}
	follow(b, s, all, now)
	api := startPlatform(b)
	stop := serveStatus(b, s, api, directory)
	defer stop()
	ask(b, api, chats, chats) // all have asked once: caches are warm

	b.ReportAllocs()
	b.ResetTimer()
	before := cpu(b)
	ask(b, api, b.N, chats)
	measured(b, b.N, "status", before)
}

// ask has chats ask n times in all and waits for the answers.
func ask(b *testing.B, api string, n, chats int) {
	b.Helper()
	resp, err := http.Get(fmt.Sprintf("%s/bench/ask?n=%d&chats=%d", api, n, chats))
	if err != nil {
		b.Fatal(err)
	}
	_ = resp.Body.Close()
}

// serveStatus runs one bot on the store until stop is called.
func serveStatus(b *testing.B, s *store.Store, api string, directory *offices.Directory) (stop func()) {
	b.Helper()
	client := bot.New(bot.Options{Profile: bot.Telegram(), Token: "4242:bench", API: api, Rate: 1e6})
	talk := handlers.New(handlers.Options{
		Keyer: s.Keyer(), Secret: s.Subkey(handlers.ButtonPurpose), Rules: rules,
		Lookup: lookup.New(s, 100_000), Offices: func() *offices.Directory { return directory },
		Settings: func() *settings.Settings { return &settings.Settings{} },
	})
	in := inbox.New(inbox.Options{
		Store: s, Senders: map[card.Bot]inbox.Sender{aBot: client}, ChatOf: bot.ChatOf,
		Decode: func(from card.Bot, raw []byte) (bot.Update, error) { return bot.Decode(bot.Telegram(), from, raw) },
		Handle: talk.Handle, Renew: talk.Renew, Flood: talk.Flood, Sorry: talk.Sorry,
		Blocked: func(tx *store.Tx, now time.Time, chat card.ChatKey) error {
			return rules.Reachable(tx, now, chat, false)
		},
		Log: zerolog.Nop(),
	})
	running, cancel := context.WithCancel(ctx)
	var parts sync.WaitGroup
	parts.Go(func() {
		if err := in.Run(running); err != nil {
			b.Error(err)
		}
	})
	parts.Go(func() {
		keep := func(ctx context.Context, batch []bot.Raw) error { return in.Keep(ctx, aBot, batch) }
		if err := client.Poll(running, keep, bot.PollOptions{}); err != nil && running.Err() == nil {
			b.Error(err)
		}
	})
	return func() {
		cancel()
		parts.Wait()
		client.Close()
	}
}
