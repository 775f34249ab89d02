package admin

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"kartyar/desk"
	"kartyar/desk/manifest"
	"kartyar/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const token = "a-canary-for-the-admin-token"

// clerk is a Desk that reads what it is sent.
type clerk struct {
	mu   sync.Mutex // of how and got
	how  desk.ImportOptions
	got  string
	err  error
	hold chan struct{} // closed to let it go on
	in   chan struct{} // told of each that is in
}

func (c *clerk) TakeIn(_ context.Context, how desk.ImportOptions, list io.Reader) (desk.ImportReport, error) {
	if c.hold != nil {
		c.in <- struct{}{}
		<-c.hold
	}
	text, err := io.ReadAll(list)
	if err != nil {
		return desk.ImportReport{}, fmt.Errorf("receiving the list: %w", err)
	}
	c.mu.Lock()
	c.how, c.got = how, string(text)
	c.mu.Unlock()
	for n := range 150 {
		if err := how.Refused(manifest.Line{Number: n + 2, Cells: []string{"a secret"}, Column: "mobile", Reason: manifest.ReasonMobile}); err != nil {
			return desk.ImportReport{}, err
		}
	}
	return desk.ImportReport{Rows: 151, Applied: 1, Refused: 150, UnknownWords: map[string]int{}}, c.err
}

func (c *clerk) LoadOffices(_ context.Context, file io.Reader) (desk.OfficesReport, error) {
	_, err := io.ReadAll(file)
	return desk.OfficesReport{Rows: 1, Added: 1}, err
}

func (c *clerk) Report(_ context.Context, office string) (desk.PileReport, error) {
	return desk.PileReport{Spans: desk.Spans(), Offices: []desk.Pile{{Office: office, Name: "ونک", Waiting: 3}}, Damaged: 2}, c.err
}

var errKnown = errors.New("the file is empty")

func newServer(c *clerk, token string) *Server {
	metrics := NewMetrics("v1", "abc", func(context.Context) Reading {
		return Reading{Bots: []BotReading{{Platform: "bale", PollAge: time.Second}}}
	})
	return New(Options{
		Token: token, Desk: c, Metrics: metrics.Handler(), Log: zerolog.Nop(),
		Ready:    func(context.Context) []Part { return []Part{{Part: "store", OK: c.err == nil, Says: "why"}} },
		Sentence: func(err error) (string, bool) { return err.Error(), errors.Is(err, errKnown) },
	})
}

