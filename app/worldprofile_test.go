package app

import (
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"kartyar/demo"
)

// logged waits until serve has logged so many lines with a text: logged N TEXT
func (w *world) logged(ts *testscript.TestScript, args []string) {
	need(ts, args, 2, "logged N TEXT")
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	late := time.After(patience)
	for {
		log, err := os.ReadFile(ts.MkAbs("serve.log"))
		ts.Check(err)
		if strconv.Itoa(strings.Count(string(log), args[1])) == args[0] {
			return
		}
		select {
		case <-ticker.C:
		case <-late:
			ts.Fatalf("the log does not come to hold %q %s times:\n%s", args[1], args[0], log)
		}
	}
}

// profiled asks how often a part of the bot's profile was set, with a text in
// it, and that no such call was refused: profiled N [TEXT]
func (w *world) profiled(ts *testscript.TestScript, args []string) {
	n := 0
	for _, e := range w.api.Journal() {
		switch {
		case e.Kind == demo.Refused && strings.Contains(e.Method, "My"):
			ts.Fatalf("%s was refused: %s", e.Method, e.Text)
		case e.Kind == demo.Profiled && strings.Contains(e.Text, strings.Join(args[1:], " ")):
			n++
		}
	}
	if strconv.Itoa(n) != args[0] {
		ts.Fatalf("the profile was set %d times, not %s", n, args[0])
	}
}

// owner edits the bot's profile at the platform: owner LANGUAGE PARAMETER TEXT
func (w *world) owner(ts *testscript.TestScript, args []string) {
	need(ts, args, 3, "owner LANGUAGE PARAMETER TEXT")
	w.api.SetAbout(w.platform, scriptBot, args[0], args[1], args[2])
}
