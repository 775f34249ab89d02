package store

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/table"
	"github.com/rs/zerolog"

	"kartyar/card"
)

// withTables makes a store that has tables and closes it.
func withTables(t *testing.T) (opt Options, tables []string) {
	t.Helper()
	opt = Options{Dir: filepath.Join(t.TempDir(), "data"), Key: bytes.Repeat([]byte{1}, KeySize)}
	s, err := OpenSmall(opt, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		err := s.Update(context.Background(), func(tx *Tx) (err error) {
			for n := range 20 {
				err = errors.Join(err, tx.PutOffice(card.Office{Code: string(rune('a' + n)), Address: strings.Repeat("x", 1000)}))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	tables, err = filepath.Glob(filepath.Join(opt.Dir, "*.sst"))
	if err != nil || len(tables) == 0 {
		t.Fatalf("no tables: %v", err)
	}
	return opt, tables
}

func flipMiddle(t *testing.T, path string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func reopened(t *testing.T, opt Options) error {
	t.Helper()
	s, err := OpenSmall(opt, 1<<20)
	if err != nil {
		return err
	}
	return s.Close()
}

// TestChangedTablesAreReadAgain: what was read through is noted, and a table
// whose file was changed since is not taken for sound.
func TestChangedTablesAreReadAgain(t *testing.T) {
	opt, tables := withTables(t)
	if err := reopened(t, opt); err != nil {
		t.Fatal(err)
	}
	noted := readSound(opt.Dir)
	if len(noted) != len(tables) {
		t.Fatalf("%d of %d tables are noted", len(noted), len(tables))
	}
	again, err := tableCheck{dir: opt.Dir, known: noted, workers: 1, stop: stopped()}.run()
	if err != nil || !maps.Equal(again, noted) {
		t.Errorf("sound tables were read again: %v", err)
	}
	info, err := os.Stat(tables[0])
	if err != nil {
		t.Fatal(err)
	}
	flipMiddle(t, tables[0])
	if err := os.Chtimes(tables[0], info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := reopened(t, opt); !errors.Is(err, ErrDamaged) {
			t.Errorf("got %v", err)
		}
	}
}

// stopped ends a check at the first table that it reads.
func stopped() <-chan struct{} {
	stop := make(chan struct{})
	close(stop)
	return stop
}

// broken is a log that hears of the store's failure.
type broken chan string

func (b broken) Write(line []byte) (int, error) {
	if strings.Contains(string(line), "the store has failed") {
		b <- string(line)
	}
	return len(line), nil
}

// TestRotUnderAnUnchangedFile: what the file system does not know of is found
// by the reading that begins as the store opens; from then on nothing is
// written, and the store does not open again.
func TestRotUnderAnUnchangedFile(t *testing.T) {
	opt, tables := withTables(t)
	if err := reopened(t, opt); err != nil {
		t.Fatal(err)
	}
	flipMiddle(t, tables[0])
	noted := readSound(opt.Dir)
	for id := range noted {
		if stamp, err := stampOf(tables[0]); err == nil && stamp.Inode == noted[id].Inode {
			noted[id] = stamp
		}
	}
	if err := noted.write(opt.Dir); err != nil {
		t.Fatal(err)
	}
	heard := make(broken, 1)
	opt.Log = zerolog.New(heard)
	s, err := OpenSmall(opt, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	<-heard
	err = s.Update(context.Background(), func(*Tx) error { return nil })
	if !errors.Is(err, ErrDamaged) {
		t.Errorf("got %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := reopened(t, opt); !errors.Is(err, ErrDamaged) {
		t.Errorf("opened again: %v", err)
	}
}

// A note that is read is what was written, or nothing.
func FuzzSound(f *testing.F) {
	whole, err := sound{7: {1, 2, 3, 4}}.bytes()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add(whole[:len(whole)-1])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		s := parseSound(b)
		again, err := s.bytes()
		if err != nil || len(s) > 0 && !maps.Equal(parseSound(again), s) {
			t.Fatalf("%v became %v (%v)", s, parseSound(again), err)
		}
	})
}

// Badger cuts a table to nothing before it removes it: while the store is open,
// one that its list does not name any more is gone, not damaged.
func TestATableThatIsBeingRemovedIsNotDamaged(t *testing.T) {
	opt, tables := withTables(t)
	path := tables[0]
	id, ok := table.ParseFileID(path)
	if !ok {
		t.Fatalf("no table: %s", path)
	}
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := (tableCheck{dir: opt.Dir, open: true}).table(id); !errors.Is(err, ErrDamaged) {
		t.Errorf("one that is named: %v", err)
	}
	other := filepath.Join(opt.Dir, filepath.Base(table.NewFilename(id+1000, opt.Dir)))
	if err := os.Rename(path, other); err != nil {
		t.Fatal(err)
	}
	if _, err := (tableCheck{dir: opt.Dir, open: true}).table(id + 1000); !errors.Is(err, errNoTable) {
		t.Errorf("one that is not named: %v", err)
	}
}

// That the system gives no file says nothing of the tables.
func TestWhatCannotBeReadThroughBreaksNothing(t *testing.T) {
	opt, _ := withTables(t)
	s, err := OpenSmall(opt, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	list := filepath.Join(opt.Dir, badger.ManifestFilename)
	aside := list + ".aside"
	if err := errors.Join(os.Rename(list, aside), os.Symlink(list, list)); err != nil { // too many levels of links
		t.Fatal(err)
	}
	if err := s.Verify(); err == nil || errors.Is(err, ErrDamaged) {
		t.Errorf("read through: %v", err)
	}
	if err := os.Rename(aside, list); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.usable(), s.Verify()); err != nil {
		t.Errorf("the store has failed: %v", err)
	}
}
