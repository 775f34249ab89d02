package app

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"

	"golang.org/x/sys/unix"

	"kartyar/desk/table"
)

var (
	errDirectory = errors.New("this is a directory, not a file")
	errNoFile    = errors.New("this is neither a file nor a pipe")
	errIrregular = errors.New("this is a directory, a pipe or a device; it has to be an ordinary file")
)

// readRegular reads an ordinary file up to the first byte that is more than
// limit allows. Of anything else nobody knows whether it comes to an end, and
// the configuration is read before there is anything that a signal could end.
func readRegular(path string, limit int64) ([]byte, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0) // a pipe into which nobody writes
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errIrregular
	}
	return io.ReadAll(io.LimitReader(file, limit+1))
}

// openList opens a list, a directory of offices, a backup or a ledger, also one
// that comes through a pipe, and returns its size; 0 when it is not known.
func openList(ctx context.Context, path string) (file *os.File, size int64, err error) {
	opened, err := interruptibly(ctx, func() (*os.File, error) { return os.Open(path) })
	if err != nil {
		return nil, 0, plainPathError(err)
	}
	info, err := opened.Stat()
	switch {
	case err != nil:
	case info.IsDir():
		err = errDirectory
	case !info.Mode().IsRegular() && info.Mode().Type() != os.ModeNamedPipe:
		err = errNoFile
	}
	if err != nil {
		return nil, 0, errors.Join(plainPathError(err), opened.Close())
	}
	return opened, info.Size(), nil
}

// readWhole reads such a file to its end.
func readWhole(ctx context.Context, path string) ([]byte, error) {
	file, _, err := openList(ctx, path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return interruptibly(ctx, func() ([]byte, error) { return io.ReadAll(file) })
}

// textOf returns in, which is standard input and has to be CSV: its refused
// rows come back as that.
func textOf(ctx context.Context, in io.Reader) (io.Reader, error) {
	text := bufio.NewReader(in)
	head, err := interruptibly(ctx, func() ([]byte, error) {
		head, _ := text.Peek(8)
		return head, nil
	})
	if err != nil {
		return nil, err
	}
	if table.IsWorkbook(head) {
		return nil, errors.New("standard input is read as CSV, and this is a workbook: name its file instead of -")
	}
	return text, nil
}

// interruptibly does what waits for a person or for another program, until ctx
// ends. A terminal, or a pipe into which nobody writes, cannot be interrupted
// while it is waited for: after a signal the goroutine ends with the program.
func interruptibly[T any](ctx context.Context, do func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		value, err := do()
		done <- result{value, err}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

// plainPathError leaves out the path, which is said already.
func plainPathError(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
