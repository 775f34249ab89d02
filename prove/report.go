package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"kartyar/demo"
)

// verdict compares the trial's state with that of a clean one, prints what came
// of it, and hands the witness's findings to the stage. Where something is still
// owed, the comparison would wait for that once more, and is left out.
func (t *trial) verdict(ctx context.Context) error {
	if !t.crowd.settled() {
		t.report()
		t.stage.broken = append(t.stage.broken, t.witness.broken...)
		return t.keepOwed()
	}
	c, err := t.compare(ctx)
	if err != nil {
		return err
	}
	t.report()
	t.stage.line("state", "%d chats asked, %d answered otherwise than after one clean import; %d rows not yet applied", c.asked, c.differ, c.still)
	t.stage.broken = append(t.stage.broken, t.witness.broken...)
	return nil
}

// report prints what the witness saw.
func (t *trial) report() {
	w, line := t.witness, t.stage.line
	unheard := t.unheard()
	w.end(unheard)
	line("store", "opened by serve %d times; %d lists imported to their end", t.starts, t.imports)
	lost, alertsLost := 0, 0
	for _, l := range w.chats {
		lost += len(l.owed)
		alertsLost += l.due
	}
	line("updates", "%d queued, %d confirmed, %d handed out again", w.figures.queued, w.figures.confirmed, t.redelivered())
	line("replies", "%d owed and given in order, %d lost", w.figures.replies, lost)
	line("alerts", "%d arrivals to be told, %d told, %d lost", t.arrivals, w.figures.alerts, alertsLost)
	allowed, most, oldest := 0, 0, time.Duration(0)
	for _, k := range w.kills {
		allowed += k.allowed
		most, oldest = max(most, k.replies+k.alerts), max(oldest, k.oldest)
	}
	line("repeats", "%d replies, %d alerts of %d sends in flight at most; at most %d after one kill, accepted %v before it or less",
		w.figures.replyRepeats, w.figures.alertRepeats, allowed, most, oldest.Round(time.Millisecond))
	line("", "(in flight: a chat's last reply and last alert of the killed process, up to %d replies and %d alerts of a bot)", w.sendersMost[0], w.sendersMost[1])
	if f := w.figures; f.lostAnswers > 0 {
		line("answers lost", "%d messages were taken without the program's knowledge; %d came again", f.lostAnswers, f.afterLost)
	}
	if unheard > 0 || len(w.again) > 0 {
		line("answers late", "the log says %d times that none came in time; %d messages came again with no kill to explain it", unheard, len(w.again))
	}
	line("edits made again", "%d, which nobody sees", w.figures.unmodified)
}

// unheard counts the lines of the program's log that say that an answer of the
// platform's did not come in time. Where many did not at once, one line says so.
func (w *world) unheard() int {
	text, err := os.ReadFile(w.logPath())
	if err != nil {
		return 0 // it was never started
	}
	return bytes.Count(text, []byte("no answer within"))
}

// keepOwed writes down what the journal has of chats that are still owed
// something, a line each, into a file that stays.
func (t *trial) keepOwed() error {
	path := filepath.Join(t.dir, "owed.jsonl")
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("keeping what the journal has of those who are owed something: %w", err)
	}
	defer func() { _ = file.Close() }()
	out := json.NewEncoder(file)
	for _, e := range t.server.Journal() {
		if l := t.witness.chats[chatID{e.Platform, e.Chat}]; l != nil && (l.due > 0 || len(l.owed) > 0) {
			err = errors.Join(err, out.Encode(e))
		}
	}
	for n, k := range t.witness.kills {
		err = errors.Join(err, out.Encode(map[string]any{"kill": n + 1, "at": k.at}))
	}
	return err
}

// redelivered counts the updates that were handed out more than once.
func (t *trial) redelivered() (n int) {
	for _, e := range t.server.Journal() {
		if e.Kind == demo.Handed && e.Times == 2 {
			n++
		}
	}
	return n
}
