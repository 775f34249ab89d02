package bot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
	"github.com/rs/zerolog"

	"kartyar/card"
)

const (
	// callTimeout bounds every call but getUpdates.
	callTimeout = 15 * time.Second
	// dialTimeout bounds the making of a connection, TLS included.
	dialTimeout = 10 * time.Second
	// pollGrace is what getUpdates gets on top of its own timeout.
	pollGrace = 15 * time.Second
	// maxAnswer bounds the body of an answer, in bytes: a hundred of the longest
	// messages fit, each of which answers another of the longest. Where an
	// answer is longer, Poll asks for fewer updates.
	maxAnswer = 8 << 20
	// defaultRate is SEND_RATE's default, in messages a second.
	defaultRate = 25
	// defaultWorkers is how many idle connections are kept when the options do
	// not say.
	defaultWorkers = 64
)

// Options is what a Client is made of.
type Options struct {
	Profile Profile
	Token   string
	// API is the base URL in place of the profile's own: a self-hosted server
	// or a local one. Empty: the profile's.
	API string
	// Proxy is an http, https or socks5 proxy; nil connects directly,
	// whatever the environment says.
	Proxy *url.URL
	Log   zerolog.Logger
	// Rate is how many messages a second the bot may send, all kinds
	// together; 0 means 25.
	Rate float64
	// Workers is how many calls go out at the same time; as many connections
	// are kept open. 0 means 64.
	Workers int
	// Draw makes the PNG of a reply's Picture; nil sends the texts alone.
	Draw func(facts []byte) ([]byte, error)
	// Now is the clock of the limits; nil means time.Now.
	Now func() time.Time
	// Polled hears how each getUpdates of Poll went, and Sent how each call went
	// that puts a message before a person; both may be nil and must not block.
	Polled func(err error)
	Sent   func(class Class, err error)
}

// Client is one bot account on one platform. Its methods may be called from
// many goroutines. Every error is an *Error, unless the caller's context
// ended: then it wraps the context's.
type Client struct {
	profile Profile
	calls   sync.Pool // of *exchange
	http    *http.Client
	line    *line // nil when calls have to go through a proxy
	redact  *strings.Replacer
	log     zerolog.Logger
	now     func() time.Time
	gate    *gate
	draw    func(facts []byte) ([]byte, error) // nil: no pictures
	timeout time.Duration                      // of every call but getUpdates
	dated   atomic.Pointer[dated]              // the last answer that had a date
	polled  func(error)
	sent    func(Class, error)
	told    troubles
}