// ask makes a request of a machine other than this one, unless near.
func ask(s *Server, method, path, body string, near bool, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(context.Background(), method, path, strings.NewReader(body))
	if near {
		r.RemoteAddr = "127.0.0.1:4000"
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := &recorder{httptest.NewRecorder()}
	s.Handler().ServeHTTP(w, r)
	return w.ResponseRecorder
}

// recorder takes deadlines and forgets them.
type recorder struct{ *httptest.ResponseRecorder }

func (recorder) SetReadDeadline(time.Time) error  { return nil }
func (recorder) SetWriteDeadline(time.Time) error { return nil }

func TestWhoMay(t *testing.T) {
	with, without := newServer(&clerk{}, token), newServer(&clerk{}, "")
	good := "Bearer " + token
	for _, c := range []struct {
		server         *Server
		path           string
		near           bool
		authorization  string
		want           int
		method, accept string
	}{
		{server: with, path: "/healthz", near: true, want: 200},
		{server: with, path: "/readyz", near: true, want: 200},
		{server: with, path: "/metrics", near: true, want: 200},
		{server: with, path: "/metrics", want: 401},
		{server: with, path: "/metrics", authorization: good, want: 200},
		{server: with, path: "/v1/report", near: true, want: 401},
		{server: with, path: "/v1/report", authorization: good, want: 200},
		{server: with, path: "/v1/report", authorization: "bearer " + token, want: 200},
		{server: with, path: "/v1/report", authorization: "Bearer " + token + "x", want: 401},
		{server: with, path: "/v1/report", authorization: "Bearer", want: 401},
		{server: with, path: "/v1/report", authorization: "Basic " + token, want: 401},
		{server: without, path: "/healthz", near: true, want: 200},
		{server: without, path: "/healthz", want: 403},
		{server: without, path: "/metrics", want: 403, authorization: "Bearer "},
		{server: without, path: "/v1/report", near: true, want: 403},
		{server: without, path: "/v1/report", near: true, want: 403, authorization: "Bearer "},
		{server: with, path: "/", near: true, want: 404},
		{server: with, path: "/v1/records", near: true, want: 405},
		{server: with, path: "/metrics", near: true, method: http.MethodPost, want: 405},
	} {
		w := ask(c.server, max(c.method, "GET"), c.path, "", c.near, "Authorization", c.authorization)
		if w.Code != c.want {
			t.Errorf("%+v: %d %s", c, w.Code, w.Body)
		}
		if kind := w.Header().Get("Content-Type"); c.want >= 400 && kind != "application/problem+json" {
			t.Errorf("%s %d: %s", c.path, c.want, kind)
		}
		if strings.Contains(w.Body.String(), token) {
			t.Error("an answer holds the token")
		}
	}
	if allow := ask(with, "GET", "/v1/records", "", true).Header().Get("Allow"); allow != "POST" {
		t.Errorf("allowed: %q", allow)
	}
}

func post(s *Server, path, body string, header ...string) *httptest.ResponseRecorder {
	return ask(s, "POST", path, body, false, append([]string{"Authorization", "Bearer " + token, "Content-Type", "text/csv"}, header...)...)
}

func TestRecords(t *testing.T) {
	c := &clerk{}
	s := newServer(c, token)
	w := post(s, "/v1/records?dry_run=1", "a,b")
	var got recordsAnswer
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != 200 {
		t.Fatalf("%d %s %v", w.Code, w.Body, err)
	}
	if c.got != "a,b" || !c.how.DryRun || c.how.Yes || got.Refused != 150 || len(got.RefusedRows) != refusedMost ||
		got.RefusedRows[0] != (refusedRow{2, "mobile", "not a mobile number"}) || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("%+v", got)
	}
	if post(s, "/v1/records?yes=1", ""); !c.how.Yes || c.how.DryRun {
		t.Errorf("%+v", c.how)
	}
	for _, one := range []struct {
		path, kind string
		err        error
		want       int
		says       string
	}{
		{"/v1/records?yes=perhaps", "text/csv", nil, 400, "yes is 1 or 0"},
		{"/v1/records", "", nil, 415, "send text/csv"},
		{"/v1/records", "application/json", nil, 415, ""},
		{"/v1/records", "text/csv; charset=utf-8", nil, 200, ""},
		{"/v1/records", "application/x-ndjson", nil, 200, ""},
		{"/v1/offices", "application/jsonl", nil, 200, `"refused_rows":[]`},
		{"/v1/records", "text/csv", &desk.NeedsYesError{People: 612}, 409, `"people":612`},
		{"/v1/records", "text/csv", fmt.Errorf("taking in: %w", store.ErrNoRoom), 507, "nearly full"},
		{"/v1/records", "text/csv", errKnown, 422, "the file is empty"},
		{"/v1/records", "text/csv", errors.New("a detail"), 500, "the log says why"},
	} {
		c.err = one.err
		w := post(s, one.path, "x", "Content-Type", one.kind)
		if w.Code != one.want || !strings.Contains(w.Body.String(), one.says) || strings.Contains(w.Body.String(), "a detail") {
			t.Errorf("%+v: %d %s", one, w.Code, w.Body)
		}
	}
}

func TestReport(t *testing.T) {
	s := newServer(&clerk{}, token)
	get := func(path, accept string) *httptest.ResponseRecorder {
		return ask(s, "GET", path, "", false, "Authorization", "Bearer "+token, "Accept", accept)
	}
	var log bytes.Buffer
	s.Log = zerolog.New(&log)
	if w := get("/v1/report?office=12", "*/*"); !strings.Contains(w.Body.String(), `"office":"12"`) || !strings.Contains(w.Body.String(), `"damaged":2`) {
		t.Error(w.Body)
	}
	if !strings.Contains(log.String(), `"persons":2`) {
		t.Errorf("the operator hears %s", log.String())
	}
	for _, w := range []*httptest.ResponseRecorder{get("/v1/report", "text/csv"), get("/v1/report?format=csv", "")} {
		if !strings.Contains(w.Body.String(), "ونک,3,") || w.Header().Get("Content-Type") != "text/csv; charset=utf-8" {
			t.Error(w.Body, w.Header())
		}
	}
	if w := get("/v1/report?format=xml", ""); w.Code != 400 {
		t.Error(w.Code)
	}
}

func TestReady(t *testing.T) {
	c := &clerk{}
	s := newServer(c, "")
	if w := ask(s, "GET", "/readyz", "", true); w.Code != 200 || !strings.Contains(w.Body.String(), `"ready":true`) {
		t.Error(w.Code, w.Body)
	}
	c.err = errKnown
	if w := ask(s, "GET", "/readyz", "", true); w.Code != 503 || !strings.Contains(w.Body.String(), `{"part":"store","ok":false,"says":"why"}`) {
		t.Error(w.Code, w.Body)
	}
}

// listening runs a server until the test ends.
func listening(t *testing.T, s *Server) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	serving(t, s, listener)
	return listener.Addr().String()
}

func serving(t *testing.T, s *Server, listener net.Listener) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx, listener) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		http.DefaultClient.CloseIdleConnections()
	})
}

// endless is a body without end, as one of unknown length is.
type endless struct{}

