package bench

import (
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/dgraph-io/badger/v4"
	"golang.org/x/sys/unix"

	"kartyar/card"
	"kartyar/lookup"
	"kartyar/store"
)

const (
	rounds  = 5      // of which the median counts
	aRound  = 50_000 // look-ups
	perTurn = 100    // look-ups of one transaction
	few     = 1000   // people that are remembered, where hardly anybody is to be
	cached  = 100_000
)

// BenchmarkLookUp asks a large store for people at random, and Badger alone for
// the same rows, in turns. A miss is of our cache: what the disk holds is in
// the system's memory as far as it fits.
func BenchmarkLookUp(b *testing.B) {
	for _, records := range sizes() {
		b.Run(sizeOf(records), func(b *testing.B) {
			dir := large(b, records)
			beside := twin(b, dir)
			for _, files := range []string{beside, filepath.Join(dir, "store")} {
				eachFile(b, files, func(file *os.File) error {
					_, err := io.Copy(io.Discard, file)
					return err
				})
			}
			db := openBare(b, beside)
			s := openAt(b, dir)
			if err := s.Verify(); err != nil { // what begins as a store opens is over then
				b.Fatal(err)
			}
			ask := asker{store: s, lookup: lookup.New(s, few), records: records}
			var keys []card.PersonKey
			turns := func(fn func([]card.PersonKey)) func() {
				return func() {
					for turn := range slices.Chunk(keys, perTurn) {
						fn(turn)
					}
				}
			}
			missed, got, hit := turns(func(k []card.PersonKey) { ask.status(b, k) }), turns(func(k []card.PersonKey) { getBare(b, db, k) }),
				turns(func(k []card.PersonKey) { ask.status(b, k) })
			for b.Loop() {
				var miss, bare, hits, allocs []float64
				for round := range rounds + 1 {
					keys = ask.keys(aRound)
					one := each(b, got)
					two := each(b, missed)
					keys = keys[:perTurn]
					hit() // who is asked for a second time is remembered
					keys = slices.Repeat(keys, 10*aRound/perTurn)
					var before, after runtime.MemStats
					runtime.ReadMemStats(&before)
					three := each(b, hit) / 10
					runtime.ReadMemStats(&after)
					if round > 0 { // the first one warms up
						bare, miss, hits = append(bare, one), append(miss, two), append(hits, three)
						allocs = append(allocs, float64(after.Mallocs-before.Mallocs)/(10*aRound))
					}
				}
				b.ReportMetric(median(bare), "bare-cpu-µs/get")
				b.ReportMetric(median(miss), "miss-cpu-µs/look-up")
				b.ReportMetric(median(hits), "hit-cpu-µs/look-up")
				b.ReportMetric(median(allocs), "hit-allocs/look-up")
				b.ReportMetric(median(miss)/median(bare), "miss-of-bare")
			}
			b.StopTimer()
			closeStore(b, s)
			if err := db.Close(); err != nil {
				b.Fatal(err)
			}
		})
	}
}

// asker asks a store for people.
type asker struct {
	store   *store.Store
	lookup  *lookup.Lookup
	records int
}

// keys are those of so many of the people, drawn at random.
func (a asker) keys(number int) (keys []card.PersonKey) {
	for range number {
		keys = append(keys, personOf(a.store.Keyer(), rand.IntN(a.records)))
	}
	return keys
}