// New returns a client. It makes no call: the network may be down.
func New(o Options) *Client {
	if o.API == "" {
		o.API = o.Profile.API
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rate <= 0 {
		o.Rate = defaultRate
	}
	if o.Workers <= 0 {
		o.Workers = defaultWorkers
	}
	c := &Client{
		profile: o.Profile,
		http:    &http.Client{Transport: transport(o), CheckRedirect: stay},
		redact:  redactor(o.Token, o.Proxy),
		log:     o.Log,
		now:     o.Now,
		gate:    newGate(o.Rate, o.Now),
		draw:    o.Draw,
		timeout: callTimeout,
	}
	if c.polled = o.Polled; c.polled == nil {
		c.polled = func(error) {}
	}
	if c.sent = o.Sent; c.sent == nil {
		c.sent = func(Class, error) {}
	}
	if o.Proxy == nil {
		c.line = newLine(o.API, o.Workers+2)
	}
	base := strings.ReplaceAll(strings.TrimRight(o.API, "/"), "%", "%%")
	c.calls.New = func() any {
		// The library's constructor calls getMe and fails when the network is
		// down, so it is not used.
		x := &exchange{api: tgbotapi.BotAPI{Token: o.Token}}
		x.api.Client = x
		x.api.SetAPIEndpoint(base + "/bot%s/%s")
		return x
	}
	return c
}

// Close lets go of the idle connections.
func (c *Client) Close() {
	c.http.CloseIdleConnections()
	if c.line != nil {
		c.line.close()
	}
}

func transport(o Options) *http.Transport {
	t := &http.Transport{
		DialContext:         (&net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout: dialTimeout,
		MaxIdleConns:        o.Workers + 2, // the poll and a callback's answer stand beside the workers
		MaxIdleConnsPerHost: o.Workers + 2,
		IdleConnTimeout:     90 * time.Second,
		DisableCompression:  true,
		// One HTTP/2 connection would carry every call: when a middlebox drops
		// it in silence, all of them hang together.
		Protocols: new(http.Protocols),
	}
	t.Protocols.SetHTTP1(true)
	if o.Proxy != nil {
		t.Proxy = http.ProxyURL(o.Proxy)
	}
	return t
}

// stay follows no redirect: the Bot API makes none, and a portal's or filter's
// would be handed the token in the Referer header.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// exchange is the library, and its HTTP client, for one call at a time. The
// library knows no context, reads without bound and hides the status; here each is
// put right. Nobody holds it when the call has ended, so that the next may have it.
type exchange struct {
	api tgbotapi.BotAPI
	call

	answer answer
	room   []byte // of the last answer, the room for the next
	err    error  // of the transport
}

// call is what an exchange is to do.
type call struct {
	ctx     context.Context
	until   time.Time // when the call has taken too long
	client  *http.Client
	line    *line      // in place of client; nil for calls that may take long
	payload *payload   // goes in place of the request's body; nil where that stays
	json    bool       // params do, as JSON
	params  parameters // of the call
}

// answer is what a server said.
type answer struct {
	status           int
	date, retryAfter string // headers
	body             []byte // in room that the next call gets
	long             bool   // it is longer than maxAnswer; body is its beginning
}

// errAnswered is what the library gets in place of an answer. It would decode it
// twice over and keep its status to itself: classify reads it, once.
var errAnswered = errors.New("the answer is kept")

// Do makes one request and reads its answer to the end.
func (x *exchange) Do(req *http.Request) (*http.Response, error) {
	if x.answer, x.err = x.exchange(req); x.err != nil {
		return nil, x.err
	}
	return nil, errAnswered
}

func (x *exchange) exchange(req *http.Request) (answer, error) {
	switch {
	case x.line == nil:
		return x.whole(req)
	case x.json:
		return x.line.do(x.ctx, x.until, req.URL, jsonType, x.params.appendJSON, x.room)
	}
	form, err := io.ReadAll(req.Body) // what the library wrote, which is short
	if err != nil {
		return answer{}, fmt.Errorf("reading a request's body: %w", err)
	}
	return x.line.do(x.ctx, x.until, req.URL, req.Header.Get("Content-Type"), func(b []byte) []byte { return append(b, form...) }, x.room)
}

// whole makes a request by net/http and reads its answer to the end.
func (x *exchange) whole(req *http.Request) (a answer, err error) {
	ctx, cancel := context.WithDeadline(x.ctx, x.until)
	defer cancel()
	if x.json {
		x.payload = &payload{x.params.appendJSON(nil), jsonType}
	}
	if x.payload != nil {
		x.payload.into(req)
	}
	resp, err := x.client.Do(req.WithContext(ctx)) //nolint:gosec // the operator says where the platform is
	if err != nil {
		return a, err
	}
	defer resp.Body.Close()
	body := bytes.NewBuffer(slices.Grow(x.room[:0], int(max(0, min(resp.ContentLength, maxAnswer)))+bytes.MinRead))
	_, err = body.ReadFrom(io.LimitReader(resp.Body, maxAnswer+1))
	a = answer{status: resp.StatusCode, date: resp.Header.Get("Date"), retryAfter: resp.Header.Get("Retry-After"), body: body.Bytes()}
	if err == nil && body.Len() > maxAnswer {
		a.long, err = true, fmt.Errorf("the answer is longer than %d bytes", maxAnswer)
	}
	return a, err
}

// roomMost is how much room is kept for a next answer: a hundred short messages
// need half of it.
const roomMost = 128 << 10

// call makes one call and returns its result, undecoded JSON. It waits for
// nothing but the answer.
func (c *Client) call(ctx context.Context, method string, params parameters, timeout time.Duration) (string, error) {
	return c.callFor(ctx, "result", method, params, nil, timeout)
}

// callFor is call for a part of the answer, and with a file to upload, nil for
// none; then params are not sent but say what must not come back in an error.
func (c *Client) callFor(ctx context.Context, part, method string, params parameters, file *payload, timeout time.Duration) (string, error) {
	x := c.calls.Get().(*exchange)
	defer c.release(x)
	x.call = call{
		ctx: ctx, until: time.Now().Add(timeout), client: c.http, payload: file,
		json: file == nil && c.profile.JSON, params: append(x.params[:0], params...), // a copy: theirs are on a stack
	}
	if method != "getUpdates" && file == nil { // one call for a hundred updates, and with a long answer
		x.line = c.line
	}
	var form tgbotapi.Params
	if file == nil && !x.json {
		form = params.form()
	}
	if _, err := x.api.MakeRequest(method, form); x.err == nil && !errors.Is(err, errAnswered) {
		x.err = err // the request could not even be built
	}
	c.date(x.answer.date)
	if x.err != nil && ctx.Err() != nil {
		return "", fmt.Errorf("%s: %w", method, context.Cause(ctx))
	}
	if x.err != nil && !time.Now().Before(x.until) {
		x.err = fmt.Errorf("no answer within %v", timeout)
	}
	result, failed := c.classify(method, part, x)
	if failed == nil {
		return result, nil
	}
	if ctx.Err() != nil {
		return "", fmt.Errorf("%s: %w", method, context.Cause(ctx))
	}
	if text := params.get("text"); text != "" {
		failed.Description = strings.ReplaceAll(failed.Description, text, "…")
	}
	failed.Description = c.tidy(failed.Description)
	if x.answer.long {
		return "", &longAnswer{failed, bytes.Clone(x.answer.body)}
	}
	return "", failed
}

// release gives an exchange back, without anything of its call.
func (c *Client) release(x *exchange) {
	clear(x.params)
	if room := x.answer.body; cap(room) > cap(x.room) && cap(room) <= roomMost {
		x.room = room[:0]
	}
	x.call, x.answer, x.err = call{params: x.params[:0]}, answer{}, nil
	c.calls.Put(x)
}

// date notes the date of an answer. It has whole seconds, and of all that have the
// same the first one tells most.
func (c *Client) date(header string) {
	if last := c.dated.Load(); header != "" && (last == nil || last.header != header) {
		c.dated.Store(&dated{header, c.now()})
	}
}

// dated is when an answer came, and the time that it says it was made at.
type dated struct {
	header string
	came   time.Time
}

// Me asks who the bot is: its identity, which outlives a change of token, and
// its user name.
func (c *Client) Me(ctx context.Context) (card.Bot, string, error) {
	result, err := c.call(ctx, "getMe", nil, c.timeout)
	if err != nil {
		return card.Bot{}, "", err
	}
	me, err := split(result, nil)
	id, ok := me.number("id")
	if err != nil || !ok || id == 0 {
		return card.Bot{}, "", &Error{Method: "getMe", Description: "the answer names no bot"}
	}
	username, _ := me.text("username")
	return card.Bot{Platform: c.profile.Platform, ID: id}, username, nil
}

// Ahead says how far this machine's clock was ahead of the platform's at the
// first answer of the last second in which one came, by the Date header (RFC 9110,
// section 6.6.1), which has whole seconds; known is false while no answer had one.
func (c *Client) Ahead() (ahead time.Duration, known bool) {
	d := c.dated.Load()
	if d == nil {
		return 0, false
	}
	made, err := http.ParseTime(d.header)
	if err != nil {
		return 0, false
	}
	return d.came.Sub(made), true
}

// HasWebhook asks whether a webhook is set. Its address may hold a secret and
// is not told.
func (c *Client) HasWebhook(ctx context.Context) (bool, error) {
	result, err := c.call(ctx, "getWebhookInfo", nil, c.timeout)
	if err != nil {
		return false, err
	}
	info, err := split(result, nil)
	if err != nil {
		return false, &Error{Method: "getWebhookInfo", Description: "the answer cannot be read"}
	}
	address, _ := info.text("url")
	return address != "", nil
}

// DeleteWebhook takes away the webhook, if there is one, so that polling
// works. Waiting updates are kept.
func (c *Client) DeleteWebhook(ctx context.Context) error {
	_, err := c.call(ctx, "deleteWebhook", nil, c.timeout)
	return err
}
