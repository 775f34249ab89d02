package locale

import (
	"errors"
	"testing"

	"kartyar/card"
)

func TestSameText(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{ButtonShareContact, "ارسال شماره همراه", true},
		{ButtonStatus, "  وضعيت كارت من ", true},
		{ButtonRemindLater, "بعدا یادم بینداز", true},
		{"کارت‌یار", "کارت یار", true},
		{"کارت‌یار", "كارتيار", true},
		{"دفتر ۱۲", "دفتر 12", true},
		{"دفتر ۱۲", "دفتر ٢١", false},
		{ButtonSubscribe, ButtonUnsubscribe, false},
		{"ﻛﺎﺭﺕ", "کارت", true},
		{"Mashhad", "ＭＡＳＨＨＡＤ", true},
	} {
		if got := SameText(c.a, c.b); got != c.want {
			t.Errorf("SameText(%q, %q) = %t", c.a, c.b, got)
		}
	}
}

func TestParseID(t *testing.T) {
	for in, want := range map[string]string{
		"۰۰۱۲-ab ٣": "0012AB3",
		" ۰۰۱۲ ":    "12",
		"Ａ１‌b":      "A1B",
		"0":         "0",
	} {
		if got, err := ParseID(in); err != nil || got != want {
			t.Errorf("ParseID(%q) = %q, %v, want %q", in, got, err, want)
		}
	}
	if got, err := ParseID("１.۲E+11"); !errors.Is(err, card.ErrRounded) {
		t.Errorf("a rounded number is read as %q, %v", got, err)
	}
}

// Each character of the first two planes between letters that may join when it
// goes: a sweep where the fuzzer only samples.
func TestFoldOfEveryCharacterIsSettled(t *testing.T) {
	for r := rune(0); r < 0x20000; r++ {
		s := "ا" + string(r) + "ᄀ" + string(r) + "ᅡ"
		if once := Fold(s); Fold(once) != once {
			t.Fatalf("Fold(%+q) = %+q, folded again %+q", s, once, Fold(once))
		}
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{
		"", "وضعیت کارت من", "كارت ملي", "می‌شود", "ＡＢ ①", "ᄀ\u0301ᅡ", "e\u200d\u0301", "\xff", "İſß", "آ ۀ ؤ",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := Fold(s)
		if again := Fold(once); again != once {
			t.Fatalf("Fold(%+q) = %+q, folded again %+q", s, once, again)
		}
		if !SameText(s, once) {
			t.Fatalf("%+q is not the same text as its folded form", s)
		}
	})
}
