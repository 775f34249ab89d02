package bot

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// sent is a call as the platform saw it.
type sent struct {
	Method string
	Form   map[string]string
}

// recorder answers every call with the next of answers (the last one again and
// again), and notes the calls.
func recorder(t *testing.T, p Profile, answers ...string) (*Client, *[]sent) {
	var calls []sent
	c, _ := newTestClient(t, p, func(method string, form url.Values, _ *http.Request) (int, string, error) {
		call := sent{method, map[string]string{}}
		for name := range form {
			call.Form[name] = form.Get(name)
		}
		calls = append(calls, call)
		answer := answers[0]
		if len(answers) > 1 {
			answers = answers[1:]
		}
		return 200, answer, nil
	})
	return c, &calls
}

func refusal(code int, description string) string {
	return fmt.Sprintf(`{"ok":false,"error_code":%d,"description":%q}`, code, description)
}

const accepted = `{"ok":true,"result":{"message_id":77}}`

func TestSendForms(t *testing.T) {
	inline := Keyboard{Kind: KeyboardInline, Rows: [][]Button{
		{{Text: "الف", Data: "a"}, {Text: "راه", URL: "https://x.example/"}}, {{Text: "کد", Copy: "*4*6090#"}}}}
	menu := Keyboard{Kind: KeyboardMenu, Placeholder: "کد ملی", Rows: [][]Button{{{Text: "شماره", Contact: true}}, {{Text: "راهنما"}}}}
	const inlineJSON = `{"inline_keyboard":[[{"text":"الف","callback_data":"a"},{"text":"راه","url":"https://x.example/"}],[{"text":"کد","copy_text":{"text":"*4*6090#"}}]]}`
	const noPreview = `{"is_disabled":true}`
	for _, tt := range []struct {
		name    string
		profile Profile
		reply   Reply
		method  string
		want    map[string]string
	}{
		{"plain, Telegram", Telegram(), Reply{Text: "*a*"}, "sendMessage",
			map[string]string{"chat_id": "-5", "text": "*a*", "link_preview_options": noPreview}},
		{"plain, Bale", Bale(), Reply{Text: "*a*"}, "sendMessage",
			map[string]string{"chat_id": "-5", "text": "a"}},
		{"silent, Telegram", Telegram(), Reply{Text: "a", Silent: true}, "sendMessage",
			map[string]string{"chat_id": "-5", "text": "a", "link_preview_options": noPreview, "disable_notification": "true"}},
		{"silent, Bale", Bale(), Reply{Text: "a", Silent: true}, "sendMessage",
			map[string]string{"chat_id": "-5", "text": "a"}},
		{"inline", Bale(), Reply{Text: "a", Keyboard: inline}, "sendMessage",
			map[string]string{"chat_id": "-5", "text": "a", "reply_markup": inlineJSON}},
		{"edit", Bale(), Reply{Text: "a", Keyboard: inline, Edit: 3}, "editMessageText",
			map[string]string{"chat_id": "-5", "text": "a", "message_id": "3", "reply_markup": inlineJSON}},
		{"silent edit", Telegram(), Reply{Text: "a", Edit: 3, Silent: true}, "editMessageText",
			map[string]string{"chat_id": "-5", "text": "a", "message_id": "3", "link_preview_options": noPreview}},
		{"menu, Telegram", Telegram(), Reply{Text: "a", Keyboard: menu}, "sendMessage",
			map[string]string{"chat_id": "-5", "text": "a", "link_preview_options": noPreview,
				"reply_markup": `{"keyboard":[[{"text":"شماره","request_contact":true}],[{"text":"راهنما"}]],"resize_keyboard":true,"is_persistent":true,"input_field_placeholder":"کد ملی"}`}},
		{"menu, Bale", Bale(), Reply{Text: "a", Keyboard: menu}, "sendMessage",
			map[string]string{"chat_id": "-5", "text": "a",
				"reply_markup": `{"keyboard":[[{"text":"شماره","request_contact":true}],[{"text":"راهنما"}]],"resize_keyboard":true}`}},
		{"a menu cannot be edited in", Bale(), Reply{Text: "a", Edit: 3, Keyboard: menu}, "sendMessage",
			map[string]string{"chat_id": "-5", "text": "a", "reply_markup": `{"keyboard":[[{"text":"شماره","request_contact":true}],[{"text":"راهنما"}]],"resize_keyboard":true}`}},
		{"a place is asked for", Bale(), Reply{Text: "a", Keyboard: Keyboard{Kind: KeyboardMenu, Rows: [][]Button{{{Text: "جا", Location: true}}}}}, "sendMessage",
			map[string]string{"chat_id": "-5", "text": "a", "reply_markup": `{"keyboard":[[{"text":"جا","request_location":true}]],"resize_keyboard":true}`}},
		{"a venue, Telegram", Telegram(), Reply{Text: "a", Silent: true, Keyboard: inline, Venue: &Venue{"نام", "نشانی", 35.7, 51.25}}, "sendVenue",
			map[string]string{"chat_id": "-5", "latitude": "35.7", "longitude": "51.25", "title": "نام", "address": "نشانی", "disable_notification": "true", "reply_markup": inlineJSON}},
		{"a venue, Bale", Bale(), Reply{Text: "a", Venue: &Venue{"نام", "نشانی", 35.7, 51.25}}, "sendLocation",
			map[string]string{"chat_id": "-5", "latitude": "35.7", "longitude": "51.25"}},
		{"an empty keyboard", Bale(), Reply{Text: "a", Keyboard: Keyboard{Kind: KeyboardInline, Rows: [][]Button{{}}}}, "sendMessage",
			map[string]string{"chat_id": "-5", "text": "a"}},
		{"a platform without copy_text", Profile{}, Reply{Text: "a", Keyboard: inline}, "sendMessage",
			map[string]string{"chat_id": "-5", "text": "a", "reply_markup": `{"inline_keyboard":[[{"text":"الف","callback_data":"a"},{"text":"راه","url":"https://x.example/"}]]}`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, calls := recorder(t, tt.profile, accepted)
			id, err := c.Send(t.Context(), ClassReply, -5, tt.reply)
			if err != nil || id != 77 {
				t.Errorf("Send = %d, %v", id, err)
			}
			if diff := cmp.Diff([]sent{{tt.method, tt.want}}, *calls); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSendEdits(t *testing.T) {
	for _, tt := range []struct {
		name    string
		answers []string
		id      int
		calls   []string
		kind    ErrorKind // of the error, when id is 0
	}{
		{"accepted", []string{accepted}, 77, []string{"editMessageText"}, 0},
		{"accepted without a result", []string{`{"ok":true,"result":true}`}, 3, []string{"editMessageText"}, 0},
		{"the same as before", []string{refusal(400, "Bad Request: message is not modified: specified new message content is the same")}, 3, []string{"editMessageText"}, 0},
		{"gone", []string{refusal(400, "Bad Request: message to edit not found"), accepted}, 77, []string{"editMessageText", "sendMessage"}, 0},
		{"gone, in a word", []string{refusal(404, "Not Found"), accepted}, 77, []string{"editMessageText", "sendMessage"}, 0},
		{"forbidden", []string{refusal(403, "Forbidden: message can't be edited"), accepted}, 77, []string{"editMessageText", "sendMessage"}, 0},
		{"blocked", []string{refusal(403, "Forbidden: bot was blocked by the user")}, 0, []string{"editMessageText", "sendMessage"}, Blocked},
		{"limited", []string{refusal(429, "Too Many Requests")}, 0, []string{"editMessageText"}, Limited},
		{"out", []string{refusal(500, "Internal Server Error")}, 0, []string{"editMessageText"}, Outage},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, calls := recorder(t, Telegram(), tt.answers...)
			id, err := c.Send(t.Context(), ClassReply, 5, Reply{Text: "a", Edit: 3})
			if id != tt.id || (err != nil) != (tt.id == 0) || err != nil && asError(err).Kind != tt.kind {
				t.Errorf("Send = %d, %v", id, err)
			}
			var methods []string
			for _, call := range *calls {
				methods = append(methods, call.Method)
				if _, ok := call.Form["message_id"]; ok != (call.Method == "editMessageText") {
					t.Errorf("%s has message_id: %v", call.Method, ok)
				}
			}
			if diff := cmp.Diff(tt.calls, methods); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
		})
	}
}

// A venue that the platform will never take becomes the text with the address;
// what may pass later is not given up.
func TestSendVenueRefused(t *testing.T) {
	for _, tt := range []struct {
		answer string
		calls  []string
		kind   ErrorKind
	}{
		{refusal(400, "Bad Request: wrong coordinates"), []string{"sendVenue", "sendMessage"}, 0},
		{refusal(404, "Not Found"), []string{"sendVenue", "sendMessage"}, 0},
		{refusal(403, "Forbidden: bot was blocked by the user"), []string{"sendVenue"}, Blocked},
		{refusal(429, "Too Many Requests"), []string{"sendVenue"}, Limited},
		{refusal(502, "Bad Gateway"), []string{"sendVenue"}, Outage},
	} {
		c, calls := recorder(t, Telegram(), tt.answer, accepted)
		id, err := c.Send(t.Context(), ClassReply, 5, Reply{Text: "نشانی", Venue: &Venue{"نام", "نشانی", 35.7, 51.25}})
		if fell := len(tt.calls) == 2; fell != (err == nil && id == 77) || !fell && asError(err).Kind != tt.kind {
			t.Errorf("%s: Send = %d, %v", tt.answer, id, err)
		}
		var methods []string
		for _, call := range *calls {
			methods = append(methods, call.Method)
		}
		if diff := cmp.Diff(tt.calls, methods); diff != "" {
			t.Errorf("%s: %s", tt.answer, diff)
		}
	}
}

// What is refused with its buttons is said without them, whoever has it sent.
func TestSendWithoutButtons(t *testing.T) {
	bad := refusal(400, "Bad Request: BUTTON_DATA_INVALID")
	keys := Keyboard{Kind: KeyboardInline, Rows: [][]Button{{{Text: "b", Data: "d"}}}}
	for name, tt := range map[string]struct {
		reply   Reply
		answers []string
		calls   []string // with a + for buttons
		kind    ErrorKind
	}{
		"its buttons":   {Reply{Text: "a", Keyboard: keys}, []string{bad, accepted}, []string{"sendMessage+", "sendMessage"}, 0},
		"an edit":       {Reply{Text: "a", Keyboard: keys, Edit: 3}, []string{bad, bad, accepted}, []string{"editMessageText+", "sendMessage+", "sendMessage"}, 0},
		"all of it":     {Reply{Text: "a", Keyboard: keys}, []string{bad}, []string{"sendMessage+", "sendMessage"}, Refused},
		"it has none":   {Reply{Text: "a"}, []string{bad}, []string{"sendMessage"}, Refused},
		"another fault": {Reply{Text: "a", Keyboard: keys}, []string{refusal(403, "Forbidden: bot was blocked by the user")}, []string{"sendMessage+"}, Blocked},
	} {
		t.Run(name, func(t *testing.T) {
			c, sent := recorder(t, Telegram(), tt.answers...)
			_, err := c.Send(t.Context(), ClassAlert, 5, tt.reply)
			if e := asError(err); e != nil && e.Kind != tt.kind || (e == nil) != (tt.kind == 0) {
				t.Errorf("error %v", err)
			}
			var calls []string
			for _, call := range *sent {
				if call.Form["reply_markup"] != "" {
					call.Method += "+"
				}
				calls = append(calls, call.Method)
			}
			if diff := cmp.Diff(tt.calls, calls); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
		})
	}
}

// A server that names no message has taken it all the same (npm's
// telegram-test-api answers null).
func TestSendWithoutResult(t *testing.T) {
	c, _ := recorder(t, Telegram(), `{"ok":true,"result":null}`)
	if id, err := c.Send(t.Context(), ClassReply, 5, Reply{Text: "a"}); id != 0 || err != nil {
		t.Errorf("Send = %d, %v", id, err)
	}
}

func TestLimitedPausesTheBot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, calls := recorder(t, Telegram(), `{"ok":false,"error_code":429,"description":"x","parameters":{"retry_after":17}}`, accepted)
		start := time.Now()
		_, err := c.Send(t.Context(), ClassAlert, 5, Reply{Text: "a"})
		if e := asError(err); e == nil || e.Kind != Limited || e.RetryAfter != 17*time.Second {
			t.Fatalf("error %v", err)
		}
		if ok, wait := c.Available(time.Now()); ok || wait != 17*time.Second {
			t.Errorf("Available = %v, %v", ok, wait)
		}
		if e := asError(c.AnswerCallback(t.Context(), "1")); e == nil || e.Kind != Limited {
			t.Errorf("a callback was answered in the pause: %v", e)
		}
		if _, err := c.Send(t.Context(), ClassReply, 6, Reply{Text: "a"}); err != nil || time.Since(start) != 17*time.Second {
			t.Errorf("the next message went after %v: %v", time.Since(start), err)
		}
		if len(*calls) != 2 {
			t.Errorf("%d calls, want 2", len(*calls))
		}
		if ok, wait := c.Available(time.Now()); !ok || wait != 0 {
			t.Errorf("Available = %v, %v", ok, wait)
		}
	})
}

