package store

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/dgraph-io/badger/v4/table"
	"golang.org/x/sys/unix"
)

// As a disk fills up, what can wait stops first: lists, then updates, which the
// platform keeps for a day, then every write. Between the first two, people are
// still answered.
const (
	updatesPart = 2 // of the reserve: a half
	writesPart  = 4
)

// HasRoom returns ErrNoRoom when the disk is so full that no list should be
// taken in, though people can still be answered. Another error says that the disk
// could not be looked at, or ErrClosed.
func (s *Store) HasRoom() error { return s.room(s.reserve) }

// HasRoomForUpdates returns ErrNoRoom when not even updates should be taken in,
// though what is in hand can still be finished.
func (s *Store) HasRoomForUpdates() error { return s.room(s.reserve / updatesPart) }

// filesLeast is how many files it must be possible to make, on a file system that
// has a fixed number: so nothing is written long before a merge could need them.
const filesLeast = 1000

// needEvery is how old what merges need may be. What is committed meanwhile is
// added to it; it gets less when a merge is done.
const needEvery = time.Second

// need is what merges need that are due or may fall due.
type need struct {
	bytes   int64
	files   int // to make, and to have open
	open    int // files that can still be opened; math.MaxInt when that is not known
	written int64
	taken   time.Time
}

// Free returns the free space of the store's disk, in bytes.
func (s *Store) Free() (uint64, error) {
	fs, err := s.disk(s.dir)
	return freeBytes(fs), err
}

func freeBytes(fs unix.Statfs_t) uint64 { return fs.Bavail * uint64(fs.Bsize) }

func statDisk(dir string) (fs unix.Statfs_t, err error) {
	if err := unix.Statfs(dir, &fs); err != nil {
		return fs, fmt.Errorf("asking how full the disk is: %w", err)
	}
	return fs, nil
}

// Size returns how much the store takes on the disk, in bytes. Badger's own
// count is a minute old and leaves out what is in no table yet.
func (s *Store) Size() (bytes int64) {
	files, err := os.ReadDir(s.dir)
	if err != nil {
		return 0
	}
	for _, file := range files {
		var stat unix.Stat_t
		if unix.Lstat(filepath.Join(s.dir, file.Name()), &stat) == nil { // it may have gone meanwhile
			bytes += stat.Blocks * 512 // not its length: logs are made long and empty
		}
	}
	return bytes
}

// room returns ErrNoRoom unless so many bytes are free beside what merges need,
// and files can be made and opened. It is asked before each commit: the disk each
// time, the merges' need each second.
func (s *Store) room(least uint64) error {
	fs, err := s.disk(s.dir)
	if err != nil {
		return err
	}
	n := s.need.Load()
	if now := time.Now(); n == nil || now.Sub(n.taken) >= needEvery {
		if n, err = s.mergeNeed(now, false); err != nil {
			return err
		}
		s.need.Store(n)
	}
	now := *n
	now.bytes += s.written.Load() - n.written
	return now.met(fs, least)
}

// hasRoomToFlatten returns ErrNoRoom when there is not the room of merges that are
// forced, beside what lists leave.
func (s *Store) hasRoomToFlatten() error {
	fs, err := s.disk(s.dir)
	if err != nil {
		return err
	}
	n, err := s.mergeNeed(time.Now(), true)
	if err != nil {
		return err
	}
	return n.met(fs, s.reserve)
}

// mergeNeed finds out what merges need at a time, those that are due or may fall
// due, or all that are forced.
func (s *Store) mergeNeed(now time.Time, forced bool) (*need, error) {
	if !s.enter() {
		return nil, ErrClosed
	}
	defer s.inside.Done()
	written := s.written.Load() // before the files are looked at: nothing is left out
	open, err := openable()
	if err != nil {
		return nil, err
	}
	n := &need{files: filesBeside, open: open, written: written, taken: now}
	if open == 0 {
		return n, nil // not even the directory can be read
	}
	tables, logs, made, err := s.placedTables()
	if err != nil {
		return nil, err
	}
	n.bytes = mergeRoom(tables, logs, forced)
	n.files = mergeFiles(n.bytes)
	n.bytes -= min(made, n.bytes)
	return n, nil
}

