package app

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rs/zerolog"
)

// greeting serves a connection by saying hello.
func greeting(_ context.Context, conn net.Conn) { _, _ = io.WriteString(conn, "hello") }

// listening runs a control socket beside dir until the test ends.
func listening(t *testing.T, dir string) (stop func()) {
	t.Helper()
	c, err := listenControl(dir, greeting, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- c.run(ctx) }()
	stop = func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		ended <- nil
	}
	t.Cleanup(stop)
	return stop
}

func hear(t *testing.T, dir string) {
	t.Helper()
	conn, err := dialControl(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	said, err := io.ReadAll(conn)
	if err != nil || string(said) != "hello" {
		t.Fatalf("%q, %v", said, err)
	}
}

// A socket's address has room for 107 bytes; paths and names are longer.
func TestControlSocketUnderLongPaths(t *testing.T) {
	base := t.TempDir()
	dirs := map[string]string{
		"short":       filepath.Join(base, "data"),
		"long path":   filepath.Join(base, strings.Repeat("d", 120), strings.Repeat("e", 200), "data"),
		"long name":   filepath.Join(base, strings.Repeat("n", 200)),
		"not ASCII":   filepath.Join(base, "داده‌ها"),
		"dot and dot": base + "/./x/../dots",
	}
	if err := os.Mkdir(filepath.Join(base, "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, dir := range dirs {
		t.Run(name, func(t *testing.T) {
			if err := os.MkdirAll(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			stop := listening(t, dir)
			hear(t, dir)
			info, err := os.Lstat(controlPath(dir))
			if err != nil {
				t.Fatal(err)
			}
			if info.Mode() != os.ModeSocket|0o600 {
				t.Errorf("mode %v", info.Mode())
			}
			stop()
			if _, err := dialControl(t.Context(), dir); !errors.Is(err, errNoServer) {
				t.Errorf("after the end: %v", err)
			}
			if left, _ := filepath.Glob(filepath.Join(filepath.Dir(dir), ".kartyar-*")); len(left) > 0 {
				t.Errorf("left over: %v", left)
			}
		})
	}
}

// A socket that a crash left behind answers nobody, and is replaced.
func TestControlSocketAfterACrash(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	left, err := bindControl(controlPath(dir))
	if err != nil {
		t.Fatal(err)
	}
	if err := left.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(controlPath(dir)); err != nil {
		t.Fatal("nothing was left behind")
	}
	if _, err := dialControl(t.Context(), dir); !errors.Is(err, errNoServer) {
		t.Fatalf("dialling what a crash left: %v", err)
	}
	listening(t, dir)
	hear(t, dir)
}

// Somebody else's socket in the store's place is sent nothing, and somebody
// else's command is not served.
func TestControlSocketIsTheOwners(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root to stand for two users")
	}
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	c, err := listenControl(dir, greeting, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	if uid, err := ownerOf(dir); err != nil || uid != 0 || c.owner != 0 {
		t.Errorf("owner %d, %v", uid, err)
	}
	if err := errors.Join(c.listener.Close(), os.Chown(dir, 65534, 65534)); err != nil {
		t.Fatal(err)
	}
	if uid, err := ownerOf(filepath.Join(dir, "not", "there")); err != nil || uid != 65534 {
		t.Errorf("owner of what would be made: %d, %v", uid, err)
	}
}

// What root wrote into another user's store, that user could not open.
func TestRootServesNobodyElsesStore(t *testing.T) {
	dir := t.TempDir()
	owner, err := ownerOf(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := notAnothers(dir, int(owner)); err != nil {
		t.Errorf("the owner is refused: %v", err)
	}
	if owner == 0 {
		if err := os.Chown(dir, 65534, 65534); err != nil {
			t.Fatal(err)
		}
	}
	if err := notAnothers(filepath.Join(dir, "data"), 0); err == nil {
		t.Error("root may serve another user's store")
	}
}
