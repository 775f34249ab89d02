package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// disk is an ext4 file system of its own, in an image, mounted by a loop
// device. It takes root to make one.
type disk struct {
	image string
	mount string
}

// newDisk makes and mounts a disk of so many bytes on the stage.
func (s *stage) newDisk(ctx context.Context, name string, size int64) (*disk, error) {
	mount, err := s.place(name)
	if err != nil {
		return nil, err
	}
	d := &disk{image: filepath.Join(s.dir, name+".img"), mount: mount}
	if err := os.WriteFile(d.image, nil, 0o600); err != nil {
		return nil, fmt.Errorf("making a disk: %w", err)
	}
	if err := os.Truncate(d.image, size); err != nil {
		return nil, fmt.Errorf("making a disk: %w", err)
	}
	if err := command(ctx, "mkfs.ext4", "-q", "-m", "0", "-E", "lazy_itable_init=0,lazy_journal_init=0", d.image); err != nil {
		return nil, err
	}
	return d, d.attach(ctx)
}

func (d *disk) attach(ctx context.Context) error {
	return command(ctx, "mount", "-o", "loop", d.image, d.mount)
}

// detach unmounts the disk. No process may be on it.
func (d *disk) detach(ctx context.Context) error { return command(ctx, "umount", d.mount) }

// leave unmounts the disk as soon as the last process on it has ended.
func (d *disk) leave(ctx context.Context) error { return command(ctx, "umount", "-l", d.mount) }

// cut has the disk be what it is now without anything that is still in memory,
// as after a cut of the power. The processes on it must be stopped, and are
// ended by gone before the disk is taken from under them.
func (d *disk) cut(ctx context.Context, gone func() error) error {
	copied := d.image + ".cut"
	if err := command(ctx, "cp", "--sparse=always", d.image, copied); err != nil {
		return err
	}
	if err := errors.Join(gone(), d.detach(ctx)); err != nil {
		return err
	}
	if err := os.Rename(copied, d.image); err != nil {
		return fmt.Errorf("putting the cut disk in place: %w", err)
	}
	return d.attach(ctx)
}

// free is how many bytes can still be written.
func (d *disk) free() (uint64, error) {
	var fs unix.Statfs_t
	if err := unix.Statfs(d.mount, &fs); err != nil {
		return 0, fmt.Errorf("looking how much room there is: %w", err)
	}
	return fs.Bavail * uint64(fs.Bsize), nil
}

// fillTo writes ballast until only so many bytes are free; less ballast than
// before gives room back.
func (d *disk) fillTo(free uint64) error {
	path := filepath.Join(d.mount, "ballast")
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("writing ballast: %w", err)
	}
	defer func() { _ = file.Close() }()
	now, err := d.free()
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("writing ballast: %w", err)
	}
	size := info.Size() + int64(now) - int64(free)
	if size < info.Size() {
		return file.Truncate(max(size, 0))
	}
	if err := unix.Fallocate(int(file.Fd()), 0, 0, size); err != nil {
		return fmt.Errorf("writing ballast: %w", err)
	}
	return nil
}

// command runs a command of the system.
func command(ctx context.Context, name string, args ...string) error {
	if out, err := exec.CommandContext(ctx, name, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, out)
	}
	return nil
}
