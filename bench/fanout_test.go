package bench

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"kartyar/alert"
	"kartyar/bot"
	"kartyar/card"
	"kartyar/desk/offices"
	"kartyar/handlers"
	"kartyar/settings"
	"kartyar/store"
)

var (
	alertsFlag = flag.Int("alerts", 10_000, "alerts of a fan-out")
	flightFlag = flag.Int("flight", 125, "messages on their way at once; serve has 64, and 125 at its highest rate")
	turnsFlag  = flag.Int("turns", 5, "turns of a comparison, of which the median counts")
)

// lifted is a rate that holds up nothing.
const lifted = 1_000_000

// BenchmarkFanOut sends the alerts that wait after a list, as `serve` does: each
// is read, written, sent over loopback to a platform in another process on the
// other core, and its mark is synced. Beside it, in turns, the same client
// sends as many messages of the same shape, as many at once, from no store.
// The limit of rate is lifted.
func BenchmarkFanOut(b *testing.B) {
	alerts, turns := *alertsFlag, *turnsFlag
	if testing.Short() {
		alerts, turns = 200, 1
	}
	dir := waitingAlerts(b, alerts)
	for b.Loop() {
		var all [2][]fanOut
		for range turns {
			for i, name := range []string{"fan-out", "bare"} {
				f := fanOutOf(b, name, dir, alerts, lifted)
				b.Log(name, f)
				all[i] = append(all[i], f)
			}
		}
		b.ReportMetric(medianOf(all[0], fanOut.cost), "cpu-µs/alert")
		b.ReportMetric(medianOf(all[1], fanOut.cost), "bare-cpu-µs/message")
		b.ReportMetric(medianOf(all[0], fanOut.rate), "alerts/s")
		b.ReportMetric(medianOf(all[1], fanOut.cost)/medianOf(all[0], fanOut.cost), "of-bare-by-cpu")
		b.ReportMetric(medianOf(all[0], fanOut.rate)/medianOf(all[1], fanOut.rate), "of-bare-by-rate")
		b.ReportMetric(medianOf(all[0], fanOut.commits), "commits/alert")
	}
}

// BenchmarkFanOutPaced sends them at the highest rate that SEND_RATE takes.
func BenchmarkFanOutPaced(b *testing.B) {
	const rate = 1000
	alerts, turns := *alertsFlag, min(*turnsFlag, 3)
	if testing.Short() {
		alerts, turns = 200, 1
	}
	dir := waitingAlerts(b, alerts)
	for b.Loop() {
		var all []fanOut
		for range turns {
			f := fanOutOf(b, "fan-out", dir, alerts, rate)
			b.Log(f)
			all = append(all, f)
		}
		b.ReportMetric(medianOf(all, fanOut.rate), "alerts/s")
		b.ReportMetric(medianOf(all, fanOut.core), "of-a-core")
		b.ReportMetric(medianOf(all, fanOut.commitRate), "commits/s")
		b.ReportMetric(medianOf(all, fanOut.cost), "cpu-µs/alert")
	}
}

// fanOut is what one took.
type fanOut struct {
	alerts int
	took   time.Duration
	usage
}

func (f fanOut) cost() float64       { return float64(f.CPU.Nanoseconds()) / 1e3 / float64(f.alerts) }
func (f fanOut) rate() float64       { return float64(f.alerts) / f.took.Seconds() }
func (f fanOut) core() float64       { return f.CPU.Seconds() / f.took.Seconds() }
func (f fanOut) commits() float64    { return float64(f.Commits) / float64(f.alerts) }
func (f fanOut) commitRate() float64 { return float64(f.Commits) / f.took.Seconds() }

func (f fanOut) String() string {
	return fmt.Sprintf("%6.1f µs of processor each, %6.0f a second, %.2f of a core, %.3f commits each, %.0f a second, %d bytes in %d objects",
		f.cost(), f.rate(), f.core(), f.commits(), f.commitRate(), f.Bytes/uint64(f.alerts), f.Objects/uint64(f.alerts))
}

func medianOf[T any](all []T, what func(T) float64) float64 {
	var values []float64
	for _, one := range all {
		values = append(values, what(one))
	}
	return median(values)
}

// fanOutOf has a part send so many alerts from a copy of a store.
func fanOutOf(b *testing.B, name, dir string, alerts, rate int) fanOut {
	b.Helper()
	api, stopPlatform := startPlatform(b)
	defer stopPlatform()
	dir = copyOf(b, dir)
	defer func() { _ = os.RemoveAll(dir) }()
	p, stop := startPart(b, 0, name, "KARTYAR_BENCH_API="+api, "KARTYAR_BENCH_STORE="+filepath.Join(dir, "store"),
		"KARTYAR_BENCH_ALERTS="+strconv.Itoa(alerts), "KARTYAR_BENCH_RATE="+strconv.Itoa(rate), "KARTYAR_BENCH_FLIGHT="+strconv.Itoa(*flightFlag))
	defer stop()
	before := p.used(b)
	took, err := time.ParseDuration(p.line(b))
	if err != nil {
		b.Fatal(err)
	}
	after := p.used(b)
	return fanOut{alerts, took, after.since(before)}
}

// waitingAlerts returns the directory of a store in which so many alerts wait,
// each for a chat of its own.
func waitingAlerts(b *testing.B, alerts int) (dir string) {
	b.Helper()
	return kept(b, "alerts-"+sizeOf(alerts), func(dir string) {
		s := openAt(b, dir)
		l := list(0, alerts)
		l.stage = func(int) string { return "ready" }
		takeIn(b, s, dir, l)
		everyNth(b, s, alerts, 1)
		closeStore(b, s)
	})
}

