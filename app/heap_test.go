package app

import (
	"context"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"testing"
	"time"
)

func TestHeapPercent(t *testing.T) {
	const mib = 1 << 20
	for name, c := range map[string]struct {
		live, beside uint64
		want         int
	}{
		"nothing is known":   {0, 0, 400},
		"little in use":      {5 * mib, mib, 400},
		"a new store":        {50 * mib, 4 * mib, 260},
		"a full cache":       {85 * mib, 5 * mib, 100},
		"more than the half": {120 * mib, 5 * mib, 100},
		"more than all":      {300 * mib, 5 * mib, 100},
	} {
		t.Run(name, func(t *testing.T) {
			if got := heapPercent(c.live, c.beside); got != c.want {
				t.Errorf("with %d MiB in use the heap grows by %d per cent, want %d", c.live/mib, got, c.want)
			}
		})
	}
}

// As long as it runs, and not for an operator who has chosen otherwise.
func TestKeepHeapFloor(t *testing.T) {
	usual := debug.SetGCPercent(100)
	t.Cleanup(func() { debug.SetGCPercent(usual) })
	percent := func() int {
		now := []metrics.Sample{{Name: "/gc/gogc:percent"}}
		metrics.Read(now)
		return int(now[0].Value.Uint64())
	}
	t.Setenv("GOGC", "100")
	KeepHeapFloor(t.Context()) // which returns at once
	if got := percent(); got != 100 {
		t.Errorf("with GOGC=100 it is %d", got)
	}
	os.Unsetenv("GOGC")
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	var keeping sync.WaitGroup
	keeping.Go(func() { KeepHeapFloor(ctx) })
	for percent() == 100 && ctx.Err() == nil {
		runtime.Gosched()
	}
	if ctx.Err() != nil {
		t.Error("GOGC stays at 100")
	}
	stop()
	keeping.Wait()
	if got := percent(); got != 100 {
		t.Errorf("after its end GOGC is %d", got)
	}
}
