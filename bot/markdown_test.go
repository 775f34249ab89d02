package bot

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestPlain(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"nothing to do", "کارت شما  رسید.", "کارت شما  رسید."},
		{"bold and italic", "*سلام* _دوست_ `کد`", "سلام دوست کد"},
		{"words stay apart", "a_b[c](d)", "a b c d"},
		{"brackets and punctuation", "دفتر (شعبهٔ ۲)، تهران (مرکز).", "دفتر شعبهٔ ۲، تهران مرکز."},
		{"a link in disguise", "[بانک](https://evil.example/)", "بانک https://evil.example/"},
		{"lines stay", "(یک)\n\n*دو*\n", "یک\n\nدو\n"},
		{"a code to dial", "شماره‌گیری \u2066*4*6090#\u2069 (رایگان)", "شماره‌گیری \u2066*4*6090#\u2069 رایگان"},
		{"an isolate of words", "\u2066*bold_x*\u2069", "\u2066bold x\u2069"},
		{"an isolate that never ends", "\u2066*4*6090#", "\u206646090#"},
		{"a person's isolate", "\u2068*مامان*\u2069", "\u2068مامان\u2069"},
		{"underscores of a link", "https://ble.ir/my_bot?start=a_b تمام_شد", "https://ble.ir/my_bot?start=a_b تمام شد"},
		{"only marks", "*_*", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Bale().text(tt.in); got != tt.want {
				t.Errorf("plain(%q) = %q, want %q", tt.in, got, tt.want)
			}
			if got := Telegram().text(tt.in); got != tt.in {
				t.Errorf("Telegram changes %q to %q", tt.in, got)
			}
		})
	}
}

func TestPlainProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.SampledFrom([]rune("*_[]()` ab۱ی\n،.\u2066\u2069\u2068"))).Draw(t, "text")
		got := plain(s)
		if again := plain(got); again != got {
			t.Fatalf("plain(%q) = %q, and again %q", s, got, again)
		}
		if strings.ContainsAny(got, "_[]()`") {
			t.Fatalf("plain(%q) = %q keeps a mark", s, got)
		}
		letters := func(s string) string {
			return strings.Map(func(r rune) rune {
				if strings.ContainsRune("*_[]()` ", r) {
					return -1
				}
				return r
			}, s)
		}
		if letters(got) != letters(s) {
			t.Fatalf("plain(%q) = %q loses more than marks", s, got)
		}
	})
}