// copyOf copies a closed store with what stands beside it.
func copyOf(b *testing.B, dir string) (copied string) {
	b.Helper()
	copied = b.TempDir()
	if err := os.Mkdir(filepath.Join(copied, "store"), 0o700); err != nil {
		b.Fatal(err)
	}
	for _, pattern := range []string{"store.*", "store/*"} {
		files, err := filepath.Glob(filepath.Join(dir, pattern))
		for _, path := range files {
			rest, _ := filepath.Rel(dir, path)
			if strings.HasSuffix(path, ".sock") {
				continue
			}
			err = errors.Join(err, copyFile(path, filepath.Join(copied, rest)))
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	return copied
}

// serveAlerts is the part that sends, the program's or the bare one. It begins
// at the first line of standard input, says how long it took when all marks are
// on disk, and ends with standard input.
func serveAlerts(name, api, dir string) {
	alerts, flight := partNumber("ALERTS"), partNumber("FLIGHT")
	client := bot.New(bot.Options{Profile: bot.Telegram(), Token: "4242:bench", API: api, Rate: float64(partNumber("RATE")), Workers: flight})
	send, counts, closeAll := sendBare(client, alerts, flight), func() usage { return usage{} }, func() {}
	if name == "fan-out" {
		send, counts, closeAll = sendWaiting(client, dir, alerts, flight)
	}
	var sending sync.WaitGroup
	_, _ = io.WriteString(stdout, "ready\n")
	account(counts, func() {
		sending.Go(func() {
			began := time.Now()
			send()
			_, _ = fmt.Fprintln(stdout, time.Since(began))
		})
	})
	sending.Wait()
	client.Close()
	closeAll()
}

// sendWaiting has a worker send what waits in the store in dir.
func sendWaiting(client *bot.Client, dir string, alerts, flight int) (send func(), counts func() usage, closeAll func()) {
	s, err := store.Open(store.Options{Dir: dir, Key: benchKey})
	if err != nil {
		panic(err)
	}
	running, stop := context.WithCancel(ctx)
	var marked atomic.Int64
	var committed atomic.Uint64
	s.OnCommit(func(store.Commit) { committed.Add(1) })
	s.OnCommit(countMarks(&marked, int64(alerts), stop))
	worker := alert.NewWorker(alert.WorkerOptions{
		Store: s, Rules: rules, Bot: aBot, Now: time.Now, Senders: flight, Log: zerolog.New(os.Stderr),
		Deliver: delivery(client, talkOf(s)),
	})
	send = func() {
		if err := worker.Run(running); err != nil {
			panic(err)
		}
		if got := marked.Load(); got < int64(alerts) {
			panic(fmt.Sprintf("%d of %d alerts were marked", got, alerts))
		}
	}
	return send, func() usage { return usage{Commits: committed.Load()} }, func() {
		if err := s.Close(); err != nil {
			panic(err)
		}
	}
}

// talkOf writes alerts as the program does.
func talkOf(s *store.Store) *handlers.Handlers {
	return handlers.New(handlers.Options{
		Keyer: s.Keyer(), Secret: s.Subkey(handlers.ButtonPurpose), Rules: rules,
		Offices:  func() *offices.Directory { return officeBook },
		Settings: func() *settings.Settings { return &settings.Settings{} },
	})
}

// delivery writes and sends an alert as the program does.
func delivery(client *bot.Client, talk *handlers.Handlers) func(context.Context, alert.Message, alert.Latest) alert.Outcome {
	return func(ctx context.Context, m alert.Message, latest alert.Latest) alert.Outcome {
		if ok, wait := client.Available(time.Now()); !ok {
			return alert.Outcome{Kind: alert.Outage, Wait: wait}
		}
		_, err := client.SendInTurn(ctx, bot.ClassAlert, m.To.Chat, func(ctx context.Context) (bot.Reply, error) {
			m, ok := latest(ctx)
			if !ok {
				return bot.Reply{}, errors.New("an alert is not due any more")
			}
			return talk.Alert(m, time.Now()), nil
		})
		if err != nil {
			panic(err)
		}
		return alert.Outcome{Kind: alert.Sent}
	}
}

// sendBare sends one alert's message to as many chats.
func sendBare(client *bot.Client, alerts, flight int) (send func()) {
	talk := handlers.New(handlers.Options{
		Secret: make([]byte, 32), Rules: rules,
		Offices:  func() *offices.Directory { return officeBook },
		Settings: func() *settings.Settings { return &settings.Settings{} },
	})
	now := time.Now()
	reply := talk.Alert(alert.Message{Office: "1000", Items: []alert.Item{{
		Event: alert.Arrived, State: card.State{Stage: card.StageReady, Office: "1000", AsOf: now},
		Arrival: store.Arrival{Number: 1, Office: "1000", At: now},
	}}}, now)
	return func() {
		var next atomic.Int64
		var senders sync.WaitGroup
		for range flight {
			senders.Go(func() {
				for n := next.Add(1); n <= int64(alerts); n = next.Add(1) {
					if _, err := client.Send(ctx, bot.ClassAlert, chatID(int(n)), reply); err != nil {
						panic(err)
					}
				}
			})
		}
		senders.Wait()
	}
}
