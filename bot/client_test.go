package bot

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"kartyar/card"
)

// platform is a server on loopback that knows the token.
func platform(t *testing.T, handle http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(handle)
	t.Cleanup(s.Close)
	return s.URL
}

func answerMe(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/bot"+token+"/getMe" {
		w.WriteHeader(http.StatusNotFound)
		io.WriteString(w, `{"ok":false,"error_code":404,"description":"Not Found"}`)
		return
	}
	io.WriteString(w, `{"ok":true,"result":{"id":666,"is_bot":true,"username":"kartyar_bot"}}`)
}

func TestMe(t *testing.T) {
	c := New(Options{Profile: Bale(), Token: token, API: platform(t, answerMe) + "/"})
	defer c.Close()
	bot, username, err := c.Me(t.Context())
	if err != nil || bot != (card.Bot{Platform: card.Bale, ID: 666}) || username != "kartyar_bot" {
		t.Errorf("Me = %v, %q, %v", bot, username, err)
	}
	nested := New(Options{Profile: Telegram(), Token: token, API: platform(t, func(w http.ResponseWriter, r *http.Request) {
		r.URL.Path = strings.TrimPrefix(r.URL.Path, "/a b")
		answerMe(w, r)
	}) + "/a%20b"})
	defer nested.Close()
	if _, _, err := nested.Me(t.Context()); err != nil {
		t.Errorf("a base URL with a percent sign: %v", err)
	}
	wrong := New(Options{Profile: Bale(), Token: "1:x", API: platform(t, answerMe)})
	defer wrong.Close()
	if _, _, err := wrong.Me(t.Context()); !errors.Is(err, ErrUnauthorized) {
		t.Errorf("a wrong token: %v, want ErrUnauthorized", err)
	}
}

func TestKinds(t *testing.T) {
	for _, tt := range []struct {
		name   string
		method string
		status int
		body   string
		want   ErrorKind
		wait   time.Duration
	}{
		{"blocked", "", 403, `{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}`, Blocked, 0},
		{"deactivated", "", 403, `{"ok":false,"error_code":403,"description":"Forbidden: user is deactivated"}`, Blocked, 0},
		{"never started", "", 403, `{"ok":false,"error_code":403,"description":"Forbidden: bot can't initiate conversation with a user"}`, Blocked, 0},
		{"left by a group", "", 403, `{"ok":false,"error_code":403,"description":"Forbidden: bot is not a member of the supergroup chat"}`, Blocked, 0},
		{"any other 403", "", 403, `{"ok":false,"error_code":403,"description":"?"}`, Forbidden, 0},
		{"restricted", "", 403, `{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the administration"}`, Forbidden, 0},
		{"no chat", "", 400, `{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}`, Blocked, 0},
		{"no chat, Bale", "", 404, `{"ok":false,"error_code":404,"description":"Not Found: no such group or user"}`, Blocked, 0},
		{"bad text", "", 400, `{"ok":false,"error_code":400,"description":"Bad Request: message text is empty"}`, Refused, 0},
		{"migrated", "", 400, `{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded","parameters":{"migrate_to_chat_id":-1}}`, Blocked, 0},
		{"no such method", "", 404, `{"ok":false,"error_code":404,"description":"Not Found: method not found"}`, Refused, 0},
		{"the status alone", "", 400, `{"ok":false,"description":"Bad Request"}`, Refused, 0},
		{"revoked", "", 401, `{"ok":false,"error_code":401,"description":"Unauthorized"}`, Unauthorized, 0},
		{"no such token", "getMe", 404, `{"ok":false,"error_code":404,"description":"Not Found"}`, Unauthorized, 0},
		{"two pollers", "getUpdates", 409, `{"ok":false,"error_code":409,"description":"Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"}`, Conflict, 0},
		{"webhook", "getUpdates", 409, `{"ok":false,"error_code":409,"description":"Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"}`, Webhook, 0},
		{"limited", "", 429, `{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":17}}`, Limited, 17 * time.Second},
		{"limited, a string", "", 429, `{"ok":false,"error_code":429,"description":"x","parameters":{"retry_after":"17"}}`, Limited, 17 * time.Second},
		{"limited, untold", "", 429, `{"ok":false,"error_code":429,"description":"x"}`, Limited, untoldWait},
		{"limited, absurd", "", 429, `{"ok":false,"error_code":429,"parameters":{"retry_after":9223372036854775807}}`, Limited, maxRetryAfter},
		{"limited in plain text", "", 429, `Too Many Requests`, Limited, untoldWait},
		{"limited in HTML", "", 429, `<html>`, Limited, untoldWait},
		{"a sick platform", "", 500, `{"ok":false,"error_code":500,"description":"Internal Server Error"}`, Outage, 0},
		{"a sick gateway", "", 502, `<html>Bad Gateway`, Outage, 0},
		{"a filter's page", "", 403, `<html>`, Outage, 0},
		{"somebody else's JSON", "", 403, `{"message":"forbidden"}`, Outage, 0},
		{"nothing", "", 200, ``, Outage, 0},
		{"no object", "", 200, `[]`, Outage, 0},
		{"a redirect", "", 302, ``, Outage, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			method := tt.method
			if method == "" {
				method = "sendMessage"
			}
			c, _ := newTestClient(t, Telegram(), func(string, url.Values, *http.Request) (int, string, error) {
				return tt.status, tt.body, nil
			})
			_, err := c.call(t.Context(), method, nil, c.timeout)
			e := asError(err)
			if e == nil || e.Kind != tt.want || e.RetryAfter != tt.wait {
				t.Fatalf("%v, want %v after %v", err, tt.want, tt.wait)
			}
			if e.Permanent() != (tt.want == Blocked || tt.want == Refused) {
				t.Errorf("%v: Permanent = %v", e.Kind, e.Permanent())
			}
			if errors.Is(err, ErrUnauthorized) != (tt.want == Unauthorized) {
				t.Errorf("errors.Is(%v, ErrUnauthorized) is wrong", err)
			}
		})
	}
}

