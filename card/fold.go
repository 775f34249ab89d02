package card

import (
	"errors"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// latinDigit returns the Latin digit that r stands for, whatever its script:
// Persian ۰–۹, Arabic-Indic ٠–٩, Devanagari, full-width and so on.
func latinDigit(r rune) (byte, bool) {
	switch {
	case '0' <= r && r <= '9':
		return byte(r), true
	case r < utf8.RuneSelf:
		return 0, false
	case '۰' <= r && r <= '۹':
		return byte('0' + r - '۰'), true
	case !unicode.Is(unicode.Nd, r):
		return 0, false
	}
	// Unicode promises that decimal digits stand in rising runs of ten.
	for _, run := range unicode.Nd.R16 {
		if rune(run.Lo) <= r && r <= rune(run.Hi) {
			return byte('0' + (r-rune(run.Lo))%10), true
		}
	}
	for _, run := range unicode.Nd.R32 {
		if rune(run.Lo) <= r && r <= rune(run.Hi) {
			return byte('0' + (r-rune(run.Lo))%10), true
		}
	}
	return 0, false
}

// separator reports whether r is what people put between digits: white space,
// dashes, invisible marks (bidi controls, half-spaces, soft hyphens, a BOM).
func separator(r rune) bool {
	return unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) || unicode.Is(unicode.Cf, r) || r == '−' || r == 'ـ'
}

// endsSentence reports whether r is a mark that keyboards and dictation put
// behind what was said. Between digits such a mark is a decimal one.
func endsSentence(r rune) bool {
	return separator(r) || strings.ContainsRune(".،,؛;!؟?۔…", r)
}

// foldDigits leaves the digits of s, in Latin; ok is false when anything but
// digits and separators stands in it, or a mark behind them.
func foldDigits(s string) (digits string, ok bool) {
	if allLatin(s) { // as nearly every cell of a list is
		return s, true
	}
	s = strings.TrimRightFunc(s, endsSentence)
	var b strings.Builder
	b.Grow(16)
	for _, r := range s {
		if d, is := latinDigit(r); is {
			b.WriteByte(d)
		} else if !separator(r) {
			return "", false
		}
	}
	return b.String(), true
}

// allLatin reports whether s is made of Latin digits alone.
func allLatin(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// foldPhone is foldDigits for phone numbers, which may begin with + and hold
// brackets and dots.
func foldPhone(s string) (digits string, ok bool) {
	var b strings.Builder
	b.Grow(16)
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

// ErrRounded says that a spreadsheet has turned an id into a rounded number,
// as 1.2E+11, so that its digits are lost.
var ErrRounded = errors.New("the id is in scientific notation, its digits are lost")

// Scientific notation. Without a + the exponent counts only after a decimal
// mark, since office codes such as 12E4 exist. A Persian Windows writes the
// decimal mark as a slash.
var (
	roundedPlus    = regexp.MustCompile(`^[0-9]+E\+[0-9]+$`)
	roundedDecimal = regexp.MustCompile(`^[+-]?[0-9]+[.,٫/][0-9]+E[+-]?[0-9]+$`)
)

// ParseID reads an application id, an office code or a receipt code and
// returns it folded by FoldID; what is in scientific notation is refused with
// ErrRounded. Nothing but separators gives the empty id. s must be in NFKC.
func ParseID(s string) (string, error) {
	folded := FoldID(s)
	if strings.ContainsRune(folded, 'E') &&
		(roundedPlus.MatchString(strings.TrimPrefix(folded, "+")) || roundedDecimal.MatchString(bare(s))) {
		return "", ErrRounded
	}
	return folded, nil
}

// bare returns s in upper case and Latin digits, only white space and
// invisible marks taken out.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if d, is := latinDigit(r); is {
			return rune(d)
		}
		switch {
		case unicode.IsSpace(r), unicode.Is(unicode.Cf, r):
			return -1
		case r == '−':
			return '-'
		}
		return unicode.ToUpper(r)
	}, s)
}

// FoldID returns an application id, office code or receipt code as it is
// compared: Latin digits, separators out, upper case, leading zeros out of
// all-digit values, since a spreadsheet drops them. It is idempotent. s must be
// in NFKC. What comes from outside goes through ParseID.
func FoldID(s string) string {
	var b strings.Builder
	letters := false
	for _, r := range s {
		if d, is := latinDigit(r); is {
			b.WriteByte(d)
			continue
		}
		if separator(r) || strings.ContainsRune(`/\._,٬٫،`, r) {
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
	case 'ي', 'ى', 'ې', 'ے':
		return 'ی'
	case 'ك', 'ڪ':
		return 'ک'
	case 'ة', 'ۀ', 'ہ', 'ھ', 'ە':
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
// half-spaces and punctuation as one space, no vowel marks. It is idempotent. s
// must be in NFKC.
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
		case unicode.IsLetter(r), '0' <= r && r <= '9':
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
