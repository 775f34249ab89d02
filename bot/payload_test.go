package bot

import (
	"encoding/json"
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
