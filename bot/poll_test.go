package bot

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// run polls until the body of the test returns.
func run(t *testing.T, c *Client, keep func([]Raw) error, body func()) error {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- c.Poll(ctx, func(_ context.Context, b []Raw) error { return keep(b) }, PollOptions{}) }()
	body()
	synctest.Wait()
	cancel()
	return <-done
}

func list(updates ...string) string {
	return `{"ok":true,"result":[` + strings.Join(updates, ",") + `]}`
}

func bare(id int64) string { return fmt.Sprintf(`{"update_id":%d}`, id) }

// queue is a platform's queue of updates: it keeps what is not confirmed and
// answers a long poll at once when there is something.
type queue struct {
	updates []int64
	offsets []string // as asked
}

func (q *queue) serve(_ string, form url.Values, req *http.Request) (int, string, error) {
	q.offsets = append(q.offsets, form.Get("offset"))
	offset, _ := strconv.ParseInt(form.Get("offset"), 10, 64)
	q.updates = slices.DeleteFunc(q.updates, func(id int64) bool { return id < offset })
	if len(q.updates) == 0 {
		seconds, _ := strconv.Atoi(form.Get("timeout"))
		if err := pause(req.Context(), time.Duration(seconds)*time.Second); err != nil {
			return 0, "", err
		}
	}
	var all []string
	for _, id := range q.updates {
		all = append(all, bare(id))
	}
	return 200, list(all...), nil
}

func ids(batch []Raw) (all []int64) {
	for _, r := range batch {
		all = append(all, r.UpdateID)
	}
	return all
}

func TestPollConfirmsWhatIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &queue{updates: []int64{0, 1, 7}} // Bale begins at 0
		c, _ := newTestClient(t, Telegram(), q.serve)
		var kept []int64
		err := run(t, c, func(b []Raw) error { kept = append(kept, ids(b)...); return nil }, func() {
			time.Sleep(45 * time.Second)
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("Poll = %v", err)
		}
		if want := []int64{0, 1, 7}; !slices.Equal(kept, want) {
			t.Errorf("kept %v, want %v", kept, want)
		}
		if want := []string{"", "8", "8"}; !slices.Equal(q.offsets, want) {
			t.Errorf("offsets %q, want %q", q.offsets, want)
		}
	})
}

// A platform may begin anywhere after a quiet week.
func TestPollKnowsNoHighWaterMark(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answers := []string{list(bare(900)), list(bare(5)), list(bare(6))}
		var offsets []string
		c, _ := newTestClient(t, Telegram(), func(_ string, form url.Values, req *http.Request) (int, string, error) {
			offsets = append(offsets, form.Get("offset"))
			if len(answers) == 0 {
				<-req.Context().Done()
				return 0, "", req.Context().Err()
			}
			answer := answers[0]
			answers = answers[1:]
			return 200, answer, nil
		})
		var kept []int64
		run(t, c, func(b []Raw) error { kept = append(kept, ids(b)...); return nil }, synctest.Wait)
		if !slices.Equal(kept, []int64{900, 5, 6}) || !slices.Equal(offsets, []string{"", "901", "6", "7"}) {
			t.Errorf("kept %v, offsets %q", kept, offsets)
		}
	})
}

func TestPollKeepsTryingToKeep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &queue{updates: []int64{4, 5}}
		c, log := newTestClient(t, Telegram(), q.serve)
		var tries [][]int64
		run(t, c, func(b []Raw) error {
			tries = append(tries, ids(b))
			if len(tries) < 4 {
				if len(q.offsets) != 1 {
					t.Error("polled although nothing is kept")
				}
				return errors.New("the disk is full")
			}
			return nil
		}, func() { time.Sleep(time.Minute) })
		if diff := cmp.Diff([][]int64{{4, 5}, {4, 5}, {4, 5}, {4, 5}}, tries); diff != "" {
			t.Errorf("tries (-want +got):\n%s", diff)
		}
		if got := q.offsets[1]; got != "6" {
			t.Errorf("offset %q after the batch was kept", got)
		}
		if !strings.Contains(log.String(), "the disk is full") {
			t.Errorf("log: %s", log)
		}
	})
}

