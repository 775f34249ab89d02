package manifest

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/jalaali/go-jalaali"
)

// moment is ISO 8601 and how Solar Hijri dates are written: 1405/09/02,
// 1405-9-2, 1405.9.2 or 14050902, then perhaps a time, then perhaps a zone.
var moment = regexp.MustCompile(`^(\d{4})(?:([/.\-])(\d{1,2})([/.\-])(\d{1,2})|(\d{2})(\d{2}))` +
	`(?:(?:T|t| +)(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9})\d*)?)? ?(Z|z|[+\-]\d{2}:?(?:\d{2})?)?)?$`)

// parseTime reads a date or a date and time, in UTC. The year
// tells the calendar: 1300 to 1499 is Solar Hijri, 1900 to 2099 Gregorian.
// Without a zone the time is zone's, and a bare date its 00:00.
func parseTime(text string, zone *time.Location) (time.Time, Reason) {
	m := moment.FindStringSubmatch(latin(text))
	if m == nil || m[2] != m[4] {
		return time.Time{}, ReasonDate
	}
	year, month, day := atoi(m[1]), atoi(m[3]+m[6]), atoi(m[5]+m[7])
	hour, minute, second := atoi(m[8]), atoi(m[9]), atoi(m[10])
	if hour > 23 || minute > 59 || second > 59 {
		return time.Time{}, ReasonDateInvalid
	}
	switch {
	case 1300 <= year && year < 1500:
		if !jalaali.IsValidDate(year, month, day) {
			return time.Time{}, ReasonDateInvalid
		}
		y, mo, d, err := jalaali.ToGregorian(year, jalaali.Month(month), day)
		if err != nil {
			return time.Time{}, ReasonDateInvalid
		}
		year, month, day = y, int(mo), d
	case 1900 <= year && year < 2100:
		if d := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC); int(d.Month()) != month || d.Day() != day {
			return time.Time{}, ReasonDateInvalid
		}
	default:
		return time.Time{}, ReasonDate
	}
	if m[12] != "" {
		offset, ok := parseZone(m[12])
		if !ok {
			return time.Time{}, ReasonDateInvalid
		}
		zone = offset
	}
	nanosecond := atoi((m[11] + "000000000")[:9])
	return time.Date(year, time.Month(month), day, hour, minute, second, nanosecond, zone).UTC(), 0
}

// parseZone reads Z, +03:30, +0330 or +03.
func parseZone(s string) (*time.Location, bool) {
	if s == "Z" || s == "z" {
		return time.UTC, true
	}
	hours, minutes := atoi(s[1:3]), atoi(strings.TrimPrefix(s[3:], ":"))
	if hours > 14 || minutes > 59 {
		return nil, false
	}
	seconds := (hours*60 + minutes) * 60
	if s[0] == '-' {
		seconds = -seconds
	}
	return time.FixedZone("", seconds), true
}

// latin returns s with Latin digits, one kind of dash and no invisible marks.
func latin(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case '۰' <= r && r <= '۹':
			return '0' + r - '۰'
		case '٠' <= r && r <= '٩':
			return '0' + r - '٠'
		case unicode.Is(unicode.Cf, r):
			return -1
		case unicode.IsSpace(r):
			return ' '
		case unicode.Is(unicode.Pd, r), r == '−':
			return '-'
		}
		return r
	}, s)
}

// atoi reads digits that the pattern has vouched for; "" is 0.
func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}
