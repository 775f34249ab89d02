package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
)

// ServeHTTP serves the Bot API under /telegram/ and /bale/, and the page
// elsewhere. It refuses, with 403, what could reach a server on loopback from
// a foreign web page: a Host that is not loopback (DNS rebinding) and requests
// that another origin makes.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.enter() {
		http.Error(w, ErrClosed.Error(), http.StatusServiceUnavailable)
		return
	}
	defer s.serving.Done()
	if !loopback(r.Host) {
		http.Error(w, "this server answers on loopback only", http.StatusForbidden)
		return
	}
	platform, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if rules := profiles[Platform(platform)]; rules != nil {
		if foreign(r) {
			http.Error(w, "this server answers its own page and local programs only", http.StatusForbidden)
			return
		}
		s.serveAPI(w, r, Platform(platform), rules, rest)
		return
	}
	s.page.ServeHTTP(w, r)
}

// loopback reports whether a Host header names this machine and no other.
func loopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// foreign reports whether a browser made the request on behalf of a page that
// is not ours. Programs send neither header.
func foreign(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
	default:
		return true
	}
	origin := r.Header.Get("Origin")
	return origin != "" && origin != "http://"+r.Host
}

// call is one request to a bot's method.
type call struct {
	s      *Server
	bot    *account
	method string
	args   params
	files  files
	ctx    context.Context
	lost   bool // the answer will not reach the bot
}

// method does a call and returns its result. All but getUpdates run with
// Server.mu held.
type method func(*call) (any, *apiError)

// apiError is a refusal in the platform's words.
type apiError struct {
	status      int
	description string
}

func bad(format string, args ...any) *apiError {
	return &apiError{http.StatusBadRequest, "Bad Request: " + fmt.Sprintf(format, args...)}
}

// envelope is what every answer comes in.
type envelope struct {
	OK          bool   `json:"ok"`
	Result      any    `json:"result,omitempty"`
	ErrorCode   int    `json:"error_code,omitempty"`
	Description string `json:"description,omitempty"`
}

// errDown has the connection reset: the platform went down during a long poll.
var errDown = &apiError{}

func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request, platform Platform, rules *profile, path string) {
	token, name, _ := strings.Cut(path, "/")
	token, isBot := strings.CutPrefix(token, "bot")
	s.mu.Lock()
	bot := s.tokens[tokenKey{platform, token}]
	s.mu.Unlock()
	switch {
	case !isBot || name == "":
		answer(w, nil, &apiError{http.StatusNotFound, "Not Found"})
		return
	case bot == nil:
		answer(w, nil, &rules.unknownToken)
		return
	}
	args, files, err := readParams(w, r)
	c := &call{s: s, bot: bot, method: name, args: args, files: files, ctx: r.Context()}
	fault := s.faultFor(c)
	if fault != nil {
		if s.fail(w, c, fault) {
			return
		}
		c.lost = fault.Lose || c.ctx.Err() != nil // who has gone meanwhile sees no answer
	}
	result, refusal := any(nil), err
	if refusal == nil {
		result, refusal = s.do(c)
	}
	switch {
	case refusal == errDown || c.lost:
		reset(w)
		return
	case refusal != nil:
		s.mu.Lock()
		s.note(bot, Entry{Kind: Refused, Method: name, Status: refusal.status, Text: refusal.description})
		s.mu.Unlock()
	}
	answer(w, result, refusal)
}

// do finds the method and does it.
func (s *Server) do(c *call) (any, *apiError) {
	name := c.method
	if c.bot.rules.foldMethods {
		name = methodName(c.bot.rules.methods, name)
	}
	do := c.bot.rules.methods[name]
	if do == nil {
		return nil, &c.bot.rules.unknownMethod
	}
	c.method = name
	if name == "getUpdates" { // it waits, and takes the lock itself
		return do(c)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return do(c)
}

// methodName returns the known spelling of name, or name when there is none.
func methodName(methods map[string]method, name string) string {
	if methods[name] != nil {
		return name
	}
	for known := range methods {
		if strings.EqualFold(known, name) {
			return known
		}
	}
	return name
}

func answer(w http.ResponseWriter, result any, refusal *apiError) {
	e := envelope{OK: refusal == nil, Result: result}
	status := http.StatusOK
	if refusal != nil {
		status, e.ErrorCode, e.Description = refusal.status, refusal.status, refusal.description
	}
	body, err := json.Marshal(e)
	if err != nil { // only strings, numbers and JSON that was checked go in
		http.Error(w, "encoding the answer", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
