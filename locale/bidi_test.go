package locale

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"kartyar/card"
)

func TestIsolates(t *testing.T) {
	for _, c := range []struct {
		what, got, want string
	}{
		{"a code", Isolate(USSDCode), "\u2066*4*6090#\u2069"},
		{"a code with marks of its own", Isolate("\u202eA1\u2069B2\u200f"), "\u2066A1B2\u2069"},
		{"a name", Name("مامان"), "\u2068مامان\u2069"},
		{"Arabic letters and digits", Name("علي كريمى ٢"), "\u2068علی کریمی ۲\u2069"},
		{"Markdown", Name("دفتر_۱۲ (میدان [آزادی]) *`"), "\u2068دفتر ۱۲ میدان آزادی\u2069"},
		{"several lines", Name(" a\r\n\tb\u2028c "), "\u2068a b c\u2069"},
		{"an unclosed isolate", Name("\u2067a"), "\u2068a\u2069"},
		{"bytes that are no UTF-8", Name("a\xff"), "\u2068a\u2069"},
		{"a half-space", Name("خانه‌ها"), "\u2068خانه‌ها\u2069"},
		{"a long name", Name(strings.Repeat("م", 100)), "\u2068" + strings.Repeat("م", 79) + "…\u2069"},
		{"a telephone", Phone("(۰۲۱) 8888-۱۱۱۱"), "\u2066021 8888-1111\u2069"},
		{"a telephone with words", Phone("021-88 داخلي 5"), "\u2068021-88 داخلی 5\u2069"},
		{"USSD on Telegram", USSD(card.Telegram), "\u2066*4*6090#\u2069"},
		{"USSD on Bale", USSD(card.Bale), "«ستاره ۴ ستاره ۶۰۹۰ مربع»"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %+q, want %+q", c.what, c.got, c.want)
		}
	}
}

// Whatever people and files supply, a text that quotes it stays sound.
func TestSuppliedTextsDoNoHarm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(
			rapid.String(),
			rapid.StringMatching("[\\x{2066}-\\x{2069}\\x{202a}-\\x{202e}*_()`\\[\\]\n\r ا-ی0-9]*"),
			rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
		).Draw(t, "supplied")
		if slow := strings.Join(strings.Fields(strings.Map(presentableRune, s)), " "); isPresentable(s, maxPassage) && slow != s {
			t.Fatalf("%+q is shown as it is, not as %+q", s, slow)
		}
		for _, shown := range []string{Name(s), Passage(s), Phone(s)} {
			if faults := Lint("نام: "+shown, card.Bale); faults != nil {
				t.Fatalf("%+q: %v", shown, faults)
			}
			if !utf8.ValidString(shown) || utf8.RuneCountInString(shown) > maxPassage+2 {
				t.Fatalf("%+q is broken or too long", shown)
			}
		}
	})
}
