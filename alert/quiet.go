package alert

import (
	"fmt"
	"sync"
	"time"
	_ "time/tzdata" // an empty container has no zone files
)

// reminderHour is the hour of the day, in Tehran, at which reminders go out.
const reminderHour = 10

// Quiet is the part of the day in which reminders wait and arrivals make no
// sound: from one full hour to another in Tehran, over midnight if From is the
// greater. Two equal hours mean no such part.
type Quiet struct{ From, To int }

// Contains reports whether t lies in the quiet hours.
func (q Quiet) Contains(t time.Time) bool {
	h := t.In(tehran()).Hour()
	if q.From <= q.To {
		return q.From <= h && h < q.To
	}
	return h >= q.From || h < q.To
}

// After returns t, or the end of the quiet hours that t lies in.
func (q Quiet) After(t time.Time) time.Time {
	if !q.Contains(t) {
		return t
	}
	local := t.In(tehran())
	end := time.Date(local.Year(), local.Month(), local.Day(), q.To, 0, 0, 0, local.Location())
	if end.Before(t) {
		end = end.AddDate(0, 0, 1)
	}
	return end.UTC()
}

// ReminderTime returns ten in the morning in Tehran, that many days after the
// day of t.
func ReminderTime(t time.Time, days int) time.Time {
	local := t.In(tehran())
	return time.Date(local.Year(), local.Month(), local.Day()+days, reminderHour, 0, 0, 0, local.Location()).UTC()
}

// tehran is the zone of all rules of the day. The program carries its own zone
// files, so it cannot be missing.
var tehran = sync.OnceValue(func() *time.Location {
	zone, err := time.LoadLocation("Asia/Tehran")
	if err != nil {
		panic(fmt.Sprintf("the program's own time zones are broken: %v", err))
	}
	return zone
})
