package main

import (
	"strings"
	"testing"
	"time"
)

// TestExperiments runs the short form of each. A seed that it prints can be
// given to the command.
func TestExperiments(t *testing.T) {
	binary, err := build(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range experiments() {
		t.Run(e.name, func(t *testing.T) {
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
