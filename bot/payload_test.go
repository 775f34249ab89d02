package bot

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"testing"
	"unicode/utf8"
)

// FuzzJSONPayload has any text come through as it is, or, where it is no UTF-8,
// with marks in place of what cannot be read.
func FuzzJSONPayload(f *testing.F) {
	for _, text := range []string{"", "کارت شما رسید", "a\"b\\c\n\t\x00\x1f\x7f", "\xff\xfe", "\u2028\U0001F600", "</script>&"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c := New(Options{Profile: Telegram()})
		reply := Reply{Text: text, Keyboard: Keyboard{Kind: KeyboardInline, Rows: [][]Button{{{Text: text, Data: "a"}}}}}
		params := c.messageParams(nil, 7, reply)
		body := params.appendJSON(nil)
		type markup struct {
			Inline [][]struct{ Text, Data string } `json:"inline_keyboard"`
		}
		var got struct {
			Chat   string `json:"chat_id"`
			Text   string
			Markup markup `json:"reply_markup"`
		}
		if err := json.Unmarshal(body, &got); err != nil {
			t.Fatalf("%v: %q", err, body)
		}
		if got.Chat != "7" || len(got.Markup.Inline) != 1 || utf8.ValidString(text) && (got.Text != text || got.Markup.Inline[0][0].Text != text) {
			t.Errorf("%q came as %+v", text, got)
		}
		var inForm markup
		if err := json.Unmarshal([]byte(params.form()["reply_markup"]), &inForm); err != nil || !reflect.DeepEqual(inForm, got.Markup) || params.form()["chat_id"] != "7" {
			t.Errorf("%q stands in a form as %+v, %v", text, params.form(), err)
		}
	})
}

// What a call returned stays as it is while others are made, and nothing of a call
// goes out with the next.
func TestCallsShareNothing(t *testing.T) {
	var said, came string
	c := New(Options{Profile: Telegram(), Token: token, API: platform(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		came = string(body)
		_, _ = io.WriteString(w, said)
	})})
	defer c.Close()
	for _, method := range []string{"getMe", "getUpdates"} { // by a line, and by net/http
		said = `{"ok":true,"result":"first"}`
		first, err := c.call(t.Context(), method, parameters(nil).with("text", "one").withNumber("limit", 7), c.timeout)
		if err != nil || came != `{"text":"one","limit":"7"}` {
			t.Errorf("%s: %v; %s came", method, err, came)
		}
		said = `{"ok":true,"result":"other"}`
		other, err := c.call(t.Context(), method, nil, c.timeout)
		if err != nil || came != `{}` {
			t.Errorf("%s: %v; %s came", method, err, came)
		}
		if first != `"first"` || other != `"other"` {
			t.Errorf("%s: %s and %s", method, first, other)
		}
	}
	said = `{"ok":true,"result":[{"update_id":1,"a":"first"}]}`
	first, err := c.GetUpdates(t.Context(), 0, 100, 0)
	said = `{"ok":true,"result":[{"update_id":1,"a":"other"}]}`
	other, later := c.GetUpdates(t.Context(), 0, 100, 0)
	if err := errors.Join(err, later); err != nil {
		t.Fatal(err)
	}
	if string(first[0].Body) != `{"update_id":1,"a":"first"}` || string(other[0].Body) != `{"update_id":1,"a":"other"}` {
		t.Errorf("the updates %s and %s", first[0].Body, other[0].Body)
	}
	said = `{"ok":false,"description":"no such thing"}`
	_, refused := c.call(t.Context(), "getMe", nil, c.timeout)
	said = `{"ok":false,"description":"NO SUCH THING"}`
	_, _ = c.call(t.Context(), "getMe", nil, c.timeout)
	if e := asError(refused); e == nil || e.Description != "no such thing" {
		t.Errorf("the error became %v", refused)
	}
}
