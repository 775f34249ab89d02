package bot

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/valyala/fasthttp"
	"golang.org/x/sys/unix"
)

// line makes the calls that are many: it keeps connections to one server and
// speaks HTTP/1.1 over them with fasthttp's messages, in the caller's own
// goroutine, which costs a third of net/http's processor time. What is rare,
// large or goes through a proxy stays with net/http: see exchange.Do.
//
// fasthttp's own pool of connections knows no context and cannot tell that the
// server has closed an idle connection, so the connections are kept here.
//
// No request is sent twice: one that got no answer fails, and what that means
// is for the caller to decide.
type line struct {
	addr string        // host and port
	tls  *tls.Config   // nil without TLS
	most int           // idle connections kept
	rest time.Duration // how long an unused one is kept

	dated atomic.Pointer[string] // the Date header of the last answer

	mu     sync.Mutex
	idle   []*wire     // the last used is the last
	sweep  *time.Timer // runs while any are idle
	closed bool
}

// wire is one connection.
type wire struct {
	net.Conn
	r     *bufio.Reader
	w     *bufio.Writer
	watch *watch
	body  []byte // of the last request, the room for the next
	used  time.Time
}

// headMost is the longest head of an answer. The Bot API's are a tenth of it,
// but a proxy before it may add cookies and policies, and an answer whose head
// does not fit counts as none.
const headMost = 16 << 10

// idleMost is how long an unused connection is kept; as net/http's.
const idleMost = 90 * time.Second

// newLine returns a line to the server of the address; nil when it is none that
// a line can serve.
func newLine(api string, most int) *line {
	at, err := url.Parse(api)
	if err != nil || at.Hostname() == "" {
		return nil
	}
	l := &line{addr: at.Host, most: most, rest: idleMost}
	port := "80"
	switch at.Scheme {
	case "http":
	case "https":
		port, l.tls = "443", &tls.Config{ServerName: at.Hostname(), MinVersion: tls.VersionTLS12, ClientSessionCache: tls.NewLRUClientSessionCache(0)}
	default:
		return nil
	}
	if at.Port() == "" {
		l.addr = net.JoinHostPort(at.Hostname(), port)
	}
	return l
}

// do posts what write appends and reads the answer to the end, which is over at
// until.
func (l *line) do(ctx context.Context, until time.Time, to *url.URL, contentType string, write func([]byte) []byte) (answer, error) {
	out, in := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(out)
	defer fasthttp.ReleaseResponse(in)
	out.Header.SetMethod(http.MethodPost)
	out.Header.SetHost(to.Host)
	out.Header.SetContentType(contentType)
	out.Header.SetRequestURI(to.RequestURI()) // as it is: the token's colon stays a colon
	w, err := l.take(ctx, until)
	if err != nil {
		return answer{}, err
	}
	w.body = write(w.body[:0])
	out.SetBodyRaw(w.body)
	stop := context.AfterFunc(ctx, func() { _ = w.SetDeadline(time.Unix(1, 0)) })
	err = w.exchange(ctx, out, in)
	if !stop() {
		err = errors.Join(context.Cause(ctx), err)
	}
	if err != nil || in.ConnectionClose() || !l.keep(w) {
		_ = w.Close()
	}
	if err != nil {
		return answer{}, err
	}
	return answer{
		status: in.StatusCode(), body: string(in.Body()),
		date: l.date(in.Header.Peek("Date")), retryAfter: string(in.Header.Peek("Retry-After")),
	}, nil
}

// date returns a Date header as a text, which is that of the last one while they
// are the same.
func (l *line) date(header []byte) string {
	if last := l.dated.Load(); last != nil && *last == string(header) {
		return *last
	}
	date := string(header)
	l.dated.Store(&date)
	return date
}

func (w *wire) exchange(ctx context.Context, out *fasthttp.Request, in *fasthttp.Response) error {
	if err := errors.Join(out.Write(w.w), w.w.Flush()); err != nil {
		return fmt.Errorf("sending a request: %w", err)
	}
	if err := w.answered(ctx); err != nil {
		return fmt.Errorf("waiting for an answer: %w", err)
	}
	if err := in.ReadLimitBody(w.r, maxAnswer); err != nil {
		return fmt.Errorf("reading an answer: %w", unquoted(err))
	}
	return nil
}

// answered waits for the beginning of an answer. A machine that stood still wakes
// up after the call's end with the answer at the door: who does not look would
// say the message again.
func (w *wire) answered(ctx context.Context) error {
	_, err := w.r.Peek(1)
	if !errors.Is(err, os.ErrDeadlineExceeded) || ctx.Err() != nil {
		return err
	}
	if err := w.SetReadDeadline(time.Now().Add(doorMost)); err != nil {
		return err
	}
	_, err = w.r.Peek(1)
	return err
}

