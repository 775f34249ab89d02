package app

import (
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"testing"

	"golang.org/x/sys/unix"
)

// keepRuntime sets back, at a test's end, what TuneRuntime sets for the process.
func keepRuntime(t *testing.T) {
	t.Helper()
	threads, goal := runtime.GOMAXPROCS(0), debug.SetMemoryLimit(-1)
	t.Cleanup(func() {
		runtime.GOMAXPROCS(threads)
		debug.SetMemoryLimit(goal)
	})
}

func TestTuneRuntime(t *testing.T) {
	keepRuntime(t)
	for name, c := range map[string]struct {
		env           map[string]string
		threads, goal int64
	}{
		"as it comes":            {nil, int64(Threads(4)), MemoryGoal},
		"the operator's threads": {map[string]string{"GOMAXPROCS": "4"}, 4, MemoryGoal},
		"the operator's goal":    {map[string]string{"GOMEMLIMIT": "1GiB"}, int64(Threads(4)), math.MaxInt64},
	} {
		t.Run(name, func(t *testing.T) {
			for _, key := range []string{"GOMAXPROCS", "GOMEMLIMIT"} {
				t.Setenv(key, "") // so that it comes back
				os.Unsetenv(key)
				if value, is := c.env[key]; is {
					t.Setenv(key, value)
				}
			}
			runtime.GOMAXPROCS(4)
			debug.SetMemoryLimit(math.MaxInt64)
			TuneRuntime()
			if got := [...]int64{int64(runtime.GOMAXPROCS(0)), debug.SetMemoryLimit(-1)}; got != [...]int64{c.threads, c.goal} {
				t.Errorf("threads and goal are %d, want %d and %d", got, c.threads, c.goal)
			}
		})
	}
}

// The threads that are there and those that are made later have short turns.
func TestShortTurns(t *testing.T) {
	keepRuntime(t)
	before, err := unix.SchedGetAttr(0, 0)
	if err != nil {
		t.Fatal(err)
	}
	if before.Runtime == 0 {
		t.Skip("this system does not tell how long turns are")
	}
	TuneRuntime()
	lengths := make(chan uint64)
	for range 2 * runtime.GOMAXPROCS(0) { // all at once, each on a thread of its own
		go func() {
			runtime.LockOSThread() // which ends with the goroutine
			how, err := unix.SchedGetAttr(0, 0)
			if err != nil {
				t.Error(err)
				how = &unix.SchedAttr{}
			}
			lengths <- how.Runtime
		}()
	}
	for range 2 * runtime.GOMAXPROCS(0) {
		if got := <-lengths; got != uint64(turn.Nanoseconds()) {
			t.Errorf("a thread's turn is %d ns", got)
		}
	}
}
