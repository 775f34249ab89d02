package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// build makes the program under test in dir, and returns its path.
func build(ctx context.Context, dir string) (string, error) {
	binary := filepath.Join(dir, "kartyar")
	out, err := exec.CommandContext(ctx, "go", "build", "-o", binary, "kartyar").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("building the program: %w\n%s", err, out)
	}
	return binary, nil
}

// process is one running process of the program.
type process struct {
	cmd  *exec.Cmd
	out  bytes.Buffer // standard output, and error where it has no file of its own
	done chan struct{}
	err  error // of Wait; good when done is closed
}

// start runs the program with args; log, when there is one, takes its standard
// error. When ctx ends it is killed.
func (w *world) start(ctx context.Context, log *os.File, args ...string) (*process, error) {
	return w.startWith(ctx, log, nil, args...)
}

// startWith is start for a command that reads its standard input.
func (w *world) startWith(ctx context.Context, log *os.File, in io.Reader, args ...string) (*process, error) {
	p := &process{cmd: exec.CommandContext(ctx, w.binary, args...), done: make(chan struct{})}
	p.cmd.Dir, p.cmd.Env = w.dir, w.env
	p.cmd.Stdin = in
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.out
	if log != nil {
		p.cmd.Stderr = log
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting `kartyar %s`: %w", args[0], err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// kill ends the process with SIGKILL and waits for it. It reports whether the
// process was still running.
func (p *process) kill() (was bool) {
	_ = p.cmd.Process.Kill() // it may have ended meanwhile
	<-p.done
	status, isStatus := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	return isStatus && status.Signaled() && status.Signal() == syscall.SIGKILL
}

// stand has the process stand still, and waits until each of its threads does:
// one goes on to the end of the system call that it is in.
func (p *process) stand(ctx context.Context) error {
	if err := p.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		return fmt.Errorf("stopping the program: %w", err)
	}
	for {
		threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", p.cmd.Process.Pid))
		if err != nil || len(threads) == 0 {
			return fmt.Errorf("looking for the threads of the program: %w", errors.Join(err, ctx.Err()))
		}
		moving := false
		for _, path := range threads {
			stat, err := os.ReadFile(path)
			if err != nil {
				continue // it has ended
			}
			// The state stands after the name, which is in brackets.
			state := bytes.TrimSpace(stat[bytes.LastIndexByte(stat, ')')+1:])
			moving = moving || len(state) == 0 || state[0] != 'T'
		}
		if !moving {
			return nil
		}
		if err := wait(ctx, time.Millisecond); err != nil {
			return err
		}
	}
}

// finish waits for the process to end by itself.
func (p *process) finish(ctx context.Context) error {
	select {
	case <-p.done:
		return p.err
	case <-ctx.Done():
		p.kill()
		return context.Cause(ctx)
	}
}

// runWith is run with something on standard input.
func (w *world) runWith(ctx context.Context, input string, args ...string) (out []byte, err error) {
	c := exec.CommandContext(ctx, w.binary, args...)
	c.Dir, c.Env, c.Stdin = w.dir, w.env, strings.NewReader(input)
	if out, err = c.CombinedOutput(); err != nil {
		return out, fmt.Errorf("`kartyar %s`: %w\n%s", args[0], err, out)
	}
	return out, nil
}

// run runs a command of the program to its end.
func (w *world) run(ctx context.Context, args ...string) (out []byte, err error) {
	p, err := w.start(ctx, nil, args...)
	if err != nil {
		return nil, err
	}
	if err := p.finish(ctx); err != nil {
		return p.out.Bytes(), fmt.Errorf("`kartyar %s`: %w\n%s", args[0], err, p.out.Bytes())
	}
	return p.out.Bytes(), nil
}

// serve is a running `kartyar serve`.
type serve struct {
	*process
	log *os.File
}

// startMost is how long `serve` may take to open its store and poll.
const startMost = 30 * time.Second

// errNotUp says that `serve` ended, or hung, before it polled.
var errNotUp = errors.New("`kartyar serve` did not come up")

// serve starts `serve` and waits until it polls both bots.
func (w *world) serve(ctx context.Context, flags ...string) (*serve, error) {
	w.mu.Lock()
	clear(w.polls)
	w.mu.Unlock()
	log, err := os.OpenFile(w.logPath(), os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the program's log: %w", err)
	}
	p, err := w.start(ctx, log, append([]string{"serve"}, flags...)...)
	if err != nil {
		return nil, errors.Join(err, log.Close())
	}
	up, cancel := context.WithTimeout(ctx, startMost)
	defer cancel()
	go func() {
		select {
		case <-p.done:
			cancel()
		case <-up.Done():
		}
	}()
	if err := w.await(up, func() bool { return len(w.polls) == len(platforms) }); err != nil {
		p.kill()
		return nil, errors.Join(fmt.Errorf("%w: %w\n%s", errNotUp, err, w.lastWords()), log.Close())
	}
	return &serve{p, log}, nil
}

// kill ends serve with SIGKILL.
func (s *serve) kill() (was bool) {
	was = s.process.kill()
	_ = s.log.Close() // only written by the process
	return was
}

// stop asks serve to finish what is in hand.
func (s *serve) stop(ctx context.Context) error {
	defer func() { _ = s.log.Close() }()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("stopping `kartyar serve`: %w", err)
	}
	if err := s.finish(ctx); err != nil {
		return fmt.Errorf("stopping `kartyar serve`: %w", err)
	}
	return nil
}

func (w *world) logPath() string { return filepath.Join(w.dir, "serve.log") }

// lastWords is the end of serve's log.
func (w *world) lastWords() []byte {
	const most = 4096
	text, err := os.ReadFile(w.logPath())
	if err != nil {
		return nil
	}
	return text[max(0, len(text)-most):]
}
