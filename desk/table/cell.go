package table

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Clean returns what a cell says: the mark that guards it from being taken for
// a formula and Excel's ="…" taken off, in NFKC, without blanks around it. ok
// is false when the cell holds control characters or bytes that are no
// characters.
func Clean(cell string) (text string, ok bool) {
	if cell == "" {
		return "", true
	}
	cell = strings.TrimPrefix(cell, "'")
	for i := 0; ; i++ {
		if i == len(cell) {
			return unwrap(strings.Trim(cell, " ")), true
		}
		if c := cell[i]; c < ' ' || c >= 0x7f {
			break
		}
	}
	for _, r := range cell {
		if r == utf8.RuneError || control(r) {
			return "", false
		}
	}
	return unwrap(strings.TrimFunc(norm.NFKC.String(cell), blank)), true
}

// unwrap takes ="…" off, which keeps Excel from making a number of a code.
func unwrap(s string) string {
	if inner, is := strings.CutPrefix(s, `="`); is && strings.HasSuffix(inner, `"`) {
		return strings.TrimFunc(inner[:len(inner)-1], blank)
	}
	return s
}

// FormulaError reports whether a cell says #N/A, #REF! or the like, which a
// spreadsheet shows where a formula came to nothing.
func FormulaError(s string) bool {
	if len(s) < 4 || s[0] != '#' {
		return false
	}
	switch s {
	case "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#GETTING_DATA":
		return true
	}
	return false
}

// Number returns s without the decimals that a program wrote behind a whole
// number, as in 12345679.0.
func Number(s string) string {
	dot := strings.IndexByte(s, '.')
	if dot < 0 {
		dot = strings.Index(s, "٫")
	}
	if dot <= 0 {
		return s
	}
	whole, rest := s[:dot], strings.TrimPrefix(s[dot:], "٫")
	if strings.Trim(strings.TrimPrefix(rest, "."), "0۰٠") != "" || rest == "." || rest == "" {
		return s
	}
	for _, r := range whole {
		if !unicode.IsDigit(r) {
			return s
		}
	}
	return whole
}

// Scientific reports whether s is a number in scientific notation, 1.2E+11,
// whose last digits a spreadsheet has thrown away.
func Scientific(s string) bool {
	mantissa, exponent, is := strings.Cut(strings.ToUpper(s), "E")
	if !is {
		return false
	}
	digits := func(s, marks string) bool {
		return strings.ContainsFunc(s, unicode.IsDigit) && strings.TrimFunc(s, func(r rune) bool {
			return unicode.IsDigit(r) || strings.ContainsRune(marks, r)
		}) == ""
	}
	return digits(mantissa, ".,٫/") && digits(exponent, "+-")
}

// Text returns s as it is shown to people: ی and ک for ي and ك, runs of blanks
// and line ends as one space, invisible marks out except the joiners that
// Persian is written with, at most limit characters. A cut falls between two
// characters, never before a mark that belongs to the one before it.
func Text(s string, limit int) string {
	var b strings.Builder
	gap, count := false, 0
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			gap = b.Len() > 0
			continue
		case unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d', control(r), r == 0x1a:
			continue
		case r == 'ي', r == 'ى':
			r = 'ی'
		case r == 'ك':
			r = 'ک'
		}
		if gap {
			count++
		}
		if count >= limit && !unicode.Is(unicode.M, r) || count >= 2*limit {
			break
		}
		if gap {
			b.WriteByte(' ')
			gap = false
		}
		b.WriteRune(r)
		count++
	}
	return strings.TrimRight(b.String(), "\u200c\u200d")
}

// blank reports whether r shows nothing: spaces of all kinds, invisible marks,
// and the U+001A that ends a DOS file.
func blank(r rune) bool {
	return unicode.IsSpace(r) || r == 0x1a || unicode.Is(unicode.Cf, r)
}

// shows reports whether r is not blank.
func shows(r rune) bool { return !blank(r) }
