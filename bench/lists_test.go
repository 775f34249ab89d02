package bench

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"testing"
	"time"

	"kartyar/app"
	"kartyar/store"
)

// side is one of the things that are compared: what it took.
type side struct {
	wall, cpu time.Duration
	peak      int64
}

// asServed has garbage cleared away as the program does, until stop is called.
func asServed() (stop func()) {
	debug.SetMemoryLimit(app.MemoryGoal)
	running, cancel := context.WithCancel(ctx)
	var floor sync.WaitGroup
	floor.Go(func() { app.KeepHeapFloor(running) })
	return func() {
		cancel()
		floor.Wait()
	}
}

// run measures fn, with the memory that the program allows itself.
func run(b *testing.B, fn func()) (s side) {
	b.Helper()
	defer asServed()()
	s.peak = peak(b, func() {
		began, used := time.Now(), cpu(b)
		fn()
		s.wall, s.cpu = time.Since(began), cpu(b)-used
	})
	return s
}

func (s side) report(b *testing.B, name string, n int) {
	b.Helper()
	b.ReportMetric(float64(s.wall.Nanoseconds())/1e3/float64(n), name+"-µs/row")
	b.ReportMetric(float64(s.cpu.Nanoseconds())/1e3/float64(n), name+"-cpu-µs/row")
	b.ReportMetric(float64(s.peak)/(1<<20), name+"-peak-MiB")
}

// compare reports how fast s was, as a part of other's speed.
func (s side) compare(b *testing.B, name string, other side) {
	b.Helper()
	b.ReportMetric(other.wall.Seconds()/s.wall.Seconds(), name+"-speed")
	b.ReportMetric(other.cpu.Seconds()/s.cpu.Seconds(), name+"-cpu")
}

// inListOrder writes dumped rows as they would come from a list, which to keys
// that are HMACs is any order.
func inListOrder(b *testing.B, dumped string, rows int) (path string) {
	b.Helper()
	all := make([][2][]byte, 0, rows)
	eachDumped(b, dumped, func(key, value []byte) error {
		all = append(all, [2][]byte{key, value})
		return nil
	})
	rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	out, err := newDump(dumped + "-listed")
	if err != nil {
		b.Fatal(err)
	}
	for _, row := range all {
		out.add(row[0], row[1])
	}
	if err := out.close(); err != nil {
		b.Fatal(err)
	}
	return dumped + "-listed"
}

// BenchmarkListAgainstBadger takes a list of people in who are all new, and has
// Badger alone write the same rows, compactions included: in the order in which
// they stand in the list, and in the order of their keys, into which the import
// has to sort them first.
func BenchmarkListAgainstBadger(b *testing.B) {
	rows := *rowsFlag
	b.Run(sizeOf(rows), func(b *testing.B) {
		for b.Loop() {
			dir := b.TempDir()
			ours := run(b, func() {
				s := openAt(b, dir)
				takeIn(b, s, dir, list(0, rows))
				closeStore(b, s)
				flatten(b, dir)
			})
			dumped := dump(b, dir)
			sorted := run(b, func() { writeBare(b, b.TempDir(), dumped) })
			listed := inListOrder(b, dumped, rows)
			bares := run(b, func() { writeBare(b, b.TempDir(), listed) })
			ours.report(b, "ours", rows)
			bares.report(b, "bare", rows)
			sorted.report(b, "bare-sorted", rows)
			ours.compare(b, "of-bare", bares)
			ours.compare(b, "of-bare-sorted", sorted)
		}
	})
}

func writeBare(b *testing.B, dir, dumped string) {
	b.Helper()
	db := openBare(b, dir)
	batch := db.NewWriteBatch()
	eachDumped(b, dumped, batch.Set)
	if err := errors.Join(batch.Flush(), db.Flatten(2), db.Close()); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkListWithFollowers takes a list in by which one card in a hundred
// comes to an office, once while nobody waits and once while each of those, and
// as many others, is waited for.
func BenchmarkListWithFollowers(b *testing.B) {
	rows := *rowsFlag
	b.Run(sizeOf(rows), func(b *testing.B) {
		for b.Loop() {
			var sides [2]side
			for i := range sides {
				dir := b.TempDir()
				s := openAt(b, dir)
				if i == 1 {
					everyNth(b, s, rows, 50)
				}
				sides[i] = run(b, func() {
					report := takeIn(b, s, dir, arrivingList(rows))
					if want := i * rows / arriving; report.Alerts != want {
						b.Fatalf("%d alerts, not %d", report.Alerts, want)
					}
				})
				closeStore(b, s)
			}
			sides[0].report(b, "nobody", rows)
			sides[1].report(b, "followed", rows)
			b.ReportMetric(sides[1].wall.Seconds()/sides[0].wall.Seconds(), "times")
			b.ReportMetric(sides[1].cpu.Seconds()/sides[0].cpu.Seconds(), "times-cpu")
		}
	})
}

// BenchmarkListAgain takes the list of a large store in again, in another order
// and with one row in a thousand changed, and has Badger alone get the same
// rows in the order in which they stand in the list.
func BenchmarkListAgain(b *testing.B) {
	records := *recordsFlag
	b.Run(sizeOf(records), func(b *testing.B) {
		for b.Loop() {
			dir := b.TempDir()
			s := openAt(b, dir)
			takeIn(b, s, dir, list(0, records))
			closeStore(b, s)
			flatten(b, dir)
			order := shuffled(records)
			bares := run(b, func() { getKnown(b, dir, records, order) })
			again := list(0, records)
			again.at = order
			again.asOf = func(n int) string {
				if n%1000 == 0 {
					return "2026-11-21T08:00:00Z"
				}
				return "2026-11-20T08:00:00Z"
			}
			ours := run(b, func() {
				s := openAt(b, dir)
				if report := takeIn(b, s, dir, again); report.Applied != records/1000 {
					b.Fatalf("%+v", report)
				}
				closeStore(b, s)
			})
			ours.report(b, "ours", records)
			bares.report(b, "bare", records)
			ours.compare(b, "of-bare", bares)
		}
	})
}

// everyNth has every nth of the first people followed by a chat.
func everyNth(b *testing.B, s *store.Store, people, nth int) {
	b.Helper()
	const chunk = 200
	now := time.Now()
	for first := 0; first < people; first += chunk * nth {
		err := s.UpdateInBulk(ctx, func(tx *store.Tx) error {
			for n := first; n < min(first+chunk*nth, people); n += nth {
				if err := followOne(tx, s.Keyer(), n, codeOf(n), now); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
