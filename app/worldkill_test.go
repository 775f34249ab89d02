package app

import (
	"errors"
	"os"
	"os/exec"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"
)

// fifo makes a file that never comes to its end: the first half of another,
// then nothing more: fifo NAME FROM
func (w *world) fifo(ts *testscript.TestScript, args []string) {
	need(ts, args, 2, "fifo NAME FROM")
	content := ts.ReadFile(args[1])
	ts.Check(unix.Mkfifo(ts.MkAbs(args[0]), 0o600))
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
	program, err := exec.LookPath(args[1])
	ts.Check(err)
	cmd := exec.Command(program, args[2:]...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = []string{"SECRET_KEY=" + ts.Getenv("SECRET_KEY"), "STORE=" + ts.Getenv("STORE")}
	ts.Check(cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	ticker := time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	late := time.After(patience)
	for there := false; !there; {
		select {
		case <-ticker.C:
			_, err := os.Lstat(ts.MkAbs(args[0]))
			there = err == nil
		case err := <-ended:
			ts.Fatalf("it ended by itself: %v", err)
		case <-late:
			_ = cmd.Process.Kill()
			<-ended
			ts.Fatalf("%s does not come", args[0])
		}
	}
	ts.Check(cmd.Process.Kill())
	var exit *exec.ExitError
	if err := <-ended; !errors.As(err, &exit) || exit.Exited() {
		ts.Fatalf("it was not killed: %v", err)
	}
}
