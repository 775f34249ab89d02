package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
)

// FailedError is a failure that the store's end told of, a sentence already.
type FailedError struct{ Says string }

func (e *FailedError) Error() string { return e.Says }

// converse is the command's end of a connection: it sends the request and the
// file, if there is one, and hands the events to on until the last, whose
// result it decodes into result. An error of on, or of reading the file, ends
// the conversation, and with it the work. That something cannot be sent does
// not: the server has closed then, and its last words, which say why, are read
// all the same.
//
// When the conversation ends early, a file that cannot be interrupted while it
// is read (a terminal, a pipe) may keep its goroutine until the command ends.
func converse(ctx context.Context, conn net.Conn, r request, file io.Reader, on func(event, *speaker) error, result any) error {
	defer func() { _ = conn.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	say := &speaker{out: json.NewEncoder(conn)}
	unsent := say.send(r)
	sent := make(chan error, 1)
	if file != nil && unsent == nil {
		go func() {
			err := say.file(file)
			sent <- err // before what it does to the conversation shows
			var unreadable *unreadableError
			if errors.As(err, &unreadable) {
				_ = conn.Close()
			}
		}()
	}
	err := listen(json.NewDecoder(conn), say, on, result)
	var failed *FailedError
	if err == nil || errors.As(err, &failed) {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	select {
	case reading := <-sent: // the cause, when it was the file
		var unreadable *unreadableError
		if errors.As(reading, &unreadable) {
			return reading
		}
	default:
	}
	return err
}

func listen(in *json.Decoder, say *speaker, on func(event, *speaker) error, result any) error {
	for {
		var e event
		if err := in.Decode(&e); err != nil {
			return lostServer(err)
		}
		switch {
		case e.Failed != "":
			return &FailedError{e.Failed}
		case e.Done != nil:
			if err := json.Unmarshal(e.Done, result); err != nil {
				return fmt.Errorf("reading the server's answer: %w", err)
			}
			return nil
		default:
			if err := on(e, say); err != nil {
				return err
			}
		}
	}
}

func lostServer(err error) error {
	return fmt.Errorf("the connection to the running server was lost (%w); run the command again: what was done stays done, and nobody is told twice", err)
}

// speaker is what a command says, from several goroutines.
type speaker struct {
	mu  sync.Mutex
	out *json.Encoder
}

func (s *speaker) send(v any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.Encode(v)
}

// answer answers a question. A server that has gone needs none, and that it has
// is heard by whoever listens to it.
func (s *speaker) answer(yes bool) { _ = s.send(part{Yes: &yes}) }

// unreadableError is a file that could not be read to its end.
type unreadableError struct{ error }

// file sends a file in parts.
func (s *speaker) file(file io.Reader) error {
	buf := make([]byte, partSize)
	for {
		n, err := io.ReadFull(file, buf)
		end := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !end {
			return &unreadableError{fmt.Errorf("reading the file: %w", err)}
		}
		if err := s.send(part{Data: buf[:n], End: end}); err != nil {
			return err
		}
		if end {
			return nil
		}
	}
}
