package bench

import (
	"context"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strconv"
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

var asksFlag = flag.Int("asks", 3000, "questions of a turn of the latency")

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
	loads := []struct {
		name string
		rate int
	}{{"idle", lifted}, {"import", lifted}, {"fan-out", 1000}, {"fan-out-lifted", lifted}}
	for b.Loop() {
		p50, p99 := map[string][]float64{}, map[string][]float64{}
		for range turns {
			for _, load := range loads {
				took, ended := latencyUnder(b, load.name, dir, alerts, load.rate, asks, rate)
				b.Logf("%-15s p50 %v, p99 %v, most %v, the load had ended: %v", load.name, took.P50, took.P99, took.Worst, ended)
				p50[load.name] = append(p50[load.name], took.P50.Seconds()*1e3)
				p99[load.name] = append(p99[load.name], took.P99.Seconds()*1e3)
			}
		}
		for _, load := range loads {
			b.ReportMetric(median(p50[load.name]), load.name+"-p50-ms")
			b.ReportMetric(median(p99[load.name]), load.name+"-p99-ms")
			b.ReportMetric(median(p99[load.name])/median(p99["idle"]), load.name+"-of-idle")
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
	running, cancel := context.WithCancel(ctx)
	var under atomic.Bool
	var beside sync.WaitGroup
	stop := serveStatus(s, client)
	_, _ = io.WriteString(stdout, "ready\n")
	account(func() usage { return usage{Loaded: under.Load()} }, func() {
		under.Store(true)
		beside.Go(func() {
			defer under.Store(false)
			runLoad(running, load, s, client, dir)
		})
	})
	cancel()
	beside.Wait()
	stop()
	if err := s.Close(); err != nil {
		panic(err)
	}
}

func runLoad(ctx context.Context, load string, s *store.Store, client *bot.Client, dir string) {
	switch load {
	case "import":
		_, err := desk.Import(ctx, desk.ImportOptions{
			Store: s, Rules: rules, Now: time.Now, SpoolDir: filepath.Dir(dir), Yes: true, Offices: officeBook,
		}, list(10_000_000, partNumber("ROWS")))
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
