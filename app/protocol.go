package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"kartyar/alert"
	"kartyar/card"
	"kartyar/desk"
)

// The protocol between a command and whoever has the store open: a running
// `serve`, the command's own process, or a child of it. Messages are JSON, one
// after the other. The command sends a request and then, if it uploads a file,
// its parts; the other end sends events, the last of which is done or failed.
// One connection is one request.

// The requests.
const (
	doImport  = "import"
	doOffices = "offices"
	doErase   = "erase"
	doReport  = "report"
	doCheck   = "check"
	doBackup  = "backup"
	doRestore = "restore" // never of a running `serve`

	doOperatorInvite = "operator-invite"
	doOperatorShow   = "operator-show"
	doOperatorRemove = "operator-remove"
)

// request is what a command wants done.
type request struct {
	Do     string `json:"do"`
	DryRun bool   `json:"dry_run,omitempty"`
	Yes    bool   `json:"yes,omitempty"`    // no need to ask, however many would be told
	Code   string `json:"code,omitempty"`   // doErase: the national code
	Office string `json:"office,omitempty"` // doReport: of this office alone, its code or name

	Platform card.Platform `json:"platform,omitempty"` // doOperatorRemove: that of one platform only
	// Ledger is for doRestore: the ledger of erasures, nil to go without.
	Ledger []byte `json:"ledger,omitempty"`

	// Open is set where the other end has to open the store itself: its
	// directory and key.
	Open *opening `json:"open,omitempty"`
}

// opening is which store to open, and with what rules.
type opening struct {
	Dir   string                `json:"dir"`
	Key   []byte                `json:"key"`
	Rules alert.Rules           `json:"rules"`
	Words map[string]card.Stage `json:"words,omitempty"` // the feed's own, for stages
	// Existing refuses to make a new store.
	Existing bool `json:"existing,omitempty"`
}

// part is what a command sends after its request: a part of its file, the end
// of it, or the answer to a question.
type part struct {
	Data []byte `json:"data,omitempty"`
	End  bool   `json:"end,omitempty"`
	Yes  *bool  `json:"yes,omitempty"`
}

// partSize is the largest Data of a part, in bytes.
const partSize = 128 << 10

// event is what a command is told.
type event struct {
	Progress *progress    `json:"progress,omitempty"`
	Heading  *heading     `json:"heading,omitempty"` // before the first Refused of a list
	Refused  *refusedLine `json:"refused,omitempty"`
	Confirm  int          `json:"confirm,omitempty"` // how many people would be told; answered by a part

	Data []byte `json:"data,omitempty"` // a part of the file that the command writes

	Done   json.RawMessage `json:"done,omitempty"`
	Failed string          `json:"failed,omitempty"` // a sentence
}

// progress is how many rows a step has behind it.
type progress struct {
	Step  desk.Step `json:"step"`
	Done  int       `json:"done"`
	Total int       `json:"total"` // 0 while it is not known
}

// heading is what begins a list's refused file.
type heading struct {
	Cells     []string `json:"cells"`
	Delimiter byte     `json:"delimiter"`
}

// refusedLine is a refused row of a file.
type refusedLine struct {
	Number int      `json:"number"`
	Cells  []string `json:"cells,omitempty"`
	Column string   `json:"column,omitempty"`
	Reason uint8    `json:"reason,omitempty"` // a manifest.Reason
	Says   string   `json:"says,omitempty"`   // the reason in English, for an office file
}

// errCommandGone ends the work for a command that was ended.
var errCommandGone = errors.New("the command has gone")

// requestTimeout is how long a connection may take to say what it wants.
const requestTimeout = 10 * time.Second

// session is the store's end of a connection.
type session struct {
	conn  net.Conn
	in    *json.Decoder
	parts chan part

	mu  sync.Mutex
	out *json.Encoder
}

// newSession reads the request of a connection.
func newSession(conn net.Conn) (*session, request, error) {
	s := &session{conn: conn, in: json.NewDecoder(conn), out: json.NewEncoder(conn), parts: make(chan part)}
	var r request
	err := errors.Join(
		conn.SetReadDeadline(time.Now().Add(requestTimeout)),
		s.in.Decode(&r),
		conn.SetReadDeadline(time.Time{}),
	)
	if err != nil {
		return nil, r, fmt.Errorf("reading a command's request: %w", err)
	}
	return s, r, nil
}

// answer runs do, whose context ends when the command goes, and tells the
// command how it ended. It returns do's error.
func (s *session) answer(ctx context.Context, do func(context.Context) (any, error)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	var reading sync.WaitGroup
	reading.Go(func() { cancel(s.read(ctx)) })
	result, err := do(ctx)
	if err != nil && errors.Is(err, context.Canceled) {
		err = context.Cause(ctx)
	}
	last := event{}
	if err == nil {
		last.Done, err = json.Marshal(result)
	}
	if err != nil {
		last = event{Failed: sentence(err)}
	}
	if !errors.Is(err, errCommandGone) {
		err = errors.Join(err, s.send(last))
	}
	cancel(nil)
	_ = s.conn.Close() // ends the reading
	reading.Wait()
	return err
}

// read hands on what the command sends until it goes.
func (s *session) read(ctx context.Context) error {
	for {
		var p part
		if err := s.in.Decode(&p); err != nil {
			return errCommandGone
		}
		select {
		case s.parts <- p:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// sendTimeout is how long a command may leave an event unread. A person who is
// asked something is asked by the command, which reads on.
const sendTimeout = time.Minute

func (s *session) send(e event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.conn.SetWriteDeadline(time.Now().Add(sendTimeout)); err != nil {
		return fmt.Errorf("answering a command: %w", err)
	}
	if err := s.out.Encode(e); err != nil {
		return fmt.Errorf("answering a command: %w", err)
	}
	return nil
}

// download is the file that the command writes.
type download struct{ session *session }

func (d download) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		part := rest[:min(len(rest), partSize)]
		if err := d.session.send(event{Data: part}); err != nil {
			return 0, err
		}
		rest = rest[len(part):]
	}
	return len(p), nil
}

// confirm asks the command whether to go on.
func (s *session) confirm(ctx context.Context, people int) (bool, error) {
	if err := s.send(event{Confirm: people}); err != nil {
		return false, err
	}
	select {
	case p := <-s.parts:
		return p.Yes != nil && *p.Yes, nil
	case <-ctx.Done():
		return false, context.Cause(ctx)
	}
}

// upload reads the file that the command sends.
func (s *session) upload(ctx context.Context) io.Reader { return &upload{ctx: ctx, parts: s.parts} }

type upload struct {
	ctx   context.Context
	parts <-chan part
	rest  []byte
	ended bool
}

func (u *upload) Read(p []byte) (int, error) {
	for len(u.rest) == 0 {
		if u.ended {
			return 0, io.EOF
		}
		select {
		case next := <-u.parts:
			u.rest, u.ended = next.Data, next.End
		case <-u.ctx.Done():
			return 0, context.Cause(u.ctx)
		}
	}
	n := copy(p, u.rest)
	u.rest = u.rest[n:]
	return n, nil
}
