package bench

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// grown is what one piece of work costs at each of the sizes, in the processor's
// microseconds; the bare ones are Badger's alone.
type grown struct{ know, bareGet, add, bareAdd, tell []float64 }

// BenchmarkGrowth measures, in stores of a tenth of the records and of all of
// them, what costs more when more is kept: a list of people who are known, one of
// people who are not, and alerts; beside it Badger's own Gets and writes of the
// same rows in copies of the same stores. A look-up's growth is in BenchmarkLookUp.
func BenchmarkGrowth(b *testing.B) {
	rows, turns := min(*rowsFlag, *recordsFlag/10), min(*turnsFlag, 3)
	alerts := *recordsFlag / 10 / arriving // that wait in the smaller one
	if testing.Short() {
		turns = 1
	}
	for b.Loop() {
		var small, big grown
		for range turns {
			for i, all := range []*grown{&small, &big} {
				all.measure(b, sizes()[i], rows, alerts)
			}
		}
		for _, one := range []struct {
			name string
			of   func(grown) []float64
		}{
			{"known-row", func(g grown) []float64 { return g.know }},
			{"bare-get", func(g grown) []float64 { return g.bareGet }},
			{"new-row", func(g grown) []float64 { return g.add }},
			{"bare-write", func(g grown) []float64 { return g.bareAdd }},
			{"alert", func(g grown) []float64 { return g.tell }},
		} {
			b.Logf("%-10s %v, %v", one.name, one.of(small), one.of(big))
			b.ReportMetric(median(one.of(small)), one.name+"-small-cpu-µs")
			b.ReportMetric(median(one.of(big)), one.name+"-cpu-µs")
			b.ReportMetric(median(one.of(big))/median(one.of(small)), one.name+"-growth")
		}
	}
}

// measure does each piece of work once, from copies of a store of so many records.
func (g *grown) measure(b *testing.B, records, rows, alerts int) {
	b.Helper()
	from := large(b, records)
	perRow := func(s side) float64 { return float64(s.cpu.Nanoseconds()) / 1e3 / float64(rows) }
	order := shuffled(records) // the rows of a list stand anywhere in the store
	dir := copyOf(b, from)
	defer func() { _ = os.RemoveAll(dir) }()
	g.bareGet = append(g.bareGet, perRow(run(b, func() { getKnown(b, dir, rows, order) })))
	g.know = append(g.know, perRow(run(b, func() {
		known := list(0, rows)
		known.at = order
		s := openAt(b, dir)
		takeIn(b, s, dir, known)
		closeStore(b, s)
	})))
	g.add = append(g.add, perRow(run(b, func() {
		s := openAt(b, dir)
		takeIn(b, s, dir, list(records, rows))
		closeStore(b, s)
	})))
	g.bareAdd = append(g.bareAdd, perRow(writeBeside(b, from, records, rows)))
	g.tell = append(g.tell, fanOutOf(b, "fan-out", from, alerts, lifted).cost())
}

// getKnown has Badger alone get the rows of a list, in the list's order.
func getKnown(b *testing.B, dir string, rows int, order func(int) int) {
	b.Helper()
	s := openAt(b, dir)
	keyer := s.Keyer()
	closeStore(b, s)
	db := openBare(b, filepath.Join(dir, "store"))
	txn := db.NewTransaction(false)
	for n := range rows {
		key := personOf(keyer, order(n))
		item, err := txn.Get(append([]byte{'p'}, key[:]...))
		if err == nil {
			err = item.Value(func([]byte) error { return nil })
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	txn.Discard()
	if err := db.Close(); err != nil {
		b.Fatal(err)
	}
}

// writeBeside has Badger alone write rows of new people into a copy of a store.
func writeBeside(b *testing.B, from string, records, rows int) side {
	b.Helper()
	dir := copyOf(b, from)
	defer func() { _ = os.RemoveAll(dir) }()
	s := openAt(b, dir)
	keyer := s.Keyer()
	closeStore(b, s)
	return run(b, func() {
		db := openBare(b, filepath.Join(dir, "store"))
		batch := db.NewWriteBatch()
		var err error
		for n := range rows {
			key := personOf(keyer, records+n)
			err = errors.Join(err, batch.Set(append([]byte{'p'}, key[:]...), make([]byte, rowSize)))
		}
		if err := errors.Join(err, batch.Flush(), db.Close()); err != nil {
			b.Fatal(err)
		}
	})
}

// rowSize is about what a person's row takes who has one card, in bytes.
const rowSize = 90
