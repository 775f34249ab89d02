package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sys/unix"
)

// controlPath is where the control socket of a store stands.
func controlPath(dir string) string { return filepath.Clean(dir) + ".sock" }

// errNoServer says that nobody answers at the control socket.
var errNoServer = errors.New("nobody answers at the control socket")

// control listens at the control socket of a store that this process holds
// open, and serves the commands of the same machine.
type control struct {
	listener net.Listener
	path     string
	owner    uint32
	serve    func(context.Context, net.Conn)
	log      zerolog.Logger
}

// listenControl makes the socket anew. The caller holds the store, so a socket
// that stands there is left over from a crash and is replaced.
//
// A socket's address has 107 bytes, so it is bound through its directory's
// descriptor, and under a short name that is then renamed: the name leads to
// the socket as that of any file.
func listenControl(dir string, serve func(context.Context, net.Conn), log zerolog.Logger) (*control, error) {
	owner, err := ownerOf(dir)
	if err != nil {
		return nil, err
	}
	path := controlPath(dir)
	listener, err := bindControl(path)
	if err != nil {
		return nil, fmt.Errorf("making the control socket %s: %w", path, err)
	}
	return &control{listener: listener, path: path, owner: owner, serve: serve, log: log}, nil
}

func bindControl(path string) (net.Listener, error) {
	parent, err := unix.Open(filepath.Dir(path), unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = unix.Close(parent) }()
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(fd), "control")
	defer func() { _ = file.Close() }() // the listener has a duplicate
	temporary := fmt.Sprintf(".kartyar-%d.sock", os.Getpid())
	if err := unix.Unlinkat(parent, temporary, 0); err != nil && !errors.Is(err, unix.ENOENT) {
		return nil, err
	}
	if err := unix.Bind(fd, &unix.SockaddrUnix{Name: fmt.Sprintf("/proc/self/fd/%d/%s", parent, temporary)}); err != nil {
		return nil, err
	}
	err = errors.Join(
		unix.Fchmodat(parent, temporary, 0o600, 0), // before listen: until then nobody can connect
		unix.Listen(fd, 64),
		unix.Renameat(parent, temporary, parent, filepath.Base(path)),
	)
	if err != nil {
		return nil, errors.Join(err, unix.Unlinkat(parent, temporary, 0))
	}
	return net.FileListener(file)
}

// run serves until ctx ends, then takes the socket away and waits for the
// commands in hand, which ctx ends too.
func (c *control) run(ctx context.Context) error {
	var serving sync.WaitGroup
	defer serving.Wait()
	stop := context.AfterFunc(ctx, func() { _ = c.listener.Close() })
	defer stop()
	defer func() { _ = os.Remove(c.path) }()
	for {
		conn, err := c.listener.Accept()
		if ctx.Err() != nil {
			if err == nil {
				_ = conn.Close()
			}
			return nil
		}
		if err != nil { // too many open files, as a rule
			c.log.Error().Err(err).Msg("a command could not be taken in at the control socket")
			select {
			case <-time.After(time.Second):
			case <-ctx.Done():
			}
			continue
		}
		if uid, err := peerOf(conn); err != nil || uid != 0 && uid != c.owner {
			c.log.Warn().Err(err).Uint32("uid", uid).Msg("a command of somebody else than the store's owner was refused")
			_ = conn.Close()
			continue
		}
		serving.Go(func() {
			defer func() { _ = conn.Close() }()
			c.serve(ctx, conn)
		})
	}
}

// dialControl connects to the process that serves the store; errNoServer when
// there is none.
func dialControl(ctx context.Context, dir string) (net.Conn, error) {
	path := controlPath(dir)
	fd, err := unix.Open(path, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errNoServer
	}
	if err != nil {
		return nil, fmt.Errorf("opening the control socket %s: %w", path, err)
	}
	defer func() { _ = unix.Close(fd) }()
	conn, err := new(net.Dialer).DialContext(ctx, "unix", fmt.Sprintf("/proc/self/fd/%d", fd))
	switch {
	case errors.Is(err, unix.ECONNREFUSED):
		return nil, errNoServer
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("the control socket %s is for the store's owner and root; run the command as one of them", path)
	case err != nil:
		return nil, fmt.Errorf("connecting to the control socket %s: %w", path, errors.Unwrap(err))
	}
	// Lists and codes are sent to nobody else than the one who has them anyway.
	owner, err := ownerOf(dir)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	if uid, err := peerOf(conn); err != nil || uid != 0 && uid != owner {
		_ = conn.Close()
		return nil, fmt.Errorf("the control socket %s is served by somebody else than the store's owner; nothing was sent", path)
	}
	return conn, nil
}

// peerOf returns the user at the other end.
func peerOf(conn net.Conn) (uid uint32, err error) {
	peer, is := conn.(*net.UnixConn)
	if !is {
		return 0, errors.New("not a local socket")
	}
	raw, err := peer.SyscallConn()
	if err != nil {
		return 0, fmt.Errorf("looking who connected: %w", err)
	}
	var cred *unix.Ucred
	var inner error
	err = raw.Control(func(fd uintptr) {
		cred, inner = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	})
	if err := errors.Join(err, inner); err != nil {
		return 0, fmt.Errorf("looking who connected: %w", err)
	}
	return cred.Uid, nil
}

// ownerOf returns the user to whom the store belongs: the owner of its
// directory or, while it does not exist, of what it will be made in.
func ownerOf(dir string) (uid uint32, err error) {
	uid, _, err = ownersOf(dir)
	return uid, err
}

func ownersOf(dir string) (uid, gid uint32, err error) {
	path, err := filepath.Abs(dir)
	if err != nil {
		return 0, 0, fmt.Errorf("looking for the store: %w", err)
	}
	for {
		var stat unix.Stat_t
		err := unix.Stat(path, &stat)
		if err == nil {
			return stat.Uid, stat.Gid, nil
		}
		if !errors.Is(err, unix.ENOENT) || path == filepath.Dir(path) {
			return 0, 0, fmt.Errorf("looking whose the store is: %w", err)
		}
		path = filepath.Dir(path)
	}
}
