package app

import (
	"os"
	"runtime"
	"runtime/debug"
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

// TuneRuntime sets MemoryGoal and Threads, unless the operator has set GOMEMLIMIT
// and GOMAXPROCS. MemoryGoal is no bound: what is in use stays, however much that
// is.
func TuneRuntime() {
	if _, chosen := os.LookupEnv("GOMEMLIMIT"); !chosen {
		debug.SetMemoryLimit(MemoryGoal)
	}
	if _, chosen := os.LookupEnv("GOMAXPROCS"); !chosen {
		runtime.GOMAXPROCS(Threads(runtime.GOMAXPROCS(0)))
	}
}
