package app

import (
	"encoding/json"
	"errors"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

// refusing stands for a running server: it takes one command in, reads its
// request if it is to, says the events and then a refusal, and closes with what
// else the command sends unread. Once that is done, closed is.
func refusing(t *testing.T, reads bool, says ...event) (conn net.Conn, closed <-chan struct{}) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "server.sock")
	listener, err := new(net.ListenConfig).Listen(t.Context(), "unix", path)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		there, err := listener.Accept()
		if err == nil && reads {
			err = json.NewDecoder(there).Decode(new(request))
		}
		for _, e := range append(says, event{Failed: "the disk is full"}) {
			if err == nil {
				err = json.NewEncoder(there).Encode(e)
			}
		}
		if err == nil {
			err = there.Close()
		}
		if err := errors.Join(err, listener.Close()); err != nil {
			t.Error(err)
		}
	}()
	conn, err = new(net.Dialer).DialContext(t.Context(), "unix", path)
	if err != nil {
		t.Fatal(err)
	}
	return conn, done
}

// isRefused fails the test unless a command ended by the server's refusal.
func isRefused(t *testing.T, err error) {
	t.Helper()
	var failed *FailedError
	if !errors.As(err, &failed) || failed.Says != "the disk is full" {
		t.Errorf("the command says: %v", err)
	}
}

// endless is a file of which nothing is read before the server has closed, and
// then no end comes, so that it cannot be sent.
type endless struct{ closed <-chan struct{} }

func (e endless) Read(p []byte) (int, error) {
	<-e.closed
	return len(p), nil
}

// readLast is a connection from which nothing is read before something could not
// be written.
type readLast struct {
	net.Conn
	once   sync.Once
	broken chan struct{}
}

func (c *readLast) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	if err != nil {
		c.once.Do(func() { close(c.broken) })
	}
	return n, err
}

func (c *readLast) Read(p []byte) (int, error) {
	<-c.broken
	return c.Conn.Read(p)
}

// A server that refuses a list does not wait for its end. The command says why it
// is refused, and not that the connection was lost: many times, since it is two
// goroutines that meet this.
func TestRefusalWhileAFileIsSent(t *testing.T) {
	defer goleak.VerifyNone(t)
	for range 50 {
		conn, closed := refusing(t, true)
		late := &readLast{Conn: conn, broken: make(chan struct{})}
		isRefused(t, converse(t.Context(), late, request{Do: doImport}, endless{closed}, noEvents, new(int)))
	}
}

func TestRefusalBeforeTheRequest(t *testing.T) {
	defer goleak.VerifyNone(t)
	conn, closed := refusing(t, false)
	<-closed
	isRefused(t, converse(t.Context(), conn, request{Do: doReport}, nil, noEvents, new(int)))
}

func TestRefusalWhileTheCommandIsAsked(t *testing.T) {
	defer goleak.VerifyNone(t)
	conn, closed := refusing(t, true, event{Confirm: 501})
	answers := func(_ event, say *speaker) error {
		<-closed
		say.answer(true)
		return nil
	}
	isRefused(t, converse(t.Context(), conn, request{Do: doImport}, nil, answers, new(int)))
}

// Where the server has gone without a word, that is what is said.
func TestServerThatHasGone(t *testing.T) {
	defer goleak.VerifyNone(t)
	near, far := net.Pipe()
	if err := far.Close(); err != nil {
		t.Fatal(err)
	}
	err := converse(t.Context(), near, request{Do: doReport}, nil, noEvents, new(int))
	if err == nil || !strings.Contains(err.Error(), "the connection to the running server was lost") {
		t.Errorf("the command says: %v", err)
	}
}
