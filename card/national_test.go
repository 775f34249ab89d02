package card_test

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"kartyar/card"
)

// readVectors returns the rows of a file of testdata below its heading.
func readVectors(t *testing.T, name string) [][]string {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) < 50 {
		t.Fatalf("%s holds %d rows only", name, len(rows))
	}
	return rows[1:]
}

func TestParseNationalCodeVectors(t *testing.T) {
	for i, row := range readVectors(t, "national_codes.csv") {
		got, err := card.ParseNationalCode(row[0])
		if string(got) != row[1] || (err != nil) != (row[1] == "") {
			t.Errorf("line %d (%s): %v", i+2, row[2], err)
		}
	}
}

// Dictation and keyboards put a full stop behind what was said.
func TestMarksBehindACode(t *testing.T) {
	for _, in := range []string{"2563510147.", "۲۵۶۳۵۱۰۱۴۷. ", "256-351-0147،", "2563510147 ؟!"} {
		for _, parse := range []func(string) (card.NationalCode, error){card.ParseNationalCode, card.ParseNationalCodeCell} {
			if got, err := parse(in); err != nil || got != "2563510147" {
				t.Errorf("%q is read as %q, %v", in, got, err)
			}
		}
	}
}

func TestParseNationalCodeErrors(t *testing.T) {
	tests := []struct {
		name, in   string
		chat, cell error
		digits     int // of the LengthError in chat
	}{
		{"empty", "", card.ErrCodeLength, card.ErrCodeLength, 0},
		{"separators only", " -\u200c\u202e", card.ErrCodeLength, card.ErrCodeLength, 0},
		{"seven digits", "1234567", card.ErrCodeLength, card.ErrCodeLength, 7},
		{"two zeros lost", "12345679", card.ErrCodeLength, nil, 8},
		{"one zero lost", "776686399", card.ErrCodeLength, nil, 9},
		{"nine digits with a wrong sum", "776686398", card.ErrCodeLength, card.ErrCodeChecksum, 9},
		{"eight zeros", "00000000", card.ErrCodeLength, card.ErrCodeChecksum, 8},
		{"eleven digits", "25635101470", card.ErrCodeLength, card.ErrCodeLength, 11},
		{"wrong sum", "9007212212", card.ErrCodeChecksum, card.ErrCodeChecksum, 0},
		{"ten ones", "1111111111", card.ErrCodeChecksum, card.ErrCodeChecksum, 0},
		{"a letter among them", "25635a0147", card.ErrCodeLetters, card.ErrCodeLetters, 0},
		{"a decimal mark", "123456789.0", card.ErrCodeLetters, card.ErrCodeLetters, 0},
		{"scientific notation", "2.56E+09", card.ErrCodeLetters, card.ErrCodeLetters, 0},
		{"full-width digits", "２５６３５１０１４７", nil, nil, 0},
		{"Devanagari digits", "२५६३५१०१४७", nil, nil, 0},
		{"no-break spaces and a BOM", "\ufeff256\u00a0351\u202f0147", nil, nil, 0},
		{"en dash, minus, tatweel", "256–351−01ـ47", nil, nil, 0},
	}
	for _, tt := range tests {
		_, err := card.ParseNationalCode(tt.in)
		if !errors.Is(err, tt.chat) {
			t.Errorf("%s: typed: got %v, want %v", tt.name, err, tt.chat)
		}
		if length, ok := errors.AsType[*card.LengthError](err); ok && length.Digits != tt.digits {
			t.Errorf("%s: counted %d digits, want %d", tt.name, length.Digits, tt.digits)
		}
		if _, err := card.ParseNationalCodeCell(tt.in); !errors.Is(err, tt.cell) {
			t.Errorf("%s: in a cell: got %v, want %v", tt.name, err, tt.cell)
		}
	}
}

// withCheckDigit completes the first nine digits, n < 10⁹, by trying all ten:
// exactly one may pass.
func withCheckDigit(t *rapid.T, n int) card.NationalCode {
	var found []card.NationalCode
	for d := range 10 {
		if code, err := card.ParseNationalCode(fmt.Sprintf("%09d%d", n, d)); err == nil {
			found = append(found, code)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d check digits pass, want 1", len(found))
	}
	return found[0]
}

// genDigits writes digits as people might: scripts mixed, separators between.
func genDigits(t *rapid.T, digits string) string {
	zeros := []rune{'0', '۰', '٠', '０', '०'}
	between := []string{"", "", "", " ", "-", "\u200c", "\u200f", "\u00a0", "–"}
	var b strings.Builder
	for _, d := range digits {
		b.WriteString(rapid.SampledFrom(between).Draw(t, "before"))
		b.WriteRune(rapid.SampledFrom(zeros).Draw(t, "script") + d - '0')
	}
	b.WriteString(rapid.SampledFrom(between).Draw(t, "end"))
	return b.String()
}

func TestNationalCodeRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 999_999_999).Filter(func(n int) bool { return n%111_111_111 != 0 }).Draw(t, "n")
		code := withCheckDigit(t, n)
		for _, parse := range []func(string) (card.NationalCode, error){card.ParseNationalCode, card.ParseNationalCodeCell} {
			if got, err := parse(genDigits(t, string(code))); err != nil || got != code {
				t.Fatalf("read back as %q, %v; want %q", got, err, code)
			}
		}
	})
}

func TestCellRestoresLostZeros(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1_000_000, 99_999_999).Filter(func(n int) bool { return n != 11_111_111 }).Draw(t, "n")
		code := withCheckDigit(t, n)
		lost := strings.TrimLeft(string(code), "0")
		if got, err := card.ParseNationalCodeCell(lost); err != nil || got != code {
			t.Fatalf("read as %q, %v; want %q", got, err, code)
		}
		if _, err := card.ParseNationalCode(lost); !errors.Is(err, card.ErrCodeLength) {
			t.Fatalf("typed: got %v, want %v", err, card.ErrCodeLength)
		}
	})
}

func TestErrorsHoldNoCode(t *testing.T) {
	for _, in := range []string{"9007212212", "776686398", "25635a0147"} {
		if _, err := card.ParseNationalCode(in); err == nil || strings.Contains(err.Error(), in[:4]) {
			t.Errorf("the error shows what was typed: %v", err)
		}
	}
}

func FuzzParseNationalCode(f *testing.F) {
	for _, seed := range []string{"", "2563510147", "۲۵۶-۳۵۱ ۰۱۴\u200c۷", "12345679", "1111111111", "25\xff", "1.2E+11"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		typed, err := card.ParseNationalCode(s)
		cell, cellErr := card.ParseNationalCodeCell(s)
		if err == nil && (cellErr != nil || cell != typed) {
			t.Fatalf("a cell reads %q, %v where a person types %q", cell, cellErr, typed)
		}
		for _, code := range []card.NationalCode{typed, cell} {
			if code == "" {
				continue
			}
			if len(code) != 10 || strings.Trim(string(code), "0123456789") != "" {
				t.Fatalf("%q is not ten Latin digits", code)
			}
			if again, err := card.ParseNationalCode(string(code)); err != nil || again != code {
				t.Fatalf("%q read again is %q, %v", code, again, err)
			}
		}
		if (err != nil) != (typed == "") || (cellErr != nil) != (cell == "") {
			t.Fatal("a code beside an error, or neither")
		}
	})
}