func TestPollParameters(t *testing.T) {
	for _, tt := range []struct {
		profile Profile
		allowed string
		first   string
	}{
		{Telegram(), `["message","edited_message","callback_query","my_chat_member"]`, "getUpdates"},
		{Bale(), "", "deleteWebhook"},
	} {
		synctest.Test(t, func(t *testing.T) {
			var methods []string
			c, _ := newTestClient(t, tt.profile, func(method string, form url.Values, req *http.Request) (int, string, error) {
				methods = append(methods, method)
				if method == "deleteWebhook" {
					if len(form) != 0 {
						t.Errorf("deleteWebhook with %v would drop what waits", form)
					}
					return 200, `{"ok":true,"result":true}`, nil
				}
				want := url.Values{"limit": {"100"}, "timeout": {"30"}}
				if tt.allowed != "" {
					want["allowed_updates"] = []string{tt.allowed}
				}
				if diff := cmp.Diff(want, form); diff != "" {
					t.Errorf("%s (-want +got):\n%s", tt.profile.Platform, diff)
				}
				<-req.Context().Done()
				return 0, "", req.Context().Err()
			})
			run(t, c, func([]Raw) error { return nil }, synctest.Wait)
			if methods[0] != tt.first || methods[len(methods)-1] != "getUpdates" {
				t.Errorf("%s: calls %q", tt.profile.Platform, methods)
			}
		})
	}
}

// A server that ignores offset and timeout is asked, but not in a spin, and
// what it repeats is not kept again.
func TestPollDoesNotSpin(t *testing.T) {
	for name, answer := range map[string]func(n int) string{
		"empty":  func(int) string { return list() },
		"null":   func(int) string { return `{"ok":true,"result":null}` },
		"repeat": func(int) string { return list(bare(3), bare(4)) },
		"grows": func(n int) string {
			if n > 50 {
				return list(bare(3), bare(4), bare(5))
			}
			return list(bare(3), bare(4))
		},
		"unreadable": func(int) string { return list(`{"odd":1}`) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				calls := 0
				c, _ := newTestClient(t, Telegram(), func(string, url.Values, *http.Request) (int, string, error) {
					calls++
					return 200, answer(calls), nil
				})
				var kept []string
				run(t, c, func(b []Raw) error {
					for _, r := range b {
						kept = append(kept, string(r.Body))
					}
					return nil
				}, func() { time.Sleep(5 * time.Minute) })
				if calls < 200 || calls > 400 {
					t.Errorf("%d calls in five minutes", calls)
				}
				sorted := slices.Compact(slices.Sorted(slices.Values(kept)))
				if len(sorted) != len(kept) {
					t.Errorf("kept twice: %q", kept)
				}
				if name == "grows" && len(kept) != 3 {
					t.Errorf("kept %q", kept)
				}
			})
		})
	}
}

// A message that arrives at once after another is not held back.
func TestPollIsPrompt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := int64(0)
		c, _ := newTestClient(t, Telegram(), func(_ string, _ url.Values, req *http.Request) (int, string, error) {
			if n++; n > 1000 {
				<-req.Context().Done()
				return 0, "", req.Context().Err()
			}
			return 200, list(bare(n)), nil
		})
		start, last := time.Now(), time.Time{}
		run(t, c, func([]Raw) error { last = time.Now(); return nil }, synctest.Wait)
		if n != 1001 || last != start {
			t.Errorf("%d requests took %v", n, last.Sub(start))
		}
	})
}

