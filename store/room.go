package store

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// HasRoom returns ErrNoRoom when the disk is so full that nothing new should
// be taken in, though what is in hand can still be finished.
func (s *Store) HasRoom() error { return s.room(s.reserve) }

func (s *Store) room(least uint64) error {
	var fs unix.Statfs_t
	if err := unix.Statfs(s.dir, &fs); err != nil {
		return fmt.Errorf("asking how full the disk is: %w", err)
	}
	if free := fs.Bavail * uint64(fs.Bsize); free < least {
		return fmt.Errorf("%w: %d MiB are free, %d MiB are needed", ErrNoRoom, free>>20, least>>20)
	}
	return nil
}
