package bot

import (
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"testing/synctest"
	"time"
)

// restricted is a platform that forbids the bot to write to the chats for which
// forbids says so, in words that do not tell why.
func restricted(t *testing.T, forbids func(chat int) bool) (send func(chat int64) string, c *Client) {
	c, _ = newTestClient(t, Telegram(), func(_ string, form url.Values, _ *http.Request) (int, string, error) {
		if chat, _ := strconv.Atoi(form.Get("chat_id")); forbids(chat) {
			return 403, refusal(403, "Forbidden: the bot is restricted"), nil
		}
		return 200, accepted, nil
	})
	return func(chat int64) string {
		_, err := c.Send(t.Context(), ClassAlert, chat, Reply{Text: "a", Group: chat < 0})
		if e := asError(err); e != nil {
			return e.Kind.String()
		}
		return ""
	}, c
}

// A bot that is restricted loses nobody, however long that lasts.
func TestARestrictionOfTheBot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		forbids := false
		send, c := restricted(t, func(int) bool { return forbids })
		if _, known := c.Forbidden(); known {
			t.Error("it is known before anything was sent")
		}
		send(1)
		if is, known := c.Forbidden(); is || !known {
			t.Errorf("Forbidden = %v, %v", is, known)
		}
		forbids = true
		for chat := range int64(refusals.chats) {
			if ok, _ := c.Available(time.Now()); !ok {
				t.Fatalf("after %d chats nothing is sent any more", chat)
			}
			if got := send(chat); got != "forbidden" {
				t.Fatalf("chat %d: %q", chat, got)
			}
		}
		if is, _ := c.Forbidden(); !is {
			t.Error("nobody is told that the bot is restricted")
		}
		tries := 0
		for began := time.Now(); time.Since(began) < 3*forbiddenMost; tries++ {
			ok, wait := c.Available(time.Now())
			if ok {
				t.Fatal("it is tried without a pause")
			}
			if got := send(1); got != "outage" {
				t.Fatalf("in the pause: %q", got)
			}
			time.Sleep(wait)
			if got := send(int64(tries % 50)); got != "forbidden" {
				t.Fatalf("after %v: %q", time.Since(began), got)
			}
		}
		if tries > int(3*forbiddenMost/refusals.last)+10 {
			t.Errorf("%d tries in three days", tries)
		}
		forbids = false
		_, wait := c.Available(time.Now())
		time.Sleep(wait)
		for chat := range int64(50) {
			if got := send(chat); got != "" {
				t.Errorf("once it is lifted, to chat %d: %q", chat, got)
			}
		}
		if is, known := c.Forbidden(); is || !known {
			t.Errorf("Forbidden = %v, %v", is, known)
		}
	})
}

// A chat that refuses the bot counts as blocked when it has for a day, and only if
// others were served all the while.
func TestAChatThatForbidsTheBot(t *testing.T) {
	for name, tt := range map[string]struct {
		others, every time.Duration // others are served for so long; how often it is tried
		want          string
	}{
		"among others":                    {2 * forbiddenMost, time.Hour, "blocked"},
		"among others, but in the nights": {2 * forbiddenMost, 13 * time.Hour, "blocked"},
		"nobody else was served":          {0, time.Hour, "forbidden"},
		"others, until it began":          {time.Hour, time.Hour, "forbidden"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				send, _ := restricted(t, func(chat int) bool { return chat == 1 })
				began := time.Now()
				var got string
				for {
					if got = send(1); got == "blocked" || time.Since(began) > 2*forbiddenMost {
						break
					}
					if time.Since(began) < tt.others {
						send(2)
					}
					time.Sleep(tt.every)
				}
				if took := time.Since(began); got != tt.want || took < forbiddenMost || took > 2*forbiddenMost && got == "blocked" {
					t.Errorf("after %v: %q, want %q", took, got, tt.want)
				}
			})
		})
	}
}

// Where answers pass, and what nobody asked for does not, nobody wished for that.
func TestManyThatForbidTheBotBesideOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const served = 1000
		send, c := restricted(t, func(chat int) bool { return chat != served })
		for began := time.Now(); time.Since(began) < 2*forbiddenMost; time.Sleep(time.Hour) {
			for chat := range int64(3 * refusals.chats) {
				if got := send(chat); got != "forbidden" {
					t.Fatalf("chat %d after %v: %q", chat, time.Since(began), got)
				}
				if chat%10 == 0 {
					send(served)
				}
			}
		}
		if ok, _ := c.Available(time.Now()); !ok {
			t.Error("nobody is served any more")
		}
	})
}

// Groups are anybody's, and say nothing of the bot.
func TestGroupsThatForbidTheBot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		send, c := restricted(t, func(chat int) bool { return chat < 0 })
		for group := range int64(2 * refusals.chats) {
			if got := send(-1 - group); got != "blocked" {
				t.Errorf("a group: %q", got)
			}
		}
		if ok, _ := c.Available(time.Now()); !ok {
			t.Error("nobody is served any more")
		}
	})
}

// While the bot is restricted the platform answers, and other answers than an
// accepted message do not show that it is not.
func TestWhatSaysNothingOfARestriction(t *testing.T) {
	h, now := newHealth(), time.Unix(1, 0)
	for chat := range int64(refusals.chats) {
		h.failed(leave{ok: true}, 1000+chat, false, &Error{Kind: Blocked}, now)
		h.failed(leave{ok: true}, 2000+chat, false, &Error{Kind: Refused}, now)
		h.failed(leave{ok: true}, chat, false, &Error{Kind: Forbidden}, now)
	}
	if h.refusal.open == 0 {
		t.Error("a restriction is not seen")
	}
	if h.outage.open != 0 || len(h.outage.failing) > 0 {
		t.Error("it counts as an outage")
	}
	now = now.Add(refusals.first)
	probe, _ := h.try(now)
	if !probe.ok {
		t.Fatal("no probe")
	}
	h.failed(probe, 1, false, &Error{Kind: Refused}, now)
	if again, _ := h.try(now); !again.ok {
		t.Error("a probe that told nothing keeps the next one back")
	}
}
