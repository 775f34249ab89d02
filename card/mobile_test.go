package card_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"kartyar/card"
)

func TestParseMobileVectors(t *testing.T) {
	for i, row := range readVectors(t, "phones.csv") {
		got, err := card.ParseMobile(row[0])
		if string(got) != row[1] || (err != nil) != (row[1] == "") {
			t.Errorf("line %d: got %q, %v; want %q", i+2, got, err, row[1])
		}
		if row[1] == "" && !errors.Is(err, card.ErrMobile) {
			t.Errorf("line %d: got %v, want %v", i+2, err, card.ErrMobile)
		}
	}
}

func TestParseMobile(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"marks around the plus", "\u2066+98 912\u200c123 4567\u2069", "+989121234567"},
		{"full-width", "＋９８９１２１２３４５６７", "+989121234567"},
		{"dots and slashes", "0912.123/4567", "+989121234567"},
		{"foreign, with separators", "+44 (7911) 123-456", "+447911123456"},
		{"foreign without its plus", "14155552671", ""},
		{"foreign after two zeros", "0014155552671", ""},
		{"plus in the middle", "0912+1234567", ""},
		{"plus at the end", "09121234567+", ""},
		{"plus before a local number", "+09121234567", ""},
		{"country code twice", "+98989121234567", ""},
		{"only a plus", "+", ""},
		{"sixteen digits", "+1234567890123456", ""},
		{"two numbers in one cell", "09121234567 / 09121234568", ""},
		{"scientific notation", "9.89E+11", ""},
	}
	for _, tt := range tests {
		got, err := card.ParseMobile(tt.in)
		if string(got) != tt.want || (err != nil) != (tt.want == "") {
			t.Errorf("%s: got %q, %v; want %q", tt.name, got, err, tt.want)
		}
	}
}

func TestParseContactMobile(t *testing.T) {
	tests := []struct{ in, want string }{
		{"+989121234567", "+989121234567"},
		{"989121234567", "+989121234567"},
		{"00989121234567", "+989121234567"},
		{"09121234567", "+989121234567"},
		{"14155552671", "+14155552671"},
		{"0014155552671", "+14155552671"},
		{"+14155552671", "+14155552671"},
		{"982188776655", ""},
		{"02188776655", ""},
		{"++14155552671", ""},
		{"", ""},
		{"00", ""},
		{"+", ""},
	}
	for _, tt := range tests {
		got, err := card.ParseContactMobile(tt.in)
		if string(got) != tt.want || (err != nil) != (tt.want == "") {
			t.Errorf("%q: got %q, %v; want %q", tt.in, got, err, tt.want)
		}
	}
}

func TestMobileRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rest := fmt.Sprintf("9%09d", rapid.IntRange(0, 999_999_999).Draw(t, "rest"))
		prefix := rapid.SampledFrom([]string{"", "0", "98", "+98", "0098", "980", "+980", "00980"}).Draw(t, "prefix")
		plus, digits := "", prefix+rest
		if d, ok := strings.CutPrefix(digits, "+"); ok {
			plus, digits = "+", d
		}
		want := card.Mobile("+98" + rest)
		got, err := card.ParseMobile(plus + genDigits(t, digits))
		if err != nil || got != want {
			t.Fatalf("with the prefix %q read as %q, %v; want %q", prefix, got, err, want)
		}
	})
}

func FuzzParseMobile(f *testing.F) {
	for _, seed := range []string{"", "09121234567", "+98 (912) 123-4567", "+٩٨٩٣٣٥١٨٤٠٢٥", "02188776655", "+14155552671", "++98", "0912\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m, err := card.ParseMobile(s)
		if (err != nil) != (m == "") {
			t.Fatal("a number beside an error, or neither")
		}
		contact, contactErr := card.ParseContactMobile(s)
		if err == nil && (contactErr != nil || contact != m) {
			t.Fatalf("a contact reads %q, %v where a person types %q", contact, contactErr, m)
		}
		for _, m := range []card.Mobile{m, contact} {
			if m == "" {
				continue
			}
			rest, ok := strings.CutPrefix(string(m), "+")
			if !ok || strings.Trim(rest, "0123456789") != "" || len(rest) < 7 || len(rest) > 15 {
				t.Fatalf("%q is not E.164", m)
			}
			if strings.HasPrefix(rest, "98") && (len(rest) != 12 || rest[2] != '9') {
				t.Fatalf("%q is no Iranian mobile", m)
			}
			if again, err := card.ParseMobile(string(m)); err != nil || again != m {
				t.Fatalf("%q read again is %q, %v", m, again, err)
			}
		}
	})
}
