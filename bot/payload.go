package bot

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strconv"
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

// parameters are those of a call, each of another name. The library's own are a
// map, which costs more than all that is done with it.
type parameters []parameter

// parameter is one of a call. Its value is a text or, so that no text is made of
// what is only to be written into a request, a number or a keyboard.
type parameter struct {
	name, value string
	number      int64    // in place of value, unless it is 0
	keyboard    keyboard // likewise, unless it has no buttons
}

// appendTo appends the value of a parameter that is no text.
func (p *parameter) appendTo(b []byte) []byte {
	if p.number != 0 {
		return strconv.AppendInt(b, p.number, 10)
	}
	return p.keyboard.appendJSON(b)
}

// text returns the value as a form has it.
func (p *parameter) text() string {
	if p.number != 0 || p.keyboard.Kind != KeyboardNone {
		return string(p.appendTo(nil))
	}
	return p.value
}

// get returns the value of a name, empty when it has none.
func (p parameters) get(name string) string {
	for _, one := range p {
		if one.name == name {
			return one.value
		}
	}
	return ""
}

// with returns the parameters with one more, as append does.
func (p parameters) with(name, value string) parameters {
	return append(p, parameter{name: name, value: value})
}

// withNumber is with for a number.
func (p parameters) withNumber(name string, n int64) parameters {
	if n == 0 {
		return p.with(name, "0")
	}
	return append(p, parameter{name: name, number: n})
}

// without returns the parameters but those of the names.
func (p parameters) without(names ...string) parameters {
	var rest parameters
	for _, one := range p {
		if !slices.Contains(names, one.name) {
			rest = append(rest, one)
		}
	}
	return rest
}

// form returns the parameters as the library takes them.
func (p parameters) form() tgbotapi.Params {
	form := make(tgbotapi.Params, len(p))
	for n := range p {
		form[p[n].name] = p[n].text()
	}
	return form
}

const jsonType = "application/json"

// appendJSON appends the parameters as JSON. Keyboards and lists are JSON
// already; all others are strings, as they are in a form: Telegram reads both
// alike.
func (p parameters) appendJSON(b []byte) []byte {
	size := 2
	for n := range p {
		size += len(p[n].name) + len(p[n].value) + len(p[n].value)/8 + 8
	}
	b = append(slices.Grow(b, size), '{')
	for n := range p {
		one := &p[n]
		if n > 0 {
			b = append(b, ',')
		}
		b = append(b, '"')
		b = append(b, one.name...) // a name of the Bot API's needs no escape
		b = append(b, '"', ':')
		switch {
		case one.number != 0:
			b = append(one.appendTo(append(b, '"')), '"')
		case one.keyboard.Kind != KeyboardNone:
			b = one.appendTo(b)
		case one.name == "link_preview_options", one.name == "allowed_updates":
			b = append(b, one.value...)
		default:
			b = appendText(b, one.value)
		}
	}
	return append(b, '}')
}

// appendText appends a JSON string, with marks in place of what is no UTF-8.
// Persian has nothing to escape, so that what stands between two escapes is
// copied in one piece.
func appendText(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	start := 0
	for i, r := range s {
		if r >= ' ' && r != '"' && r != '\\' && r != utf8.RuneError {
			continue
		}
		b = append(b, s[start:i]...)
		start = i + 1
		switch {
		case r < ' ':
			b = append(b, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
		case r == utf8.RuneError:
			_, size := utf8.DecodeRuneInString(s[i:]) // 3 where the mark itself stands there
			b, start = utf8.AppendRune(b, r), i+size
		default:
			b = append(b, '\\', byte(r))
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
