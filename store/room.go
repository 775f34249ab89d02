package store

import (
	"fmt"

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

func (s *Store) room(dir string, least uint64) error {
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		return fmt.Errorf("asking how full the disk is: %w", err)
	}
	if free := fs.Bavail * uint64(fs.Bsize); free < least {
		return fmt.Errorf("%w: %d MiB are free, %d MiB are needed", ErrNoRoom, free>>20, least>>20)
	}
	return nil
}
