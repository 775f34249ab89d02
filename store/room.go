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

// Free returns the free space of the store's disk, in bytes.
func (s *Store) Free() (uint64, error) { return free(s.dir) }

func free(dir string) (uint64, error) {
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		return 0, fmt.Errorf("asking how full the disk is: %w", err)
	}
	return fs.Bavail * uint64(fs.Bsize), nil
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
	free, err := free(dir)
	if err != nil {
		return err
	}
	if free < least {
		return fmt.Errorf("%w: %d MiB are free, %d MiB are needed", ErrNoRoom, free>>20, least>>20)
	}
	return nil
}
