package bot

import (
	"errors"
	"fmt"
	"time"
)

// ErrUnauthorized is what every *Error of kind Unauthorized matches: the
// platform does not know the token, and no waiting mends that.
var ErrUnauthorized = errors.New("the platform refuses the bot's token")

// ErrorKind says what a failed call means to the caller.
type ErrorKind uint8

// The kinds of error.
const (
	// Outage: the platform was not reached or did not answer as itself (a
	// transport error, a time-out, 5xx, a body that is not the Bot API's
	// JSON). It says nothing about the message, which may even have been
	// accepted.
	Outage ErrorKind = iota
	// Limited: too many calls (429). RetryAfter is set.
	Limited
	// Blocked: the chat cannot be written to until the person writes again (in words
	// that say so, a group that has another id now, or Forbidden for a day while
	// others were served).
	Blocked
	// Refused: the platform will never accept this call.
	Refused
	// Unauthorized: the token is wrong or was revoked.
	Unauthorized
	// Conflict: another program polls with the same token (409).
	Conflict
	// Webhook: a webhook is set, so polling is refused (409).
	Webhook
	// Failing: what would be an Outage, but others are served meanwhile, and
	// this chat failed before. It is the chat's own trouble.
	Failing
	// Forbidden: refused (403) in words that do not say that the person wants it so.
	// The bot may be restricted as a whole, so it says nothing for good.
	Forbidden
)

var errorKinds = [...]string{"outage", "limited", "blocked", "refused", "unauthorized", "conflict", "webhook", "failing", "forbidden"}

// String returns the kind's name, for logs and metrics.
func (k ErrorKind) String() string {
	if int(k) < len(errorKinds) {
		return errorKinds[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// Error is a call that did not succeed. It holds no token and nothing that a
// person wrote.
type Error struct {
	Kind   ErrorKind
	Method string // the Bot API's method
	// Code is the platform's error_code, or else the HTTP status; 0 when there
	// was no answer.
	Code int
	// RetryAfter is how long to wait: as the platform told, for Limited; until
	// a breaker lets a call through, for an Outage that was not even tried;
	// otherwise 0, for an Outage that was met too.
	RetryAfter time.Duration
	// Description is the platform's own, or what the transport said, without
	// the token, long numbers and the text that was to be sent.
	Description string
	// unreached: the platform could not be reached at all, so that the call never
	// left.
	unreached bool
}

func (e *Error) Error() string {
	if e.Code != 0 {
		return fmt.Sprintf("%s: %s (%d): %s", e.Method, e.Kind, e.Code, e.Description)
	}
	return fmt.Sprintf("%s: %s: %s", e.Method, e.Kind, e.Description)
}

// Is makes errors.Is(err, ErrUnauthorized) hold for that kind.
func (e *Error) Is(target error) bool {
	return target == ErrUnauthorized && e.Kind == Unauthorized
}

// Permanent reports whether the same call would fail for ever.
func (e *Error) Permanent() bool { return e.Kind == Blocked || e.Kind == Refused }

// asError returns the *Error in err, or nil when there is none: err is nil or
// that of an ended context.
func asError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}
