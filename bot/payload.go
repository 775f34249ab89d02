package bot

import (
	"bytes"
	"io"
	"net/http"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
	"github.com/tidwall/gjson"
)

// payload is the body of a call in place of the library's, whole in memory. The
// library pipes a file, and what is piped cannot be sent again when a kept
// connection turns out closed; and it writes parameters as a form, in which a
// Persian letter takes six bytes.
type payload struct {
	body []byte
	kind string // Content-Type
}

// jsonPayload is the parameters of a call as JSON. All values are strings, as
// they are in a form; Telegram reads both alike.
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
		body = gjson.AppendJSONString(body, name)
		body = append(body, ':')
		body = gjson.AppendJSONString(body, value)
	}
	return &payload{body: append(body, '}'), kind: "application/json"}
}

// into makes the payload a request's body.
func (p *payload) into(req *http.Request) {
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(p.body)), nil }
	req.Body, _ = req.GetBody()
	req.ContentLength = int64(len(p.body))
	req.Header.Set("Content-Type", p.kind)
}