func TestRetryAfterHeader(t *testing.T) {
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"7":                             7 * time.Second,
		" 7 ":                           7 * time.Second,
		"Sun, 01 Nov 2026 12:01:00 GMT": time.Minute,
		"Sun, 01 Nov 2026 11:00:00 GMT": untoldWait,
		"soon":                          untoldWait,
		"-3":                            untoldWait,
	} {
		if got := retryAfter(nil, value, now); got != want {
			t.Errorf("Retry-After %q: %v, want %v", value, got, want)
		}
	}
}

// An answer with an ill-typed field that does not matter is still an answer.
func TestLenientSuccess(t *testing.T) {
	c, _ := newTestClient(t, Bale(), func(string, url.Values, *http.Request) (int, string, error) {
		return 200, `{"ok":true,"error_code":"none","result":{"id":3}}`, nil
	})
	if bot, _, err := c.Me(t.Context()); err != nil || bot.ID != 3 {
		t.Errorf("Me = %v, %v", bot, err)
	}
}

func TestNothingPrivateInErrors(t *testing.T) {
	hijacked := platform(t, func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			conn.Close()
		}
	})
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	echo := platform(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, `{"ok":false,"error_code":400,"description":%q}`, r.URL.Path+" "+r.FormValue("text")+" ۰۹۱۲۳۴۵۶۷۸۹ 09123456789\n"+strings.Repeat("x", 500))
	})
	elsewhere := platform(t, func(w http.ResponseWriter, r *http.Request) {
		t.Errorf("a redirect was followed, with Referer %q", r.Referer())
	})
	redirect := platform(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere+r.URL.Path, http.StatusFound)
	})
	for name, o := range map[string]Options{
		"cut off":     {API: hijacked},
		"refused":     {API: closed.URL},
		"echoed":      {API: echo},
		"redirected":  {API: redirect},
		"no address":  {API: "http://[::1"},
		"odd token":   {API: echo, Token: "123456:\x7f" + secret},
		"odd percent": {API: echo + "/%zz"},
		"proxied":     {API: "http://platform.example", Proxy: &url.URL{Scheme: "http", Host: strings.TrimPrefix(closed.URL, "http://"), User: url.UserPassword("me", "canary-password")}},
	} {
		t.Run(name, func(t *testing.T) {
			o.Profile = Telegram()
			if o.Token == "" {
				o.Token = token
			}
			c := New(o)
			defer c.Close()
			_, err := c.Send(t.Context(), ClassReply, 1, Reply{Text: "canary text"})
			e := asError(err)
			if e == nil {
				t.Fatalf("error %v, want an *Error", err)
			}
			for _, private := range []string{secret, "canary", "09123456789", "۰۹۱۲"} {
				if strings.Contains(err.Error(), private) {
					t.Errorf("%q is in the error: %v", private, err)
				}
			}
			if len([]rune(e.Description)) > maxDescription || strings.ContainsAny(e.Description, "\n") || e.Description == "" {
				t.Errorf("description %q", e.Description)
			}
		})
	}
}

