package app

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"kartyar/demo"
)

var adminListens = regexp.MustCompile(`"address":"([^"]+)"[^\n]*the admin endpoint listens`)

// adminAt returns where serve's admin endpoint listens.
func adminAt(ts *testscript.TestScript) string {
	all := adminListens.FindAllStringSubmatch(ts.ReadFile("serve.log"), -1)
	if len(all) == 0 {
		ts.Fatalf("the admin endpoint does not listen")
	}
	return all[len(all)-1][1]
}

// adminAddr sets ADMIN_ADDR to where serve's admin endpoint listens: adminaddr
func (w *world) adminAddr(ts *testscript.TestScript, _ []string) {
	ts.Setenv("ADMIN_ADDR", adminAt(ts))
}

// http makes a request of the admin endpoint, of a file, of so many zeros, or of
// nothing, and prints the answer: http STATUS METHOD PATH [FILE|N|-] [HEADER|admin]…
func (w *world) http(ts *testscript.TestScript, args []string) {
	var body io.Reader
	if len(args) > 3 && args[3] != "-" {
		if n, err := strconv.ParseInt(args[3], 10, 64); err == nil {
			body = bytes.NewReader(make([]byte, n))
		} else {
			body = strings.NewReader(ts.ReadFile(args[3]))
		}
	}
	path, err := url.Parse(args[2])
	ts.Check(err)
	path.RawQuery = strings.ReplaceAll(path.Query().Encode(), "+", "%20")
	r, err := http.NewRequestWithContext(context.Background(), args[1], "http://"+adminAt(ts)+path.String(), body)
	ts.Check(err)
	r.Header.Set("Expect", "100-continue")
	for _, header := range args[min(4, len(args)):] {
		if header == "admin" {
			header = "Authorization: Bearer " + ts.Getenv("ADMIN_TOKEN")
		}
		name, value, _ := strings.Cut(header, ": ")
		r.Header.Set(name, value)
	}
	client := &http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true, ExpectContinueTimeout: patience}}
	answer, err := client.Do(r)
	ts.Check(err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	ts.Check(err)
	_, _ = ts.Stdout().Write(text)
	if strconv.Itoa(answer.StatusCode) != args[0] {
		ts.Fatalf("the answer is %s, not %s\n%s", answer.Status, args[0], text)
	}
}

var metricName = regexp.MustCompile(`\b(?:kartyar|go|process)_[a-z_]+`)

// metricsOf asks that /metrics has each metric that a file of docs names:
// metricsof FILE…
func (w *world) metricsOf(ts *testscript.TestScript, args []string) {
	served := ts.ReadFile("stdout")
	for _, name := range args {
		text, err := os.ReadFile(filepath.Join(w.docs, name))
		ts.Check(err)
		if filepath.Ext(name) == ".json" && !json.Valid(text) {
			ts.Fatalf("%s is no JSON", name)
		}
		names := metricName.FindAllString(string(text), -1)
		if len(names) < 5 {
			ts.Fatalf("%s names no metrics", name)
		}
		for _, metric := range names {
			if !strings.Contains(served, "\n# TYPE "+metric+" ") {
				ts.Fatalf("%s names %s, which /metrics does not have", name, metric)
			}
		}
	}
}

// taken starts a second serve at the address of the first, which refuses: taken
func (w *world) taken(ts *testscript.TestScript, _ []string) {
	program, err := exec.LookPath("kartyar")
	ts.Check(err)
	cmd := exec.Command(program, "serve")
	cmd.Dir = ts.MkAbs(".")
	for _, name := range []string{"SECRET_KEY", "TELEGRAM_TOKEN", "BALE_TOKEN", "LOG_FORMAT"} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	cmd.Env = append(cmd.Env, "STORE=badger:another", "ADMIN_ADDR="+adminAt(ts))
	out, err := cmd.CombinedOutput()
	// A service manager tries again after a failure, not after a wrong configuration.
	if cmd.ProcessState.ExitCode() != exitFailed || !strings.Contains(string(out), "is taken by another program, or by a `serve` that runs already; end that one, or set ADMIN_ADDR to another port, or to off") {
		ts.Fatalf("%v: %s", err, out)
	}
}

// rival polls with the bot's token, as a second program would, until serve has
// been refused for it: rival
func (w *world) rival(ts *testscript.TestScript, _ []string) {
	url := ts.Getenv(strings.ToUpper(string(w.platform))+"_API") + "/bot" + scriptToken + "/getUpdates"
	client := &http.Client{Timeout: patience}
	defer client.CloseIdleConnections()
	own := 0 // of the refusals, those of the rival
	for end := time.Now().Add(patience); time.Now().Before(end); {
		// What it gets stays unconfirmed, so that serve has it too.
		answer, err := client.Post(url, "application/json", strings.NewReader("{}"))
		ts.Check(err)
		_ = answer.Body.Close()
		if answer.StatusCode == http.StatusConflict {
			own++
		}
		refused := 0
		for _, e := range w.api.Journal() {
			if e.Kind == demo.Refused && e.Method == "getUpdates" && e.Status == http.StatusConflict {
				refused++
			}
		}
		if refused > own {
			return
		}
	}
	ts.Fatalf("serve was not refused")
}
