package card

import (
	"errors"
	"regexp"
	"strings"
)

// Mobile is a mobile number in E.164: +989xxxxxxxxx for an Iranian one.
type Mobile string

// ErrMobile says that a text is no mobile number.
var ErrMobile = errors.New("not a mobile number")

var (
	iranian = regexp.MustCompile(`^(?:\+98|0098|98)?0?(9\d{9})$`)
	foreign = regexp.MustCompile(`^\+[1-9]\d{6,14}$`)
)

// ParseMobile reads a number as people and files write it: 09…, 9…, 98…,
// +98…, 0098…, +98 09…, digits of any script, separators between them. A
// foreign number needs its + and is kept as it is; an Iranian landline is
// refused.
func ParseMobile(s string) (Mobile, error) {
	// As nearly every cell of a list is, which the expressions would take long for.
	if national := strings.TrimPrefix(s, "0"); len(national) == 10 && national[0] == '9' && allLatin(national) {
		return Mobile("+98" + national), nil
	}
	digits, ok := foldPhone(s)
	if !ok {
		return "", ErrMobile
	}
	if m := iranian.FindStringSubmatch(digits); m != nil {
		return Mobile("+98" + m[1]), nil
	}
	if foreign.MatchString(digits) && !strings.HasPrefix(digits, "+98") {
		return Mobile(digits), nil
	}
	return "", ErrMobile
}

// ParseContactMobile reads the number of a contact that a platform vouches for.
// It takes what ParseMobile takes, and a foreign number without its +, as
// Telegram sends it: such a number is always international.
func ParseContactMobile(s string) (Mobile, error) {
	if m, err := ParseMobile(s); err == nil {
		return m, nil
	}
	digits, ok := foldPhone(s)
	if !ok || strings.HasPrefix(digits, "+") {
		return "", ErrMobile
	}
	return ParseMobile("+" + strings.TrimPrefix(digits, "00"))
}
