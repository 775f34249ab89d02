package store_test

import (
	"bufio"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"kartyar/store"
)

// All that a sync has to write out of a log are its own pages, in the first log of
// a store, in those that follow, and in the one of a store that was opened again.
func TestLogsAreNotReadAhead(t *testing.T) {
	if _, err := os.Stat("/proc/self/smaps"); err != nil {
		t.Skip("only Linux tells what it was advised")
	}
	dir := filepath.Join(t.TempDir(), "data")
	id := int64(0)
	for opened := range 2 {
		const memTable = 1 << 20
		s, err := store.OpenSmall(store.Options{Dir: dir, Key: testKey, Log: zerolog.Nop()}, memTable)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for ; len(seen) < 3; id++ {
			if err := s.Update(t.Context(), keeping(id, memTable/16)); err != nil {
				t.Fatal(err)
			}
			for log, advised := range mappedLogs(t, dir) {
				if !advised {
					t.Fatalf("after %d commits %s is read ahead", id+1, log)
				}
				seen[log] = true
			}
			if id > 400 {
				t.Fatalf("%d commits of a store opened %d times made %d logs", id, opened+1, len(seen))
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// What is cleared from the disk begins a log anew, and each is known.
func TestLogsAreNotReadAheadAfterClearing(t *testing.T) {
	if _, err := os.Stat("/proc/self/smaps"); err != nil {
		t.Skip("only Linux tells what it was advised")
	}
	dir := filepath.Join(t.TempDir(), "data[") // no pattern
	s, err := store.Open(store.Options{Dir: dir, Key: testKey, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	id := int64(0)
	for range 3 {
		// More often than there are commits between.
		if err := errors.Join(s.BeginClearing(t.Context()), s.BeginClearing(t.Context())); err != nil {
			t.Fatal(err)
		}
		id++
		if err := s.Update(t.Context(), keeping(id, 1)); err != nil {
			t.Fatal(err)
		}
		logs := mappedLogs(t, dir)
		if len(logs) == 0 {
			t.Error("no log is mapped")
		}
		for log, advised := range logs {
			if !advised {
				t.Errorf("%s is read ahead", log)
			}
		}
	}
}

// mappedLogs returns the logs of a store that are mapped, and whether each is
// marked as read in no order («rr», proc_pid_smaps(5)).
func mappedLogs(t *testing.T, dir string) (advised map[string]bool) {
	t.Helper()
	file, err := os.Open("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	advised = map[string]bool{}
	log := ""
	for lines := bufio.NewScanner(file); lines.Scan(); {
		line := lines.Text()
		flags, isFlags := strings.CutPrefix(line, "VmFlags:")
		switch {
		case strings.HasSuffix(line, ".mem") && strings.Contains(line, dir+"/"):
			log = line[strings.LastIndexByte(line, '/')+1:]
		case isFlags && log != "":
			advised[log] = strings.Contains(flags, " rr")
			log = ""
		}
	}
	return advised
}
