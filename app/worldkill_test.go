package app

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"
)

// fifo makes a pipe into which nobody ever writes, or a file that never comes to
// its end: the first half of another, then nothing more: fifo NAME [FROM]
func (w *world) fifo(ts *testscript.TestScript, args []string) {
	ts.Check(unix.Mkfifo(ts.MkAbs(args[0]), 0o600))
	if len(args) == 1 {
		return
	}
	content := ts.ReadFile(args[1])
	// Open at both ends, it waits for nobody.
	pipe, err := os.OpenFile(ts.MkAbs(args[0]), os.O_RDWR, 0)
	ts.Check(err)
	written := make(chan struct{})
	go func() {
		defer close(written)
		_, _ = pipe.WriteString(content[:len(content)/2])
	}()
	ts.Defer(func() {
		_ = pipe.Close()
		<-written
	})
}

// killWhen starts a command and kills it as soon as a file is there: killwhen
// FILE COMMAND ARG…
func (w *world) killWhen(ts *testscript.TestScript, args []string) {
	err := w.signalWhen(ts, unix.SIGKILL, args)
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Exited() {
		ts.Fatalf("it was not killed: %v", err)
	}
}

// termWhen starts a command, asks it to end as soon as a file is there, and has
// it say that it was interrupted: termwhen FILE COMMAND ARG…
func (w *world) termWhen(ts *testscript.TestScript, args []string) {
	err := w.signalWhen(ts, unix.SIGTERM, args)
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitFailed || !strings.Contains(string(exit.Stderr), "it was interrupted") {
		ts.Fatalf("it was not interrupted: %v", err)
	}
}

// signalWhen returns how a command ended that had a signal when a file was
// there.
func (w *world) signalWhen(ts *testscript.TestScript, signal os.Signal, args []string) error {
	program, err := exec.LookPath(args[1])
	ts.Check(err)
	cmd := exec.Command(program, args[2:]...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = []string{"SECRET_KEY=" + ts.Getenv("SECRET_KEY"), "STORE=" + ts.Getenv("STORE")}
	var says bytes.Buffer
	cmd.Stderr = &says
	ts.Check(cmd.Start())
	ended := make(chan error, 1)
	go func() {
		err := cmd.Wait()
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			exit.Stderr = says.Bytes()
		}
		ended <- err
	}()
	ticker := time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	late := time.After(patience)
	for there := false; !there; {
		select {
		case <-ticker.C:
			_, err := os.Lstat(ts.MkAbs(args[0]))
			there = err == nil
		case err := <-ended:
			ts.Fatalf("it ended by itself: %v\n%s", err, says.Bytes())
		case <-late:
			_ = cmd.Process.Kill()
			<-ended
			ts.Fatalf("%s does not come", args[0])
		}
	}
	ts.Check(cmd.Process.Signal(signal))
	select {
	case err := <-ended:
		return err
	case <-time.After(patience):
		_ = cmd.Process.Kill()
		<-ended
		ts.Fatalf("it does not end")
		return nil
	}
}
