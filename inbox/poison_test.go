package inbox_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"kartyar/bot"
)

func TestPoison(t *testing.T) {
	tests := []struct {
		name   string
		update bot.Raw
		reason string
		sorry  bool
	}{
		{"panic", said(9, 1, "panic"), "panic", true},
		{"error", said(9, 1, "error"), "error", true},
		{"garbled", garbled(9, 1), "undecodable", true},
		{"unreadable", bot.Raw{UpdateID: 9, Body: []byte("secret")}, "undecodable", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.on("panic", func() ([]bot.Reply, error) { panic("secret") })
			w.on("error", func() ([]bot.Reply, error) { return nil, errors.New("secret") })
			w.run().keep(tt.update, said(10, 1, "next"))
			if !tt.sorry {
				w.sender.expect(t, 1, "re next")
			}
			w.clock.asleep(t, time.Second)
			w.restart() // the tries are remembered, and this makes none
			w.clock.pass(t, 5*time.Second)
			if tt.sorry {
				w.sender.expect(t, 1, "sorry", "re next")
			} else {
				w.keep(said(11, 1, "x"))
				w.sender.expect(t, 1, "re x")
			}
			w.settled()
			aside := w.setAside()
			if len(aside) != 1 || aside[0].Reason != tt.reason || aside[0].ID != 9 || string(aside[0].Raw) != string(tt.update.Body) {
				t.Errorf("set aside: %+v", aside)
			}
			w.noSecrets()
			if log := w.log.String(); strings.Count(log, `"update":9`) != 3 || !strings.Contains(log, tt.reason) {
				t.Errorf("the log: %s", log)
			}
		})
	}
}

func TestPanicsAreLoggedByPlace(t *testing.T) {
	w := newWorld(t)
	w.on("panic", func() ([]bot.Reply, error) { panic("secret") })
	w.run().keep(said(9, 1, "panic"))
	w.clock.pass(t, time.Second)
	w.clock.pass(t, 5*time.Second)
	w.sender.expect(t, 1, "sorry")
	w.settled()
	log := w.log.String()
	if !strings.Contains(log, "(*world).handle harness_test.go:") || strings.Contains(log, w.dir) || strings.Contains(log, "0x") {
		t.Errorf("the log: %s", log)
	}
}

// TestLongUpdates has a batch come that no single commit takes, with an update
// in it that nobody could have written.
func TestLongUpdates(t *testing.T) {
	w := newWorld(t)
	var batch []bot.Raw
	for id := int64(1); id <= 30; id++ {
		batch = append(batch, said(id, id, strings.Repeat("x", 250<<10)))
	}
	batch = append(batch, said(31, 40, strings.Repeat("secret", 1<<18)), said(32, 40, "next"))
	w.run().keep(batch...)
	w.keep(batch...)
	for range 30 {
		<-w.sender.got
	}
	w.clock.pass(t, time.Second)
	w.clock.pass(t, 5*time.Second)
	w.sender.expect(t, 40, "sorry", "re next")
	w.settled()
	aside := w.setAside()
	if len(aside) != 1 || aside[0].ID != 31 || !bytes.HasPrefix(batch[30].Body, aside[0].Raw) || len(aside[0].Raw) > 1<<20 {
		t.Errorf("%d updates set aside", len(aside))
	}
	w.noSecrets()
}
