package bot

import (
	"bytes"
	"io"
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
	form, err := url.ParseQuery(string(raw))
	if err != nil {
		return nil, err
	}
	status, body, err := s(path.Base(req.URL.Path), form, req)
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: req}, nil
}

// newTestClient returns a client of the server, and what it logs.
func newTestClient(t *testing.T, p Profile, s server) (*Client, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	c := New(Options{Profile: p, Token: token, Log: zerolog.New(&log)})
	c.http.Transport = s
	t.Cleanup(func() {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the token is in the log: %s", log.String())
		}
	})
	return c, &log
}
