package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"go.uber.org/goleak"

	"kartyar/alert"
	"kartyar/bot"
	"kartyar/desk"
	"kartyar/desk/table"
)

// talk has do answer a request in which the command sends file.
func talk(ctx context.Context, file io.Reader, on func(event, *speaker) error, result any,
	do func(context.Context, *session) (any, error)) (there, here error) {
	near, far := net.Pipe()
	answered := make(chan error, 1)
	go func() {
		defer func() { _ = far.Close() }()
		s, _, err := newSession(far)
		if err == nil {
			err = s.answer(context.Background(), func(ctx context.Context) (any, error) { return do(ctx, s) })
		}
		answered <- err
	}()
	conn := &lateConn{Conn: near, felt: make(chan struct{})}
	here = converse(ctx, conn, request{Do: doImport}, file, on, result)
	return <-answered, here
}

// lateConn has whoever reads it feel that it is closed before Close returns.
type lateConn struct {
	net.Conn
	once sync.Once
	felt chan struct{}
}

func (c *lateConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if err != nil {
		c.once.Do(func() { close(c.felt) })
	}
	return n, err
}

func (c *lateConn) Close() error {
	err := c.Conn.Close()
	select {
	case <-c.felt:
	case <-time.After(time.Second): // nobody reads
	}
	return err
}

func noEvents(event, *speaker) error { return errors.New("an event nobody expected") }

func TestUploadComesWhole(t *testing.T) {
	defer goleak.VerifyNone(t)
	for _, size := range []int{0, 1, partSize - 1, partSize, partSize + 1, 3*partSize + 7} {
		sent := bytes.Repeat([]byte("کارت\x00\xff"), size/10+1)[:size]
		var got []byte
		there, here := talk(t.Context(), iotest.HalfReader(bytes.NewReader(sent)), noEvents, &got,
			func(ctx context.Context, s *session) (any, error) { return io.ReadAll(s.upload(ctx)) })
		if there != nil || here != nil || !bytes.Equal(got, sent) {
			t.Errorf("%d bytes: %v, %v, %d came", size, there, here, len(got))
		}
	}
}

// An answer may come before the file has been read; neither side hangs.
func TestFailureInTheMiddleOfAnUpload(t *testing.T) {
	defer goleak.VerifyNone(t)
	file := strings.NewReader(strings.Repeat("x", 100*partSize))
	there, here := talk(t.Context(), file, noEvents, new(int), func(ctx context.Context, s *session) (any, error) {
		_, _ = s.upload(ctx).Read(make([]byte, 10))
		return nil, fmt.Errorf("taking in a list: %w", table.ErrBinary)
	})
	var failed *FailedError
	if !errors.Is(there, table.ErrBinary) || !errors.As(here, &failed) || failed.Says != table.ErrBinary.Error() {
		t.Errorf("%v, %v", there, here)
	}
}

func TestFileThatCannotBeRead(t *testing.T) {
	defer goleak.VerifyNone(t)
	broken := errors.New("the disk is gone")
	file := io.MultiReader(strings.NewReader(strings.Repeat("x", 2*partSize)), iotest.ErrReader(broken))
	there, here := talk(t.Context(), file, noEvents, new(int), func(ctx context.Context, s *session) (any, error) {
		return io.ReadAll(s.upload(ctx))
	})
	if !errors.Is(there, errCommandGone) {
		t.Errorf("the other end: %v", there)
	}
	if here == nil || !strings.Contains(here.Error(), broken.Error()) { // not that the connection was lost
		t.Errorf("the command: %v", here)
	}
}

// A command that is interrupted ends the work.
func TestInterruptedCommand(t *testing.T) {
	defer goleak.VerifyNone(t)
	ctx, interrupt := context.WithCancel(t.Context())
	there, here := talk(ctx, nil, noEvents, new(int), func(ctx context.Context, _ *session) (any, error) {
		interrupt()
		<-ctx.Done()
		return nil, ctx.Err()
	})
	if !errors.Is(there, errCommandGone) || !errors.Is(here, context.Canceled) {
		t.Errorf("%v, %v", there, here)
	}
}

