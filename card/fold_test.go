package card_test

import (
	"errors"
	"strings"
	"testing"
	"unicode"

	"kartyar/card"
)

func TestParseID(t *testing.T) {
	tests := []struct {
		name, in, want string
		err            error
	}{
		{"plain", "AB12CD34EF", "AB12CD34EF", nil},
		{"lower case", "ab12cd34ef", "AB12CD34EF", nil},
		{"Persian digits", "۱۲۳۴۵", "12345", nil},
		{"Arabic-Indic digits", "٤٥٦", "456", nil},
		{"separators", " 12-34/56_78.9\u200c0 ", "1234567890", nil},
		{"thousands", "1,234,567", "1234567", nil},
		{"Persian thousands", "۱٬۲۳۴", "1234", nil},
		{"bidi marks", "\u2066AB12\u2069", "AB12", nil},
		{"lost zeros", "00123", "123", nil},
		{"zeros behind separators", "0-0-123", "123", nil},
		{"zeros before letters stay", "00A1", "00A1", nil},
		{"only zeros", "0000", "0", nil},
		{"empty", "", "", nil},
		{"only separators", " - ", "", nil},
		{"Arabic letters", "كد-يك", "کدیک", nil},
		{"letters that only look like an exponent", "12E4", "12E4", nil},
		{"the same with a dash", "12E-4", "12E4", nil},
		{"no mantissa", "E+11", "E+11", nil},
		{"a letter after the exponent", "1.2E+11A", "12E+11A", nil},

		{"rounded", "1.2E+11", "", card.ErrRounded},
		{"rounded, comma", "1,2E+11", "", card.ErrRounded},
		{"rounded, Persian decimal mark", "1٫2E+11", "", card.ErrRounded},
		{"rounded, slash", "1/2E+11", "", card.ErrRounded},
		{"rounded, Persian digits", "۱٫۲E+۱۱", "", card.ErrRounded},
		{"rounded, lower case", "1.2e+11", "", card.ErrRounded},
		{"rounded, no decimals", "1E+11", "", card.ErrRounded},
		{"rounded, no decimals, signed", "+1E+11", "", card.ErrRounded},
		{"rounded, no plus", "1.23456789E11", "", card.ErrRounded},
		{"rounded, small", "1.00E-05", "", card.ErrRounded},
		{"rounded, small, minus sign", "1.00E−05", "", card.ErrRounded},
		{"rounded, signs and spaces", " +1.2E+11\u200f", "", card.ErrRounded},
	}
	for _, tt := range tests {
		got, err := card.ParseID(tt.in)
		if got != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("%s: %q: got %q, %v; want %q, %v", tt.name, tt.in, got, err, tt.want, tt.err)
		}
	}
}

func TestFold(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"Arabic yeh", "علي", "علی"},
		{"alef maksura", "علىٰ", "علی"},
		{"Arabic kaf", "كد ملي", "کد ملی"},
		{"Persian digits", "دفتر ۱۲", "دفتر 12"},
		{"Arabic-Indic digits", "دفتر ٤٥", "دفتر 45"},
		{"half-space", "کارت\u200cها", "کارت ها"},
		{"half-space beside a space", "کارت \u200c ها", "کارت ها"},
		{"tatweel", "تهـــران", "تهران"},
		{"case", "National_Code", "national code"},
		{"vowels", "اِدارِه", "اداره"},
		{"hamza above", "ادارهٔ پست", "اداره پست"},
		{"he with yeh", "ادارۀ پست", "اداره پست"},
		{"round he", "دائرة", "دائره"},
		{"hamza on alef", "أحوال إن", "احوال ان"},
		{"punctuation", "«دفتر»، (مرکزی): ۱", "دفتر مرکزی 1"},
		{"bidi marks and BOM", "\ufeff\u202bکد\u202c", "کد"},
		{"around", "  کد\tملی \n", "کد ملی"},
		{"empty", "", ""},
		{"nothing left", " ـ!؟\u200c", ""},
	}
	for _, tt := range tests {
		if got := card.Fold(tt.in); got != tt.want {
			t.Errorf("%s: %q: got %q, want %q", tt.name, tt.in, got, tt.want)
		}
	}
}

// checkFolded fails when s, the outcome of fold, changes by folding again or
// holds a digit that is not Latin.
func checkFolded(t *testing.T, name, s string, fold func(string) string) {
	t.Helper()
	if again := fold(s); again != s {
		t.Fatalf("%s: %q folded again is %q", name, s, again)
	}
	if i := strings.IndexFunc(s, func(r rune) bool { return unicode.IsDigit(r) && r > '9' }); i >= 0 {
		t.Fatalf("%s: %q holds a digit that is not Latin", name, s)
	}
	if strings.ContainsAny(s, "يىكـ\u200c") {
		t.Fatalf("%s: %q holds an Arabic form or a separator", name, s)
	}
}

func FuzzFoldID(f *testing.F) {
	for _, seed := range []string{"", "00123", "1.2E+11", "1,2 /E11", "۱۲-كي", "ab\u200c12", "٠०𝟘", "A\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		folded := card.FoldID(s)
		checkFolded(t, "FoldID", folded, card.FoldID)
		checkFolded(t, "Fold", card.Fold(s), card.Fold)
		if len(folded) > 1 && folded[0] == '0' && strings.Trim(folded, "0123456789") == "" {
			t.Fatalf("%q keeps a leading zero", folded)
		}
		id, err := card.ParseID(s)
		if err != nil {
			if id != "" || !errors.Is(err, card.ErrRounded) {
				t.Fatalf("refused with %q, %v", id, err)
			}
			return
		}
		if id != folded {
			t.Fatalf("ParseID gives %q, FoldID %q", id, folded)
		}
		if again, err := card.ParseID(id); err != nil || again != id {
			t.Fatalf("%q read again is %q, %v", id, again, err)
		}
	})
}

// Every decimal digit that Unicode knows has a value, and ten in a row have ten.
func TestFoldKnowsEveryDigit(t *testing.T) {
	seen := map[string]int{}
	for r := range rune(unicode.MaxRune) {
		if !unicode.IsDigit(r) {
			continue
		}
		got := card.Fold(string(r))
		if len(got) != 1 || got < "0" || got > "9" {
			t.Fatalf("%U folds to %q", r, got)
		}
		seen[got]++
	}
	for d := range 10 {
		if got := seen[string(rune('0'+d))]; got != seen["0"] || got < 50 {
			t.Errorf("%d digits fold to %d, %d to 0", got, d, seen["0"])
		}
	}
}