// What a group, or whoever presses buttons fast, brings upon the bot holds up no
// message to a person.
func TestALimitOfAGroupIsItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, calls := recorder(t, Telegram(), accepted, `{"ok":false,"error_code":429,"description":"x","parameters":{"retry_after":17}}`, accepted)
		start := time.Now()
		group := func() error {
			_, err := c.Send(t.Context(), ClassReply, -5, Reply{Text: "a", Group: true})
			return err
		}
		if err := group(); err != nil || c.ChatWait(-5, time.Now()) != groupEvery {
			t.Errorf("%v; the group has to wait %v", err, c.ChatWait(-5, time.Now()))
		}
		if e := asError(group()); e == nil || e.Kind != Limited || time.Since(start) != groupEvery {
			t.Fatalf("after %v: %v", time.Since(start), e)
		}
		start = time.Now()
		if ok, _ := c.Available(start); !ok || c.ChatWait(-5, start) != 17*time.Second {
			t.Errorf("Available = %v, the group has to wait %v", ok, c.ChatWait(-5, start))
		}
		if _, err := c.Send(t.Context(), ClassAlert, 6, Reply{Text: "a"}); err != nil || time.Since(start) != 0 {
			t.Errorf("an alert went after %v: %v", time.Since(start), err)
		}
		if err := group(); err != nil || time.Since(start) != 17*time.Second || len(*calls) != 4 {
			t.Errorf("the group's went after %v: %v, %d calls", time.Since(start), err, len(*calls))
		}
	})
}

