package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"kartyar/demo"
)

// logLine is a sentence in the program's log, of a platform or of none.
type logLine struct{ Level, Message, Platform string }

// logLines counts the lines of trouble in a log.
type logLines map[logLine]int

// countLines reads a log in JSON.
func countLines(text []byte) (logLines, error) {
	lines := logLines{}
	for line := range bytes.Lines(text) {
		var l logLine
		if err := json.Unmarshal(line, &l); err != nil {
			return nil, fmt.Errorf("reading the program's log: %w: %q", err, line)
		}
		if l.Level != "debug" && l.Level != "info" {
			lines[l]++
		}
	}
	return lines, nil
}

func (l logLines) total() (n int) {
	for _, times := range l {
		n += times
	}
	return n
}

// judge says what is wrong with a log of so many starts over a time: a trouble
// that it is silent about, and one that floods it.
func (l logLines) judge(troubles []string, starts int, lasted time.Duration) (broken []string) {
	for _, words := range troubles {
		said := false
		for line := range l {
			said = said || strings.Contains(line.Message, words)
		}
		if !said {
			broken = append(broken, fmt.Sprintf("the log is silent about %q", words))
		}
	}
	most := starts + int(lasted/time.Minute) + 1
	for line, times := range l {
		if times > most {
			broken = append(broken, fmt.Sprintf("in %v the log says %d times, of %s: %s", lasted.Round(time.Second), times, line.Platform, line.Message))
		}
	}
	return broken
}

// What the log has to say of a storm, by some words of each.
const (
	inPolling, inPollLimit = "polling failed", "asks to poll later"
	inSending, inSendLimit = "could not be sent", "asks for a pause"
	inFailing              = "fails at one chat"
)

// wordsFor returns what the log owes for a call that met a fault.
func wordsFor(method string, f *demo.Fault) string {
	switch limit := f.Status == http.StatusTooManyRequests; {
	case method == "getUpdates" && limit:
		return inPollLimit
	case method == "getUpdates":
		return inPolling
	case limit:
		return inSendLimit
	}
	return inSending
}
