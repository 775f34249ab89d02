package app

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"
)

// What waits for who writes into a pipe ends when it is to end, and reads what
// comes when somebody does.
func TestWaitingForAPipe(t *testing.T) {
	dir := t.TempDir()
	path, spoken := filepath.Join(dir, "silent"), filepath.Join(dir, "spoken")
	if err := errors.Join(unix.Mkfifo(path, 0o600), unix.Mkfifo(spoken, 0o600)); err != nil {
		t.Fatal(err)
	}
	others := goleak.IgnoreCurrent()
	t.Cleanup(func() { // those that still wait, or begin to
		pipe, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = pipe.Close() }()
		goleak.VerifyNone(t, others)
	})
	silent, other := io.Pipe()
	t.Cleanup(func() { _ = other.Close() })
	ended, end := context.WithCancel(t.Context())
	end()
	for name, wait := range map[string]func() error{
		"a list":         func() error { _, _, err := openList(ended, path); return err },
		"a ledger":       func() error { _, err := readWhole(ended, path); return err },
		"standard input": func() error { _, err := textOf(ended, silent); return err },
	} {
		if err := wait(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
	written := make(chan error, 1)
	go func() { written <- os.WriteFile(spoken, []byte("a ledger"), 0o600) }()
	if text, err := readWhole(t.Context(), spoken); err != nil || string(text) != "a ledger" {
		t.Errorf("%q, %v", text, err)
	}
	if err := <-written; err != nil {
		t.Error(err)
	}
}
