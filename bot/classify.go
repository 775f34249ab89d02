package bot

import (
	"errors"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/tidwall/gjson"
)

const (
	// untoldWait is how long a 429 that names no time holds the bot back.
	untoldWait = 5 * time.Second
	// maxRetryAfter keeps an absurd retry_after from overflowing; the
	// platforms' own stay below a day.
	maxRetryAfter = 30 * 24 * time.Hour
	// maxDescription bounds a description, in runes.
	maxDescription = 200
)

// classify reads an answer, leniently. It returns a part of it, undecoded JSON, if
// the call was accepted: of a long answer nothing else is taken from the heap.
//
// What is not the Bot API's own JSON comes from something in between (a proxy,
// a filter, a portal) and is an Outage whatever its status says, except that
// 429 is obeyed from anyone: a 403 page of a filter must not mark people as
// having blocked the bot.
func (c *Client) classify(method, part string, x *exchange) (result string, _ *Error) {
	status, body := x.answer.status, x.answer.body
	readable := x.err == nil && valid(body)
	if readable && gjson.GetBytes(body, "ok").Type == gjson.True {
		return gjson.GetBytes(body, part).Raw, nil
	}
	e := &Error{Kind: Outage, Method: method, Code: status}
	if x.err != nil {
		e.Code, e.Description, e.unreached = 0, transportText(x.err), isDial(x.err)
		return "", e
	}
	var answer object
	if readable {
		answer, _ = split(string(body), nil)
	}
	if _, isEnvelope := answer.flag("ok"); !isEnvelope {
		e.Description = "not an answer of the Bot API: " + strings.TrimSpace(strconv.Itoa(status)+" "+http.StatusText(status))
		if status == http.StatusTooManyRequests {
			e.Kind, e.RetryAfter = Limited, retryAfter(nil, x.answer.retryAfter, c.now())
		}
		return "", e
	}
	if code, ok := answer.number("error_code"); ok && code > 0 && code < 1000 {
		e.Code = int(code)
	}
	e.Description, _ = answer.text("description")
	e.Kind = kindFor(e.Code, strings.ToLower(e.Description))
	parameters := answer.object("parameters", nil)
	if _, moved := parameters.number("migrate_to_chat_id"); moved && e.Kind == Refused {
		// A group that became another kind of group: nothing reaches the old id
		// ever again. Its people write from the new one, as from any other chat.
		e.Kind = Blocked
	}
	if e.Kind == Limited {
		e.RetryAfter = retryAfter(parameters, x.answer.retryAfter, c.now())
	}
	return "", e
}

// goneWords are the words, in lower case, of a refusal that one chat's people want
// or that is for good: only those keep anybody's news back. Telegram's are those of
// its server's source; "no such group or user" is Bale's, of whose others nobody
// knows the words.
var goneWords = []string{
	"blocked by the user", "blocked by user", "user_is_blocked", "user is deactivated", "user_deactivated",
	"can't initiate conversation", "can't send messages to bots", "chat not found", "user not found", "no such group or user", "peer_id_invalid",
	"bot was kicked", "bot is not a member", "chat was deleted",
}

// kindFor maps an answer of the platform to a kind; description is in lower
// case.
func kindFor(code int, description string) ErrorKind {
	says := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(description, w) {
				return true
			}
		}
		return false
	}
	switch {
	case code == http.StatusTooManyRequests, code == 420:
		return Limited
	case code == http.StatusRequestTimeout:
		return Outage
	case code == http.StatusUnauthorized:
		return Unauthorized
	case code == http.StatusConflict && says("webhook is active", "webhook is set"):
		return Webhook
	case code == http.StatusConflict:
		return Conflict
	case code >= 400 && code < 500 && says(goneWords...):
		return Blocked
	case code == http.StatusForbidden:
		return Forbidden
	case code == http.StatusNotFound && !says("method", "message"):
		// A token of the wrong shape is answered by a bare "Not Found".
		return Unauthorized
	case code >= 400 && code < 500:
		return Refused
	}
	return Outage
}

// retryAfter returns how long a 429 asks to wait: the platform's own figure,
// else the header's (seconds or a date), else a few seconds.
func retryAfter(parameters object, header string, now time.Time) time.Duration {
	wait := untoldWait
	if n, ok := parameters.number("retry_after"); ok && n > 0 {
		wait = seconds(n)
	} else if header != "" {
		if n, err := strconv.ParseInt(strings.TrimSpace(header), 10, 64); err == nil && n > 0 {
			wait = seconds(n)
		} else if at, err := http.ParseTime(header); err == nil && at.After(now) {
			wait = at.Sub(now)
		}
	}
	return min(wait, maxRetryAfter)
}

func seconds(n int64) time.Duration {
	return time.Duration(min(n, int64(maxRetryAfter/time.Second))) * time.Second
}

// isDial reports whether no connection could be made.
func isDial(err error) bool {
	var network *net.OpError
	return errors.As(err, &network) && network.Op == "dial"
}

// transportText says what the transport said, without the URL around it, in
// which the token stands.
func transportText(err error) string {
	var wrapped *url.Error
	for errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	return err.Error()
}

// redactor replaces the token, whole or its secret part, as it is or as a URL
// writes it, and the proxy's password.
func redactor(token string, proxy *url.URL) *strings.Replacer {
	secrets := []string{token}
	if _, secret, ok := strings.Cut(token, ":"); ok {
		secrets = append(secrets, secret)
	}
	if proxy != nil {
		password, _ := proxy.User.Password()
		secrets = append(secrets, password)
	}
	var pairs []string
	for _, s := range secrets {
		for _, form := range []string{s, url.PathEscape(s), url.QueryEscape(s), strings.Trim(strconv.Quote(s), `"`)} {
			if form != "" {
				pairs = append(pairs, form, "***")
			}
		}
	}
	return strings.NewReplacer(pairs...)
}

// What a description may quote of what it was given. The platforms' own words
// are English, so that other letters are a person's.
var (
	quotedToken  = regexp.MustCompile(`\d{3,}:[A-Za-z0-9_-]{8,}`) // of whatever bot
	quotedNumber = regexp.MustCompile(`\p{Nd}(?:[ -]?\p{Nd}){7,}`)
	quotedWords  = regexp.MustCompile(`[^\x00-\x7f]+(?: +[^\x00-\x7f]+)*`)
)

// tidy makes a description fit for a log: no secrets, one line, no number of
// eight digits or more, in groups or not (a phone, a code), no words that are
// not English, no more than maxDescription runes.
func (c *Client) tidy(s string) string {
	s = quotedToken.ReplaceAllString(c.redact.Replace(s), "***")
	s = quotedWords.ReplaceAllString(quotedNumber.ReplaceAllString(s, "#"), "…")
	var out []rune
	for _, r := range s {
		if unicode.IsControl(r) {
			r = ' '
		}
		if out = append(out, r); len(out) >= maxDescription {
			break
		}
	}
	return strings.TrimSpace(string(out))
}
