package admin

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	stdlog "log"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/net/netutil"

	"kartyar/desk"
)

// Desk takes in what other systems send, as it does what commands send.
type Desk interface {
	TakeIn(ctx context.Context, how desk.ImportOptions, list io.Reader) (desk.ImportReport, error)
	LoadOffices(ctx context.Context, file io.Reader) (desk.OfficesReport, error)
	Report(ctx context.Context, office string) (desk.PileReport, error)
}

// Part is one thing that has to work for the program to be of use.
type Part struct {
	Part string `json:"part"` // polling, store or outbox
	Bot  string `json:"bot,omitempty"`
	OK   bool   `json:"ok"`
	Says string `json:"says,omitempty"` // why not; holds nothing private
}

// Options is what a Server is made of.
type Options struct {
	Token string // "" leaves only health and metrics, and to this machine only
	Desk  Desk
	// Ready looks at each part.
	Ready func(ctx context.Context) []Part
	// Sentence says an error of Desk as the operator needs it; expected is false
	// for one that only the log should have.
	Sentence func(error) (text string, expected bool)
	Metrics  http.Handler
	Log      zerolog.Logger
}

// Bounds of a request.
const (
	bodyMost    = 64 << 20 // bytes; a list is some 60 bytes a row
	uploadsMost = 4        // at once: each holds a spool on the disk
	headerTime  = 10 * time.Second
	askTime     = 30 * time.Second // for all of a request that is no upload
	readTime    = 30 * time.Second // for the next piece of an upload
	bodyTime    = 20 * time.Minute // for all of it
	writeTime   = time.Minute      // for an answer to be read
	connsMost   = 256              // at once: the store and the bots need files too
	idleTime    = 2 * time.Minute
	closeTime   = 10 * time.Second // for requests in hand when the program ends
)

// Server serves the admin endpoint.
type Server struct {
	Options
	token     [sha256.Size]byte
	uploads   chan struct{}
	bodyMost  int64
	headTime  time.Duration
	askTime   time.Duration
	readTime  time.Duration
	writeTime time.Duration
}

// New returns a Server.
func New(o Options) *Server {
	return &Server{
		Options: o, token: sha256.Sum256([]byte(o.Token)), uploads: make(chan struct{}, uploadsMost),
		bodyMost: bodyMost, headTime: headerTime, askTime: askTime, readTime: readTime, writeTime: writeTime,
	}
}

// Handler is the table of all that the endpoint does.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/records", s.authorized(s.records))
	mux.HandleFunc("POST /v1/offices", s.authorized(s.offices))
	mux.HandleFunc("GET /v1/report", s.authorized(s.report))
	mux.HandleFunc("GET /healthz", s.near(s.health))
	mux.HandleFunc("GET /readyz", s.near(s.ready))
	mux.HandleFunc("GET /metrics", s.near(s.Metrics.ServeHTTP))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		// The mux's own answers, 404 and 405, are made problems too.
		if _, pattern := mux.Handler(r); pattern == "" {
			mux.ServeHTTP(&plainAnswer{ResponseWriter: w}, r)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// Run serves on listener until ctx ends, then waits a little for the requests
// in hand.
func (s *Server) Run(ctx context.Context, listener net.Listener) error {
	// What is in hand ends with ctx: a list is taken up again by sending it again.
	server := &http.Server{
		Handler: s.Handler(), ReadHeaderTimeout: s.headTime, IdleTimeout: idleTime, MaxHeaderBytes: 16 << 10,
		// An upload and what takes long to answer move these on for themselves.
		ReadTimeout: s.askTime, WriteTimeout: s.writeTime,
		BaseContext: func(net.Listener) context.Context { return ctx },
		ErrorLog:    stdlog.New(io.Discard, "", 0), // of what clients do wrong
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(netutil.LimitListener(listener, connsMost)) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serving the admin endpoint: %w", err)
	case <-ctx.Done():
	}
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTime)
	defer cancel()
	if err := server.Shutdown(closing); err != nil {
		_ = server.Close()
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving the admin endpoint: %w", err)
	}
	return nil
}

// authorized lets in who has the token.
func (s *Server) authorized(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		switch {
		case s.Token == "":
			answerProblem(w, problem{Status: http.StatusForbidden, Detail: "ADMIN_TOKEN is not set, so only health and metrics are served"})
		case !s.bearer(r):
			unauthorized(w)
		default:
			next(w, r)
		}
	}
}

// near lets in this machine, and who has the token.
func (s *Server) near(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		from, err := netip.ParseAddrPort(r.RemoteAddr)
		switch {
		case err == nil && from.Addr().Unmap().IsLoopback(), s.bearer(r):
			next(w, r)
		case s.Token == "":
			answerProblem(w, problem{Status: http.StatusForbidden, Detail: "without ADMIN_TOKEN this is for the same machine only"})
		default:
			unauthorized(w)
		}
	}
}

// bearer compares hashes, so that the time it takes tells neither the token nor
// its length.
func (s *Server) bearer(r *http.Request) bool {
	scheme, given, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	hash := sha256.Sum256([]byte(strings.TrimSpace(given)))
	same := subtle.ConstantTimeCompare(hash[:], s.token[:]) == 1
	return same && s.Token != "" && strings.EqualFold(scheme, "Bearer")
}

func unauthorized(w http.ResponseWriter) {
	w.Header().Set("WWW-Authenticate", `Bearer realm="kartyar"`)
	answerProblem(w, problem{Status: http.StatusUnauthorized, Detail: "send the header Authorization: Bearer and the value of ADMIN_TOKEN"})
}
