package app

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// HeapFloor is up to how many bytes the heap grows, garbage included, before that
// is cleared away, also where less than half of it is in use; where less than a
// fifth is, it grows to five times that. Each clearing away delays some ten
// answers, and a small store's heap would be cleared twice as often as a large
// one's, which needs as much memory anyway.
const HeapFloor = 192 << 20

// heapEvery is how soon it is seen that something else is in use. Until then
// MemoryGoal bounds what comes of the old.
const heapEvery = time.Second

// KeepHeapFloor keeps to HeapFloor until ctx ends, unless the operator has set GOGC.
func KeepHeapFloor(ctx context.Context) {
	if _, chosen := os.LookupEnv("GOGC"); chosen {
		return
	}
	usual := debug.SetGCPercent(100)
	defer debug.SetGCPercent(usual)
	now := 100
	tick := time.NewTicker(heapEvery)
	defer tick.Stop()
	for {
		if wanted := heapPercent(heapInUse()); wanted != now {
			debug.SetGCPercent(wanted)
			now = wanted
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// heapInUse returns how many bytes of the heap were in use when it was last cleared
// away, and how many Go's reckoning counts beside.
func heapInUse() (live, beside uint64) {
	samples := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/scan/stack:bytes"}, {Name: "/gc/scan/globals:bytes"}}
	metrics.Read(samples)
	return samples[0].Value.Uint64(), samples[1].Value.Uint64() + samples[2].Value.Uint64()
}

// heapPercent is GOGC with which the heap grows to HeapFloor or a little less; at
// least Go's own 100, and at most as much as does no harm when much comes into use
// before the next look. The reckoning is that of https://go.dev/doc/gc-guide#GOGC.
func heapPercent(live, beside uint64) int {
	const least, most, step = 100, 400, 20
	if live >= HeapFloor {
		return least
	}
	percent := 100 * (HeapFloor - live) / max(1, live+beside)
	return int(min(most, max(least, percent/step*step)))
}
