package bot

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"
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
// until. The answer's body stands in room while it fits.
func (l *line) do(ctx context.Context, until time.Time, to *url.URL, contentType string, write func([]byte) []byte, room []byte) (answer, error) {
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
	if err = w.begin(ctx); err == nil {
		err = w.exchange(ctx, out, in)
	}
	w.end(ctx)
	if ctx.Err() != nil {
		err = errors.Join(context.Cause(ctx), err)
	}
	if err != nil || in.ConnectionClose() || !l.keep(w) {
		_ = w.Close()
	}
	if err != nil {
		return answer{}, err
	}
	return answer{
		status: in.StatusCode(), body: append(room[:0], in.Body()...),
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
