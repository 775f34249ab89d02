package bench

import (
	"bytes"
	"context"
	"sync/atomic"
	"testing"
	"time"

	"kartyar/alert"
	"kartyar/card"
	"kartyar/desk"
	"kartyar/desk/offices"
	"kartyar/store"
)

// BenchmarkAlert sends the alerts that wait after a list: each is looked up,
// composed, handed to a platform that takes it at once, and its mark is synced.
// There is no limit of rate.
func BenchmarkAlert(b *testing.B) {
	const people = 5000
	all := codes(b, people)
	now := time.Now()
	list := arrivals(b, all, now)
	b.ReportAllocs()
	setup, before := time.Duration(0), cpu(b)
	for b.Loop() {
		b.StopTimer()
		used := cpu(b)
		s, dir := openStore(b)
		follow(b, s, all, now)
		opt := desk.ImportOptions{
			Store: s, Rules: rules, Now: time.Now, SpoolDir: dir, Yes: true,
			Offices: offices.New([]card.Office{{Code: "77", Name: "نمونه"}}),
		}
		if report, err := desk.Import(ctx, opt, bytes.NewReader(list)); err != nil || report.Alerts != people {
			b.Fatalf("%+v: %v", report, err)
		}
		setup += cpu(b) - used

		// A message is counted when its mark is on disk: the person's row is
		// written then, and never otherwise in here.
		var marked atomic.Int64
		running, stop := context.WithCancel(ctx)
		s.OnCommit(countMarks(&marked, people, stop))
		worker := alert.NewWorker(alert.WorkerOptions{
			Store: s, Rules: rules, Bot: aBot, Now: time.Now,
			Deliver: func(ctx context.Context, _ alert.Message, latest alert.Latest) alert.Outcome {
				latest(ctx)
				return alert.Outcome{Kind: alert.Sent}
			},
		})
		b.StartTimer()
		if err := worker.Run(running); err != nil {
			b.Fatal(err)
		}
		stop()
		b.StopTimer()
		used = cpu(b)
		closeStore(b, s)
		setup += cpu(b) - used
		b.StartTimer()
		if got := marked.Load(); got != people {
			b.Fatalf("%d of %d alerts were marked", got, people)
		}
	}
	measured(b, people*b.N, "alert", before+setup)
}

// countMarks counts persons written, and stops the worker after the last.
func countMarks(marked *atomic.Int64, last int64, stop func()) func(store.Commit) {
	return func(c store.Commit) {
		if marked.Add(int64(len(c.Persons))) >= last {
			stop()
		}
	}
}
