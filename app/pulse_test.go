package app

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kartyar/admin"
	"kartyar/alert"
	"kartyar/bot"
	"kartyar/card"
	"kartyar/inbox"
	"kartyar/store"
)

// TestReady: each part says why it is not ready.
func TestReady(t *testing.T) {
	ctx := context.Background()
	s, err := store.Open(store.Options{Dir: filepath.Join(t.TempDir(), "data"), Key: bytes.Repeat([]byte{7}, store.KeySize)})
	if err != nil {
		t.Fatal(err)
	}
	accounts := []bot.Options{{Profile: bot.Bale()}}
	p := newPulse(s, accounts, time.Now())
	p.feels(&accounts[0])
	says := func(want ...string) {
		t.Helper()
		var got []string
		for _, part := range p.ready(ctx) {
			if part.OK != (part.Says == "") {
				t.Errorf("%+v", part)
			}
			got = append(got, strings.TrimSpace(part.Part+" "+part.Says))
		}
		if strings.Join(got, ";") != strings.Join(want, ";") {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	says("store", "polling the platform has not been reached yet")
	if !p.refuses(card.Bale) {
		t.Error("another bot is said to be served")
	}
	says("store", "polling the platform refuses the bot's token")
	me := card.Bot{Platform: card.Bale, ID: 42}
	worker := alert.NewWorker(alert.WorkerOptions{Store: s, Bot: me, Now: time.Now})
	p.serves(me, nil, inbox.New(inbox.Options{Store: s}), worker)
	says("store", "polling", "outbox")
	p.known[card.Bale].polled = time.Now().Add(-7 * time.Minute)
	says("store", "polling no poll was answered for 7 minutes", "outbox")
	accounts[0].Polled(&bot.Error{Kind: bot.Outage})
	says("store", "polling no poll was answered for 7 minutes", "outbox")
	accounts[0].Polled(&bot.Error{Kind: bot.Conflict})
	accounts[0].Polled(nil) // each of two pollers succeeds now and then
	says("store", "polling another program polls with this bot's token", "outbox")
	p.known[card.Bale].conflict = time.Now().Add(-11 * time.Minute)
	says("store", "polling", "outbox")
	err = s.Update(ctx, func(tx *store.Tx) error {
		return tx.PutDue(store.Due{Bot: me, Class: store.Alerts, At: time.Now().Add(-20 * time.Minute)})
	})
	if err != nil {
		t.Fatal(err)
	}
	says("store", "polling", "outbox alerts have been due for 20 minutes")
	if r := p.reading(ctx); len(r.Bots) != 1 || r.Bots[0].Alerts != 1 || r.Bots[0].AlertsAge < 20*time.Minute || r.FreeBytes == 0 {
		t.Errorf("%+v", r)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if part := storeReady(ctx, s); part != (admin.Part{Part: "store", Says: "the store has failed"}) {
		t.Errorf("%+v", part)
	}
}
