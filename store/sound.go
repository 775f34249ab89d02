package store

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/dgraph-io/badger/v4/table"
	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"
)

// Badger takes a row whose block is damaged for one that was never written, and
// ends the whole process, in a goroutine of its own, where a table was cut
// short. So tables are read through. That takes a second for ten million
// people and much longer from a slow disk, and each table that is there was
// read before: what is read before Badger opens is what was not, or whose file
// was changed since. What rots on the disk under an unchanged file is found by
// the reading of all tables that begins as the store opens, and each day.

// sound is a note of the tables that were read through, by their numbers, and
// of how their files stood then.
type sound map[uint64]stamp

// stamp is how a file stood. Nobody writes to a file, nor puts another in its
// place, without changing it: not even its owner can set ctime.
type stamp struct {
	Inode, Size  uint64
	Mtime, Ctime int64 // Unix nanoseconds
}

const (
	soundName  = "SOUND" // in the store's directory
	soundMagic = "kartsnd1"

	verifyEvery    = 24 * time.Hour   // all tables
	verifyNewEvery = 10 * time.Minute // those that were not read yet, while they are in the system's memory
)

func stampOf(path string) (stamp, error) {
	var s unix.Stat_t
	err := unix.Stat(path, &s)
	if errors.Is(err, fs.ErrNotExist) {
		return stamp{}, errNoTable
	}
	return stamp{s.Ino, uint64(s.Size), s.Mtim.Nano(), s.Ctim.Nano()}, err
}

// soundRow is an entry of the note as it is written.
type soundRow struct {
	Table uint64
	Stamp stamp
}

func (s sound) bytes() (b []byte, err error) {
	b = append(b, soundMagic...)
	for id, stamp := range s {
		if b, err = binary.Append(b, binary.BigEndian, soundRow{id, stamp}); err != nil {
			return nil, err
		}
	}
	sum := sha256.Sum256(b)
	return append(b, sum[:]...), nil
}

// parseSound reads a note; one that is damaged says nothing.
func parseSound(b []byte) sound {
	s := sound{}
	body := len(b) - sha256.Size
	if body < len(soundMagic) || string(b[:len(soundMagic)]) != soundMagic || sha256.Sum256(b[:body]) != [sha256.Size]byte(b[body:]) {
		return s
	}
	for rest := b[len(soundMagic):body]; ; {
		var row soundRow
		n, err := binary.Decode(rest, binary.BigEndian, &row)
		if err != nil {
			return s
		}
		s[row.Table], rest = row.Stamp, rest[n:]
	}
}

func readSound(dir string) sound {
	b, err := os.ReadFile(filepath.Join(dir, soundName))
	if err != nil {
		return sound{} // all is read again
	}
	return parseSound(b)
}

// write replaces the note. It need not be on the disk: one that is lost or torn
// costs reading all tables again.
func (s sound) write(dir string) error {
	b, err := s.bytes()
	path := filepath.Join(dir, soundName)
	if err == nil {
		err = os.WriteFile(path+".new", b, 0o600)
	}
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		return fmt.Errorf("noting which tables are sound: %w", err)
	}
	return nil
}

// tableCheck reads tables through.
type tableCheck struct {
	dir     string
	known   sound           // tables that need not be read
	workers int             // tables at a time
	open    bool            // the store is: a table that is gone was replaced by another
	stop    <-chan struct{} // ends it with errStopped; may be nil
}

// run reads each table that Badger's list names, but for those that are known,
// and returns all that are sound, also when there is an error.
func (c tableCheck) run() (sound, error) {
	all := sound{}
	list, err := listedTables(c.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return all, nil // the store is new
	}
	if err != nil {
		return all, err
	}
	var mu sync.Mutex
	var group errgroup.Group
	group.SetLimit(c.workers)
	for id := range list {
		group.Go(func() error {
			stamp, err := c.table(id)
			switch {
			case errors.Is(err, errNoTable) && c.open:
				return nil
			case err != nil:
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			all[id] = stamp
			return nil
		})
	}
	err = group.Wait()
	return all, err
}

func (c tableCheck) table(id uint64) (stamp, error) {
	path := table.NewFilename(id, c.dir)
	now, err := stampOf(path) // before it is read: what is changed meanwhile is read again
	if err != nil {
		return now, damagedUnlessRefused(fmt.Errorf("its table %s: %w", filepath.Base(path), err))
	}
	if c.known[id] == now {
		return now, nil
	}
	err = checkTable(path, c.stop)
	if errors.Is(err, ErrDamaged) && c.open && !c.lists(id) {
		err = errNoTable // Badger cuts a table to nothing before it removes it
	}
	return now, err
}

// lists reports whether Badger's list still names a table, as far as can be seen.
func (c tableCheck) lists(id uint64) bool {
	list, err := listedTables(c.dir)
	_, named := list[id]
	return err != nil || named
}

// checkTables reads the tables that were not read through since their files
// were last changed.
func checkTables(dir string) error {
	known := readSound(dir)
	all, err := tableCheck{dir: dir, known: known, workers: runtime.GOMAXPROCS(0)}.run()
	if len(all) > 0 || len(known) > 0 {
		_ = all.write(dir) // what is not noted is read again
	}
	return err
}

// Verify reads all tables through and breaks the store down at one that is
// damaged.
func (s *Store) Verify() error { return s.verifyTables(sound{}) }

func (s *Store) verifyTables(known sound) error {
	if !s.enter() {
		return ErrClosed
	}
	defer s.inside.Done()
	s.soundMu.Lock()
	defer s.soundMu.Unlock()
	all, err := tableCheck{dir: s.dir, known: known, workers: 1, open: true, stop: s.closing}.run()
	if errors.Is(err, errStopped) {
		return ErrClosed
	}
	if noted := all.write(s.dir); noted != nil {
		s.log.Warn().Err(noted).Msg("the next start reads all of the store's tables") // a full disk, as a rule
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrDamaged), errors.Is(err, unix.EIO):
		return s.breakDown(err)
	}
	s.log.Warn().Err(err).Msg("the store's tables could not be read through; it is tried again")
	return err
}

// verifyLoop reads all tables through at once and each day, and new ones now
// and then, so that a start has little to read.
func (s *Store) verifyLoop() {
	daily, fresh := time.NewTicker(verifyEvery), time.NewTicker(verifyNewEvery)
	defer daily.Stop()
	defer fresh.Stop()
	known := sound{}
	for {
		_ = s.verifyTables(known) // who finds damage breaks the store down
		select {
		case <-daily.C:
			known = sound{}
		case <-fresh.C:
			known = readSound(s.dir)
		case <-s.closing:
			return
		}
	}
}
