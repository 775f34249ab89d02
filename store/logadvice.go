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
	dir          string
	newest       int    // number of the newest log that is known
	known, after string // where that one is, and the next one will be
}

func newLogAdvice(dir string) *logAdvice {
	a := &logAdvice{dir: dir}
	a.know(0) // Badger counts from 1
	return a
}

func (a *logAdvice) know(newest int) {
	a.newest, a.known, a.after = newest, logPath(a.dir, newest), logPath(a.dir, newest+1)
}

// give gives the advice for the logs that have been made since the last time. It
// costs two system calls when there are none.
func (a *logAdvice) give() error {
	if unix.Access(a.known, unix.F_OK) == nil && unix.Access(a.after, unix.F_OK) != nil {
		return nil
	}
	logs, err := logNumbers(a.dir)
	if err != nil {
		return err
	}
	made, newest := map[string]bool{}, a.newest
	for _, number := range logs {
		if number > a.newest {
			made[filepath.Base(logPath(a.dir, number))] = true
			newest = max(newest, number)
		}
	}
	a.know(newest)
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
