package bot

import (
	"encoding/json"
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
		body := parameters{{"chat_id", "7"}, {"text", text}, {"reply_markup", `{"inline_keyboard":[]}`}}.appendJSON(nil)
		var got struct {
			Chat   string `json:"chat_id"`
			Text   string
			Markup struct {
				Inline []int `json:"inline_keyboard"`
			} `json:"reply_markup"`
		}
		if err := json.Unmarshal(body, &got); err != nil {
			t.Fatalf("%v: %q", err, body)
		}
		if got.Chat != "7" || got.Markup.Inline == nil || utf8.ValidString(text) && got.Text != text {
			t.Errorf("%q came as %+v", text, got)
		}
	})
}
