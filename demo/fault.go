package demo

import (
	"cmp"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"
)

// FaultRequest is a call that is about to be answered.
type FaultRequest struct {
	Platform Platform
	Bot      int64
	Method   string // as the bot wrote it
	Chat     int64  // chat_id; 0 when the call has none
	Text     string // text or caption, for the methods that carry one
	Buttons  bool   // it has a keyboard
	Offset   int64  // getUpdates
}

// Fault is what goes wrong with a call. Its parts come in this order: Delay,
// then one of Drop, BlackHole or Status in place of the call's effect, or, with
// none of them, the call takes effect and Lose takes the answer away.
type Fault struct {
	Delay     time.Duration // before anything else
	Drop      bool          // the connection is reset before the call is accepted
	BlackHole bool          // no answer until the client gives up or the server closes
	Status    int           // answered with Header and Body, without effect
	Header    http.Header
	Body      string
	Lose      bool // the call is accepted and the connection reset before the answer
}

// TooMany is a 429 in the platform's envelope that asks to wait for seconds.
func TooMany(seconds int) *Fault {
	return &Fault{
		Status: http.StatusTooManyRequests,
		Header: http.Header{"Content-Type": {"application/json"}},
		Body: fmt.Sprintf(`{"ok":false,"error_code":429,"description":"Too Many Requests: retry after %d",`+
			`"parameters":{"retry_after":%d}}`, seconds, seconds),
	}
}

// TooManyPlain is the 429 of a proxy in front of the platform: plain text, and
// a Retry-After header when seconds is not 0.
func TooManyPlain(seconds int) *Fault {
	f := &Fault{
		Status: http.StatusTooManyRequests,
		Header: http.Header{"Content-Type": {"text/plain"}},
		Body:   "Too Many Requests\n",
	}
	if seconds > 0 {
		f.Header.Set("Retry-After", strconv.Itoa(seconds))
	}
	return f
}

// Broken is a failure of the platform, 500 to 504, in its envelope.
func Broken(status int) *Fault {
	return &Fault{
		Status: status,
		Header: http.Header{"Content-Type": {"application/json"}},
		Body:   fmt.Sprintf(`{"ok":false,"error_code":%d,"description":%q}`, status, http.StatusText(status)),
	}
}

// BrokenHTML is a failure answered by a gateway's page.
func BrokenHTML(status int) *Fault {
	return &Fault{
		Status: status,
		Header: http.Header{"Content-Type": {"text/html"}},
		Body: fmt.Sprintf("<html><head><title>%d</title></head><body><h1>%d %s</h1></body></html>\n",
			status, status, http.StatusText(status)),
	}
}

// SetFault has decide asked for every call of a known bot; nil from it lets
// the call pass. It is called from many goroutines and without the server's
// lock. SetFault(nil) ends all faults.
func (s *Server) SetFault(decide func(FaultRequest) *Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.decide = decide
}

// SetDown takes both platforms down: every call's connection is reset, the long
// polls under way too, until SetDown(false). The page and the people go on.
func (s *Server) SetDown(down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = down
	if down {
		for _, b := range s.bots {
			b.wakePoll()
		}
	}
}

// faultFor asks the hook about a call.
func (s *Server) faultFor(c *call) *Fault {
	s.mu.Lock()
	decide, down := s.decide, s.down
	s.mu.Unlock()
	switch {
	case down:
		return &Fault{Drop: true}
	case decide == nil:
		return nil
	}
	chat, _ := strconv.ParseInt(c.args["chat_id"], 10, 64)
	offset, _ := strconv.ParseInt(c.args["offset"], 10, 64)
	return decide(FaultRequest{
		Platform: c.bot.platform, Bot: c.bot.id, Method: c.method,
		Chat: chat, Text: cmp.Or(c.args["text"], c.args["caption"]), Buttons: c.args["reply_markup"] != "", Offset: offset,
	})
}

// fail plays the part of f that comes before a call's effect; it reports
// whether that was all there is to answer.
func (s *Server) fail(w http.ResponseWriter, c *call, f *Fault) (answered bool) {
	if f.Delay > 0 {
		timer := time.NewTimer(f.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-c.ctx.Done():
		case <-s.life.Done():
		}
	}
	if !f.Drop && !f.BlackHole && f.Status == 0 {
		return false
	}
	s.mu.Lock()
	s.note(c.bot, Entry{Kind: Faulted, Method: c.method, Status: f.Status})
	s.mu.Unlock()
	switch {
	case f.Drop:
		reset(w)
	case f.BlackHole:
		select {
		case <-c.ctx.Done():
		case <-s.life.Done():
		}
		reset(w)
	default:
		for name, values := range f.Header {
			w.Header()[name] = values
		}
		w.WriteHeader(f.Status)
		_, _ = w.Write([]byte(f.Body))
	}
	return true
}

// reset ends the connection without an answer, with a TCP RST where there is a
// TCP connection.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
