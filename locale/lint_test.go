package locale

import (
	"strings"
	"testing"

	"kartyar/card"
)

func TestLintFindsFaults(t *testing.T) {
	for _, c := range []struct{ text, fault string }{
		{"", "empty"},
		{" \n", "empty"},
		{strings.Repeat("م", 4097), "UTF-16"},
		{strings.Repeat("😀", 2049), "UTF-16"},
		{"كارت شما", "Arabic letter"},
		{"ملي", "Arabic letter"},
		{"موسى", "Arabic letter"},
		{"ادارۀ پست", "ۀ in one"},
		{"کـارت", "kashida"},
		{"٢ کارت", "Arabic-Indic"},
		{"2 کارت", "Latin digit"},
		{"کد *۴#", "Markdown"},
		{"دفتر (مرکزی)", "Markdown"},
		{"یک_دو", "Markdown"},
		{"کد \u2066*4*6090#\u2069", "Bale"},
		{"\"کارت\"", "ASCII"},
		{"بله, نه", "ASCII"},
		{"چرا?", "ASCII"},
		{"بله; نه", "ASCII"},
		{"صبر کنید...", "three dots"},
		{"رسید!", "exclamation"},
		{"کارت\u200f رسید", "directional"},
		{"کارت\tرسید", "control"},
		{"کارت\r\nرسید", "control"},
		{"کارت  رسید", "two spaces"},
		{"کارت رسید ", "edge"},
		{"کارت رسید \nبیایید", "edge"},
		{"کارت رسید ؛ بیایید", "before a punctuation"},
		{"« کارت»", "after «"},
		{"رسید؛بیایید", "no space after"},
		{"می\u200c شود", "half-space"},
		{"کارت\u200c، رسید", "half-space"},
		{"می شود", "می apart"},
		{"این نمی رسد", "می apart"},
		{"میشود", "می joined"},
		{"کارت نمیرسد", "می joined"},
		{"کارت ها رسید", "ها apart"},
		{"کارت های شما", "ها apart"},
		{"کارتها", "ها joined"},
		{"تنها کارتهای شما", "ها joined"},
		{"دفتر\u200cها", "joins nothing"},
		{"گفت‌وگو\u200cهای شما", "joins nothing"},
		{"بزرگ تر", "تر apart"},
		{"نزدیک ترین دفتر", "تر apart"},
		{"فرستاده اید", "ending apart"},
		{"شماره ی همراه", "hamza"},
		{"شماره‌ی همراه", "hamza"},
		{"۲ کارت‌ها", "plural"},
		{"سه کارت‌های شما", "plural"},
		{"کد \u206612", "isolates"},
		{"کد 12\u2069", "isolates"},
		{"کد \u2066A\nB\u2069", "isolates"},
		{"«کارت", "do not match"},
		{"کارت»", "do not match"},
		{"««کارت»»", "do not match"},
	} {
		faults := Lint(c.text, "")
		if !strings.Contains(strings.Join(faults, "\n"), c.fault) {
			t.Errorf("Lint(%+q) does not say %q; it says %q", c.text, c.fault, faults)
		}
	}
}

func TestLintPassesGoodText(t *testing.T) {
	for _, c := range []struct {
		text string
		on   card.Platform
	}{
		{"کارت شما به دفتر رسید. ۲ کارت آماده است؛ می‌توانید بیایید.", ""},
		{"تنها دفترهای میدان آزادی؟ بله، همان‌ها.\n\nبزرگ‌ترین «دفتر» شهر: شمارهٔ ۱۲", ""},
		{"کد \u2066AB12\u2069 برای \u2068Sara: \"hi!\"\u2069 است.", card.Bale},
		{"شماره‌گیری \u2066*4*6090#\u2069", card.Telegram},
		{strings.Repeat("م", 4096), ""},
	} {
		if faults := Lint(c.text, c.on); faults != nil {
			t.Errorf("Lint(%q): %q", c.text, faults)
		}
	}
}