// placedTables returns the tables, the bytes in logs, and the bytes that merges
// and flushes under way have made so far: those are on the disk already, and what
// they take the place of is counted. The caller has entered.
func (s *Store) placedTables() (tables []placed, logs, made int64, err error) {
	var sizes map[uint64]int64
	for range 3 { // merges may be done between the list and the files
		list := s.db.Tables() // first: what is in no table then is in a log
		if sizes, logs, err = storeFiles(s.dir); err != nil {
			return nil, 0, 0, err
		}
		tables = tables[:0]
		var newest uint64 // of what merges made
		gone := false
		for _, t := range list {
			size, is := sizes[t.ID]
			gone = gone || !is
			tables = append(tables, placed{t.Level, max(size, int64(t.OnDiskSize)), t.Left, t.Right})
			if t.Level > 0 {
				newest = max(newest, t.ID)
			}
			delete(sizes, t.ID)
		}
		made = madeSince(sizes, newest)
		if !gone {
			break
		}
	}
	return tables, logs, made, nil
}

// madeSince returns the bytes of tables with a higher number than the newest: those
// with a lower one were replaced, and somebody who reads still has them.
func madeSince(sizes map[uint64]int64, newest uint64) (bytes int64) {
	for id, size := range sizes {
		if id > newest {
			bytes += size
		}
	}
	return bytes
}

// met returns ErrNoRoom unless so many bytes are free beside the need, and as many
// files can be made and opened.
func (n need) met(fs unix.Statfs_t, least uint64) error {
	free, bytes := freeBytes(fs), uint64(max(n.bytes, 0))
	if free < least || free-least < bytes {
		needed := least + min(bytes, math.MaxUint64-least)
		return fmt.Errorf("%w: %d MiB are free, %d MiB are needed", ErrNoRoom, free>>20, needed>>20)
	}
	if needed := max(uint64(n.files), filesLeast); fs.Files > 0 && fs.Ffree < needed {
		return fmt.Errorf("%w: it takes %d more files, %d are needed (inodes)", ErrNoRoom, fs.Ffree, needed)
	}
	if n.open < n.files {
		return fmt.Errorf("%w: it can open %d more files, %d are needed (limit of open files)", ErrNoRoom, n.open, n.files)
	}
	return nil
}

// openable returns how many files this process can still open, math.MaxInt where
// the system does not say.
func openable() (int, error) {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return 0, fmt.Errorf("asking for the limit of open files: %w", err)
	}
	files, err := os.ReadDir("/proc/self/fd") // Linux has it
	switch {
	case errors.Is(err, unix.EMFILE), errors.Is(err, unix.ENFILE):
		return 0, nil
	case err != nil || limit.Cur >= math.MaxInt:
		return math.MaxInt, nil
	}
	return max(int(limit.Cur)-len(files), 0), nil
}

// storeFiles returns the sizes of the tables in a store's directory, by their
// numbers, and how many bytes its logs hold.
func storeFiles(dir string) (tables map[uint64]int64, logs int64, err error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil, 0, fmt.Errorf("reading the store's directory: %w", err)
	}
	tables = map[uint64]int64{}
	for _, file := range files {
		id, isTable := table.ParseFileID(file.Name())
		isLog := filepath.Ext(file.Name()) == logSuffix
		if !isTable && !isLog {
			continue
		}
		var stat unix.Stat_t
		err := unix.Lstat(filepath.Join(dir, file.Name()), &stat)
		switch {
		case errors.Is(err, fs.ErrNotExist): // it went meanwhile
		case err != nil:
			return nil, 0, fmt.Errorf("looking at the store's files: %w", err)
		case isTable:
			tables[id] = stat.Size
		default:
			logs += stat.Blocks * 512 // made long and empty
		}
	}
	return tables, logs, nil
}
