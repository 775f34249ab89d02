package bench

import (
	"context"
	"errors"
	"flag"
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
	"kartyar/desk"
	"kartyar/store"
)

var (
	asksFlag  = flag.Int("asks", 3000, "questions of a turn of the latency")
	loadsFlag = flag.String("loads", "idle,import,fan-out,fan-out-lifted", "what the latency is measured beside")
)

// BenchmarkLatency is how long «وضعیت کارت من» waits for its answer at 500 a
// second, which chats ask whether or not the others were answered: while nothing
// else runs, while a list of -rows people is taken in, and while -alerts go out,
// at the highest SEND_RATE and with no limit. The bot has one core for all of
// that, the platform and those who ask the other. A load that ended before the
// questions did is reported, since it was none to their end.
func BenchmarkLatency(b *testing.B) {
	const rate = 500
	asks, turns, alerts := *asksFlag, *turnsFlag, *alertsFlag
	if testing.Short() {
		asks, turns, alerts = 100, 1, 200
	}
	dir := askedStore(b, alerts)
	rates := map[string]int{"idle": lifted, "import": lifted, "fan-out": 1000, "fan-out-lifted": lifted}
	loads := strings.Split(*loadsFlag, ",")
	for _, load := range loads {
		if _, known := rates[load]; !known {
			b.Fatalf("-loads names %q, which is none of idle, import, fan-out and fan-out-lifted", load)
		}
	}
	for b.Loop() {
		p50, p99 := map[string][]float64{}, map[string][]float64{}
		for range turns {
			for _, load := range loads {
				took, ended := latencyUnder(b, load, dir, alerts, rates[load], asks, rate)
				b.Logf("%-15s p50 %v, p99 %v, most %v, the load had ended: %v", load, took.P50, took.P99, took.Worst, ended)
				p50[load] = append(p50[load], took.P50.Seconds()*1e3)
				p99[load] = append(p99[load], took.P99.Seconds()*1e3)
			}
		}
		for _, load := range loads {
			b.ReportMetric(median(p50[load]), load+"-p50-ms")
			b.ReportMetric(median(p99[load]), load+"-p99-ms")
			if idle := p99["idle"]; len(idle) > 0 {
				b.ReportMetric(median(p99[load])/median(idle), load+"-of-idle")
			}
		}
	}
}

func latencyUnder(b *testing.B, load, dir string, alerts, sendRate, asks, rate int) (took times, ended bool) {
	b.Helper()
	api, stopPlatform := startPlatform(b)
	defer stopPlatform()
	dir = copyOf(b, dir)
	defer func() { _ = os.RemoveAll(dir) }()
	p, stop := startPart(b, 0, "loaded", "KARTYAR_BENCH_API="+api, "KARTYAR_BENCH_STORE="+filepath.Join(dir, "store"), "KARTYAR_BENCH_LOAD="+load,
		"KARTYAR_BENCH_ALERTS="+strconv.Itoa(alerts), "KARTYAR_BENCH_ROWS="+strconv.Itoa(*rowsFlag), "KARTYAR_BENCH_RATE="+strconv.Itoa(sendRate))
	defer stop()
	ask(b, api, min(asks, citizens), citizens, rate)
	p.used(b) // which begins the load
	took = ask(b, api, asks, citizens, rate)
	return took, !p.used(b).Loaded && load != "idle"
}

// askedStore returns the directory of a store whose first citizens have been
// told what they ask after; so many others wait to be told.
func askedStore(b *testing.B, alerts int) (dir string) {
	b.Helper()
	return kept(b, "asked-"+sizeOf(alerts), func(dir string) {
		s := openAt(b, dir)
		l := list(0, citizens+alerts)
		l.stage = func(int) string { return "ready" }
		takeIn(b, s, dir, l)
		everyNth(b, s, citizens+alerts, 1)
		keyer := s.Keyer()
		const chunk = 500
		for first := 0; first < citizens; first += chunk {
			err := s.UpdateInBulk(ctx, func(tx *store.Tx) error {
				for n := first; n < first+chunk; n++ {
					if err := rules.Shown(tx, time.Now(), personOf(keyer, n), keyer.Chat(subscriber(n))); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
		}
		closeStore(b, s)
	})
}

// serveLoaded serves one bot and, from the first line of standard input on, does
// something else beside, until standard input ends.
func serveLoaded(load, api, dir string) {
	s, err := store.Open(store.Options{Dir: dir, Key: benchKey})
	if err != nil {
		panic(err)
	}
	client := bot.New(bot.Options{
		Profile: bot.Telegram(), Token: "4242:bench", API: api, Rate: float64(partNumber("RATE")), Workers: 128,
	})
	csv := ""
	if load == "import" {
		csv = writeList(dir)
	}
	running, cancel := context.WithCancel(ctx)
	var under atomic.Bool
	var beside sync.WaitGroup
	stop := serveStatus(s, client)
	_, _ = io.WriteString(stdout, "ready\n")
	account(func() usage { return usage{Loaded: under.Load()} }, func() {
		under.Store(true)
		beside.Go(func() {
			defer under.Store(false)
			runLoad(running, load, s, client, csv)
		})
	})
	cancel()
	beside.Wait()
	stop()
	if err := s.Close(); err != nil {
		panic(err)
	}
}

// writeList writes the list that is taken in into a file beside the store, since
// to think it up costs the bot more than to read it.
func writeList(dir string) (path string) {
	path = filepath.Join(filepath.Dir(dir), "list.csv")
	file, err := os.Create(path)
	if err == nil {
		_, err = io.Copy(file, list(10_000_000, partNumber("ROWS")))
	}
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		panic(err)
	}
	return path
}

func runLoad(ctx context.Context, load string, s *store.Store, client *bot.Client, csv string) {
	switch load {
	case "import":
		file, err := os.Open(csv)
		if err != nil {
			panic(err)
		}
		defer func() { _ = file.Close() }()
		_, err = desk.Import(ctx, desk.ImportOptions{
			Store: s, Rules: rules, Now: time.Now, SpoolDir: filepath.Dir(csv), Yes: true, Offices: officeBook,
		}, file)
		if err != nil && ctx.Err() == nil {
			panic(err)
		}
	case "fan-out", "fan-out-lifted":
		running, stop := context.WithCancel(ctx)
		defer stop()
		var marked atomic.Int64
		s.OnCommit(countMarks(&marked, int64(partNumber("ALERTS")), stop))
		worker := alert.NewWorker(alert.WorkerOptions{
			Store: s, Rules: rules, Bot: aBot, Now: time.Now, Log: zerolog.New(os.Stderr), Deliver: delivery(client, talkOf(s)),
		})
		if err := worker.Run(running); err != nil {
			panic(err)
		}
	}
}
