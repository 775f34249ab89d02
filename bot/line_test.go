package bot

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// post makes one call over a line.
func post(ctx context.Context, l *line, to, body string) (int, string, error) {
	at, err := url.Parse(to)
	if err != nil {
		return 0, "", err
	}
	write := func(b []byte) []byte { return append(b, body...) }
	answer, err := l.do(ctx, time.Now().Add(callTimeout), at, "application/x-www-form-urlencoded", write, nil)
	return answer.status, string(answer.body), err
}

// echo answers with what it was sent, and counts calls and connections.
type echo struct {
	*httptest.Server
	calls, conns atomic.Int64
}

func newEcho(t *testing.T, start func(*httptest.Server)) (*echo, *line) {
	t.Helper()
	e := &echo{}
	e.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e.calls.Add(1)
		body, _ := io.ReadAll(r.Body)
		if strings.HasSuffix(r.URL.Path, "/close") {
			w.Header().Set("Connection", "close")
		}
		if strings.HasSuffix(r.URL.Path, "/elsewhere") {
			w.Header().Set("Location", "/x")
			w.WriteHeader(http.StatusFound)
		}
		if strings.HasSuffix(r.URL.Path, "/long") {
			w.Header().Set("Content-Security-Policy", strings.Repeat("x", headMost/2))
		}
		_, _ = io.WriteString(w, r.Method+" "+r.Host+" "+r.RequestURI+" "+r.Header.Get("Content-Type")+" "+string(body))
	}))
	e.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			e.conns.Add(1)
		}
	}
	start(e.Server)
	t.Cleanup(e.Close)
	l := newLine(e.URL, 4)
	if l.tls != nil {
		l.tls.RootCAs = e.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
		l.tls.ServerName = "example.com"
	}
	t.Cleanup(l.close)
	return e, l
}

func TestLine(t *testing.T) {
	for name, start := range map[string]func(*httptest.Server){"http": (*httptest.Server).Start, "https": (*httptest.Server).StartTLS} {
		t.Run(name, func(t *testing.T) {
			e, l := newEcho(t, start)
			host := strings.TrimPrefix(strings.TrimPrefix(e.URL, "https://"), "http://")
			for range 3 {
				code, got, err := post(t.Context(), l, e.URL+"/a%2Fb//c?d=1", "x=سلام")
				if want := "POST " + host + " /a%2Fb//c?d=1 application/x-www-form-urlencoded x=سلام"; err != nil || code != 200 || got != want {
					t.Fatalf("%d %q, %v; want %q", code, got, err, want)
				}
			}
			if n := e.conns.Load(); n != 1 {
				t.Errorf("%d connections for calls one after the other", n)
			}
			if code, _, err := post(t.Context(), l, e.URL+"/elsewhere", ""); code != http.StatusFound || err != nil {
				t.Errorf("a redirect: %d, %v", code, err)
			}
			// The server hangs up, with notice and without.
			if _, _, err := post(t.Context(), l, e.URL+"/close", ""); err != nil {
				t.Error(err)
			}
			if _, _, err := post(t.Context(), l, e.URL, ""); err != nil {
				t.Error("after a farewell:", err)
			}
			e.CloseClientConnections()
			for len(l.idle) > 0 && l.idle[0].watch.isQuiet() { // until the farewell is here
				runtime.Gosched()
			}
			if _, _, err := post(t.Context(), l, e.URL, ""); err != nil {
				t.Error("after a connection that was closed while idle:", err)
			}
			if n := e.calls.Load(); n != 7 {
				t.Errorf("%d calls came", n)
			}
		})
	}
}

// A call ends when it has taken too long, and only that one.
func TestLineTimesOut(t *testing.T) {
	e := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/getMe") {
			_, _ = io.ReadAll(r.Body) // until then the server does not see who leaves
			<-r.Context().Done()
			return
		}
		_, _ = io.WriteString(w, `{"ok":true,"result":true}`)
	}))
	defer e.Close()
	c := New(Options{Profile: Telegram(), Token: token, API: e.URL})
	defer c.Close()
	_, err := c.call(t.Context(), "getMe", nil, 20*time.Millisecond)
	if failed := asError(err); failed == nil || failed.Kind != Outage || failed.Description != "no answer within 20ms" {
		t.Errorf("no answer: %v", err)
	}
	if len(c.line.idle) > 0 {
		t.Error("its connection is kept")
	}
	for range 2 {
		if err := c.DeleteWebhook(t.Context()); err != nil {
			t.Error("a call after it:", err)
		}
	}
	first := c.line.idle[0]
	_ = first.SetDeadline(time.Unix(1, 0)) // that of its last call is over
	if err := c.DeleteWebhook(t.Context()); err != nil || c.line.idle[0] != first {
		t.Errorf("a call over a connection that was kept for long: %v", err)
	}
}

// An answer with a long head is one: otherwise what went out would go out again.
// late is a connection whose next reads fail so, then are its own.
type late struct {
	net.Conn
	fails []error
}

