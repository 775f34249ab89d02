package bench

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
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

var stdout = os.Stdout

var directory = offices.New([]card.Office{{Code: "77", Name: "نمونه", City: "تهران", Address: "خیابان نمونه، پلاک ۱"}})

// citizens is how many chats ask. Their number keeps the pace of a chat from
// holding up anything.
const citizens = 10_000

// persons is how many persons the store of the answers holds: a million, or as
// many as KARTYAR_BENCH_PERSONS says, or few in a short run.
func persons(b *testing.B) int {
	if n, err := strconv.Atoi(os.Getenv("KARTYAR_BENCH_PERSONS")); err == nil {
		return max(n, citizens)
	}
	if testing.Short() {
		return citizens
	}
	return 1_000_000
}

// filled makes a store of persons, of whom the first citizens are followed,
// each by a chat that has proved who it is, and returns its directory.
func filled(b *testing.B) string {
	b.Helper()
	s, dir := openStore(b)
	now := time.Now()
	all := codes(b, persons(b))
	opt := desk.ImportOptions{Store: s, Rules: rules, Now: time.Now, SpoolDir: dir, Yes: true, Offices: directory}
	if _, err := desk.Import(ctx, opt, bytes.NewReader(arrivals(b, all, now))); err != nil {
		b.Fatal(err)
	}
	follow(b, s, all[:citizens], now)
	closeStore(b, s)
	flatten(b, dir) // merging what a list brought is the list's cost
	return filepath.Join(dir, "store")
}

// BenchmarkStatus answers «وضعیت کارت من» from end to end: polled over loopback
// from a platform in another process on the other core, kept and synced,
// handled, looked up in a store of a million persons, sent with its keyboard,
// and taken out of the inbox. The program is wired as `serve` wires it, with the
// limit of rate lifted. Beside it, in turns against the same platform, the
// plainest echo bots of other libraries answer as many messages; they have no
// store. cpu-µs/answer is the processor time of the bot alone, by getrusage,
// and commits/answer counts the synced commits of the store.
func BenchmarkStatus(b *testing.B) {
	rounds, answers := 5, citizens
	if testing.Short() {
		rounds, answers = 1, 500
	}
	if n, err := strconv.Atoi(os.Getenv("KARTYAR_BENCH_ROUNDS")); err == nil {
		rounds = n
	}
	dir := filled(b)
	names := []string{"kartyar", "telegram-bot-api", "go-telegram", "gotgbot", "telebot", "telego"}
	if only := os.Getenv("KARTYAR_BENCH_ONLY"); only != "" {
		names = strings.Split(only, ",")
	}
	for b.Loop() {
		cost, commits := map[string][]float64{}, []float64{}
		for range rounds {
			for _, name := range names {
				used, took := answerAll(b, name, dir, answers)
				perAnswer := float64(used.CPU.Nanoseconds()) / 1e3 / float64(answers)
				cost[name] = append(cost[name], perAnswer)
				if name == "kartyar" {
					commits = append(commits, float64(used.Commits)/float64(answers))
				}
				kernel := float64(used.Kernel.Nanoseconds()) / 1e3 / float64(answers)
				b.Logf("%-18s %7.1f µs of CPU an answer, %.1f of them in the kernel, %6.0f answers/s, %.3f commits an answer, %d bytes in %d objects",
					name, perAnswer, kernel, float64(answers)/took.Seconds(), float64(used.Commits)/float64(answers), used.Bytes/uint64(answers), used.Objects/uint64(answers))
			}
		}
		for name, all := range cost {
			b.ReportMetric(median(all), name+"-cpu-µs/answer")
			if name != "kartyar" && len(cost["kartyar"]) > 0 {
				b.ReportMetric(median(cost["kartyar"])/median(all), "of-"+name)
			}
		}
		if len(commits) > 0 {
			b.ReportMetric(median(commits), "commits/answer")
			b.ReportMetric(answerSingly(b, dir, min(answers, 25)), "commits/single-answer")
		}
	}
}

func median(all []float64) float64 {
	all = slices.Sorted(slices.Values(all))
	return all[len(all)/2]
}

// answerSingly has n people ask one after the other, each when the one before
// has long been answered, and returns the synced commits of an answer.
func answerSingly(b *testing.B, dir string, n int) float64 {
	b.Helper()
	api, stopPlatform := startPlatform(b)
	defer stopPlatform()
	p, stop := startPart(b, 0, "kartyar", "KARTYAR_BENCH_API="+api, "KARTYAR_BENCH_STORE="+dir)
	defer stop()
	ask(b, api, 1, citizens, 0)
	before := p.used(b)
	ask(b, api, n, citizens, 5)
	return float64(p.used(b).since(before).Commits) / float64(n)
}

// warmings is how many times all citizens ask before anything is measured: so
// often that the heap has grown to its bound and been cleared at least twice.
// What a process touches for the first time, the machine has to find first, and
// `serve` runs for months.
const warmings = 5

// answerAll has a bot answer n messages once it is warm, and returns what that
// cost it.
func answerAll(b *testing.B, name, dir string, n int) (cost usage, took time.Duration) {
	b.Helper()
	api, stopPlatform := startPlatform(b)
	defer stopPlatform()
	p, stop := startPart(b, 0, name, "KARTYAR_BENCH_API="+api, "KARTYAR_BENCH_STORE="+dir)
	defer stop()
	for range warmings {
		ask(b, api, n, citizens, 0)
	}
	before, began := p.used(b), time.Now()
	ask(b, api, n, citizens, 0)
	took = time.Since(began)
	after := p.used(b)
	return after.since(before), took
}

// serveProgram serves one bot on the store in dir, until standard input ends.
func serveProgram(api, dir string) {
	s, err := store.Open(store.Options{Dir: dir, Key: bytes.Repeat([]byte{7}, store.KeySize)})
	if err != nil {
		panic(err)
	}
	var commits atomic.Uint64
	s.OnCommit(func(store.Commit) { commits.Add(1) })
	client := bot.New(bot.Options{Profile: bot.Telegram(), Token: "4242:bench", API: api, Rate: lifted})
	stop := serveStatus(s, client)
	_, _ = io.WriteString(stdout, "ready\n")
	account(func() usage { return usage{Commits: commits.Load()} }, nil)
	stop()
	if err := s.Close(); err != nil {
		panic(err)
	}
}

// serveStatus runs one bot on the store until stop is called.
func serveStatus(s *store.Store, client *bot.Client) (stop func()) {
	talk := handlers.New(handlers.Options{
		Keyer: s.Keyer(), Secret: s.Subkey(handlers.ButtonPurpose), Rules: rules,
		Lookup: lookup.New(s, 100_000), Offices: func() *offices.Directory { return directory },
		Settings: func() *settings.Settings { return &settings.Settings{} },
	})
	in := inbox.New(inbox.Options{
		Store: s, Senders: map[card.Bot]inbox.Sender{aBot: client}, ChatOf: bot.ChatOf,
		Decode: func(from card.Bot, raw bot.Raw) (bot.Update, error) { return bot.Decode(bot.Telegram(), from, raw) },
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
			panic(err)
		}
	})
	parts.Go(func() {
		keep := func(ctx context.Context, batch []bot.Raw) error { return in.Keep(ctx, aBot, batch) }
		if err := client.Poll(running, keep, bot.PollOptions{}); err != nil && running.Err() == nil {
			panic(err)
		}
	})
	return func() {
		cancel()
		parts.Wait()
		client.Close()
	}
}
