package main

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// licenceName matches the files that carry terms.
var licenceName = regexp.MustCompile(`(?i)^((un)?licen[cs]e|copying|notice|patents|ofl)([-_.].*)?$`)

// licences returns the text of THIRD_PARTY.txt: which modules are in the
// program, Go itself, and what else of others is in the tree, with all terms.
func licences(ctx context.Context, dir, binary string) ([]byte, error) {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return nil, fmt.Errorf("reading which modules are in the program: %w", err)
	}
	dirs, err := moduleDirs(ctx, dir)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteString("Kartyar contains the work of others, under the terms below.\n")
	b.WriteString("\n\n==== Go " + strings.TrimPrefix(runtime.Version(), "go") + ": the language's libraries ====\n")
	goRoot, err := goRoot(ctx)
	if err != nil {
		return nil, err
	}
	if err := terms(&b, goRoot, false); err != nil {
		return nil, err
	}
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		b.WriteString("\n\n==== " + m.Path + " " + m.Version + " ====\n")
		if dirs[m.Path] == "" {
			return nil, fmt.Errorf("the files of the module %s are not on this machine", m.Path)
		}
		if err := terms(&b, dirs[m.Path], true); err != nil {
			return nil, fmt.Errorf("%s: %w", m.Path, err)
		}
	}
	if err := ofTheTree(&b, dir); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// terms appends the licences in a directory and, if deep, below it.
func terms(b *bytes.Buffer, root string, deep bool) error {
	before := b.Len()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != root && (!deep || entry.Name() == "testdata"):
			return fs.SkipDir
		case entry.IsDir() || !licenceName.MatchString(entry.Name()) || strings.HasSuffix(entry.Name(), ".go"):
			return nil
		}
		return appendTerms(b, root, path)
	})
	if err != nil {
		return fmt.Errorf("reading the licences: %w", err)
	}
	if b.Len() == before {
		return errors.New("there is no licence in it")
	}
	return nil
}

// ofTheTree appends the terms of what stands in the tree itself, such as fonts.
func ofTheTree(b *bytes.Buffer, dir string) error {
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Dir(path) == dir || !licenceName.MatchString(entry.Name()) || strings.HasSuffix(entry.Name(), ".go") {
			return err
		}
		place, err := filepath.Rel(dir, filepath.Dir(path))
		if err != nil {
			return err
		}
		b.WriteString("\n\n==== in " + place + " ====\n")
		return appendTerms(b, dir, path)
	})
	if err != nil {
		return fmt.Errorf("reading the licences of the tree: %w", err)
	}
	return nil
}

func appendTerms(b *bytes.Buffer, root, path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	place, err := filepath.Rel(root, path)
	if err != nil {
		return err
	}
	b.WriteString("\n-- " + place + " --\n\n")
	b.Write(bytes.TrimSpace(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))))
	b.WriteString("\n")
	return nil
}

// moduleDirs returns where the files of each module are.
func moduleDirs(ctx context.Context, dir string) (map[string]string, error) {
	command := exec.CommandContext(ctx, "go", "list", "-mod=readonly", "-deps", "-json=Module", ".")
	command.Dir = dir
	said, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("asking where the modules are: %w", err)
	}
	dirs := map[string]string{}
	for stream := json.NewDecoder(bytes.NewReader(said)); ; {
		var one struct {
			Module *struct {
				Path, Dir string
				Replace   *struct{ Path, Dir string }
			}
		}
		err := stream.Decode(&one)
		if errors.Is(err, io.EOF) {
			return dirs, nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading where the modules are: %w", err)
		}
		if m := one.Module; m != nil {
			dirs[m.Path] = m.Dir
			if m.Replace != nil {
				dirs[m.Replace.Path] = m.Replace.Dir
			}
		}
	}
}

// goRoot returns where Go's own licence stands: in Go's tree, or beside what a
// distribution made of it.
func goRoot(ctx context.Context) (string, error) {
	said, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return "", fmt.Errorf("asking where Go is: %w", err)
	}
	root := strings.TrimSpace(string(said))
	names, err := filepath.Glob(filepath.Join(root, "LICENSE*"))
	if err != nil || slices.Contains(names, filepath.Join(root, "LICENSE")) {
		return root, err
	}
	return "", fmt.Errorf("the licence of Go is not in %s; build with Go as its site gives it", root)
}