func TestPollWaitsOut(t *testing.T) {
	ok := func(req *http.Request) (int, string, error) {
		<-req.Context().Done()
		return 0, "", req.Context().Err()
	}
	for _, tt := range []struct {
		name    string
		profile Profile
		fails   int
		status  int
		body    string // empty: a transport error
		least   time.Duration
		most    time.Duration
		log     string
	}{
		{"the network is down at start", Bale(), 20, 0, "", 5 * time.Minute, 10 * time.Minute, "polling failed"},
		{"a sick gateway", Telegram(), 6, 502, "<html>", 30 * time.Second, time.Minute, "polling failed"},
		{"another poller", Telegram(), 10, 409, refusal(409, "Conflict: terminated by other getUpdates request"), 20 * time.Minute, 30 * time.Minute, "another program polls"},
		{"a limit", Telegram(), 2, 429, `{"ok":false,"error_code":429,"description":"x","parameters":{"retry_after":40}}`, 80 * time.Second, 80 * time.Second, "asks to poll later"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				fails := tt.fails
				reached := make(chan time.Duration, 1)
				start := time.Now()
				c, log := newTestClient(t, tt.profile, func(method string, _ url.Values, req *http.Request) (int, string, error) {
					if fails--; fails < 0 {
						if method == "deleteWebhook" {
							return 200, `{"ok":true,"result":true}`, nil
						}
						reached <- time.Since(start)
						return ok(req)
					}
					if tt.body == "" {
						return 0, "", errors.New("dial " + token + ": no route to host")
					}
					return tt.status, tt.body, nil
				})
				run(t, c, func([]Raw) error { return nil }, func() {
					if took := <-reached; took < tt.least || took > tt.most {
						t.Errorf("polling again after %v, want %v to %v", took, tt.least, tt.most)
					}
				})
				if !strings.Contains(log.String(), tt.log) {
					t.Errorf("log: %s", log)
				}
			})
		})
	}
}

// What was waited for long ago does not make the next wait long.
func TestPollForgetsTroubles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var steps []string // f: it fails, e: empty at once, u: an update
		for _, c := range strings.Repeat("f", 10) + "u" + "f" + strings.Repeat("e", 20) + "u" + "e" + "u" {
			steps = append(steps, string(c))
		}
		n := 0
		times := make([]time.Time, 0, len(steps))
		c, _ := newTestClient(t, Telegram(), func(_ string, _ url.Values, req *http.Request) (int, string, error) {
			if n == len(steps) {
				<-req.Context().Done()
				return 0, "", req.Context().Err()
			}
			times = append(times, time.Now())
			n++
			switch steps[n-1] {
			case "f":
				return 500, "", nil
			case "e":
				return 200, list(), nil
			}
			return 200, list(bare(int64(n))), nil
		})
		run(t, c, func([]Raw) error { return nil }, func() { time.Sleep(time.Hour) })
		if wait := times[12].Sub(times[11]); wait > backoffFirst {
			t.Errorf("after one failure: %v", wait)
		}
		if wait := times[len(times)-1].Sub(times[len(times)-2]); wait != idleFirst {
			t.Errorf("after one idle answer: %v", wait)
		}
	})
}

func TestPollTakesTheWebhookAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		webhook := true
		q := &queue{updates: []int64{1}}
		c, _ := newTestClient(t, Telegram(), func(method string, form url.Values, req *http.Request) (int, string, error) {
			switch {
			case method == "deleteWebhook":
				webhook = false
				return 200, `{"ok":true,"result":true}`, nil
			case webhook:
				return 409, refusal(409, "Conflict: can't use getUpdates method while webhook is active"), nil
			}
			return q.serve(method, form, req)
		})
		start := time.Now()
		run(t, c, func([]Raw) error {
			if took := time.Since(start); took != 0 {
				t.Errorf("it took %v", took)
			}
			return nil
		}, synctest.Wait)
		if webhook {
			t.Error("the webhook stands")
		}
	})
}

func TestPollEndsWithABadToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := newTestClient(t, Telegram(), func(string, url.Values, *http.Request) (int, string, error) {
			return 401, refusal(401, "Unauthorized"), nil
		})
		err := c.Poll(t.Context(), func(context.Context, []Raw) error { return nil }, PollOptions{})
		if !errors.Is(err, ErrUnauthorized) || !strings.Contains(err.Error(), "telegram does not know this bot's token") {
			t.Errorf("error %v", err)
		}
	})
}
