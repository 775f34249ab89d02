package app

import (
	"os"
	"runtime/debug"
)

// MemoryGoal is how many bytes the program holds for itself before the garbage
// collector works harder. While a list is taken in, large buffers of the
// store's are garbage one after another: clearing them away costs little, and
// keeping twice as many for it, as is usual, would cost hundreds of megabytes.
const MemoryGoal = 416 << 20

// LimitMemory sets MemoryGoal unless the operator has set GOMEMLIMIT. It is no
// bound: what is in use stays, however much that is.
func LimitMemory() {
	if _, chosen := os.LookupEnv("GOMEMLIMIT"); !chosen {
		debug.SetMemoryLimit(MemoryGoal)
	}
}
