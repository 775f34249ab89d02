package bench

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"kartyar/locale"
)

// platformMode has the test binary be the platform instead, so that what the
// benchmark measures is the program alone.
const platformMode = "KARTYAR_BENCH_PLATFORM"

func TestMain(m *testing.M) {
	if os.Getenv(platformMode) != "" {
		servePlatform()
		return
	}
	os.Exit(m.Run())
}

// platform speaks as much of the Bot API as a status takes, as fast as it can:
// unlike the demo it checks nothing and remembers nothing.
type platform struct {
	mu      sync.Mutex
	next    int64 // update_id
	pending []int64
	sent    int
	enough  int
	done    chan struct{}
	arrived chan struct{}
}

// servePlatform says its address and serves until standard input ends.
func servePlatform() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	p := &platform{next: 1, arrived: make(chan struct{})}
	go func() { _ = http.Serve(listener, p) }()
	_, _ = fmt.Fprintln(os.Stdout, listener.Addr())
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func (p *platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, method, _ := strings.Cut(r.URL.Path[1:], "/")
	switch method {
	case "getUpdates":
		p.getUpdates(w, r)
	case "sendMessage":
		_, _ = io.Copy(io.Discard, r.Body)
		p.took()
		_, _ = io.WriteString(w, `{"ok":true,"result":{"message_id":7,"date":1,"chat":{"id":7,"type":"private"}}}`)
	case "getMe":
		_, _ = fmt.Fprintf(w, `{"ok":true,"result":{"id":%d,"is_bot":true,"first_name":"bench","username":"bench_bot"}}`, aBot.ID)
	case "ask":
		p.ask(r)
	default:
		_, _ = io.WriteString(w, `{"ok":true,"result":true}`)
	}
}

// ask has chats ask for their status, n times in all, and returns when all of
// them were answered. It is the benchmark's own.
func (p *platform) ask(r *http.Request) {
	n, _ := strconv.Atoi(r.FormValue("n"))
	chats, _ := strconv.Atoi(r.FormValue("chats"))
	p.mu.Lock()
	for range n {
		p.pending = append(p.pending, chatID(int(p.next)%chats))
		p.next++
	}
	p.sent, p.enough, p.done = 0, n, make(chan struct{})
	close(p.arrived)
	p.arrived = make(chan struct{})
	done := p.done
	p.mu.Unlock()
	select {
	case <-done:
	case <-r.Context().Done():
	}
}

func (p *platform) took() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.sent++; p.sent == p.enough {
		close(p.done)
	}
}

// getUpdates confirms what is below offset and gives the next ones.
func (p *platform) getUpdates(w http.ResponseWriter, r *http.Request) {
	offset, _ := strconv.ParseInt(r.FormValue("offset"), 10, 64)
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
			writeUpdates(w, first, batch)
			return
		}
		select {
		case <-arrived:
		case <-timer.C:
			over = true
		case <-r.Context().Done():
			return
		}
	}
}

func writeUpdates(w io.Writer, first int64, chats []int64) {
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
	_, _ = w.Write(b.Bytes())
}

// startPlatform starts the platform in a process of its own and returns its
// address.
func startPlatform(b *testing.B) (url string) {
	b.Helper()
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env, cmd.Stderr = append(os.Environ(), platformMode+"=1", "GOMAXPROCS=1"), os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = stdin.Close()
		if err := cmd.Wait(); err != nil {
			b.Error(err)
		}
	})
	addr, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return "http://" + strings.TrimSpace(addr)
}
