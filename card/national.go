package card

import (
	"errors"
	"fmt"
	"strings"
)

// NationalCode is ten Latin digits that identify a person and whose check
// digit holds. Only ParseNationalCode and ParseNationalCodeCell make one.
type NationalCode string

// What is wrong with a national code.
var (
	// ErrCodeLength is wrapped by *LengthError.
	ErrCodeLength   = errors.New("a national code has ten digits")
	ErrCodeLetters  = errors.New("a national code holds digits only")
	ErrCodeChecksum = errors.New("the check digit does not hold")
)

// LengthError says how many digits came in place of ten.
type LengthError struct{ Digits int }

func (e *LengthError) Error() string {
	return fmt.Sprintf("%v, not %d", ErrCodeLength, e.Digits)
}

// Unwrap makes errors.Is(err, ErrCodeLength) hold.
func (e *LengthError) Unwrap() error { return ErrCodeLength }

// ParseNationalCode reads a code as a person types it: digits of any script,
// spaces, dashes and invisible marks between them, a full stop behind. A code of eight or nine
// digits is refused, since a person may have lost any of them.
func ParseNationalCode(s string) (NationalCode, error) {
	digits, ok := foldDigits(s)
	if !ok {
		return "", ErrCodeLetters
	}
	return checkNationalCode(digits)
}

// ParseNationalCodeCell reads a code from a table, where a spreadsheet has
// taken leading zeros away: eight or nine digits are filled up before the sum
// is checked.
func ParseNationalCodeCell(s string) (NationalCode, error) {
	digits, ok := foldDigits(s)
	if !ok {
		return "", ErrCodeLetters
	}
	if n := len(digits); n == 8 || n == 9 {
		digits = strings.Repeat("0", 10-n) + digits
	}
	return checkNationalCode(digits)
}

// checkNationalCode applies the register's check sum: r = Σ d[i]·(10−i) for
// the first nine digits, mod 11; the tenth is r when r < 2, otherwise 11 − r.
// Ten equal digits pass the sum and are nobody's code.
func checkNationalCode(digits string) (NationalCode, error) {
	if len(digits) != 10 {
		return "", &LengthError{Digits: len(digits)}
	}
	sum := 0
	for i := range 9 {
		sum += int(digits[i]-'0') * (10 - i)
	}
	want := sum % 11
	if want >= 2 {
		want = 11 - want
	}
	if int(digits[9]-'0') != want || strings.Count(digits, digits[:1]) == 10 {
		return "", ErrCodeChecksum
	}
	return NationalCode(digits), nil
}
