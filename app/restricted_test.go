package app

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"kartyar/alarm"
	"kartyar/bot"
	"kartyar/card"
	"kartyar/store"
)

func aStore(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(store.Options{Dir: filepath.Join(t.TempDir(), "data"), Key: bytes.Repeat([]byte{7}, store.KeySize)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// The operator is told of a platform that refuses the bot everywhere, and when it
// does not any more; nothing is said while nobody knows.
func TestARestrictionOfTheBotIsAnAlarm(t *testing.T) {
	var restricted atomic.Bool
	platform := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if restricted.Load() {
			w.WriteHeader(http.StatusForbidden)
			_, _ = fmt.Fprint(w, `{"ok":false,"error_code":403,"description":"Forbidden: this bot is restricted"}`)
			return
		}
		_, _ = fmt.Fprint(w, `{"ok":true,"result":{"message_id":1}}`)
	}))
	defer platform.Close()
	now := time.Now()
	account := bot.Options{Profile: bot.Bale(), Token: "42:x", API: platform.URL, Rate: 1000, Now: func() time.Time { return now }}
	client := bot.New(account)
	defer client.Close()
	p := newPulse(aStore(t), []bot.Options{account}, now)
	p.serves(card.Bot{Platform: card.Bale, ID: 42}, client, nil, nil)
	is := func(want string) {
		t.Helper()
		got := "unknown"
		for _, f := range p.facts(now, time.Time{}) {
			if f.Kind == alarm.Restricted && f.Platform == card.Bale {
				got = fmt.Sprint(f.On)
			}
		}
		if got != want {
			t.Errorf("restricted: %s, want %s", got, want)
		}
	}
	send := func(chat int64) {
		_, _ = client.Send(t.Context(), bot.ClassAlert, chat, bot.Reply{Text: "x"})
		now = now.Add(time.Second)
	}
	is("unknown")
	send(1)
	is("false")
	restricted.Store(true)
	for chat := range int64(20) {
		is("false")
		send(chat)
	}
	is("true")
	restricted.Store(false)
	now = now.Add(time.Minute)
	send(1)
	is("false")
}
