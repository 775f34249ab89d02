package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sys/unix"

	"kartyar/store"
)

// access is a command's way to the store: through a running `serve`, by
// opening the store itself, or through a child that is the store's owner. All
// three speak the same protocol.
type access struct {
	// dial returns a connection for one request. What it puts into the request
	// is for the child alone.
	dial  func(*request) (net.Conn, error)
	close func() error
}

const (
	reachTries = 10
	reachEvery = 200 * time.Millisecond
)

// errBusy says that neither the store nor its server can be reached.
var errBusy = errors.New("the store is in use, and nobody answers at its control socket: another command is at work on it, or `serve` is starting or stopping; try again in a moment")

// reach finds the way to the store of c. A `serve` that is starting holds the
// store a moment before it answers, so it is tried for two seconds.
func reach(ctx context.Context, c Config, log zerolog.Logger) (*access, error) {
	for try := 1; ; try++ {
		a, err := reachOnce(ctx, c, log)
		if !errors.Is(err, store.ErrInUse) {
			return a, err
		}
		if try == reachTries {
			return nil, errBusy
		}
		select {
		case <-time.After(reachEvery):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func reachOnce(ctx context.Context, c Config, log zerolog.Logger) (*access, error) {
	conn, err := dialControl(ctx, c.Store.Dir)
	if err == nil {
		return throughServer(ctx, c.Store.Dir, conn), nil
	}
	if !errors.Is(err, errNoServer) {
		return nil, err
	}
	if c.Key == nil {
		return nil, &ConfigError{[]string{keyMissing}}
	}
	o, err := c.opening()
	if err != nil {
		return nil, err
	}
	uid, gid, err := ownersOf(o.Dir)
	if err != nil {
		return nil, err
	}
	if os.Geteuid() == 0 && uid != 0 {
		return throughChild(ctx, o, uid, gid), nil
	}
	return inProcess(ctx, o, log)
}

// throughServer uses the first connection, which is there already, first.
func throughServer(ctx context.Context, dir string, first net.Conn) *access {
	return &access{
		dial: func(*request) (net.Conn, error) {
			if conn := first; conn != nil {
				first = nil
				return conn, nil
			}
			conn, err := dialControl(ctx, dir)
			if errors.Is(err, errNoServer) {
				return nil, errors.New("the running server has gone meanwhile; run the command again")
			}
			return conn, err
		},
		close: func() error {
			if first != nil {
				return first.Close()
			}
			return nil
		},
	}
}

// inProcess opens the store here.
func inProcess(ctx context.Context, o opening, log zerolog.Logger) (*access, error) {
	s, err := openService(ctx, o, log)
	if err != nil {
		return nil, err
	}
	s.alone = true
	var serving sync.WaitGroup
	return &access{
		dial: func(*request) (net.Conn, error) {
			near, far := net.Pipe()
			serving.Go(func() {
				defer func() { _ = far.Close() }()
				s.serve(ctx, far)
			})
			return near, nil
		},
		close: func() error {
			serving.Wait()
			return s.close()
		},
	}, nil
}

// childCommand is the hidden command of the child.
const childCommand = "store-child"

// throughChild has a child open the store as its owner, so that its files stay
// the owner's. The key goes through the connection, not through the child's
// environment.
func throughChild(ctx context.Context, o opening, uid, gid uint32) *access {
	return &access{
		dial: func(r *request) (net.Conn, error) {
			r.Open = &o
			return startChild(ctx, filepath.Dir(o.Dir), uid, gid)
		},
		close: func() error { return nil },
	}
}

// childConn is the connection to a child; closing it waits for the child.
type childConn struct {
	net.Conn
	end func() error
}

func (c *childConn) Close() error { return errors.Join(c.Conn.Close(), c.end()) }

// startChild also hands the child the directory around the store, which it may
// not be able to reach: that of a service with a dynamic user lies behind
// /var/lib/private, which is root's alone.
func startChild(ctx context.Context, around string, uid, gid uint32) (net.Conn, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("looking for the program itself: %w", err)
	}
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("making a connection: %w", err)
	}
	near, far := os.NewFile(uintptr(pair[0]), "near"), os.NewFile(uintptr(pair[1]), "far")
	defer func() { _, _ = near.Close(), far.Close() }()
	conn, err := net.FileConn(near)
	if err != nil {
		return nil, fmt.Errorf("making a connection: %w", err)
	}
	child := exec.CommandContext(ctx, program, childCommand) //nolint:gosec // it is this program
	child.Cancel = func() error { return child.Process.Signal(syscall.SIGTERM) }
	child.Dir, child.Env, child.Stderr = "/", []string{}, os.Stderr
	child.ExtraFiles = []*os.File{far}
	if place, err := os.OpenFile(around, unix.O_PATH|unix.O_DIRECTORY, 0); err == nil { // else it is still to be made
		defer func() { _ = place.Close() }()
		child.ExtraFiles = append(child.ExtraFiles, place)
	}
	child.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: gid}}
	if err := child.Start(); err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("starting the program as the store's owner (user %d): %w; run the command as that user", uid, err)
	}
	return &childConn{conn, sync.OnceValue(child.Wait)}, nil
}

// The child's ExtraFiles: its connection, and the directory around the store.
const (
	childFD       = 3
	childAroundFD = 4
)

// runChild serves the one request of a command that root runs.
func runChild(ctx context.Context, log zerolog.Logger) error {
	file := os.NewFile(childFD, "connection")
	conn, err := net.FileConn(file)
	if err != nil {
		return fmt.Errorf("%s is for the program's own use: %w", childCommand, err)
	}
	_ = file.Close()
	defer func() { _ = conn.Close() }()
	session, r, err := newSession(conn)
	if err != nil {
		return err
	}
	if r.Open == nil {
		return fmt.Errorf("%s is for the program's own use", childCommand)
	}
	if _, err := os.Stat(filepath.Dir(r.Open.Dir)); errors.Is(err, fs.ErrPermission) {
		r.Open.Dir = fmt.Sprintf("/proc/self/fd/%d/%s", childAroundFD, filepath.Base(r.Open.Dir))
	}
	if r.Do == doRestore {
		restoreFor(ctx, session, r, log)
		return nil
	}
	s, err := openService(ctx, *r.Open, log)
	if err != nil {
		if errors.Is(err, store.ErrInUse) {
			err = errBusy
		}
		return session.send(event{Failed: sentence(err)})
	}
	s.alone = true
	s.answer(ctx, session, r)
	return s.close()
}
