package app

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"kartyar/demo"
)

// world is what a script stands in: one platform with its people, and the
// program's `serve`.
type world struct {
	platform demo.Platform
	api      *demo.Server
	people   map[string]*citizen
	serving  *exec.Cmd
	ended    chan error
	tokens   []string      // of the one-time links that were opened
	docs     string        // the directory docs
	polled   chan struct{} // holds a token when a getUpdates came
	refuses  atomic.Value  // what the platform refuses: "textonly", "restricted" or "buttonless"
}

// patience is how long a script waits for what must come. It only ends tests
// that fail.
const patience = 30 * time.Second

const (
	scriptBot   = 4242
	scriptToken = "4242:a-canary-for-the-token"
)

// botAPI starts the platform on loopback: botapi
func (w *world) botAPI(ts *testscript.TestScript, _ []string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	w.api = demo.New(demo.Options{})
	w.api.AddBot(w.platform, scriptToken, scriptBot, "script_bot")
	w.api.SetFault(func(r demo.FaultRequest) *demo.Fault {
		if r.Method == "getUpdates" {
			select {
			case w.polled <- struct{}{}:
			default:
			}
		}
		switch w.refuses.Load() {
		case "textonly":
			if r.Method == "sendPhoto" {
				return refused(http.StatusBadRequest, "Bad Request: not enough rights to send photos to the chat")
			}
		case "restricted":
			if r.Text != "" {
				return refused(http.StatusForbidden, "Forbidden: this bot is temporarily restricted")
			}
		case "buttonless":
			if r.Buttons {
				return refused(http.StatusBadRequest, "Bad Request: reply markup is invalid")
			}
		}
		return nil
	})
	web := &http.Server{Handler: w.api.Handler(), ReadHeaderTimeout: time.Minute}
	served := make(chan error, 1)
	go func() { served <- web.Serve(listener) }()
	ts.Defer(func() {
		w.api.Close()
		_ = web.Close()
		<-served
	})
	name := strings.ToUpper(string(w.platform))
	ts.Setenv(name+"_TOKEN", scriptToken)
	ts.Setenv(name+"_API", "http://"+listener.Addr().String()+"/"+string(w.platform))
}

func refused(code int, description string) *demo.Fault {
	return &demo.Fault{Status: code, Body: fmt.Sprintf(`{"ok":false,"error_code":%d,"description":%q}`, code, description)}
}

// isDown takes the platform down, or up again, or has it refuse photos, every
// message, or keyboards: platform down|up|textonly|restricted|buttonless
func (w *world) isDown(ts *testscript.TestScript, args []string) {
	need(ts, args, 1, "platform down|up|textonly|restricted|buttonless")
	w.api.SetDown(args[0] == "down")
	w.refuses.Store(args[0])
}

// serve starts `kartyar serve`, its log in serve.log, and waits until it polls:
// serve [FLAG…]
func (w *world) serve(ts *testscript.TestScript, args []string) {
	select {
	case <-w.polled: // of an earlier serve
	default:
	}
	log, err := os.OpenFile(ts.MkAbs("serve.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	ts.Check(err)
	defer func() { _ = log.Close() }()
	program, err := exec.LookPath("kartyar")
	ts.Check(err)
	cmd := exec.Command(program, append([]string{"serve"}, args...)...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = ts.MkAbs("."), log, log
	for _, name := range []string{
		"PATH", "HOME", "TMPDIR", "SECRET_KEY", "STORE", "LOG_FORMAT", "LOG_LEVEL", "QUIET_HOURS", "REMINDER_DAYS", "SEND_RATE", "SETTINGS", "ADMIN_ADDR", "ADMIN_TOKEN",
		"TELEGRAM_TOKEN", "TELEGRAM_API", "BALE_TOKEN", "BALE_API",
	} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	ts.Check(cmd.Start())
	w.serving, w.ended = cmd, make(chan error, 1)
	ended := w.ended
	go func() { ended <- cmd.Wait() }()
	ts.Defer(func() {
		if w.serving == cmd {
			_ = cmd.Process.Kill()
			<-ended
		}
	})
	select {
	case <-w.polled:
	case err := <-ended:
		ended <- err
		ts.Fatalf("serve ended before it polled: %v", err)
	case <-time.After(patience):
		ts.Fatalf("serve does not poll")
	}
}

// term asks serve to end by SIGTERM, and has it end well: term
func (w *world) term(ts *testscript.TestScript, _ []string) {
	ts.Check(w.serving.Process.Signal(syscall.SIGTERM))
	select {
	case err := <-w.ended:
		w.serving = nil
		ts.Check(err)
	case <-time.After(patience):
		ts.Fatalf("serve does not end")
	}
}

// hangup tells serve to read its settings again, and waits until its log says
// the text once more: hangup TEXT
func (w *world) hangup(ts *testscript.TestScript, args []string) {
	need(ts, args, 1, "hangup TEXT")
	said := func() int { return strings.Count(ts.ReadFile("serve.log"), args[0]) }
	before := said()
	ts.Check(w.serving.Process.Signal(syscall.SIGHUP))
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for late := time.After(patience); said() == before; {
		select {
		case <-ticker.C:
		case <-late:
			ts.Fatalf("the log does not say %q\n%s", args[0], ts.ReadFile("serve.log"))
		}
	}
}

// kill9 ends serve without warning: kill9
func (w *world) kill9(ts *testscript.TestScript, _ []string) {
	ts.Check(w.serving.Process.Kill())
	<-w.ended
	w.serving = nil
}

func need(ts *testscript.TestScript, args []string, n int, usage string) {
	if len(args) != n {
		ts.Fatalf("usage: %s", usage)
	}
}
