package bot

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	token  = "123456:AA-canary_Token"
	secret = "AA-canary_Token" // what must stand in no error and no log
)

// server is a platform in memory: it answers a method's call with a status and
// a body.
type server func(method string, form url.Values, req *http.Request) (int, string, error)

func (s server) RoundTrip(req *http.Request) (*http.Response, error) {
	raw, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	form, err := readForm(req.Header.Get("Content-Type"), raw)
	if err != nil {
		return nil, err
	}
	status, body, err := s(path.Base(req.URL.Path), form, req)
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: req}, nil
}

// readForm reads either kind of form, and JSON; a file counts as a parameter, its
// name before what is in it.
func readForm(contentType string, raw []byte) (url.Values, error) {
	kind, details, err := mime.ParseMediaType(contentType)
	if kind == "application/json" {
		var params map[string]json.RawMessage
		form := url.Values{}
		err := json.Unmarshal(raw, &params)
		for name, value := range params {
			var text string
			if json.Unmarshal(value, &text) != nil {
				text = string(value)
			}
			form.Set(name, text)
		}
		return form, err
	}
	if err != nil || kind != "multipart/form-data" {
		return url.ParseQuery(string(raw))
	}
	form := url.Values{}
	for parts := multipart.NewReader(bytes.NewReader(raw), details["boundary"]); ; {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return form, nil
		}
		if err != nil {
			return nil, err
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return nil, err
		}
		form.Set(part.FormName(), part.FileName()+string(value))
	}
}

// newTestClient returns a client of the server, and what it logs.
func newTestClient(t *testing.T, p Profile, s server) (*Client, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	c := New(Options{Profile: p, Token: token, Log: zerolog.New(&log)})
	c.http.Transport, c.line = s, nil
	t.Cleanup(func() {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the token is in the log: %s", log.String())
		}
	})
	return c, &log
}
