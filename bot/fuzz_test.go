package bot

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// Whatever a platform, or something that stands in its place, answers is a
// result or an error of a known kind, which does not hold the token.
func FuzzAnswer(f *testing.F) {
	f.Add(200, `{"ok":true,"result":[{"update_id":7,"message":{}},{"update_id":"8"},null]}`)
	f.Add(429, `{"ok":false,"error_code":429,"parameters":{"retry_after":9223372036854775807}}`)
	f.Add(502, "<html>bot"+token+"</html>")
	f.Add(200, `{"ok":true,"result":{}}`)
	f.Add(403, `{"ok":false,"error_code":"403","description":null}`)
	f.Add(302, "")
	now := struct {
		status int
		body   string
	}{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(now.status)
		_, _ = io.WriteString(w, now.body)
	}))
	f.Cleanup(s.Close)
	c := New(Options{Profile: Telegram(), Token: token, API: s.URL})
	f.Cleanup(c.Close)
	f.Fuzz(func(t *testing.T, status int, body string) {
		if status < 200 || status > 599 {
			return
		}
		now.status, now.body = status, body
		batch, err := c.GetUpdates(context.Background(), 5, 100, time.Second)
		if err != nil {
			var known *Error
			if !errors.As(err, &known) || strings.Contains(err.Error(), token) {
				t.Fatalf("%d %q: %v", status, body, err)
			}
			if known.RetryAfter < 0 || known.RetryAfter > maxRetryAfter {
				t.Fatalf("%d %q: wait for %v", status, body, known.RetryAfter)
			}
			return
		}
		for _, raw := range batch {
			if raw.UpdateID < 0 {
				t.Fatalf("the update %d", raw.UpdateID)
			}
		}
	})
}