func (a asker) status(b *testing.B, keys []card.PersonKey) {
	err := a.store.Update(ctx, func(tx *store.Tx) error {
		for _, key := range keys {
			answer, err := a.lookup.Status(tx, key)
			if err != nil {
				return err
			}
			if len(answer.Cards) != 1 {
				return errors.New("no card")
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

func getBare(b *testing.B, db *badger.DB, keys []card.PersonKey) {
	txn := db.NewTransaction(false)
	defer txn.Discard()
	row := make([]byte, 17)
	row[0] = 'p'
	for _, key := range keys {
		copy(row[1:], key[:])
		item, err := txn.Get(row)
		if err == nil {
			err = item.Value(func([]byte) error { return nil })
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}

// each returns the processor's microseconds for one of fn's look-ups.
func each(b *testing.B, fn func()) float64 {
	before := cpu(b)
	fn()
	return float64((cpu(b) - before).Nanoseconds()) / 1e3 / aRound
}

// sizes are a tenth of the records that are asked for, and all of them.
func sizes() []int { return []int{*recordsFlag / 10, *recordsFlag} }

// twin is a copy of a closed store, for Badger alone. Badger cuts tables that it
// no longer needs to nothing before it removes them, so links will not do.
func twin(b *testing.B, dir string) string {
	b.Helper()
	other, err := os.MkdirTemp(dir, "twin-")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = os.RemoveAll(other) })
	files, err := filepath.Glob(filepath.Join(dir, "store", "*"))
	if err != nil {
		b.Fatal(err)
	}
	for _, path := range files {
		err = errors.Join(err, copyFile(path, filepath.Join(other, filepath.Base(path))))
	}
	if err != nil {
		b.Fatal(err)
	}
	return other
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// BenchmarkMemory is what a large store holds for itself, just opened and once
// many people have been asked for.
func BenchmarkMemory(b *testing.B) {
	for _, records := range sizes() {
		b.Run(sizeOf(records), func(b *testing.B) {
			dir := large(b, records)
			defer asServed()()
			for b.Loop() {
				before := peak(b, func() {})
				s := openAt(b, dir)
				opened := private(b) - before
				ask := asker{store: s, lookup: lookup.New(s, cached), records: records}
				most := peak(b, func() {
					for range 3 * cached / perTurn {
						ask.status(b, ask.keys(perTurn))
					}
				})
				b.ReportMetric(float64(opened)/(1<<20), "opened-MiB")
				b.ReportMetric(float64(most-before)/(1<<20), "most-MiB")
				b.ReportMetric(float64(peak(b, func() {})-before)/(1<<20), "live-MiB")
				closeStore(b, s)
			}
		})
	}
}

// BenchmarkStart opens a large store in which alerts wait, and finds the first:
// with its files in the system's memory, and without.
func BenchmarkStart(b *testing.B) {
	for _, records := range sizes() {
		for _, name := range []string{"warm", "cold"} {
			b.Run(sizeOf(records)+"/"+name, func(b *testing.B) {
				dir := large(b, records)
				closeStore(b, openAt(b, dir))
				for b.Loop() {
					b.StopTimer()
					if name == "cold" {
						forget(b, filepath.Join(dir, "store"))
					}
					b.StartTimer()
					s := openAt(b, dir)
					firstDue(b, s, store.Alerts)
					b.StopTimer()
					closeStore(b, s)
					b.StartTimer()
				}
			})
		}
	}
}

// forget has the system give up what it holds of a directory's files.
func forget(b *testing.B, dir string) {
	b.Helper()
	eachFile(b, dir, func(file *os.File) error {
		return errors.Join(file.Sync(), unix.Fadvise(int(file.Fd()), 0, 0, unix.FADV_DONTNEED))
	})
}

func eachFile(b *testing.B, dir string, each func(*os.File) error) {
	b.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	for _, path := range files {
		file, openErr := os.Open(path)
		if openErr != nil {
			b.Fatal(openErr)
		}
		err = errors.Join(err, each(file), file.Close())
	}
	if err != nil {
		b.Fatal(err)
	}
}

// firstDue finds the next row of a class that is due, and fails without one.
func firstDue(b *testing.B, s *store.Store, class store.Class) store.Due {
	b.Helper()
	var first store.Due
	err := s.View(ctx, func(tx *store.Tx) error {
		return tx.Due(store.Due{Bot: aBot, Class: class}, time.Now(), func(d store.Due) bool {
			first = d
			return false
		})
	})
	if err != nil || first.Person == (card.PersonKey{}) {
		b.Fatalf("nothing is due: %v", err)
	}
	return first
}

// BenchmarkDue finds the one reminder that is due among many that wait for
// later, and the one alert once a hundred thousand others have gone.
func BenchmarkDue(b *testing.B) {
	for _, waiting := range []int{*waitingFlag / 100, *waitingFlag} {
		b.Run(sizeOf(waiting), func(b *testing.B) {
			s := openAt(b, waitingStore(b, waiting))
			b.ReportAllocs()
			before := cpu(b)
			for b.Loop() {
				firstDue(b, s, store.Reminders)
			}
			measured(b, b.N, "found", before)
			closeStore(b, s)
		})
	}
}

// waitingStore returns the directory of a store in which so many reminders wait
// for the next year, and one is due.
func waitingStore(b *testing.B, waiting int) (dir string) {
	b.Helper()
	return kept(b, "due-"+sizeOf(waiting), func(dir string) {
		s := openAt(b, dir)
		from := time.Now().Add(24 * time.Hour)
		const chunk = 2000
		for first := 0; first < waiting; first += chunk {
			err := s.UpdateInBulk(ctx, func(tx *store.Tx) error {
				for n := first; n < min(first+chunk, waiting); n++ {
					d := store.Due{Bot: aBot, Class: store.Reminders, At: from.Add(time.Duration(n%8760) * time.Hour)}
					if n == 0 {
						d.At = time.Unix(1, 0)
					}
					d.Person, d.Chat = card.PersonKey(randomKey()), card.ChatKey(randomKey())
					if err := tx.PutDue(d); err != nil {
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

func randomKey() (key [16]byte) {
	for i := range key {
		key[i] = byte(rand.Uint32())
	}
	return key
}