func TestALimitOfAnswersToButtonsIsTheirOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, calls := recorder(t, Telegram(), `{"ok":false,"error_code":429,"description":"x","parameters":{"retry_after":17}}`, accepted)
		start := time.Now()
		for range 3 {
			if e := asError(c.AnswerCallback(t.Context(), "1")); e == nil || e.Kind != Limited || e.RetryAfter != 17*time.Second {
				t.Errorf("error %v", e)
			}
		}
		if _, err := c.Send(t.Context(), ClassAlert, 5, Reply{Text: "a"}); err != nil || time.Since(start) != 0 || len(*calls) != 2 {
			t.Errorf("a message went after %v: %v, %d calls", time.Since(start), err, len(*calls))
		}
		time.Sleep(17 * time.Second)
		if err := c.AnswerCallback(t.Context(), "1"); err != nil {
			t.Error(err)
		}
	})
}

// A message says what there is to say when its turn has come, which may be long
// after it got in line.
func TestSendInTurnAsksWhenTheTurnHasCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, calls := recorder(t, Telegram(), `{"ok":false,"error_code":429,"description":"x","parameters":{"retry_after":17}}`, accepted)
		start := time.Now()
		if _, err := c.Send(t.Context(), ClassAlert, 5, Reply{Text: "a"}); err == nil {
			t.Fatal("it is not limited")
		}
		var asked time.Duration
		id, err := c.SendInTurn(t.Context(), ClassAlert, 6, func(context.Context) (Reply, error) {
			asked = time.Since(start)
			return Reply{Text: "b"}, nil
		})
		if err != nil || id == 0 || asked != 17*time.Second || time.Since(start) != asked || len(*calls) != 2 {
			t.Errorf("%d, %v: asked after %v, out after %v, %d calls", id, err, asked, time.Since(start), len(*calls))
		}
		nothing := errors.New("nothing to say")
		if _, err := c.SendInTurn(t.Context(), ClassAlert, 7, func(context.Context) (Reply, error) { return Reply{}, nothing }); !errors.Is(err, nothing) || len(*calls) != 2 {
			t.Errorf("%v, %d calls", err, len(*calls))
		}
	})
}

func TestOutageOpensTheBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		down, calls := true, 0
		c, _ := newTestClient(t, Bale(), func(string, url.Values, *http.Request) (int, string, error) {
			calls++
			if down {
				return 0, "", errors.New("no route to host")
			}
			return 200, accepted, nil
		})
		send := func(chat int64) *Error {
			_, err := c.Send(t.Context(), ClassReply, chat, Reply{Text: "a"})
			return asError(err)
		}
		for chat := range int64(outages.chats) {
			if e := send(chat); e == nil || e.Kind != Outage || e.RetryAfter != 0 {
				t.Fatalf("error %v", e)
			}
		}
		start := time.Now()
		for range 50 {
			send(100)
		}
		if time.Since(start) != 0 {
			t.Errorf("messages waited %v for a turn that is of no use", time.Since(start))
		}
		if e := send(100); e == nil || e.Kind != Outage || e.RetryAfter <= 0 || calls != outages.chats {
			t.Errorf("with the breaker open: %v, %d calls", e, calls)
		}
		if c.AnswerCallback(t.Context(), "1") == nil || calls != outages.chats {
			t.Error("a callback was answered with the breaker open")
		}
		ok, wait := c.Available(time.Now())
		if ok || wait <= 0 {
			t.Fatalf("Available = %v, %v", ok, wait)
		}
		down = false
		time.Sleep(wait)
		if ok, _ := c.Available(time.Now()); !ok {
			t.Error("no probe when the wait is over")
		}
		if e := send(101); e != nil {
			t.Errorf("the probe: %v", e)
		}
		if e := send(102); e != nil {
			t.Errorf("after the probe: %v", e)
		}
	})
}

