package app

import (
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// MemoryGoal is how many bytes the program holds for itself before the garbage
// collector works harder. While a list is taken in, large buffers of the
// store's are garbage one after another: clearing them away costs little, and
// keeping twice as many for it, as is usual, would cost hundreds of megabytes.
const MemoryGoal = 416 << 20

// Threads is how many threads the program computes with on a machine of so many
// cores: one more. Go lets a goroutine that computes, as the store's do while it
// writes out and merges tables, go on for 10 ms before another has its turn, and
// an answer takes several turns; the system gives a thread that has slept its
// turn within a millisecond or two.
func Threads(cores int) int { return cores + 1 }

// turn is how long a thread computes before another has its turn. The system's own
// three milliseconds are met four times or more by an answer while lists are
// merged or garbage is cleared away.
const turn = 300 * time.Microsecond

// ShortTurns asks the system for short turns for the threads of the process, those
// to come included. Linux knows of it from 6.12 on (sched_setattr(2)); where it
// does not, or does not allow it, turns stay as they are.
func ShortTurns() {
	done := map[int]bool{}
	for before := -1; len(done) > before; { // again while one that had not been asked for makes another
		before = len(done)
		threads, _ := os.ReadDir("/proc/self/task")
		for _, thread := range threads {
			if id, err := strconv.Atoi(thread.Name()); err == nil && !done[id] {
				done[id] = true
				shortTurns(id)
			}
		}
	}
}

func shortTurns(thread int) {
	if how, err := unix.SchedGetAttr(thread, 0); err == nil && how.Policy == unix.SCHED_NORMAL {
		how.Runtime = uint64(turn.Nanoseconds())
		_ = unix.SchedSetAttr(thread, how, 0)
	}
}

// TuneRuntime sets MemoryGoal and Threads, unless the operator has set GOMEMLIMIT
// and GOMAXPROCS, and asks for ShortTurns. MemoryGoal is no bound: what is in use
// stays, however much that is.
func TuneRuntime() {
	ShortTurns()
	if _, chosen := os.LookupEnv("GOMEMLIMIT"); !chosen {
		debug.SetMemoryLimit(MemoryGoal)
	}
	if _, chosen := os.LookupEnv("GOMAXPROCS"); !chosen {
		runtime.GOMAXPROCS(Threads(runtime.GOMAXPROCS(0)))
	}
}
