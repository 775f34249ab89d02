package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

type backupCommand struct {
	File string `arg:"" help:"The file to write; one that is there is replaced when the new one is whole."`
}

// backupReport is what a backup holds.
type backupReport struct {
	Rows uint64    `json:"rows"`
	At   time.Time `json:"at"`
	Seq  uint64    `json:"seq"`
}

// Run runs `backup`.
func (c *backupCommand) Run(ctx context.Context, p *Program) error {
	config, err := p.config()
	if err != nil {
		return err
	}
	config.existing = true
	file, err := createWhole(c.File)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, plainPathError(err))
	}
	defer func() { _ = file.abandon() }()
	var report backupReport
	write := func(e event, _ *speaker) error {
		if _, err := file.Write(e.Data); err != nil {
			return fmt.Errorf("writing the file: %w", plainPathError(err))
		}
		return nil
	}
	if err := p.ask(ctx, config, request{Do: doBackup}, nil, write, &report); err != nil {
		return fmt.Errorf("%s: not written: %w", c.File, saidError{err})
	}
	size, err := file.finish()
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, plainPathError(err))
	}
	return p.print("%s: %d rows, as of %s, %.1f MiB; it opens with the same SECRET_KEY alone\n",
		c.File, report.Rows, report.At.Format(time.RFC3339), float64(size)/(1<<20))
}

// backup sends the command a backup.
func (s *service) backup(ctx context.Context, session *session) (backupReport, error) {
	info, rows, err := s.store.Backup(ctx, time.Now(), download{session})
	if err != nil {
		return backupReport{}, fmt.Errorf("making the backup: %w", err)
	}
	s.log.Info().Uint64("rows", rows).Msg("a backup was made")
	return backupReport{Rows: rows, At: info.At, Seq: info.Seq}, nil
}

// wholeFile is a file that comes under its name only when it is whole. Until
// then it is FILE.part, which the next one takes over should this process be
// killed.
type wholeFile struct {
	*os.File
	path string
	done bool
}

var errWrittenAlready = errors.New("another process is writing this file")

func createWhole(path string) (*wholeFile, error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, errors.New("there is something else than a file under this name")
	}
	for {
		file, err := os.OpenFile(path+".part", os.O_RDWR|os.O_CREATE|unix.O_NOFOLLOW, 0o600)
		if err != nil {
			return nil, err
		}
		err = unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if errors.Is(err, unix.EWOULDBLOCK) {
			err = errWrittenAlready
		}
		if err == nil {
			var same bool
			if same, err = stillAt(file, path+".part"); err == nil && !same {
				_ = file.Close() // it was whole and renamed before it was locked
				continue
			}
		}
		if err == nil {
			err = errors.Join(file.Chmod(0o600), file.Truncate(0))
		}
		if err != nil {
			return nil, errors.Join(err, file.Close())
		}
		return &wholeFile{File: file, path: path}, nil
	}
}

func stillAt(file *os.File, path string) (bool, error) {
	ours, err := file.Stat()
	if err != nil {
		return false, err
	}
	there, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && os.SameFile(ours, there), err
}

// finish brings the file under its name, durably, and returns its size.
func (f *wholeFile) finish() (size int64, err error) {
	info, err := f.Stat()
	if err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = os.Rename(f.path+".part", f.path)
	}
	if err != nil {
		return 0, err
	}
	f.done = true
	dir, err := os.Open(filepath.Dir(f.path))
	if err != nil {
		return 0, err
	}
	return info.Size(), errors.Join(dir.Sync(), dir.Close(), f.Close())
}

// abandon removes a file that did not become whole.
func (f *wholeFile) abandon() error {
	if f.done {
		return nil
	}
	return errors.Join(os.Remove(f.path+".part"), f.Close())
}
