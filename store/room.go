package store

import (
	"fmt"
	"os"
	"path/filepath"

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
// taken in, though people can still be answered.
func (s *Store) HasRoom() error { return s.room(s.dir, s.reserve) }

// HasRoomForUpdates returns ErrNoRoom when not even updates should be taken in,
// though what is in hand can still be finished.
func (s *Store) HasRoomForUpdates() error { return s.room(s.dir, s.reserve/updatesPart) }

// filesLeast is how many files it must be possible to make, on a file system that
// has a fixed number. Badger takes a merge for done whose table it could not
// make, and drops what was merged: so nothing is written long before that.
const filesLeast = 1000

// Free returns the free space of the store's disk, in bytes.
func (s *Store) Free() (uint64, error) { return free(s.dir) }

func free(dir string) (uint64, error) {
	fs, err := statDisk(dir)
	return fs.Bavail * uint64(fs.Bsize), err
}

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

func (s *Store) room(dir string, least uint64) error {
	fs, err := statDisk(dir)
	if err != nil {
		return err
	}
	if free := fs.Bavail * uint64(fs.Bsize); free < least {
		return fmt.Errorf("%w: %d MiB are free, %d MiB are needed", ErrNoRoom, free>>20, least>>20)
	}
	return roomForFiles(fs)
}

// roomForFiles returns ErrNoRoom when too few files can be made.
func roomForFiles(fs unix.Statfs_t) error {
	if fs.Files > 0 && fs.Ffree < filesLeast {
		return fmt.Errorf("%w: it takes %d more files, %d are needed (inodes)", ErrNoRoom, fs.Ffree, filesLeast)
	}
	return nil
}