// Chats at which the platform fails time and again hold up nobody else, and
// each is soon told from an outage.
func TestFailingChatsHoldUpNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := newTestClient(t, Telegram(), func(_ string, values url.Values, _ *http.Request) (int, string, error) {
			if chat, _ := strconv.Atoi(values.Get("chat_id")); chat <= 30 {
				return 502, "<html>Bad Gateway", nil
			}
			return 200, accepted, nil
		})
		kinds := map[ErrorKind]int{}
		for round := range int64(3) {
			for bad := range int64(30) {
				_, err := c.Send(t.Context(), ClassAlert, 1+bad, Reply{Text: "a"})
				if e := asError(err); e == nil || e.RetryAfter != 0 {
					t.Fatalf("to chat %d: %v", 1+bad, err)
				} else if kinds[e.Kind]++; round > 0 && e.Kind != Failing {
					t.Fatalf("round %d: %v", round, e)
				}
				if _, err := c.Send(t.Context(), ClassAlert, 1000*round+100+bad, Reply{Text: "a"}); err != nil {
					t.Fatalf("to another chat: %v", err)
				}
			}
			time.Sleep(time.Minute)
		}
		if kinds[Outage] != 30 || kinds[Failing] != 60 {
			t.Errorf("%v", kinds)
		}
	})
}

// A platform that cannot be reached is no chat's trouble, not even that of one
// which failed before: nothing was sent.
func TestUnreachedIsAnOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gone := false
		c, _ := newTestClient(t, Telegram(), func(_ string, values url.Values, _ *http.Request) (int, string, error) {
			switch {
			case gone:
				return 0, "", &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "x"}}
			case values.Get("chat_id") == "1":
				return 502, "<html>Bad Gateway", nil
			}
			return 200, accepted, nil
		})
		for _, step := range []struct {
			chat int64
			gone bool
			want string
		}{{1, false, "outage"}, {2, false, ""}, {1, false, "failing"}, {2, false, ""}, {1, true, "outage"}} {
			gone = step.gone
			_, err := c.Send(t.Context(), ClassAlert, step.chat, Reply{Text: "a"})
			got := ""
			if e := asError(err); e != nil {
				got = e.Kind.String()
			}
			if got != step.want {
				t.Errorf("%+v: %v", step, err)
			}
			time.Sleep(time.Minute)
		}
	})
}

// Giving up tells nothing of the platform.
func TestGivingUpIsNoOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := newTestClient(t, Bale(), func(_ string, _ url.Values, req *http.Request) (int, string, error) {
			<-req.Context().Done()
			return 0, "", req.Context().Err()
		})
		for chat := range int64(2 * outages.chats) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			if _, err := c.Send(ctx, ClassReply, chat, Reply{Text: "a"}); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("error %v", err)
			}
			cancel()
		}
		if ok, _ := c.Available(time.Now()); !ok {
			t.Error("the breaker opened")
		}
	})
}

func TestChatWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := recorder(t, Telegram(), accepted)
		for range chatBurst {
			if _, err := c.Send(t.Context(), ClassReply, 5, Reply{Text: "a"}); err != nil {
				t.Fatal(err)
			}
		}
		if wait := c.ChatWait(5, time.Now()); wait != time.Second {
			t.Errorf("ChatWait = %v, want a second", wait)
		}
		if wait := c.ChatWait(6, time.Now()); wait != 0 {
			t.Errorf("ChatWait of another chat = %v", wait)
		}
		// Callbacks are answered whatever waits.
		start := time.Now()
		for range 100 {
			if err := c.AnswerCallback(t.Context(), "9"); err != nil {
				t.Fatal(err)
			}
		}
		if time.Since(start) != 0 {
			t.Errorf("callbacks waited %v", time.Since(start))
		}
	})
}
