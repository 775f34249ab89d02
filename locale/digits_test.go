package locale

import (
	"testing"

	"pgregory.net/rapid"
)

func TestNumber(t *testing.T) {
	for n, want := range map[int]string{
		0: "۰", 7: "۷", 999: "۹۹۹", 1000: "۱٬۰۰۰", 1234567: "۱٬۲۳۴٬۵۶۷",
	} {
		if got := Number(n); got != want {
			t.Errorf("Number(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestDigits(t *testing.T) {
	const mixed, persian, latin = "کد 12٣۴-٠09", "کد ۱۲۳۴-۰۰۹", "کد 1234-009"
	if got := Digits(mixed); got != persian {
		t.Errorf("Digits(%q) = %q, want %q", mixed, got, persian)
	}
	if got := Latin(mixed); got != latin {
		t.Errorf("Latin(%q) = %q, want %q", mixed, got, latin)
	}
}

func TestDigitsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		latin := rapid.StringMatching(`[0-9a-zA-Zآ-غ/ \x{200c}*#+-]*`).Draw(t, "latin")
		if got := Latin(Digits(latin)); got != latin {
			t.Fatalf("Latin(Digits(%q)) = %q", latin, got)
		}
		anything := rapid.String().Draw(t, "anything")
		if once := Digits(anything); Digits(once) != once || Digits(Latin(anything)) != once {
			t.Fatalf("Digits is not settled for %q", anything)
		}
	})
}