func TestTimeouts(t *testing.T) {
	for _, tt := range []struct {
		name string
		call func(c *Client, ctx context.Context) error
		want time.Duration
	}{
		{"getMe", func(c *Client, ctx context.Context) error { _, _, err := c.Me(ctx); return err }, 15 * time.Second},
		{"getUpdates", func(c *Client, ctx context.Context) error {
			_, err := c.GetUpdates(ctx, 0, 100, 30*time.Second)
			return err
		}, 45 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			c, _ := newTestClient(t, Telegram(), func(_ string, _ url.Values, req *http.Request) (int, string, error) {
				<-req.Context().Done()
				return 0, "", req.Context().Err()
			})
			start := time.Now()
			err := tt.call(c, t.Context())
			if e := asError(err); e == nil || e.Kind != Outage || time.Since(start) != tt.want {
				t.Errorf("%s: %v after %v, want an outage after %v", tt.name, err, time.Since(start), tt.want)
			}
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(time.Second, cancel)
			if err := tt.call(c, ctx); !errors.Is(err, context.Canceled) || asError(err) != nil {
				t.Errorf("%s: a cancelled call: %v", tt.name, err)
			}
		})
	}
}

// endless is a body that does not end.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return copy(p, bytes.Repeat([]byte{' '}, len(p))), nil }
func (endless) Close() error               { return nil }

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestEndlessAnswer(t *testing.T) {
	c, _ := newTestClient(t, Telegram(), nil)
	c.http.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Body: endless{}, Request: r}, nil
	})
	if _, _, err := c.Me(t.Context()); asError(err) == nil || asError(err).Kind != Outage {
		t.Errorf("error %v, want an outage", err)
	}
}

func TestHTTPProxy(t *testing.T) {
	var seen string
	proxy := platform(t, func(w http.ResponseWriter, r *http.Request) {
		seen = r.URL.Host + " " + r.Header.Get("Proxy-Authorization")
		answerMe(w, r)
	})
	at, err := url.Parse(proxy)
	if err != nil {
		t.Fatal(err)
	}
	at.User = url.UserPassword("me", "pw")
	c := New(Options{Profile: Telegram(), Token: token, API: "http://platform.example", Proxy: at})
	defer c.Close()
	if _, _, err := c.Me(t.Context()); err != nil {
		t.Fatal(err)
	}
	if seen != "platform.example Basic bWU6cHc=" {
		t.Errorf("the proxy saw %q", seen)
	}
}

func TestSOCKS5Proxy(t *testing.T) {
	target := platform(t, answerMe)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	asked := make(chan string, 1)
	var served sync.WaitGroup
	served.Go(func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		if err := serveSOCKS5(conn, strings.TrimPrefix(target, "http://"), asked); err != nil {
			t.Error(err)
		}
	})
	c := New(Options{Profile: Telegram(), Token: token, API: "http://platform.example", Proxy: &url.URL{Scheme: "socks5", Host: listener.Addr().String()}})
	_, _, err = c.Me(t.Context())
	c.Close()
	listener.Close()
	served.Wait()
	if err != nil {
		t.Fatal(err)
	}
	if got := <-asked; got != "platform.example:80" {
		t.Errorf("the proxy was asked for %q", got)
	}
}

// serveSOCKS5 serves one CONNECT by name (RFC 1928), always to target.
func serveSOCKS5(conn net.Conn, target string, asked chan<- string) error {
	hello := make([]byte, 2)
	if _, err := io.ReadFull(conn, hello); err != nil {
		return err
	}
	if _, err := io.CopyN(io.Discard, conn, int64(hello[1])); err != nil {
		return err
	}
	conn.Write([]byte{5, 0})
	head := make([]byte, 5) // version, CONNECT, 0, by name, the name's length
	if _, err := io.ReadFull(conn, head); err != nil {
		return err
	}
	if head[1] != 1 || head[3] != 3 {
		return fmt.Errorf("a request that is no CONNECT by name: %v", head)
	}
	rest := make([]byte, int(head[4])+2)
	if _, err := io.ReadFull(conn, rest); err != nil {
		return err
	}
	asked <- fmt.Sprintf("%s:%d", rest[:head[4]], binary.BigEndian.Uint16(rest[head[4]:]))
	out, err := net.Dial("tcp", target)
	if err != nil {
		return err
	}
	defer out.Close()
	conn.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
	var back sync.WaitGroup
	back.Go(func() { io.Copy(conn, out) })
	io.Copy(out, conn)
	out.Close()
	back.Wait()
	return nil
}

// The Date header of any answer tells how far the clock is off.
func TestAhead(t *testing.T) {
	platform := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", platform.Format(http.TimeFormat))
		_, _ = w.Write([]byte(`{"ok":true,"result":{"url":"https://example.org/hook"}}`))
	}))
	defer server.Close()
	c := New(Options{Profile: Bale(), Token: "1:x", API: server.URL, Now: func() time.Time { return platform.Add(-90 * time.Second) }})
	defer c.Close()
	if _, known := c.Ahead(); known {
		t.Error("the time is known before anything was asked")
	}
	if set, err := c.HasWebhook(t.Context()); !set || err != nil {
		t.Errorf("a webhook: %v %v", set, err)
	}
	if ahead, known := c.Ahead(); ahead != -90*time.Second || !known {
		t.Errorf("%v %v", ahead, known)
	}
}
