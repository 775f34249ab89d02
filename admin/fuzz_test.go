package admin

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// Whatever is sent is answered: with JSON, or with a problem that says what is
// wrong and nothing of what was sent.
func FuzzRequest(f *testing.F) {
	f.Add("POST", "/v1/records", "dry_run=1", "text/csv", "national_code\n9990000018\n")
	f.Add("POST", "/v1/offices", "", "application/x-ndjson; charset=utf-8", `{"code":"1"}`)
	f.Add("GET", "/v1/report", "format=csv&office=1", "", "")
	f.Add("POST", "/v1/records", "yes=perhaps", "text/csv; =", "")
	f.Add("GET", "//v1/../metrics", "%zz", "*/*", "x")
	known := map[int]bool{200: true, 301: true, 307: true, 400: true, 401: true, 404: true, 405: true, 413: true, 415: true, 422: true, 503: true}
	server := newServer(&clerk{}, token)
	f.Fuzz(func(t *testing.T, method, path, query, kind, body string) {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.Method, r.URL = method, &url.URL{Path: path, RawQuery: query}
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Content-Type", kind)
		w := &recorder{httptest.NewRecorder()}
		server.Handler().ServeHTTP(w, r)
		if !known[w.Code] {
			t.Fatalf("%q %q: %d %s", method, path, w.Code, w.Body)
		}
		if w.Code < 400 {
			return
		}
		var said problem
		if err := json.Unmarshal(w.Body.Bytes(), &said); err != nil && method != http.MethodHead || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Fatalf("%q %q: %d %s, %v", method, path, w.Code, w.Body, err)
		}
	})
}