func TestQuestionAndEvents(t *testing.T) {
	defer goleak.VerifyNone(t)
	for _, yes := range []bool{true, false} {
		var seen []int
		on := func(e event, say *speaker) error {
			if e.Confirm > 0 {
				say.answer(yes)
				return nil
			}
			seen = append(seen, e.Progress.Done)
			return nil
		}
		var got bool
		there, here := talk(t.Context(), strings.NewReader("list"), on, &got, func(ctx context.Context, s *session) (any, error) {
			if _, err := io.ReadAll(s.upload(ctx)); err != nil {
				return nil, err
			}
			err := s.send(event{Progress: &progress{Step: desk.Applying, Done: 7, Total: 9}})
			answer, asked := s.confirm(ctx, 501)
			return answer, errors.Join(err, asked)
		})
		if there != nil || here != nil || got != yes || len(seen) != 1 || seen[0] != 7 {
			t.Errorf("%v, %v, %v, %v", there, here, got, seen)
		}
	}
}

// Whatever a connection brings is refused with an error, and nothing hangs.
func FuzzRequest(f *testing.F) {
	f.Add([]byte(`{"do":"import"}` + "\n" + `{"data":"eA==","end":true}`))
	f.Add([]byte(`{"do":"erase","code":"123"}`))
	f.Add([]byte(`[`))
	f.Fuzz(func(t *testing.T, sent []byte) {
		near, far := net.Pipe()
		go func() {
			_, _ = near.Write(sent)
			_ = near.Close()
		}()
		defer func() { _ = far.Close() }()
		s, _, err := newSession(far)
		if err != nil {
			return
		}
		_ = s.answer(t.Context(), func(ctx context.Context) (any, error) {
			n, err := io.Copy(io.Discard, s.upload(ctx))
			return n, err
		})
	})
}

func TestSentence(t *testing.T) {
	tests := []struct {
		err  error
		says string
	}{
		{fmt.Errorf("a: %w", table.ErrEmpty), "the file is empty"},
		{fmt.Errorf("a: %w (%w)", table.ErrDamaged, io.ErrUnexpectedEOF), table.ErrDamaged.Error()},
		{fmt.Errorf("a: %w", &table.SheetsError{First: "1", Second: "2"}), (&table.SheetsError{First: "1", Second: "2"}).Error()},
		{&table.HeadingError{Err: table.ErrNoHeading, Column: "national_code"}, "national_code"},
		{&table.HeadingError{Err: table.ErrTwoHeadings, Column: "mobile"}, "two headings mean the same column, mobile"},
		{fmt.Errorf("a: %w", &desk.NeedsYesError{People: 501}), "--yes"},
		{fmt.Errorf("a: %w", context.Canceled), "interrupted"},
		{errors.New("anything else"), "anything else"},
	}
	for _, tt := range tests {
		if got := sentence(tt.err); !strings.Contains(got, tt.says) {
			t.Errorf("%v is said as %q", tt.err, got)
		}
	}
}

func TestOutcome(t *testing.T) {
	tests := []struct {
		err  error
		want alert.Outcome
	}{
		{nil, alert.Outcome{Kind: alert.Sent}},
		{&bot.Error{Kind: bot.Limited, RetryAfter: 7 * time.Second}, alert.Outcome{Kind: alert.Later, Wait: 7 * time.Second}},
		{&bot.Error{Kind: bot.Blocked}, alert.Outcome{Kind: alert.Never}},
		{&bot.Error{Kind: bot.Refused}, alert.Outcome{Kind: alert.Failed}},
		{&bot.Error{Kind: bot.Outage}, alert.Outcome{Kind: alert.Later, Wait: outageWait}},
		{&bot.Error{Kind: bot.Failing}, alert.Outcome{Kind: alert.Failed}},
		{&bot.Error{Kind: bot.Outage, RetryAfter: time.Second}, alert.Outcome{Kind: alert.Outage, Wait: time.Second}},
		{&bot.Error{Kind: bot.Unauthorized}, alert.Outcome{Kind: alert.Outage, Wait: outageWait}},
		{fmt.Errorf("sending: %w", context.Canceled), alert.Outcome{Kind: alert.Outage}},
	}
	for _, tt := range tests {
		if got := outcome(tt.err); got != tt.want {
			t.Errorf("%v: %+v, want %+v", tt.err, got, tt.want)
		}
	}
}
