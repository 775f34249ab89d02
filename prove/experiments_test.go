package main

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestExperiments runs the short form of two; `prove all` runs them all. A seed that it prints can be given to the command.
func TestExperiments(t *testing.T) {
	if raced {
		t.Skip("the program under test is a binary of its own, without the race detector: a run with it shows nothing more")
	}
	binary, err := build(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range experiments() {
		if !slices.Contains([]string{"kill", "damage"}, e.name) {
			continue
		}
		t.Run(e.name, func(t *testing.T) {
			t.Parallel() // they wait more than they work
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

// TestAll: what fails does not keep the others from running, and what compares
// times runs alone, after the others.
func TestAll(t *testing.T) {
	var out strings.Builder
	var ran []string
	broken := errors.New("broken")
	err := proveAll(t.Context(), experiments(), 1, func(_ context.Context, e experiment, out io.Writer) error {
		ran = append(ran, e.name)
		_, _ = io.WriteString(out, "said by "+e.name+"\n")
		if e.name == "kill" {
			return broken
		}
		return nil
	}, &out)
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "prove kill") || strings.Contains(err.Error(), "prove points") {
		t.Errorf("got %v", err)
	}
	if len(ran) != len(experiments()) || !slices.Equal(ran[len(ran)-len(timed):], timed) {
		t.Errorf("ran %v", ran)
	}
	if !strings.Contains(out.String(), "said by fuzz") {
		t.Errorf("printed %q", out.String())
	}
}
