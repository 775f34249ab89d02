package main

import (
	"fmt"
	"io"
	"time"

	"kartyar/demo"
)

// report prints what was done and what came of it.
func (k *killings) report(out io.Writer, c comparison) {
	w := k.witness
	line := func(name, format string, args ...any) {
		_, _ = fmt.Fprintf(out, "%-22s %s\n", name, fmt.Sprintf(format, args...))
	}
	line("kills", "%d in %.0f s", k.total(), time.Since(k.began).Seconds())
	for m := range moments {
		line("  "+m.String(), "%d", k.hits[m])
	}
	line("store", "opened again each time: %d times by serve; %d lists imported to their end", k.starts, k.imports)
	lost, alertsLost := 0, 0
	for _, l := range w.chats {
		lost += len(l.owed)
		for _, told := range l.news {
			if told == nil {
				alertsLost++
			}
		}
	}
	line("updates", "%d queued, %d confirmed, %d handed out again", w.figures.queued, w.figures.confirmed, k.redelivered())
	line("replies", "%d owed and given in order, %d lost", w.figures.replies, lost)
	line("alerts", "%d arrivals to be told, %d told, %d lost", k.arrivals, w.figures.alerts, alertsLost)
	allowed, most, oldest := 0, 0, time.Duration(0)
	for _, k := range w.kills {
		allowed += k.allowed
		most, oldest = max(most, k.replies+k.alerts), max(oldest, k.oldest)
	}
	line("repeats", "%d replies, %d alerts of %d sends in flight at most; at most %d after one kill, accepted %v before it or less",
		w.figures.replyRepeats, w.figures.alertRepeats, allowed, most, oldest.Round(time.Millisecond))
	line("", "(in flight: a chat's last reply and last alert of the killed process, up to %d of a kind and bot)", w.sendersMost)
	line("edits made again", "%d, which nobody sees", w.figures.unmodified)
	line("state", "%d chats asked, %d answered otherwise than after one clean import; %d rows not yet applied", c.asked, c.differ, c.still)
	line("promises broken", "%d", len(w.broken))
	for i, sentence := range w.broken {
		if i == brokenMost {
			line("  …", "and %d more", len(w.broken)-i)
			break
		}
		line("  -", "%s", sentence)
	}
}

// redelivered counts the updates that were handed out more than once.
func (k *killings) redelivered() (n int) {
	for _, e := range k.server.Journal() {
		if e.Kind == demo.Handed && e.Times == 2 {
			n++
		}
	}
	return n
}
