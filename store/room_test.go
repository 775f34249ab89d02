package store

import (
	"bytes"
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/table"
	"golang.org/x/sys/unix"

	"kartyar/card"
)

func TestNeedIsMet(t *testing.T) {
	const block = 4096
	disk := func(free, files, freeFiles uint64) unix.Statfs_t {
		return unix.Statfs_t{Bsize: block, Bavail: free / block, Files: files, Ffree: freeFiles}
	}
	for _, c := range []struct {
		name string
		need need
		disk unix.Statfs_t
		want string // of the refusal
	}{
		{"all of it", need{bytes: 100 * mib, files: 100, open: 100}, disk(164*mib, 65536, filesLeast), ""},
		{"no fixed number of files", need{files: 100, open: math.MaxInt}, disk(64*mib, 0, 0), ""},
		{"room for the reserve alone", need{bytes: 100 * mib, open: 100}, disk(163*mib, 0, 0), "163 MiB are free, 164 MiB are needed"},
		{"not even that", need{}, disk(63*mib, 0, 0), "63 MiB are free, 64 MiB are needed"},
		{"few inodes", need{files: 100, open: 100}, disk(64*mib, 65536, filesLeast-1), "it takes 999 more files, 1000 are needed (inodes)"},
		{"few inodes for a large merge", need{files: 2000, open: 2000}, disk(64*mib, 65536, 1999), "it takes 1999 more files, 2000 are needed (inodes)"},
		{"few descriptors", need{files: 100, open: 99}, disk(64*mib, 0, 0), "it can open 99 more files, 100 are needed (limit of open files)"},
	} {
		err := c.need.met(c.disk, 64*mib)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.want != "" && (!errors.Is(err, ErrNoRoom) || !strings.HasSuffix(err.Error(), c.want)):
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestOpenable(t *testing.T) {
	before, err := openable()
	if err != nil {
		t.Fatal(err)
	}
	if before == math.MaxInt {
		t.Skip("the system does not say how many files are open")
	}
	for range 5 {
		file, err := os.Open(os.DevNull)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
	}
	if after, err := openable(); err != nil || after > before-5 {
		t.Errorf("%d and then %d, %v", before, after, err)
	}
}

// fake is a disk on which so many bytes are free, and as many more as files of a
// store do not take any longer.
type fake struct {
	free  int64
	files []string // there at first
}

func (f *fake) stat(string) (fs unix.Statfs_t, err error) {
	free := f.free
	for _, path := range f.files {
		if _, err := os.Lstat(path); err != nil {
			free += 100 * mib
		}
	}
	return unix.Statfs_t{Bsize: 1, Bavail: uint64(free)}, nil
}

func openOn(opt Options, disk *fake) (*Store, error) {
	return open(opt, mib, func(rows badger.Options) badger.Options { return rows }, disk.stat)
}

// Before something is written there is the room of the merges that fall due, not
// only the reserve: a merge asks for none.
func TestMergesHaveTheirRoom(t *testing.T) {
	opt := Options{Dir: filepath.Join(t.TempDir(), "data"), Key: bytes.Repeat([]byte{1}, KeySize), Reserve: 64 * mib}
	disk := &fake{free: 1 << 40}
	s, err := openOn(opt, disk)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	write := func() error {
		return s.Update(context.Background(), func(tx *Tx) error {
			return tx.PutOffice(card.Office{Code: "1", Address: strings.Repeat("x", 50_000)})
		})
	}
	for range 60 { // 3 MB
		if err := write(); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		ask  func() error
		part uint64
	}{{s.HasRoom, 1}, {s.HasRoomForUpdates, updatesPart}, {write, writesPart}} {
		disk.free = int64(opt.Reserve/c.part) + mib
		if err := c.ask(); !errors.Is(err, ErrNoRoom) {
			t.Errorf("a %dth of the reserve and 1 MiB: %v", c.part, err)
		}
		disk.free += 9 * mib
		if err := c.ask(); err != nil {
			t.Errorf("a %dth of the reserve and 10 MiB: %v", c.part, err)
		}
	}
}

// What a merge or a flush under way has made is on the disk already, and its room is
// not asked for again. A table that was replaced and is still read gives nothing.
func TestWhatAMergeHasMadeIsNotAskedForAgain(t *testing.T) {
	opt, _ := withTables(t)
	s, err := openOn(opt, &fake{free: 1 << 40})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	needed := func() int64 {
		t.Helper()
		n, err := s.mergeNeed(time.Now(), true)
		if err != nil {
			t.Fatal(err)
		}
		return n.bytes
	}
	before := needed()
	if before < 10_000 {
		t.Fatalf("all merges of the store need %d bytes", before)
	}
	for _, c := range []struct {
		id          uint64
		bytes, want int64
	}{{900, 10_000, before - 10_000}, {900, before + 1, 0}, {0, 10_000, before}} {
		made := table.NewFilename(c.id, opt.Dir)
		if err := os.WriteFile(made, make([]byte, c.bytes), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := needed(); got != c.want {
			t.Errorf("beside a table %d of %d bytes they need %d, want %d", c.id, c.bytes, got, c.want)
		}
		if err := os.Remove(made); err != nil {
			t.Fatal(err)
		}
	}
}

// What a killed merge left is what fills the disk, as often as not.
func TestTablesThatAMergeLeftMakeRoom(t *testing.T) {
	opt, tables := withTables(t)
	left := table.NewFilename(900, opt.Dir)
	leave := func() {
		t.Helper()
		if err := os.WriteFile(left, []byte("half of a table"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	leave()
	s, err := openOn(opt, &fake{free: mib, files: []string{left}})
	if err != nil {
		t.Fatalf("there is room without what was left: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		if _, err := os.Stat(table); err != nil {
			t.Errorf("a table that is in the list: %v", err)
		}
	}
	leave()
	if _, err := openOn(opt, &fake{free: mib}); !errors.Is(err, ErrNoRoom) {
		t.Errorf("there is none all the same: %v", err)
	}
	// Where the list or what it names is harmed, all stays as it is.
	for name, c := range map[string]struct {
		harm func(dir string) error
		want error
	}{
		"a table":  {func(dir string) error { return os.Truncate(filepath.Join(dir, filepath.Base(tables[0])), 100) }, ErrDamaged},
		"its file": {func(dir string) error { return os.Remove(filepath.Join(dir, filepath.Base(tables[0]))) }, ErrDamaged},
		"the list": {func(dir string) error { return os.WriteFile(filepath.Join(dir, "MANIFEST"), []byte("x"), 0o600) }, ErrDamaged},
		"no list":  {func(dir string) error { return os.Remove(filepath.Join(dir, "MANIFEST")) }, ErrMissing},
		"no mark":  {func(dir string) error { return os.Remove(dir + ".mark") }, ErrForeign},
	} {
		t.Run(name, func(t *testing.T) {
			leave()
			harmed := opt
			harmed.Dir = filepath.Join(t.TempDir(), "data")
			left := table.NewFilename(900, harmed.Dir)
			if err := os.CopyFS(filepath.Dir(harmed.Dir), os.DirFS(filepath.Dir(opt.Dir))); err != nil {
				t.Fatal(err)
			}
			if err := c.harm(harmed.Dir); err != nil {
				t.Fatal(err)
			}
			if _, err := openOn(harmed, &fake{free: mib, files: []string{left}}); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if _, err := os.Stat(left); err != nil {
				t.Errorf("it was taken away: %v", err)
			}
		})
	}
}
