package store

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// logAdvice tells the system how Badger's logs are written. Badger maps a log
// (00012.mem) into memory while it is one long hole, and fills it from its start;
// each page that is met for the first time is a fault. Linux takes faults in a row
// for reading, reads ahead what is not there, in large pages, and the sync of a few
// bytes writes out the whole of a large page: of commits of 60 kB each took 3 ms,
// and takes 0.6 since it knows better.
type logAdvice struct {
	dir  string
	next int    // number of the log that Badger makes next
	path string // of it
}

// newLogAdvice returns what gives the advice for the logs of a store that is open.
func newLogAdvice(dir string) (*logAdvice, error) {
	logs, err := logNumbers(dir)
	if err != nil {
		return nil, err
	}
	first := 1 // as Badger begins
	for _, number := range logs {
		first = max(first, number)
	}
	a := &logAdvice{dir: dir}
	a.await(first)
	return a, nil
}

func (a *logAdvice) await(number int) { a.next, a.path = number, logPath(a.dir, number) }

// give gives the advice for the logs that have been made since the last time. It
// costs one system call when there are none.
func (a *logAdvice) give() error {
	made := map[string]bool{}
	for unix.Access(a.path, unix.F_OK) == nil {
		made[filepath.Base(a.path)] = true
		a.await(a.next + 1)
	}
	if len(made) == 0 {
		return nil
	}
	return adviseMapped(made)
}

// adviseLogs has the advice given for new logs. All goes on without it.
func (s *Store) adviseLogs() {
	if err := s.advice.give(); err != nil {
		s.log.Debug().Err(err).Msg("the system does not know how the store's log is written; commits may take longer")
	}
}

// adviseMapped says of mapped files with these names that they are not read in
// order. A mapping that goes meanwhile, or another store's, is none the worse for
// advice.
func adviseMapped(names map[string]bool) error {
	maps, err := os.Open("/proc/self/maps") // Linux has it
	if err != nil {
		return fmt.Errorf("looking for the mapped logs: %w", err)
	}
	lines := bufio.NewScanner(maps)
	for lines.Scan() && err == nil {
		if line := lines.Text(); names[line[strings.LastIndexByte(line, '/')+1:]] {
			err = adviseRange(line)
		}
	}
	return errors.Join(err, lines.Err(), maps.Close())
}

// adviseRange gives the advice for the mapping of a line like
// «7f0a3c000000-7f0a40000000 rw-s …».
func adviseRange(line string) error {
	addresses, _, _ := strings.Cut(line, " ")
	low, high, _ := strings.Cut(addresses, "-")
	from, err := strconv.ParseUint(low, 16, 64)
	if err != nil {
		return fmt.Errorf("reading where a log is mapped: %w", err)
	}
	to, err := strconv.ParseUint(high, 16, 64)
	if err != nil {
		return fmt.Errorf("reading where a log is mapped: %w", err)
	}
	if _, _, no := unix.Syscall(unix.SYS_MADVISE, uintptr(from), uintptr(to-from), unix.MADV_RANDOM); no != 0 {
		return fmt.Errorf("advising how a log is written: %w", no)
	}
	return nil
}
