package card

import (
	"strings"
	"unicode"
)

// latinDigit returns the Latin digit that r stands for: Persian ۰–۹,
// Arabic-Indic ٠–٩, Latin and full-width ones.
func latinDigit(r rune) (byte, bool) {
	switch {
	case '0' <= r && r <= '9':
		return byte(r), true
	case '۰' <= r && r <= '۹':
		return byte('0' + r - '۰'), true
	case '٠' <= r && r <= '٩':
		return byte('0' + r - '٠'), true
	case '０' <= r && r <= '９':
		return byte('0' + r - '０'), true
	}
	return 0, false
}

// separator reports whether r is what people put between digits: white space,
// dashes, invisible marks (bidi controls, half-spaces, soft hyphens, a BOM).
func separator(r rune) bool {
	return unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) || unicode.Is(unicode.Cf, r) || r == '−' || r == 'ـ'
}

// foldDigits leaves the digits of s, in Latin; ok is false when anything but
// digits and separators stands in it.
func foldDigits(s string) (digits string, ok bool) {
	var b strings.Builder
	for _, r := range s {
		if d, is := latinDigit(r); is {
			b.WriteByte(d)
		} else if !separator(r) {
			return "", false
		}
	}
	return b.String(), true
}

// foldPhone is foldDigits for phone numbers, which may begin with + and hold
// brackets and dots.
func foldPhone(s string) (digits string, ok bool) {
	var b strings.Builder
	for _, r := range s {
		d, is := latinDigit(r)
		switch {
		case is:
			b.WriteByte(d)
		case r == '+' || r == '＋':
			if b.Len() > 0 {
				return "", false
			}
			b.WriteByte('+')
		case separator(r), strings.ContainsRune("()[]./", r):
		default:
			return "", false
		}
	}
	return b.String(), true
}

// FoldID returns an application id, office code or receipt code as it is
// compared: Latin digits, separators out, upper case, leading zeros out of
// all-digit values, since a spreadsheet drops them. s must be in NFKC.
func FoldID(s string) string {
	var b strings.Builder
	letters := false
	for _, r := range s {
		if d, is := latinDigit(r); is {
			b.WriteByte(d)
			continue
		}
		if separator(r) || strings.ContainsRune("/._\\", r) {
			continue
		}
		letters = true
		b.WriteRune(unicode.ToUpper(foldLetter(r)))
	}
	folded := b.String()
	if letters {
		return folded
	}
	if trimmed := strings.TrimLeft(folded, "0"); trimmed != "" {
		return trimmed
	}
	return folded[:min(len(folded), 1)]
}

// foldLetter gives the letters that two keyboards write differently one form.
func foldLetter(r rune) rune {
	switch r {
	case 'ي', 'ى', 'ې':
		return 'ی'
	case 'ك':
		return 'ک'
	case 'ة', 'ۀ', 'ہ':
		return 'ه'
	case 'أ', 'إ', 'ٱ':
		return 'ا'
	case 'ؤ':
		return 'و'
	}
	return r
}

// Fold returns a text as headings, office names and typed words are compared:
// one form of ی and ک, Latin digits, lower case, runs of white space,
// half-spaces and punctuation as one space, no vowel marks. s must be in NFKC.
func Fold(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range s {
		if d, is := latinDigit(r); is {
			r = rune(d)
		}
		switch {
		case unicode.Is(unicode.Mn, r), r == 'ـ', unicode.Is(unicode.Cf, r) && r != '\u200c':
			continue
		case unicode.IsLetter(r), unicode.IsDigit(r):
			if gap && b.Len() > 0 {
				b.WriteByte(' ')
			}
			gap = false
			b.WriteRune(unicode.ToLower(foldLetter(r)))
		default:
			gap = true
		}
	}
	return b.String()
}
