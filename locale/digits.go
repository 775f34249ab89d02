package locale

import (
	"strings"

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
