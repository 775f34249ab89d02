package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	mrand "math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"kartyar/demo"
	"kartyar/store"
)

// The bots of a world, one for each platform.
const (
	botID         = 4242
	telegramToken = "4242:prove-telegram"
	baleToken     = "4242:prove-bale"
	sendRate      = "1000" // the most that SEND_RATE takes, so that fan-outs are quick
)

var platforms = []demo.Platform{demo.Telegram, demo.Bale}

// world is what stands around the program under test and outlives it: both
// platforms with their people, whose journal is the witness, and the files.
type world struct {
	dir    string // everything on disk: the store, lists, the program's log
	binary string
	server *demo.Server
	env    []string // of every process of the program

	addr   string // of the platforms, host and port
	web    *http.Server
	served chan error
	slow   time.Duration // a call may be held back for so long before it is accepted

	mu    sync.Mutex
	fault func(demo.FaultRequest) *demo.Fault // what an experiment does to calls; nil from it leaves a call alone
	dice  *mrand.Rand                         // for how long
	polls map[demo.Platform]bool
	conns int
	wake  chan struct{} // closed and replaced when polls or conns change
}

// newWorld makes a world in dir, which must be there.
func newWorld(dir, binary string, seed uint64, slow time.Duration) (*world, error) {
	key := make([]byte, store.KeySize)
	if _, err := rand.Read(key); err != nil {
		return nil, fmt.Errorf("drawing a key: %w", err)
	}
	// Beside the files, so that a store that stays can be read.
	if err := os.WriteFile(dir+".key", []byte(base64.StdEncoding.EncodeToString(key)), 0o600); err != nil {
		return nil, fmt.Errorf("keeping the key: %w", err)
	}
	w := &world{
		dir: dir, binary: binary, server: demo.New(demo.Options{}), served: make(chan error, 1), slow: slow,
		dice: mrand.New(mrand.NewPCG(seed, 1)), polls: map[demo.Platform]bool{}, wake: make(chan struct{}),
	}
	w.server.AddBot(demo.Telegram, telegramToken, botID, "prove_bot")
	w.server.AddBot(demo.Bale, baleToken, botID, "prove_bot")
	w.server.SetFault(w.call)
	if err := w.plug(); err != nil {
		return nil, err
	}
	base := "http://" + w.addr
	w.env = []string{
		"PATH=" + os.Getenv("PATH"), "TMPDIR=" + dir,
		"TELEGRAM_TOKEN=" + telegramToken, "TELEGRAM_API=" + base + "/" + string(demo.Telegram),
		"BALE_TOKEN=" + baleToken, "BALE_API=" + base + "/" + string(demo.Bale),
		"STORE=badger:" + filepath.Join(dir, "store"), "SECRET_KEY=" + base64.StdEncoding.EncodeToString(key),
		"SEND_RATE=" + sendRate, "LOG_FORMAT=json", "LOG_LEVEL=warn", adminOff,
	}
	return w, nil
}

// plug has the platforms listen, at the same address as before.
func (w *world) plug() error {
	at := w.addr
	if at == "" {
		at = "127.0.0.1:0"
	}
	listener, err := net.Listen("tcp", at) //nolint:noctx // on loopback it does not wait
	if err != nil {
		return fmt.Errorf("listening on loopback: %w", err)
	}
	w.addr = listener.Addr().String()
	w.web = &http.Server{Handler: w.server.Handler(), ConnState: w.connection, ReadHeaderTimeout: time.Minute}
	go func() { w.served <- w.web.Serve(listener) }()
	return nil
}

// unplug ends all connections; new ones are refused.
func (w *world) unplug() error {
	err := w.web.Close()
	if served := <-w.served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// close ends the platforms. No process of the program may be left.
func (w *world) close() error {
	w.server.Close()
	return w.unplug()
}

// call sees every call of the program's before it is answered. Holding some
// back puts more of them in flight at the same time, as a network does.
func (w *world) call(r demo.FaultRequest) *demo.Fault {
	w.mu.Lock()
	if r.Method == "getUpdates" {
		w.polls[r.Platform] = true
		w.changed()
	}
	fault, delay := w.fault, time.Duration(0)
	if w.slow > 0 && r.Method != "getUpdates" {
		delay = time.Duration(w.dice.Int64N(int64(w.slow)))
	}
	w.mu.Unlock()
	if fault != nil {
		if f := fault(r); f != nil {
			return f
		}
	}
	if delay == 0 {
		return nil
	}
	return &demo.Fault{Delay: delay}
}

// setFault has an experiment's fault asked for every call; nil ends that.
func (w *world) setFault(fault func(demo.FaultRequest) *demo.Fault) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fault = fault
}

// trap kills a process when it comes by a point, after it has passed it so many
// times. The result is closed when that has happened, and not before ctx ends
// when it never does.
func (w *world) trap(ctx context.Context, p *process, at point, passed int) (fell <-chan struct{}) {
	done := make(chan struct{})
	var mu sync.Mutex
	w.setFault(func(r demo.FaultRequest) *demo.Fault {
		if !at.here(r) {
			return nil
		}
		mu.Lock()
		defer mu.Unlock()
		if passed > 0 {
			passed--
			return nil
		}
		w.setFault(nil)
		if at.within > 0 {
			seen, moment := len(w.server.Journal()), mrand.N(at.within)
			go func() {
				if w.handedOut(ctx, r.Platform, seen) && wait(ctx, moment) == nil {
					p.kill()
					close(done)
				}
			}()
			return nil
		}
		p.kill()
		close(done)
		return &at.fault
	})
	return done
}

// handedOut waits until updates are handed out on a platform, which the journal
// says after so many entries.
func (w *world) handedOut(ctx context.Context, on demo.Platform, seen int) bool {
	err := w.server.Wait(ctx, func(journal []demo.Entry) bool {
		for ; seen < len(journal); seen++ {
			if e := journal[seen]; e.Kind == demo.Handed && e.Platform == on {
				return true
			}
		}
		return false
	})
	return err == nil
}

func (w *world) connection(_ net.Conn, state http.ConnState) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch state {
	case http.StateNew:
		w.conns++
	case http.StateClosed, http.StateHijacked:
		w.conns--
	}
	w.changed()
}

// changed wakes who waits. w.mu is held.
func (w *world) changed() {
	close(w.wake)
	w.wake = make(chan struct{})
}

// await returns when ready, called under w.mu, is true.
func (w *world) await(ctx context.Context, ready func() bool) error {
	for {
		w.mu.Lock()
		done, wake := ready(), w.wake
		w.mu.Unlock()
		if done {
			return nil
		}
		select {
		case <-wake:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// quiet waits until every call of a process that is gone has ended, so that
// what the journal says from then on is not its doing.
func (w *world) quiet(ctx context.Context) error {
	none := func() bool { return w.conns == 0 }
	err := w.await(ctx, none)
	// Calls may still stand in line to be accepted, on a machine that is busy. The
	// line is in order: who is answered now was behind all of them.
	if err == nil {
		err = w.passTheLine(ctx)
	}
	if err == nil {
		err = w.await(ctx, none)
	}
	if err != nil {
		return fmt.Errorf("waiting for the calls of a killed process to end: %w", err)
	}
	return nil
}

// passTheLine asks the platforms for something, over a connection of its own.
func (w *world) passTheLine(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+w.addr+"/", http.NoBody)
	if err != nil {
		return err
	}
	request.Close = true
	transport := &http.Transport{DisableKeepAlives: true}
	answer, err := transport.RoundTrip(request)
	if err != nil {
		return err
	}
	return answer.Body.Close()
}