func (endless) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// TestTooLong sends too much, said beforehand and not.
func TestTooLong(t *testing.T) {
	s := newServer(&clerk{}, token)
	s.bodyMost = 1 << 20
	address := listening(t, s)
	for _, body := range []io.Reader{strings.NewReader(strings.Repeat("x", 1<<20+1)), io.LimitReader(endless{}, 1<<20+5000)} {
		r, err := http.NewRequestWithContext(context.Background(), "POST", "http://"+address+"/v1/records", body)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Content-Type", "text/csv")
		w, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(w.Body)
		w.Body.Close()
		if w.StatusCode != 413 || !strings.Contains(string(text), "at most 1 MiB") {
			t.Errorf("%d %s", w.StatusCode, text)
		}
	}
}

// TestSlow begins a body and never goes on.
func TestSlow(t *testing.T) {
	s := newServer(&clerk{}, token)
	s.readTime = time.Millisecond
	conn, err := net.Dial("tcp", listening(t, s))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /v1/records HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: text/csv\r\nContent-Length: 100\r\n\r\nab", token)
	w, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Body.Close()
	if w.StatusCode != http.StatusRequestTimeout {
		t.Errorf("%d", w.StatusCode)
	}
}

// TestSlowHead: who begins to ask and never ends is cut off, so that those who
// wait for a place get one.
func TestSlowHead(t *testing.T) {
	s := newServer(&clerk{}, token)
	s.headTime = 50 * time.Millisecond
	conn, err := net.Dial("tcp", listening(t, s))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(conn, "GET /healthz HTTP/1.1\r\nHo")
	if _, err := io.ReadAll(conn); err != nil {
		t.Errorf("it was not cut off: %v", err)
	}
}

// TestStrangers: who has no token can hold no connection, neither by a body that
// does not come nor by answers that are not read.
func TestStrangers(t *testing.T) {
	dial := func(ask, write time.Duration) *net.TCPConn {
		s := newServer(&clerk{}, token)
		s.askTime, s.writeTime = ask, write
		address := listening(t, s)
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
			t.Fatal(err)
		}
		return conn.(*net.TCPConn)
	}
	conn := dial(2*time.Second, time.Minute)
	fmt.Fprint(conn, "POST /v1/records HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nContent-Length: 1000\r\n\r\nab")
	said, err := io.ReadAll(conn)
	if err != nil || !bytes.HasPrefix(said, []byte("HTTP/1.1 401 ")) {
		t.Errorf("%.40q, %v", said, err)
	}
	conn = dial(time.Minute, 50*time.Millisecond)
	if err := conn.SetReadBuffer(1 << 10); err != nil {
		t.Fatal(err)
	}
	for err = nil; err == nil; {
		_, err = io.WriteString(conn, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("who reads no answer holds the connection")
	}
}

// counted counts the connections that are open.
type counted struct {
	net.Listener
	mu         sync.Mutex
	open, most int
	full       chan struct{} // closed when connsMost are
}

type countedConn struct {
	net.Conn
	closed func()
}

func (c *countedConn) Close() error { c.closed(); return c.Conn.Close() }

func (c *counted) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open++
	if c.open == connsMost && c.most < connsMost {
		close(c.full)
	}
	c.most = max(c.most, c.open)
	return &countedConn{conn, sync.OnceFunc(func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.open--
	})}, nil
}

// TestManyConnections: so many at once, that the store and the bots have files
// left; whoever comes beyond them waits for a place.
func TestManyConnections(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener := &counted{Listener: inner, full: make(chan struct{})}
	serving(t, newServer(&clerk{}, token), listener)
	dial := func(text string) net.Conn {
		conn, err := net.Dial("tcp", inner.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		_, _ = io.WriteString(conn, text)
		return conn
	}
	var silent net.Conn
	for range connsMost {
		silent = dial("GET /healthz HTTP/1.1\r\n")
	}
	<-listener.full
	var others []net.Conn
	for range 20 {
		others = append(others, dial("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
	}
	silent.Close()
	for n, conn := range others {
		if said, err := io.ReadAll(conn); err != nil || !bytes.HasPrefix(said, []byte("HTTP/1.1 200 ")) {
			t.Errorf("number %d: %.40q, %v", n, said, err)
		}
	}
	listener.mu.Lock()
	defer listener.mu.Unlock()
	if listener.most > connsMost {
		t.Errorf("%d connections were open at once", listener.most)
	}
}

// TestManyUploads: those beyond the most are asked to come again.
func TestManyUploads(t *testing.T) {
	c := &clerk{hold: make(chan struct{}), in: make(chan struct{})}
	s := newServer(c, token)
	done := make(chan int, uploadsMost)
	for range uploadsMost {
		go func() { done <- post(s, "/v1/records", "x").Code }()
		<-c.in
	}
	if w := post(s, "/v1/records", "x"); w.Code != 503 || w.Header().Get("Retry-After") == "" {
		t.Errorf("%d", w.Code)
	}
	close(c.hold)
	for range uploadsMost {
		if code := <-done; code != 200 {
			t.Errorf("%d", code)
		}
	}
}
