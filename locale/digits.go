package locale

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

// Number writes a count in Persian digits with Persian separators: ۱٬۲۳۴.
func Number(n int) string {
	return message.NewPrinter(language.Persian).Sprint(number.Decimal(n))
}

// Digits returns s with its Latin and Arabic-Indic digits in Persian ones, and
// everything else as it was. It is for codes and dates; a count is written by
// [Number].
func Digits(s string) string { return strings.Map(persianDigit, s) }

// appendDigits appends a number, not less than 0, in Persian digits, with zeros
// before it up to a width.
func appendDigits(b []byte, n, width int) []byte {
	var room [20]byte
	latin := strconv.AppendInt(room[:0], int64(n), 10)
	for range width - len(latin) {
		b = append(b, "۰"...)
	}
	for _, d := range latin {
		b = utf8.AppendRune(b, persianDigit(rune(d)))
	}
	return b
}

// Latin returns s with its Persian and Arabic-Indic digits in Latin ones, and
// everything else as it was.
func Latin(s string) string {
	return strings.Map(func(r rune) rune {
		if p := persianDigit(r); '۰' <= p && p <= '۹' {
			return '0' + p - '۰'
		}
		return r
	}, s)
}

func persianDigit(r rune) rune {
	switch {
	case '0' <= r && r <= '9':
		return '۰' + r - '0'
	case '٠' <= r && r <= '٩':
		return '۰' + r - '٠'
	}
	return r
}
