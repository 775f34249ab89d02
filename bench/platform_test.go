package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"kartyar/locale"
)

// platform speaks as much of the Bot API as a status takes, as fast as it can:
// unlike the demo it checks nothing and remembers nothing. It runs in a process
// of its own, so that what is measured is the bot alone.
type platform struct {
	mu      sync.Mutex
	next    int64 // update_id
	pending []int64
	arrived chan struct{} // closed when something is pending

	asked    map[int64]time.Time // chats that wait for an answer, since when
	waits    []time.Duration     // of those that were answered
	enough   int
	done     chan struct{} // closed when enough were answered
	unasked  int           // messages to chats that did not ask
	wanted   int
	allTaken chan struct{} // closed when wanted messages came unasked
}

// servePlatform says its address and serves until standard input ends.
func servePlatform() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	// A platform's ids rise from one turn to the next, over restarts of the bot.
	p := &platform{next: time.Now().UnixMicro(), arrived: make(chan struct{}), asked: map[int64]time.Time{}, done: make(chan struct{}), allTaken: make(chan struct{})}
	server := &fasthttp.Server{Handler: p.serve, MaxRequestBodySize: 1 << 20}
	go func() { _ = server.Serve(listener) }()
	_, _ = fmt.Fprintln(os.Stdout, listener.Addr())
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func (p *platform) serve(c *fasthttp.RequestCtx) {
	path := string(c.Path())
	c.SetContentType("application/json")
	switch path[strings.LastIndexByte(path, '/')+1:] {
	case "getUpdates":
		p.getUpdates(c)
	case "sendMessage":
		p.took(field(c.PostBody(), "chat_id"))
		c.SetBodyString(`{"ok":true,"result":{"message_id":7,"date":1,"chat":{"id":7,"type":"private"}}}`)
	case "getMe":
		c.SetBodyString(fmt.Sprintf(`{"ok":true,"result":{"id":%d,"is_bot":true,"first_name":"bench","username":"bench_bot"}}`, aBot.ID))
	case "ask":
		p.ask(c)
	case "taken":
		p.taken(c)
	default:
		c.SetBodyString(`{"ok":true,"result":true}`)
	}
}

// field reads a whole number out of a form, a form in parts or JSON: each
// library writes another.
func field(body []byte, name string) int64 {
	at := bytes.Index(body, []byte(name))
	if at < 0 {
		return 0
	}
	rest := body[at+len(name):]
	start := bytes.IndexAny(rest, "-0123456789")
	if start < 0 {
		return 0
	}
	end := start + 1
	for end < len(rest) && rest[end] >= '0' && rest[end] <= '9' {
		end++
	}
	n, _ := strconv.ParseInt(string(rest[start:end]), 10, 64)
	return n
}

// times is what a round of asking took.
type times struct{ P50, P99, Worst time.Duration }

// ask has chats ask, n times in all, at the given rate a second (0: all at
// once), and returns how long they waited when all were answered. It is the
// benchmark's own.
func (p *platform) ask(c *fasthttp.RequestCtx) {
	query := c.QueryArgs()
	n, chats, rate := query.GetUintOrZero("n"), query.GetUintOrZero("chats"), query.GetUintOrZero("rate")
	p.mu.Lock()
	p.enough, p.done, p.waits = n, make(chan struct{}), nil
	done := p.done
	p.mu.Unlock()
	if rate == 0 {
		p.askNow(n, chats)
	} else {
		tick := time.NewTicker(time.Second / time.Duration(rate))
		for range n {
			<-tick.C
			p.askNow(1, chats)
		}
		tick.Stop()
	}
	<-done
	p.mu.Lock()
	slices.Sort(p.waits)
	took := times{p.waits[n/2], p.waits[n*99/100], p.waits[n-1]}
	p.mu.Unlock()
	_ = json.NewEncoder(c).Encode(took)
}

func (p *platform) askNow(n, chats int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	for range n {
		chat := chatID(int(p.next) % chats)
		p.pending = append(p.pending, chat)
		p.asked[chat] = now
		p.next++
	}
	close(p.arrived)
	p.arrived = make(chan struct{})
}

// taken waits for n messages to chats that did not ask.
func (p *platform) taken(c *fasthttp.RequestCtx) {
	p.mu.Lock()
	p.unasked, p.wanted, p.allTaken = 0, c.QueryArgs().GetUintOrZero("n"), make(chan struct{})
	all := p.allTaken
	p.mu.Unlock()
	began := time.Now()
	<-all
	_ = json.NewEncoder(c).Encode(time.Since(began))
}

func (p *platform) took(chat int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	since, asked := p.asked[chat]
	if !asked {
		if p.unasked++; p.unasked == p.wanted {
			close(p.allTaken)
		}
		return
	}
	if len(p.waits) < p.enough {
		if p.waits = append(p.waits, time.Since(since)); len(p.waits) == p.enough {
			close(p.done)
		}
	}
}

// getUpdates confirms what is below offset and gives the next ones.
func (p *platform) getUpdates(c *fasthttp.RequestCtx) {
	offset := field(c.PostBody(), "offset")
	timer := time.NewTimer(10 * time.Second)
	defer timer.Stop()
	for over := false; ; {
		p.mu.Lock()
		first := p.next - int64(len(p.pending))
		if confirmed := offset - first; confirmed > 0 {
			p.pending = p.pending[min(confirmed, int64(len(p.pending))):]
			first = p.next - int64(len(p.pending))
		}
		batch, arrived := p.pending[:min(len(p.pending), 100)], p.arrived
		p.mu.Unlock()
		if len(batch) > 0 || over {
			c.SetBody(updates(first, batch))
			return
		}
		select {
		case <-arrived:
		case <-timer.C:
			over = true
		}
	}
}

func updates(first int64, chats []int64) []byte {
	var b bytes.Buffer
	b.WriteString(`{"ok":true,"result":[`)
	now := time.Now().Unix()
	for i, chat := range chats {
		if i > 0 {
			b.WriteByte(',')
		}
		_, _ = fmt.Fprintf(&b, `{"update_id":%d,"message":{"message_id":%d,"from":{"id":%d,"is_bot":false,"first_name":"x","language_code":"fa"},`+
			`"chat":{"id":%d,"type":"private","first_name":"x"},"date":%d,"text":"%s"}}`,
			first+int64(i), first+int64(i), chat, chat, now, locale.ButtonStatus)
	}
	b.WriteString(`]}`)
	return b.Bytes()
}

// startPlatform starts the platform on the second core and returns its address.
func startPlatform(b *testing.B) (url string, stop func()) {
	b.Helper()
	p, stop := startPart(b, 1, "platform")
	return "http://" + p.first, stop
}
