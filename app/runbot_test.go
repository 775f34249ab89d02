package app

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"kartyar/alarm"
	"kartyar/bot"
	"kartyar/card"
	"kartyar/store"
)

// A token that is refused while the other bot is served is tried again until it
// is taken, and the operator is told of both.
func TestARefusedTokenIsTriedAgain(t *testing.T) {
	var refusals atomic.Int32
	platform := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/getMe") && refusals.Add(1) <= 3:
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = fmt.Fprint(w, `{"ok":false,"error_code":401,"description":"Unauthorized"}`)
		case strings.HasSuffix(r.URL.Path, "/getMe"):
			_, _ = fmt.Fprint(w, `{"ok":true,"result":{"id":42,"is_bot":true,"username":"x"}}`)
		case strings.HasSuffix(r.URL.Path, "/getUpdates"):
			<-r.Context().Done()
		default:
			_, _ = fmt.Fprint(w, `{"ok":true,"result":true}`)
		}
	}))
	defer platform.Close()
	service, err := openService(t.Context(), opening{Dir: filepath.Join(t.TempDir(), "data"), Key: bytes.Repeat([]byte{7}, store.KeySize)}, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	defer service.store.Close()
	accounts := []bot.Options{{Profile: bot.Bale(), Token: "42:x", API: platform.URL}, {Profile: bot.Telegram(), Token: "43:x", API: platform.URL}}
	s := newServer(service, accounts, zerolog.Nop())
	s.tokenAgain = time.Nanosecond
	refused := func() (on, known bool) {
		for _, f := range s.pulse.facts(time.Now(), time.Time{}) {
			if f.Kind == alarm.TokenRefused && f.Platform == card.Bale {
				return f.On, true
			}
		}
		return false, false
	}
	if _, known := refused(); known {
		t.Error("it is known before the platform was asked")
	}
	s.pulse.refuses(card.Bale)
	if on, _ := refused(); !on {
		t.Error("the operator is not told")
	}
	known := make(chan card.Bot, 2)
	ctx, end := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.runBot(ctx, accounts[0], known) }()
	if me := <-known; me.ID != 42 || refusals.Load() != 4 {
		t.Errorf("%v after %d calls", me, refusals.Load())
	}
	for on := true; on; {
		<-s.pulse.wake
		on, _ = refused()
	}
	end()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
