package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"
	"github.com/rs/zerolog"
)

// openRows opens Badger and verifies that every acknowledged commit is there.
func (s *Store) openRows(tune func(badger.Options) badger.Options) (err error) {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return fmt.Errorf("making the store's directory: %w", err)
	}
	if s.erasures, err = openLedger(s.dir+".erased", s.mark.slot.id); err != nil {
		return err
	}
	logs, err := s.prepareFiles()
	if err != nil {
		return errors.Join(err, s.erasures.close())
	}
	s.db, err = openBadger(tune(s.badgerOptions()))
	if err != nil {
		return errors.Join(damagedUnlessRefused(err), s.erasures.close())
	}
	if err := errors.Join(s.verify(), s.findInboxEnd()); err != nil {
		return errors.Join(err, s.db.Close(), s.erasures.close())
	}
	s.advice = newLogAdvice(s.dir)
	s.adviseLogs()
	s.missErasures()
	if logs > 0 { // a killed process left them, and Badger flushes them now
		s.unflushed.add(s.db.MaxVersion()-1, int64(logs)*s.memTable)
	}
	return nil
}

// prepareFiles looks at the files and sees to it that Badger can open them. It
// returns the number of logs that a killed process left.
func (s *Store) prepareFiles() (logs int, err error) {
	// A store that waits for room is opened again and again: its tables are read
	// through only if something may be taken away for that.
	full := s.roomToOpen()
	if full != nil && (!errors.Is(full, ErrNoRoom) || !hasUnlisted(s.dir)) {
		return 0, full
	}
	if err := removeEmptyLogs(s.dir); err != nil {
		return 0, err
	}
	if logs, err = syncLogs(s.dir); err != nil {
		return 0, err
	}
	if err := checkTables(s.dir); err != nil {
		return 0, err
	}
	if err := mayOpen(s.dir); err != nil {
		return 0, err
	}
	if full == nil {
		return logs, nil
	}
	if err := removeUnlisted(s.dir); err != nil {
		return 0, err
	}
	return logs, s.roomToOpen()
}

// mayOpen returns an error when the system does not give the store's files to
// this user, which Badger does not tell from damage.
func mayOpen(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("reading the store's directory: %w", err)
	}
	for _, entry := range entries {
		if !entry.Type().IsRegular() {
			continue
		}
		file, err := os.OpenFile(filepath.Join(dir, entry.Name()), os.O_RDWR, 0)
		if err == nil {
			err = file.Close()
		}
		if errors.Is(err, fs.ErrPermission) {
			return fmt.Errorf("opening the store's files: %w", err)
		}
	}
	return nil
}

// damagedUnlessRefused tells what Badger says of files that it cannot make
// sense of from what the system says of files that it does not give.
func damagedUnlessRefused(err error) error {
	var system syscall.Errno
	if errors.As(err, &system) && system != syscall.ENOENT {
		return fmt.Errorf("opening the store's files: %w", err)
	}
	return fmt.Errorf("%w: %w", ErrDamaged, err)
}

// syncLogs puts on the disk what a killed process left in the system's memory:
// what is read from it now must still be there after a power cut. It returns the
// number of logs.
func syncLogs(dir string) (number int, err error) {
	logs, err := logNumbers(dir)
	if err != nil {
		return 0, err
	}
	for _, number := range logs {
		if err := syncFile(logPath(dir, number)); err != nil {
			return 0, err
		}
	}
	return len(logs), nil
}

const logSuffix = ".mem"

// logPath is where Badger has the log of a number.
func logPath(dir string, number int) string {
	return filepath.Join(dir, fmt.Sprintf("%05d%s", number, logSuffix))
}

// logNumbers are those of the logs in a store's directory.
func logNumbers(dir string) (numbers []int, err error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("looking for the store's logs: %w", err)
	}
	for _, file := range files {
		name, is := strings.CutSuffix(file.Name(), logSuffix)
		if number, err := strconv.Atoi(name); is && err == nil {
			numbers = append(numbers, number)
		}
	}
	return numbers, nil
}

func (s *Store) badgerOptions() badger.Options {
	return badger.DefaultOptions(s.dir).
		WithSyncWrites(true).
		WithDetectConflicts(false).
		WithMetricsEnabled(false).
		WithCompression(options.None).
		WithBlockCacheSize(0).
		WithChecksumVerificationMode(options.OnBlockRead).
		WithMemTableSize(s.memTable).
		WithValueThreshold(min(1<<20, s.memTable/8)).
		WithNumMemtables(memTables).
		WithNumCompactors(2).
		WithValueLogFileSize(16 << 20).
		WithLogger(badgerLog{s.log})
}

// openBadger turns a panic over damaged files, which Badger has several of,
// into an error.
func openBadger(opt badger.Options) (db *badger.DB, err error) {
	defer func() {
		if r := recover(); r != nil {
			db, err = nil, fmt.Errorf("%w: %v", ErrDamaged, r)
		}
	}()
	return badger.Open(opt)
}

// badgerLog passes on what an operator should hear of Badger: nothing of its
// chatter, and never a row, since Badger does not print any.
type badgerLog struct{ log zerolog.Logger }

func (l badgerLog) Errorf(f string, v ...any) { l.log.Error().Str("part", "badger").Msgf(f, v...) }
func (l badgerLog) Warningf(f string, v ...any) {
	line := l.log.Debug()
	// A merge that failed, and fails again until somebody makes room. Of one that
	// was forced, which says "doCompact with", one of two workers finds nothing
	// left to merge, and whether both failed its caller is told.
	if strings.Contains(f, "doCompact:") {
		line = l.log.Error()
	}
	line.Str("part", "badger").Msgf(f, v...)
}
func (l badgerLog) Infof(string, ...any)  {}
func (l badgerLog) Debugf(string, ...any) {}

// removeEmptyLogs takes away the logs that a process left which was killed
// between making the file and giving it its size: Badger refuses to open beside
// them (dgraph-io/badger#2207), and nothing was ever in them. Should one have
// been emptied by a fault, the commits that it held are missed by their numbers.
func removeEmptyLogs(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("looking for the store's logs: %w", err)
	}
	for _, entry := range entries {
		if ext := filepath.Ext(entry.Name()); ext != logSuffix && ext != ".vlog" {
			continue
		}
		info, err := entry.Info()
		if err == nil && info.Size() == 0 {
			err = os.Remove(filepath.Join(dir, entry.Name()))
		}
		if err != nil {
			return fmt.Errorf("removing an empty log of the store: %w", err)
		}
	}
	return nil
}
