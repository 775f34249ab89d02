package bot

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/valyala/fasthttp"
	"golang.org/x/sys/unix"
)

// wire is one connection.
type wire struct {
	net.Conn
	r     *bufio.Reader
	w     *bufio.Writer
	watch *watch
	body  []byte // of the last request, the room for the next
	used  time.Time

	// Whose call it is has the connection for itself, but under is also read by who
	// interrupts the call.
	heard  <-chan struct{} // closed when the context ends whose end is heard
	forget func() bool     // has it heard no more; nil when none is
	mu     sync.Mutex
	under  <-chan struct{} // closed when the context of the call under way ends
}

// begin has the end of ctx end what is under way over the connection, from now
// until end. To hear of it takes three objects, and a lock that all who share ctx
// share: so it is heard on from call to call while ctx is the same.
func (w *wire) begin(ctx context.Context) error {
	done := ctx.Done()
	w.mu.Lock()
	w.under = done
	w.mu.Unlock()
	if done != nil && done != w.heard {
		w.deafen()
		w.heard, w.forget = done, context.AfterFunc(ctx, func() { w.interrupt(done) })
	}
	if ctx.Err() != nil { // it may have been heard of before this call was under way
		return context.Cause(ctx)
	}
	return nil
}

// interrupt ends the call under way, if it is one of the context that is done. It
// may come late, when that call is over and another under way.
func (w *wire) interrupt(done <-chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.under == done {
		_ = w.SetDeadline(time.Unix(1, 0))
	}
}

// end says that nothing is under way any more. A context with a deadline is of one
// call, and is cancelled after it.
func (w *wire) end(ctx context.Context) {
	w.mu.Lock()
	w.under = nil
	w.mu.Unlock()
	if _, once := ctx.Deadline(); once {
		w.deafen()
	}
}

// deafen has no context's end heard any more.
func (w *wire) deafen() {
	if w.forget != nil {
		w.forget()
		w.heard, w.forget = nil, nil
	}
}

// Close closes the connection, of which no context holds anything then.
func (w *wire) Close() error {
	w.deafen()
	return w.Conn.Close()
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
		for errors.Is(err, unix.EINTR) { // a signal came, such as those by which Go takes turns
			n, err = unix.Poll(one[:], 0)
		}
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
