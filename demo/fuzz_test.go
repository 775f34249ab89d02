package demo

import (
	"strings"
	"testing"
)

func FuzzMarkup(f *testing.F) {
	for _, seed := range []string{
		"", "null", `{}`, `{"inline_keyboard":[[{"text":"a","callback_data":"b"}],[]]}`,
		`{"keyboard":[["a",{"text":"b","request_contact":true}]],"one_time_keyboard":true}`,
		`{"remove_keyboard":true}`, `{"inline_keyboard":[[null,5]]}`, `{"inline_keyboard":[[{"text":"a","url":"%"}]]}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		for _, p := range []Platform{Telegram, Bale} {
			m, refusal := readMarkup(profiles[p], raw, true)
			if refusal != nil {
				continue
			}
			for _, row := range m.rows {
				if len(row) == 0 {
					t.Error("an empty row")
				}
				for _, button := range row {
					if strings.TrimSpace(button.Text) == "" || len(button.Data) > 64 {
						t.Errorf("accepted %+v", button)
					}
					if m.kind == inlineKeyboard && button.Data+button.URL+button.Copy+button.Other == "" {
						t.Errorf("accepted a button that does nothing: %+v", button)
					}
				}
			}
		}
	})
}

func FuzzSpans(f *testing.F) {
	for _, seed := range []string{"", "*a*", "_", "[a](https://b)", "```\n```", "https://", "*4*6090#", "\xff*"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var all strings.Builder
		for _, span := range spans(text, false) {
			all.WriteString(span.Text)
		}
		if all.String() != text {
			t.Errorf("plain text became %q", all.String())
		}
		for _, span := range spans(text, true) {
			if span.Text == "" || span.URL != "" && safeURL(span.URL) == "" {
				t.Errorf("span %+v", span)
			}
		}
	})
}

func FuzzInjectRaw(f *testing.F) {
	for _, seed := range []string{`{}`, `{"message":null}`, ` {"a":[1]} `, `[]`, `{"message":{"chat":{"id":1e400}}}`, "{\"a\":\"\xff\"}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		s := New(Options{})
		defer s.Close()
		s.AddBot(Bale, token, botID, "sample_bot")
		if _, err := s.InjectRaw(Bale, botID, raw); err != nil {
			return
		}
		marshal(s.bot(Bale, botID).pending[0].body) // what was taken can be handed out
	})
}
