package main

import (
	"maps"
	"os"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDependencies holds docs/dependencies.md to go.mod: each direct module is
// there in its version, with a purpose, a licence and what is known against it.
func TestDependencies(t *testing.T) {
	direct := map[string]string{}
	for _, line := range readLines(t, "go.mod", `(?m)^\s+(\S+) (v\S+)$`) {
		direct[line[1]] = line[2]
	}
	listed := map[string]string{}
	for _, row := range readLines(t, "docs/dependencies.md", "(?m)^\\| `([^`]+)` \\| (v\\S+) \\| ([^|]+) \\| ([^|]+) \\| ([^|]+) \\|$") {
		listed[row[1]] = row[2]
	}
	if len(direct) == 0 {
		t.Fatal("go.mod names no module")
	}
	if !maps.Equal(direct, listed) {
		t.Errorf("docs/dependencies.md is not what go.mod says; look its advisories up again:\n%s", cmp.Diff(direct, listed))
	}
}

func readLines(t *testing.T, path, pattern string) [][]string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return regexp.MustCompile(pattern).FindAllStringSubmatch(string(text), -1)
}
