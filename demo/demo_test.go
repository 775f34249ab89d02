package demo

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	botID = 4242
	token = "4242:sample-token"
)

// bench is a server with one bot on each platform, and a clock to turn.
type bench struct {
	*Server
	url    string
	client *http.Client

	mu    sync.Mutex
	clock time.Time
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{clock: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	b.Server = New(Options{Now: b.Now})
	b.AddBot(Telegram, token, botID, "sample_bot")
	b.AddBot(Bale, token, botID, "sample_bot")
	web := httptest.NewServer(b.Handler())
	b.url, b.client = web.URL, &http.Client{Transport: &http.Transport{}}
	t.Cleanup(func() {
		b.Close()
		b.client.CloseIdleConnections()
		web.Close()
	})
	return b
}

func (b *bench) Now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.clock
}

func (b *bench) pass(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.clock = b.clock.Add(d)
}

type response struct {
	OK          bool            `json:"ok"`
	Result      json.RawMessage `json:"result"`
	ErrorCode   int             `json:"error_code"`
	Description string          `json:"description"`
	Parameters  struct {
		RetryAfter int `json:"retry_after"`
	} `json:"parameters"`
	status int
	err    error
}

// call posts a form of name, value, name, value….
func (b *bench) call(p Platform, method string, pairs ...any) response {
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		if s, is := pairs[i+1].(string); is {
			form.Set(pairs[i].(string), s)
			continue
		}
		form.Set(pairs[i].(string), string(marshal(pairs[i+1])))
	}
	return b.post(p, token, method, "application/x-www-form-urlencoded", form.Encode())
}

func (b *bench) post(p Platform, token, method, kind, body string) response {
	req, err := http.NewRequest("POST", b.url+"/"+string(p)+"/bot"+token+"/"+method, strings.NewReader(body))
	if err != nil {
		return response{err: err}
	}
	req.Header.Set("Content-Type", kind)
	return b.do(req)
}

func (b *bench) do(req *http.Request) response {
	got, err := b.client.Do(req)
	if err != nil {
		return response{err: err}
	}
	defer func() { _ = got.Body.Close() }()
	body, err := io.ReadAll(got.Body)
	r := response{status: got.StatusCode, err: err}
	if err == nil {
		r.err = json.Unmarshal(body, &r)
	}
	return r
}

// want fails unless the call came back with the status and, for a refusal, a
// description that holds part.
func (r response) want(t *testing.T, status int, part string) {
	t.Helper()
	if r.err != nil && r.status == 0 {
		t.Fatalf("no answer: %v", r.err)
	}
	if r.status != status || r.OK != (status == 200) || !strings.Contains(r.Description, part) {
		t.Fatalf("got %d %v %q, want %d %q", r.status, r.OK, r.Description, status, part)
	}
	if status != 200 && r.ErrorCode != status {
		t.Fatalf("error_code %d beside status %d", r.ErrorCode, status)
	}
}

func (r response) messageID(t *testing.T) int {
	t.Helper()
	r.want(t, 200, "")
	var m struct {
		ID int `json:"message_id"`
	}
	if err := json.Unmarshal(r.Result, &m); err != nil || m.ID == 0 {
		t.Fatalf("no message in %s: %v", r.Result, err)
	}
	return m.ID
}

type gotUpdate struct {
	ID       int64 `json:"update_id"`
	Message  *wireMessage
	Edited   *wireMessage    `json:"edited_message"`
	Callback *wireCallback   `json:"callback_query"`
	Member   *wireMembership `json:"my_chat_member"`
}

func (r response) updates(t *testing.T) []gotUpdate {
	t.Helper()
	r.want(t, 200, "")
	var all []gotUpdate
	if err := json.Unmarshal(r.Result, &all); err != nil {
		t.Fatalf("updates %s: %v", r.Result, err)
	}
	return all
}

func ids(all []gotUpdate) []int64 {
	out := []int64{}
	for _, u := range all {
		out = append(out, u.ID)
	}
	return out
}

// kinds are the journal's entries of some kinds.
func (b *bench) kinds(of ...EntryKind) []Entry {
	var out []Entry
	for _, e := range b.Journal() {
		for _, kind := range of {
			if e.Kind == kind {
				out = append(out, e)
			}
		}
	}
	return out
}

// platforms runs a test for each profile.
func platforms(t *testing.T, test func(t *testing.T, p Platform)) {
	for _, p := range []Platform{Telegram, Bale} {
		t.Run(string(p), func(t *testing.T) { test(t, p) })
	}
}
