package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// Platform names a messenger whose Bot API the server speaks. It is also the
// first part of the path: http://addr/telegram/bot<token>/METHOD.
type Platform string

// The platforms.
const (
	Telegram Platform = "telegram"
	Bale     Platform = "bale"
)

// Options are what a Server needs to know.
type Options struct {
	// Now is the clock that dates messages and ages updates; nil is time.Now.
	// Waiting (long polls, delays) is always real time.
	Now func() time.Time
	// OnArrive is called when somebody presses the page's button that makes a
	// sample card arrive; sample is the Sample's ID. Nil leaves the buttons out.
	OnArrive func(ctx context.Context, sample string) error
}

// ErrClosed is returned by what waits on a Server that was closed meanwhile.
var ErrClosed = errors.New("the demo server is closed")

// Server is the two platforms, their bots and the people who write to them.
// Its methods may be used by many goroutines.
type Server struct {
	now      func() time.Time
	onArrive func(context.Context, string) error
	page     http.Handler

	mu      sync.Mutex
	bots    map[botKey]*account
	tokens  map[tokenKey]*account
	people  []*Person // in the order in which they came
	names   map[personKey]*Person
	journal []Entry
	keep    func()        // called when what is kept of people changes
	wake    chan struct{} // closed and replaced at every change, made when somebody waits
	decide  func(FaultRequest) *Fault
	down    bool
	closed  bool
	life    context.Context // ends with Close
	end     context.CancelFunc
	serving sync.WaitGroup
}

type botKey struct {
	platform Platform
	id       int64
}

type personKey struct {
	bot  *account
	name string
}

type tokenKey struct {
	platform Platform
	token    string
}

// New returns a Server without bots and people.
func New(o Options) *Server {
	s := &Server{
		now:      o.Now,
		onArrive: o.OnArrive,
		bots:     map[botKey]*account{},
		tokens:   map[tokenKey]*account{},
		names:    map[personKey]*Person{},
		keep:     func() {},
	}
	s.life, s.end = context.WithCancel(context.Background())
	if s.now == nil {
		s.now = time.Now
	}
	s.page = newPage(s)
	return s
}

// AddBot registers a bot under the token by which it will call. It panics on
// an unknown platform and on a token or an id that is taken: both are mistakes
// of the program.
func (s *Server) AddBot(platform Platform, token string, id int64, username string) {
	rules, known := profiles[platform]
	if !known {
		panic(fmt.Sprintf("demo: no platform %q", platform))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key, byToken := botKey{platform, id}, tokenKey{platform, token}
	if s.bots[key] != nil || s.tokens[byToken] != nil {
		panic(fmt.Sprintf("demo: bot %d or its token is registered already on %s", id, platform))
	}
	b := &account{
		rules:       rules,
		platform:    platform,
		id:          id,
		username:    username,
		nextUpdate:  rules.firstUpdate,
		nextMessage: 1,
		chats:       map[int64]*chat{},
		callbacks:   map[string]*callback{},
		abouts:      map[string]*about{},
		arrived:     make(chan struct{}),
	}
	s.bots[key], s.tokens[byToken] = b, b
}

// account is a bot as its platform knows it. It is guarded by Server.mu.
type account struct {
	rules    *profile
	platform Platform
	id       int64
	username string

	nextUpdate int64
	pending    []*update     // not confirmed yet, oldest first
	arrived    chan struct{} // closed and replaced when pending grows
	poll       chan struct{} // of the getUpdates under way; closed to end it with 409
	allowed    map[string]bool
	webhook    string
	abouts     map[string]*about // by language

	nextMessage  int
	chats        map[int64]*chat
	callbacks    map[string]*callback
	nextCallback int64
}

// bot returns the account; it panics when there is none, which is a mistake of
// the program. The caller holds mu.
func (s *Server) bot(platform Platform, id int64) *account {
	b := s.bots[botKey{platform, id}]
	if b == nil {
		panic(fmt.Sprintf("demo: no bot %d on %s", id, platform))
	}
	return b
}

// Handler returns the server's handler: the Bot API of both platforms and the
// chat page.
func (s *Server) Handler() http.Handler { return s }

// Close ends everything that waits, long polls and page streams included, and
// returns when the last request has been left. Call it before shutting down
// the http.Server, which would otherwise wait for them. A closed Server
// answers 503.
func (s *Server) Close() {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		s.end()
	}
	s.mu.Unlock()
	s.serving.Wait()
}

// enter counts a request in; it reports whether the server still takes any.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.serving.Add(1)
	return true
}

// changed wakes whoever waits for a change. The caller holds mu.
func (s *Server) changed() {
	if s.wake != nil {
		close(s.wake)
		s.wake = nil
	}
}

// change returns a channel that is closed at the next change. The caller holds
// mu.
func (s *Server) change() <-chan struct{} {
	if s.wake == nil {
		s.wake = make(chan struct{})
	}
	return s.wake
}

// waitFor returns when ready, called under mu, is true; it is asked again at
// every change.
func (s *Server) waitFor(ctx context.Context, ready func() bool) error {
	for {
		s.mu.Lock()
		if ready() {
			s.mu.Unlock()
			return nil
		}
		change := s.change()
		s.mu.Unlock()
		select {
		case <-change:
		case <-ctx.Done():
			return ctx.Err()
		case <-s.life.Done():
			return ErrClosed
		}
	}
}
