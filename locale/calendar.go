package locale

import (
	"sync"
	"time"
	_ "time/tzdata" // an empty container has no zone files

	"github.com/jalaali/go-jalaali"
)

// months are the names of the Solar Hijri months, Farvardin first.
var months = [...]string{
	"فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور",
	"مهر", "آبان", "آذر", "دی", "بهمن", "اسفند",
}

// weekdays are indexed by time.Weekday.
var weekdays = [...]string{
	"یکشنبه", "دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه", "شنبه",
}

// noDate stands for an instant that the calendar does not reach, the zero time
// above all.
const noDate = "تاریخ نامعلوم"

var tehran = sync.OnceValue(func() *time.Location {
	zone, err := time.LoadLocation("Asia/Tehran")
	if err != nil {
		panic("the zone data built into the program lack Asia/Tehran: " + err.Error())
	}
	return zone
})

// Tehran is the zone in which everything a person sees is told.
func Tehran() *time.Location { return tehran() }

// Date tells the day of t: «۲ آذر ۱۴۰۵».
func Date(t time.Time) string { return string(appendDate(make([]byte, 0, 32), t)) }

func appendDate(b []byte, t time.Time) []byte {
	year, month, day, ok := solar(t)
	if !ok {
		return append(b, noDate...)
	}
	b = add(appendDigits(b, day, 1), " ", months[month-1], " ")
	return appendDigits(b, year, 1)
}

// LongDate is [Date] with the day of the week: «دوشنبه ۲ آذر ۱۴۰۵».
func LongDate(t time.Time) string {
	if _, _, _, ok := solar(t); !ok {
		return noDate
	}
	return weekdays[t.In(Tehran()).Weekday()] + " " + Date(t)
}

// ShortDate tells the day of t in digits alone: «۱۴۰۵/۰۹/۰۲».
func ShortDate(t time.Time) string {
	year, month, day, ok := solar(t)
	if !ok {
		return noDate
	}
	b := appendDigits(make([]byte, 0, 32), year, 4)
	b = appendDigits(append(b, '/'), month, 2)
	return string(appendDigits(append(b, '/'), day, 2))
}

// Clock tells the time of day of t: «ساعت ۱۰:۳۰».
func Clock(t time.Time) string { return string(appendClock(make([]byte, 0, 32), t)) }

func appendClock(b []byte, t time.Time) []byte {
	hour, minute, _ := t.In(Tehran()).Clock()
	b = appendDigits(append(b, "ساعت "...), hour, 2)
	return appendDigits(append(b, ':'), minute, 2)
}

// Day is [Date] as one says it at now: «امروز», «دیروز», or the date.
func Day(t, now time.Time) string { return string(appendDay(make([]byte, 0, 32), t, now)) }

func appendDay(b []byte, t, now time.Time) []byte {
	switch dayNumber(now) - dayNumber(t) {
	case 0:
		return append(b, "امروز"...)
	case 1:
		return append(b, "دیروز"...)
	}
	return appendDate(b, t)
}

// Moment is [Day] with the time of day: «امروز ساعت ۱۰:۳۰». A feed that gives
// a bare date means its 00:00 in Tehran; nobody is told an hour that nobody
// stated, so then the day stands alone.
func Moment(t, now time.Time) string { return string(appendMoment(make([]byte, 0, 64), t, now)) }

func appendMoment(b []byte, t, now time.Time) []byte {
	b = appendDay(b, t, now)
	local := t.In(Tehran())
	if h, m, s := local.Clock(); h == 0 && m == 0 && s == 0 && local.Nanosecond() == 0 {
		return b
	}
	return appendClock(append(b, ' '), t)
}

// dayNumber counts the days of Tehran's calendar.
func dayNumber(t time.Time) int64 {
	year, month, day := t.In(Tehran()).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60)
}

// solar returns the Solar Hijri date of t in Tehran; ok is false outside the
// years that the calendar's arithmetic knows.
func solar(t time.Time) (year, month, day int, ok bool) {
	gy, gm, gd := t.In(Tehran()).Date()
	y, m, d, err := jalaali.ToJalaali(gy, gm, gd)
	if err != nil || y < 1 {
		return 0, 0, 0, false
	}
	return y, int(m), d, true
}