func (c *late) Read(b []byte) (int, error) {
	if len(c.fails) > 0 {
		err := c.fails[0]
		c.fails = c.fails[1:]
		return 0, err
	}
	return c.Conn.Read(b)
}

// The time of a call may be over when a machine wakes up that stood still, and
// its answer be there all the same.
func TestAnAnswerAtTheDoorIsTaken(t *testing.T) {
	e, l := newEcho(t, (*httptest.Server).Start)
	for name, c := range map[string]struct {
		fails []error
		taken bool
	}{
		"it is there":    {[]error{os.ErrDeadlineExceeded}, true},
		"it is not":      {[]error{os.ErrDeadlineExceeded, os.ErrDeadlineExceeded}, false},
		"nobody is left": {[]error{io.ErrUnexpectedEOF}, false},
	} {
		t.Run(name, func(t *testing.T) {
			w, err := l.take(t.Context(), time.Now().Add(callTimeout))
			if err != nil {
				t.Fatal(err)
			}
			w.Conn = &late{w.Conn, c.fails}
			w.r.Reset(w.Conn)
			l.idle = append(l.idle, w)
			w.used = time.Now()
			if _, said, err := post(t.Context(), l, e.URL, "x"); (err == nil) != c.taken || c.taken && said == "" {
				t.Errorf("answered %q, %v", said, err)
			}
		})
	}
	l.close()
}

func TestLongHead(t *testing.T) {
	e, l := newEcho(t, (*httptest.Server).Start)
	if status, _, err := post(t.Context(), l, e.URL+"/long", "x=1"); err != nil || status != http.StatusOK {
		t.Errorf("status %d, error %v", status, err)
	}
}

// TestLineEnds has answers that do not come, or break off.
// An unused connection is let go of, though nobody calls any more.
func TestUnusedConnectionsAreClosed(t *testing.T) {
	closed := make(chan struct{}, 3)
	e, l := newEcho(t, func(s *httptest.Server) {
		count := s.Config.ConnState
		s.Config.ConnState = func(conn net.Conn, state http.ConnState) {
			count(conn, state)
			if state == http.StateClosed {
				closed <- struct{}{}
			}
		}
		s.Start()
	})
	l.rest = 50 * time.Millisecond
	var wires [3]*wire
	for n := range wires {
		w, err := l.take(t.Context(), time.Now().Add(callTimeout))
		if err != nil {
			t.Fatal(err)
		}
		wires[n] = w
	}
	for _, w := range wires {
		if !l.keep(w) {
			t.Fatal("a connection was not kept")
		}
	}
	for range wires {
		<-closed
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.idle) > 0 || l.sweep != nil {
		t.Errorf("%d connections are idle, and looked after: %v", len(l.idle), l.sweep != nil)
	}
	if n := e.conns.Load(); n != 3 {
		t.Errorf("%d connections were made", n)
	}
}

func TestLineEnds(t *testing.T) {
	for name, answer := range map[string]func(net.Conn){
		"nothing": func(c net.Conn) { _ = c.Close() },
		"a reset": func(c net.Conn) { _ = errors.Join(c.(*net.TCPConn).SetLinger(0), c.Close()) },
		"half": func(c net.Conn) {
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{")
			_ = c.Close()
		},
		"no HTTP": func(c net.Conn) { _, _ = io.WriteString(c, "SSH-2.0-x\r\n\r\n"); _ = c.Close() },
		"too long": func(c net.Conn) {
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n")
			_ = c.Close()
		},
		"no answer": func(net.Conn) {},
	} {
		t.Run(name, func(t *testing.T) {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			var requests atomic.Int64
			served := make(chan struct{})
			ctx, cancel := context.WithCancelCause(t.Context())
			gone := errors.New("gone")
			go func() {
				defer close(served)
				for {
					c, err := listener.Accept()
					if err != nil {
						return
					}
					defer c.Close()
					if n, _ := c.Read(make([]byte, 4096)); n > 0 {
						requests.Add(1)
						answer(c)
						if name == "no answer" {
							cancel(gone)
						}
					}
				}
			}()
			l := newLine("http://"+listener.Addr().String(), 1)
			_, _, err = post(ctx, l, "http://"+listener.Addr().String(), "x=1")
			if err == nil || name == "no answer" && !errors.Is(err, gone) {
				t.Errorf("error %v", err)
			} else if strings.Contains(err.Error(), "SSH") {
				t.Errorf("the error quotes the answer: %v", err)
			}
			l.close()
			_ = listener.Close()
			<-served
			if n := requests.Load(); n != 1 || len(l.idle) > 0 {
				t.Errorf("%d requests were made, %d connections kept", n, len(l.idle))
			}
		})
	}
}

func TestNoLine(t *testing.T) {
	for _, api := range []string{"", "://", "ftp://example.com", "http://"} {
		if newLine(api, 1) != nil {
			t.Errorf("a line to %q", api)
		}
	}
}
