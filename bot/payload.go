package bot

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"unicode/utf8"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

// payload is the body of a call in place of the library's, whole in memory. The
// library pipes a file, and what is piped cannot be sent again when a kept
// connection turns out closed; and it writes parameters as a form, in which a
// Persian letter takes six bytes.
type payload struct {
	body []byte
	kind string // Content-Type
}

// jsonPayload is the parameters of a call as JSON. Keyboards and lists are JSON
// already; all others are strings, as they are in a form: Telegram reads both
// alike.
func jsonPayload(params tgbotapi.Params) *payload {
	size := 2
	for name, value := range params {
		size += len(name) + len(value) + len(value)/8 + 8
	}
	body := append(make([]byte, 0, size), '{')
	for name, value := range params {
		if len(body) > 1 {
			body = append(body, ',')
		}
		body = append(body, '"')
		body = append(body, name...) // a name of the Bot API's needs no escape
		body = append(body, '"', ':')
		switch name {
		case "reply_markup", "link_preview_options", "allowed_updates":
			body = append(body, value...)
		default:
			body = appendText(body, value)
		}
	}
	return &payload{body: append(body, '}'), kind: "application/json"}
}

// appendText appends a JSON string. Persian has nothing to escape, so that what
// stands between two escapes is copied in one piece.
func appendText(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, string(utf8.RuneError))
	}
	b = append(b, '"')
	start := 0
	for i := range len(s) {
		c := s[i]
		if c > '\\' || c >= ' ' && c != '"' && c != '\\' { // above: most of what is Persian or code
			continue
		}
		b = append(b, s[start:i]...)
		if start = i + 1; c < ' ' {
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		} else {
			b = append(b, '\\', c)
		}
	}
	return append(append(b, s[start:]...), '"')
}

// into makes the payload a request's body.
func (p *payload) into(req *http.Request) {
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(p.body)), nil }
	req.Body, _ = req.GetBody()
	req.ContentLength = int64(len(p.body))
	req.Header.Set("Content-Type", p.kind)
}
