package store_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kartyar/card"
	"kartyar/store"
)

const smallTable = 1 << 20

func openSmall(t testing.TB, dir string) *store.Store {
	t.Helper()
	s, err := store.OpenSmall(store.Options{Dir: dir, Key: testKey}, smallTable)
	if err != nil {
		t.Fatalf("opening the store: %v", err)
	}
	return s
}

// fill commits offices one by one.
func fill(t testing.TB, s *store.Store, from, to, size int) {
	t.Helper()
	for i := from; i < to; i++ {
		update(t, s, func(tx *store.Tx) error {
			return tx.PutOffice(card.Office{Code: fmt.Sprintf("%06d", i), Address: strings.Repeat("x", size)})
		})
	}
}

func closeStore(t testing.TB, s *store.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// copyDir copies the store's directory as a killed process would leave it. An
// open store writes, renames and removes files meanwhile.
func copyDir(t testing.TB, from, to string) {
	t.Helper()
	files, err := os.ReadDir(from)
	err = errors.Join(err, os.MkdirAll(to, 0o700))
	for _, file := range files {
		content, gone := os.ReadFile(filepath.Join(from, file.Name()))
		if errors.Is(gone, fs.ErrNotExist) {
			continue
		}
		err = errors.Join(err, gone, os.WriteFile(filepath.Join(to, file.Name()), content, 0o600))
	}
	if err != nil {
		t.Fatal(err)
	}
}

func copyFile(t testing.TB, from, to string) {
	t.Helper()
	content, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, content, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// crashed returns a copy of an open store and its mark.
func crashed(t testing.TB, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "data")
	copyDir(t, dir, to)
	copyFile(t, dir+".mark", to+".mark")
	copyFile(t, dir+".erased", to+".erased")
	return to
}

// refused opens the store and wants it refused for one of the reasons.
func refused(t testing.TB, dir string, want ...error) {
	t.Helper()
	s, err := store.OpenSmall(store.Options{Dir: dir, Key: testKey}, smallTable)
	if err == nil {
		s.Close()
		t.Error("opened as if nothing had happened")
		return
	}
	if !slices.ContainsFunc(want, func(w error) bool { return errors.Is(err, w) }) {
		t.Errorf("refused with %v", err)
	}
}

func logs(t testing.TB, dir, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("no %s: %v", pattern, err)
	}
	slices.Sort(files)
	return files
}

func flip(t testing.TB, path string, at int64) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	b := make([]byte, 1)
	if _, err := file.ReadAt(b, at); err != nil {
		t.Fatal(err)
	}
	b[0] ^= 0x10
	if _, err := file.WriteAt(b, at); err != nil {
		t.Fatal(err)
	}
}
