package main

import (
	"strings"
	"testing"
	"time"
)

// TestKill is the short form of `prove kill`: five kills. A seed that it prints
// can be given to the command.
func TestKill(t *testing.T) {
	dir := t.TempDir()
	binary, err := build(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	o := killOptions{kills: 5, seed: uint64(time.Now().UnixNano()), people: 20, slow: 40 * time.Millisecond}
	var out strings.Builder
	err = killIn(t.Context(), dir, binary, o, &out)
	t.Log("\n" + out.String())
	if err != nil {
		t.Fatal(err)
	}
}
