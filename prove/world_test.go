package main

import (
	"fmt"
	"net"
	"testing"

	"kartyar/demo"
)

// Calls of a killed process may still stand in line to be accepted: they are
// waited for as well.
func TestQuietWaitsForCallsThatAreNotAcceptedYet(t *testing.T) {
	w, err := newWorld(t.TempDir(), "", 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := w.close(); err != nil {
			t.Error(err)
		}
	}()
	const calls = 20
	seen := make(chan struct{}, calls)
	w.setFault(func(demo.FaultRequest) *demo.Fault {
		seen <- struct{}{}
		return nil
	})
	w.mu.Lock() // nothing is accepted meanwhile
	for range calls {
		conn, err := net.Dial("tcp", w.addr) //nolint:noctx // on loopback it does not wait
		if err == nil {
			_, err = fmt.Fprintf(conn, "GET /%s/bot%s/getMe HTTP/1.1\r\nHost: %s\r\n\r\n", demo.Telegram, telegramToken, w.addr)
		}
		if err != nil {
			w.mu.Unlock()
			t.Fatal(err)
		}
		_ = conn.Close()
	}
	w.mu.Unlock()
	if err := w.quiet(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(seen); n != calls {
		t.Errorf("%d calls of %d had ended", n, calls)
	}
}
