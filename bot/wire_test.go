package bot

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// counted is a context that counts who is to hear of its end.
type counted struct {
	context.Context
	done chan struct{}
	hear atomic.Int64
	ever atomic.Int64
	deaf bool // nobody ever hears of it
}

func (c *counted) Done() <-chan struct{} { return c.done }

func (c *counted) AfterFunc(f func()) (stop func() bool) {
	c.hear.Add(1)
	c.ever.Add(1)
	if c.deaf {
		f = func() {}
	}
	forget := context.AfterFunc(c.Context, f)
	return func() bool {
		c.hear.Add(-1)
		return forget()
	}
}

// hanging is a server that answers, unless it is asked to hang; started tells of
// each call that hangs.
func hanging(t *testing.T) (l *line, at string, started chan struct{}) {
	t.Helper()
	started = make(chan struct{}, 1)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body)
		if strings.HasSuffix(r.URL.Path, "/hang") {
			started <- struct{}{}
			<-r.Context().Done()
			return
		}
		_, _ = io.WriteString(w, "{}")
	}))
	l = newLine(s.URL, 4)
	t.Cleanup(s.Close)
	t.Cleanup(l.close)
	return l, s.URL, started
}

// A context's end ends the call that is under way in it, whichever of its calls
// over the connection that is, and no other's.
func TestTheEndOfAContextEndsItsCall(t *testing.T) {
	l, at, started := hanging(t)
	gone := errors.New("gone")
	ctx, cancel := context.WithCancelCause(t.Context())
	for range 3 {
		if _, _, err := post(ctx, l, at, "x"); err != nil {
			t.Fatal(err)
		}
	}
	go func() { <-started; cancel(gone) }()
	if _, _, err := post(ctx, l, at+"/hang", "x"); !errors.Is(err, gone) {
		t.Errorf("the fourth call: %v", err)
	}
	if len(l.idle) > 0 {
		t.Error("its connection is kept")
	}

	// One that has ended between two calls was heard of when there was none to end.
	ended, cancel := context.WithCancelCause(t.Context())
	before := &counted{Context: ended, done: make(chan struct{}), deaf: true}
	if _, _, err := post(before, l, at, "x"); err != nil {
		t.Fatal(err)
	}
	cancel(gone)
	if _, _, err := post(before, l, at+"/hang", "x"); !errors.Is(err, gone) || len(started) > 0 || len(l.idle) > 0 {
		t.Errorf("a call in a context that has ended: %v; made: %v; connections kept: %d", err, len(started) > 0, len(l.idle))
	}
}

// An end that is told late, of a context whose call is over, leaves the call that
// is under way by then alone.
func TestALateEndEndsNothing(t *testing.T) {
	l, at, _ := hanging(t)
	before, cancel := context.WithCancel(t.Context())
	defer cancel()
	if _, _, err := post(before, l, at, "x"); err != nil {
		t.Fatal(err)
	}
	w, err := l.take(t.Context(), time.Now().Add(callTimeout))
	if err != nil {
		t.Fatal(err)
	}
	now, drop := context.WithCancel(t.Context())
	defer drop()
	if err := w.begin(now); err != nil {
		t.Fatal(err)
	}
	w.interrupt(before.Done())
	if _, err := w.Write([]byte("x")); err != nil {
		t.Errorf("the call after it: %v", err)
	}
	w.interrupt(now.Done())
	if _, err := w.Write([]byte("x")); err == nil {
		t.Error("its own end left it alone")
	}
	w.end(now)
	_ = w.Close()
}

// What is heard of a context is made once for its calls, and is gone with the
// connection, with another context's call, and at once where a context is of one
// call.
func TestContextsAreLetGo(t *testing.T) {
	l, at, _ := hanging(t)
	fresh := func(parent context.Context) *counted { return &counted{Context: parent, done: make(chan struct{})} }
	call := func(ctx *counted, wantNow, wantNew int64) {
		t.Helper()
		before := ctx.ever.Load()
		if _, _, err := post(ctx, l, at, "x"); err != nil {
			t.Fatal(err)
		}
		if now, anew := ctx.hear.Load(), ctx.ever.Load()-before; now != wantNow || anew != wantNew {
			t.Errorf("%d hear of its end, %d anew; want %d and %d", now, anew, wantNow, wantNew)
		}
	}
	long, other := fresh(t.Context()), fresh(t.Context())
	if _, _, err := post(t.Context(), l, at, "x"); err != nil { // a connection is made
		t.Fatal(err)
	}
	call(long, 1, 1)
	call(long, 1, 0)
	call(other, 1, 1)
	if n := long.hear.Load(); n != 0 {
		t.Errorf("%d hear of the end of a context whose connection another has", n)
	}
	timed, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	call(fresh(timed), 0, 1)
	call(long, 1, 1)
	l.close()
	if n := long.hear.Load(); n != 0 {
		t.Errorf("%d hear of a context's end for a connection that is closed", n)
	}
}

// A signal that comes while a connection is looked at says nothing about it; Go
// sends itself one each time that a goroutine has computed for long.
func TestAQuietConnectionIsQuietBesideSignals(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	w, err := newWatch(conn)
	if err != nil {
		t.Fatal(err)
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	looking, over := unix.Gettid(), make(chan struct{})
	var signals sync.WaitGroup
	signals.Go(func() {
		for {
			select {
			case <-over:
				return
			default:
				_ = unix.Tgkill(unix.Getpid(), looking, unix.SIGURG)
			}
		}
	})
	defer signals.Wait()
	defer close(over)
	for n := range 20_000 {
		if !w.isQuiet() {
			t.Fatalf("look %d: the server has closed or spoken", n)
		}
	}
}
