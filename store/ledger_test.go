package store

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// failingFile is a file of which the calls fail that a test wants to fail.
type failingFile struct {
	*os.File
	half, sync, truncate bool // half: only the first half of a line is written
}

func (f *failingFile) Write(p []byte) (int, error) {
	if !f.half {
		return f.File.Write(p)
	}
	n, err := f.File.Write(p[:len(p)/2])
	return n, errors.Join(err, unix.ENOSPC)
}

func (f *failingFile) Sync() error {
	if f.sync {
		return unix.EIO
	}
	return f.File.Sync()
}

func (f *failingFile) Truncate(size int64) error {
	if f.truncate {
		return unix.EIO
	}
	return f.File.Truncate(size)
}

// After whatever failed, the ledger has the erasures that it took, each whole and
// in its order, and no other: those were not acknowledged, and nothing was erased.
func TestALedgerHoldsWhatItTookAfterFaults(t *testing.T) {
	works := failingFile{}
	for name, faults := range map[string][]failingFile{
		"nothing fails":                     {works, works},
		"a sync fails":                      {works, {sync: true}, works},
		"syncs fail, then a write":          {{sync: true}, {sync: true}, works, {half: true}, works},
		"a write fails":                     {works, {half: true}, works},
		"a sync fails, and the cut as well": {works, {sync: true, truncate: true}, {truncate: true}, works, works},
		"a write and the cut, to the end":   {works, {half: true, truncate: true}, {truncate: true}},
	} {
		t.Run(name, func(t *testing.T) {
			path, id := filepath.Join(t.TempDir(), "data.erased"), [16]byte{7}
			l, err := openLedger(path, id)
			if err != nil {
				t.Fatal(err)
			}
			file := l.file.(*os.File)
			var taken []uint64
			for i, fault := range faults {
				fault.File = file
				l.file = &fault
				seq := uint64(i + 1)
				err := l.add(Erasure{Kind: ErasedPerson, Key: [16]byte{byte(seq)}, At: time.Unix(1, 0), Seq: seq})
				if fails := fault.half || fault.sync || fault.truncate; fails == (err == nil) {
					t.Fatalf("entry %d: %v", seq, err)
				}
				if err == nil {
					taken = append(taken, seq)
				}
			}
			if l.entries != uint64(len(taken)) {
				t.Errorf("%d entries are counted, %d were taken", l.entries, len(taken))
			}
			if err := l.close(); err != nil {
				t.Fatal(err)
			}
			holds(t, path, id, taken)
		})
	}
}

// holds opens a ledger anew and fails the test unless it has exactly these.
func holds(t *testing.T, path string, id [16]byte, want []uint64) {
	t.Helper()
	l, err := openLedger(path, id)
	if err != nil {
		t.Fatalf("opening it again: %v", err)
	}
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	chapters, whole, ok := readLedger(string(content))
	if !ok || whole != len(content) || len(chapters) != 1 || l.entries != uint64(len(want)) {
		t.Fatalf("%d entries in %d chapters, %d of %d bytes whole:\n%s", l.entries, len(chapters), whole, len(content), content)
	}
	for i, e := range chapters[0].entries {
		if e.Seq != want[i] || e.Key[0] != byte(want[i]) {
			t.Errorf("entry %d is %+v; taken were %v", i, e, want)
		}
	}
	if strings.Count(string(content), "\n") != 1+len(want) {
		t.Errorf("it has other lines too:\n%s", content)
	}
}