// doorMost is how long it takes to find an answer that has come already.
const doorMost = 50 * time.Millisecond

// unquoted returns what an error of fasthttp's comes from: its own words quote
// the answer, in which the request may stand.
func unquoted(err error) error {
	var network net.Error
	if errors.As(err, &network) {
		return network
	}
	for _, known := range []error{io.ErrUnexpectedEOF, io.EOF, fasthttp.ErrBodyTooLarge} {
		if errors.Is(err, known) {
			return known
		}
	}
	return errNoHTTP
}

var errNoHTTP = errors.New("it is not as HTTP wants it, or its head is too long")

// take returns a connection on which nothing is under way, and which ends all
// that is at until.
func (l *line) take(ctx context.Context, until time.Time) (*wire, error) {
	for {
		l.mu.Lock()
		last := len(l.idle) - 1
		if last < 0 {
			l.mu.Unlock()
			return l.dial(ctx, until)
		}
		w := l.idle[last]
		l.idle = l.idle[:last]
		l.mu.Unlock()
		if time.Since(w.used) < l.rest && w.SetDeadline(until) == nil && w.watch.isQuiet() {
			return w, nil
		}
		_ = w.Close()
	}
}

// keep takes a connection back; false when it is not wanted any more.
func (l *line) keep(w *wire) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || len(l.idle) >= l.most || w.r.Buffered() > 0 {
		return false
	}
	w.used = time.Now()
	l.idle = append(l.idle, w)
	if l.sweep == nil {
		l.sweep = time.AfterFunc(l.rest, l.closeUnused)
	}
	return true
}

// closeUnused closes the connections that were idle for too long, and comes again
// when the next one will have been.
func (l *line) closeUnused() {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	old := 0
	for old < len(l.idle) && now.Sub(l.idle[old].used) >= l.rest {
		_ = l.idle[old].Close()
		old++
	}
	l.idle = slices.Delete(l.idle, 0, old)
	if len(l.idle) == 0 || l.closed {
		l.sweep = nil
		return
	}
	l.sweep.Reset(l.rest - now.Sub(l.idle[0].used))
}

// watch is who looks whether anything has come over a connection; what it takes for
// that is made once, as it does so before each call.
type watch struct {
	raw   syscall.RawConn
	look  func(fd uintptr) bool
	quiet bool // as of the last look
}

// newWatch returns the watch over a connection; of one that the system does not
// lend it sees nothing.
func newWatch(over net.Conn) (*watch, error) {
	if tls, ok := over.(*tls.Conn); ok {
		over = tls.NetConn()
	}
	under, ok := over.(syscall.Conn)
	if !ok {
		return &watch{}, nil
	}
	raw, err := under.SyscallConn()
	if err != nil {
		return nil, fmt.Errorf("looking at a connection: %w", err)
	}
	w := &watch{raw: raw}
	var one [1]unix.PollFd
	w.look = func(fd uintptr) bool {
		one[0] = unix.PollFd{Fd: int32(fd), Events: unix.POLLIN} //nolint:gosec // a descriptor is small
		n, err := unix.Poll(one[:], 0)
		w.quiet = n == 0 && err == nil
		return true
	}
	return w, nil
}

// isQuiet reports whether the server has neither closed the connection nor said
// anything unasked, which is a farewell as well.
func (w *watch) isQuiet() bool {
	return w.raw == nil || w.raw.Read(w.look) == nil && w.quiet
}

func (l *line) dial(ctx context.Context, until time.Time) (*wire, error) {
	ctx, cancel := context.WithDeadline(ctx, until)
	defer cancel()
	ctx, cancelDial := context.WithTimeout(ctx, dialTimeout)
	defer cancelDial()
	conn, err := (&net.Dialer{KeepAlive: 30 * time.Second}).DialContext(ctx, "tcp", l.addr)
	if err != nil {
		return nil, err
	}
	if l.tls != nil {
		over := tls.Client(conn, l.tls)
		if err := over.HandshakeContext(ctx); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
		conn = over
	}
	watch, err := newWatch(conn)
	if err := errors.Join(err, conn.SetDeadline(until)); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return &wire{Conn: conn, watch: watch, r: bufio.NewReaderSize(conn, headMost), w: bufio.NewWriter(conn)}, nil
}

// close lets go of the idle connections, and of the others when their calls end.
func (l *line) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	if l.sweep != nil {
		l.sweep.Stop()
		l.sweep = nil
	}
	for _, w := range l.idle {
		_ = w.Close()
	}
	l.idle = nil
}
