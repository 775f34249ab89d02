package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// target is a fuzz target of a room.
type target struct{ room, name string }

var targetLine = regexp.MustCompile(`(?m)^func (Fuzz\w+)\(f \*testing\.F\)`)

// fuzz is the experiment `fuzz`: each fuzz target runs for N seconds. What
// makes one fail is written to its testdata, where it stays as a test. The
// short form runs one target of the domain, whose build is quick: the seeds of
// all run with the other tests.
func fuzz(ctx context.Context, s *stage) error {
	root, err := moduleRoot(ctx)
	if err != nil {
		return err
	}
	targets, err := fuzzTargets(root)
	if err != nil {
		return err
	}
	s.line("targets", "%d", len(targets))
	if !s.long {
		var quick []target
		for _, t := range targets {
			if t.room == "card" {
				quick = append(quick, t)
			}
		}
		if len(quick) == 0 {
			return fmt.Errorf("there is no fuzz target in card")
		}
		targets = []target{quick[s.dice(0).IntN(len(quick))]}
	}
	for _, t := range targets {
		if err := t.run(ctx, s, root); err != nil {
			return err
		}
	}
	return nil
}

// moduleRoot is where the program's source is.
func moduleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("looking for the source: %w", err)
	}
	return filepath.Dir(strings.TrimSpace(string(out))), nil
}

// fuzzTargets finds all that there are.
func fuzzTargets(root string) (all []target, err error) {
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && path != root && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata" || entry.Name() == "node_modules") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		room, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		for _, found := range targetLine.FindAllSubmatch(source, -1) {
			all = append(all, target{filepath.ToSlash(room), string(found[1])})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("looking for fuzz targets: %w", err)
	}
	return all, nil
}

// run fuzzes one target. What it finds is a promise broken.
func (t target) run(ctx context.Context, s *stage, root string) error {
	began := time.Now()
	cmd := exec.CommandContext(ctx, "go", "test", "-run=^$", "-fuzz=^"+t.name+"$", fmt.Sprintf("-fuzztime=%ds", s.n), "./"+t.room)
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		s.breaks("%s %s: %v\n%s", t.room, t.name, err, lastLines(out, 30))
		return nil
	}
	s.line(t.room+" "+t.name, "%s, %.0f s with its build", lastRun(out), time.Since(began).Seconds())
	return nil
}

var ranLine = regexp.MustCompile(`fuzz: elapsed: \S+, execs: (\d+) \(\S+\)(?:, new interesting: (\d+))?`)

// lastRun says how much a fuzzer has done, from what it printed last.
func lastRun(out []byte) string {
	all := ranLine.FindAllSubmatch(out, -1)
	if len(all) == 0 {
		return "0 inputs"
	}
	last := all[len(all)-1]
	said := string(last[1]) + " inputs"
	if len(last[2]) > 0 {
		said += ", " + string(last[2]) + " of them new to it"
	}
	return said
}

func lastLines(out []byte, most int) []byte {
	lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	return bytes.Join(lines[max(0, len(lines)-most):], []byte("\n"))
}
