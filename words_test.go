package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// readsPersian are the rooms that have Persian words for another reason than to
// speak to a person: they read what people and offices write, or make examples.
var readsPersian = map[string]string{
	"card":            "folds letters",
	"settings":        "reads what the operator writes",
	"demo":            "samples",
	"desk/manifest":   "reads lists, and says in a list's own language which row is refused",
	"desk/offices":    "reads the directory, and searches it",
	"desk/table":      "reads cells",
	"prove":           "plays citizens",
	"bench":           "plays citizens",
	"store/storetest": "rows of a test",
}

// TestPersianStandsInLocale holds every word that a person reads to the room
// where it is linted, sampled and reviewed.
func TestPersianStandsInLocale(t *testing.T) {
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() && path != "." && (strings.HasPrefix(name, ".") || slices.Contains([]string{"testdata", "tools", "node_modules"}, name)) {
			return fs.SkipDir
		}
		room := filepath.ToSlash(filepath.Dir(path))
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") ||
			room == "locale" || strings.HasPrefix(room, "locale/") || readsPersian[room] != "" {
			return nil
		}
		places := token.NewFileSet()
		file, err := parser.ParseFile(places, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if literal, is := n.(*ast.BasicLit); is && isPersian(literal) {
				t.Errorf("%v: Persian outside of locale: %s", places.Position(literal.Pos()), literal.Value)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// isPersian reports whether a literal has two Persian letters or more, other
// than those of the program's own name.
func isPersian(literal *ast.BasicLit) bool {
	if literal.Kind != token.STRING {
		return false
	}
	text, err := strconv.Unquote(literal.Value)
	if err != nil {
		return false
	}
	letters := 0
	for _, r := range strings.ReplaceAll(text, "کارت‌یار", "") {
		if unicode.Is(unicode.Arabic, r) && unicode.IsLetter(r) {
			letters++
		}
	}
	return letters > 1
}
