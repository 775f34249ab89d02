package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var tableRow = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| ([^|]*)\\|$")

// TestImports holds the code to the table of docs/architecture.md: every room
// is in it, and imports nothing else of ours.
func TestImports(t *testing.T) {
	allowed := allowedImports(t)
	seen := map[string]bool{}
	for room, imports := range roomImports(t) {
		list, ok := allowed[room]
		if !ok {
			t.Errorf("the room %q is not in the table", room)
			continue
		}
		seen[room] = true
		for _, path := range imports {
			if !slices.Contains(list, path) && !slices.Contains(list, "*") {
				t.Errorf("%s imports %s, which the table does not allow", room, path)
			}
		}
	}
	for room := range allowed {
		if !seen[room] {
			t.Errorf("the table has a room %q that is not there", room)
		}
	}
}

func allowedImports(t *testing.T) map[string][]string {
	t.Helper()
	page, err := os.ReadFile("docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(page), "| room | imports of ours |")
	if !found {
		t.Fatal("docs/architecture.md has no table of imports")
	}
	table, _, _ = strings.Cut(table, "\n## ")
	allowed := map[string][]string{}
	for _, row := range tableRow.FindAllStringSubmatch(table, -1) {
		list := []string{}
		for name := range strings.SplitSeq(row[2], ",") {
			if name = strings.Trim(strings.TrimSpace(name), "`"); name != "" {
				list = append(list, name)
			}
		}
		allowed[row[1]] = list
	}
	return allowed
}

// roomImports reads which of our rooms each directory's program files import.
func roomImports(t *testing.T) map[string][]string {
	t.Helper()
	rooms := map[string][]string{}
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && path != "." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata" || entry.Name() == "tools") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		room := filepath.ToSlash(filepath.Dir(path))
		rooms[room] = append(rooms[room], ourImports(file.Imports)...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return rooms
}

func ourImports(specs []*ast.ImportSpec) (paths []string) {
	for _, spec := range specs {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		if ours, ok := strings.CutPrefix(path, "kartyar/"); ok {
			paths = append(paths, ours)
		}
	}
	return paths
}
