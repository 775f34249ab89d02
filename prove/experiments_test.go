package main

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// timed are the experiments that compare times: nothing else may run beside
// them.
var timed = []string{"storm", "clock", "poison", "flood", "guess"}

// TestExperiments runs the short form of each. A seed that it prints can be
// given to the command.
func TestExperiments(t *testing.T) {
	if raced {
		t.Skip("the program under test is a binary of its own, without the race detector: a run with it shows nothing more")
	}
	binary, err := build(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range experiments() {
		t.Run(e.name, func(t *testing.T) {
			if !slices.Contains(timed, e.name) {
				t.Parallel() // they wait more than they work
			}
			var out strings.Builder
			s := &stage{dir: t.TempDir(), binary: binary, seed: uint64(time.Now().UnixNano()), out: &out}
			err := e.proveIn(t.Context(), s, false, 0)
			t.Log("\n" + out.String())
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}
