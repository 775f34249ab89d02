package desk_test

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"kartyar/desk"
)

// endless makes a list of so many people while it is read.
type endless struct {
	next, people int
	line         bytes.Buffer
}

func listOf(people int) io.Reader {
	return io.MultiReader(strings.NewReader(heading), &endless{people: people})
}

// Read makes the next rows.
func (e *endless) Read(p []byte) (int, error) {
	for e.line.Len() < len(p) && e.next < e.people {
		// Neighbours in the list are strangers in the order of keys anyway.
		e.line.WriteString(ready(e.next))
		e.next++
	}
	return e.line.Read(p)
}

// TestMemoryDoesNotGrowWithTheList fails if rows, or anything for each of
// them, stay in memory: 120,000 would hold some 40 MiB.
func TestMemoryDoesNotGrowWithTheList(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 120,000 rows")
	}
	w := newWorld(t)
	opt := w.options()
	opt.DryRun = true
	var most uint64
	next := map[desk.Step]int{}
	opt.Progress = func(step desk.Step, done, _ int) {
		if done >= next[step] {
			next[step] = done + 20_000
			most = max(most, live())
		}
	}
	before := live()
	report, err := desk.Import(ctx, opt, listOf(120_000))
	if err != nil || report.Applied != 120_000 {
		t.Fatalf("importing: %v, %+v", err, report)
	}
	if grown := int64(most) - int64(before); grown > 16<<20 {
		t.Errorf("memory grew by %d MiB", grown>>20)
	}
}

// live returns the bytes on the heap that are in use.
func live() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// BenchmarkImport takes in a list of new cards, of which one person in a
// hundred is followed.
func BenchmarkImport(b *testing.B) {
	for _, size := range []int{10_000, 100_000} {
		for _, mode := range []string{"dry", "real", "again"} {
			b.Run(fmt.Sprintf("%d/%s", size, mode), func(b *testing.B) {
				rows := 0
				for b.Loop() {
					b.StopTimer()
					w := newWorld(b)
					var all []follows
					for n := 0; n < size; n += 100 {
						all = append(all, follows{chat: int64(n), n: n})
					}
					w.follow(all...)
					opt := w.options()
					opt.Yes, opt.DryRun = true, mode == "dry"
					if mode == "again" {
						if _, err := desk.Import(ctx, opt, listOf(size)); err != nil {
							b.Fatal(err)
						}
					}
					b.StartTimer()
					report, err := desk.Import(ctx, opt, listOf(size))
					if err != nil {
						b.Fatal(err)
					}
					rows += report.Rows
				}
				b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
			})
		}
	}
}
