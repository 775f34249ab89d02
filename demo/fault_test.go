package demo

import (
	"context"
	"net/http"
	"testing"
	"time"
)

func TestFaults(t *testing.T) {
	for _, c := range []struct {
		name     string
		fault    *Fault
		status   int // 0: no answer comes
		json     bool
		accepted bool
	}{
		{"429", TooMany(3), 429, true, false},
		{"429 of a proxy", TooManyPlain(3), 429, false, false},
		{"502", Broken(502), 502, true, false},
		{"502 of a gateway", BrokenHTML(502), 502, false, false},
		{"reset before", &Fault{Drop: true}, 0, false, false},
		{"reset after", &Fault{Lose: true}, 0, false, true},
		{"delay", &Fault{Delay: time.Microsecond}, 200, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			sara := b.Person(Telegram, botID, "سارا")
			sara.Say("سلام")
			var asked []FaultRequest
			b.SetFault(func(r FaultRequest) *Fault { asked = append(asked, r); return c.fault })
			got := b.call(Telegram, "sendMessage", "chat_id", sara.ID(), "text", "خبر")
			if got.status != c.status || (got.err == nil) != c.json {
				t.Fatalf("status %d, %v", got.status, got.err)
			}
			if c.status == 429 && c.json && got.Parameters.RetryAfter != 3 {
				t.Errorf("retry_after %d", got.Parameters.RetryAfter)
			}
			sent := b.kinds(Sent)
			if (len(sent) == 1) != c.accepted || len(b.kinds(Faulted)) == 1 == c.accepted {
				t.Errorf("accepted %d", len(sent))
			}
			if c.accepted && sent[0].Lost != (c.status == 0) {
				t.Errorf("lost: %v", sent[0].Lost)
			}
			if want := (FaultRequest{Telegram, botID, "sendMessage", sara.ID(), "خبر", false, 0}); len(asked) != 1 || asked[0] != want {
				t.Errorf("the hook saw %+v", asked)
			}
			b.SetFault(nil)
			b.call(Telegram, "sendMessage", "chat_id", sara.ID(), "text", "خبر").want(t, 200, "")
		})
	}
}

func TestLostUpdatesAreHandedOutAgain(t *testing.T) {
	b := newBench(t)
	act := b.Person(Bale, botID, "سارا").Say("سلام")
	b.SetFault(func(FaultRequest) *Fault { return &Fault{Lose: true} })
	if got := b.call(Bale, "getUpdates"); got.status != 0 {
		t.Fatalf("an answer came: %d", got.status)
	}
	b.SetFault(nil)
	if got := b.call(Bale, "getUpdates").updates(t); len(got) != 1 || got[0].ID != act.Update {
		t.Errorf("got %v", got)
	}
	if handed := b.kinds(Handed); len(handed) != 2 || !handed[0].Lost || handed[1].Lost || handed[1].Times != 2 {
		t.Errorf("handed: %+v", handed)
	}
}

func TestBlackHoleEndsWithTheClient(t *testing.T) {
	b := newBench(t)
	b.SetFault(func(FaultRequest) *Fault { return &Fault{BlackHole: true} })
	ctx, stop := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, "POST", b.url+"/telegram/bot"+token+"/getMe", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer := make(chan response, 1)
	go func() { answer <- b.do(req) }()
	if err := b.Wait(t.Context(), func(j []Entry) bool { return len(j) == 1 && j[0].Kind == Faulted }); err != nil {
		t.Fatal(err)
	}
	stop()
	if got := <-answer; got.err == nil {
		t.Error("the black hole answered")
	}
}

func TestDownAndUp(t *testing.T) {
	platforms(t, func(t *testing.T, p Platform) {
		b := newBench(t)
		sara := b.Person(p, botID, "سارا")
		polled := make(chan response, 1)
		go func() { polled <- b.call(p, "getUpdates", "timeout", 40) }()
		b.waitForPoll(t, p, nil)
		b.SetDown(true)
		if got := <-polled; got.status != 0 {
			t.Errorf("the poll under way was answered %d", got.status)
		}
		if got := b.call(p, "getMe"); got.status != 0 {
			t.Errorf("down, and answered %d", got.status)
		}
		sara.Say("سلام")
		if len(b.kinds(Handed)) != 0 {
			t.Error("an update was handed out while down")
		}
		b.SetDown(false)
		if got := b.call(p, "getUpdates").updates(t); len(got) != 1 {
			t.Errorf("after the outage: %v", got)
		}
	})
}

func TestCloseEndsPolls(t *testing.T) {
	b := newBench(t)
	polled := make(chan response, 1)
	go func() { polled <- b.call(Telegram, "getUpdates", "timeout", 40) }()
	b.waitForPoll(t, Telegram, nil)
	b.Close()
	if got := (<-polled).updates(t); len(got) != 0 {
		t.Errorf("got %v", got)
	}
	if got := b.call(Telegram, "getMe"); got.status != 503 {
		t.Errorf("closed, and answered %d", got.status)
	}
	b.Close()
}
