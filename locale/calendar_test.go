package locale

import (
	"encoding/csv"
	"os"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestCalendarVectors(t *testing.T) {
	file, err := os.Open("testdata/jalali.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) < 50 {
		t.Fatalf("%d rows of vectors, far too few", len(rows))
	}
	for _, row := range rows[1:] {
		instant, err := time.Parse(time.RFC3339, row[0])
		if err != nil {
			t.Fatal(err)
		}
		if got := Latin(ShortDate(instant)); got != row[1] {
			t.Errorf("%s: ShortDate is %q, want %q", row[0], got, row[1])
		}
		if got := LongDate(instant); got != row[2] {
			t.Errorf("%s: LongDate is %q, want %q", row[0], got, row[2])
		}
	}
}

func TestTellingTime(t *testing.T) {
	now := time.Date(2026, 11, 23, 10, 30, 0, 0, Tehran())
	for _, c := range []struct {
		what, got, want string
	}{
		{"Date", Date(now), "۲ آذر ۱۴۰۵"},
		{"LongDate", LongDate(now), "دوشنبه ۲ آذر ۱۴۰۵"},
		{"ShortDate", ShortDate(now), "۱۴۰۵/۰۹/۰۲"},
		{"Clock", Clock(now.UTC()), "ساعت ۱۰:۳۰"},
		{"Clock at night", Clock(now.Add(-10 * time.Hour)), "ساعت ۰۰:۳۰"},
		{"Day of now", Day(now, now), "امروز"},
		{"Day, last minute of today", Day(now.Add(13*time.Hour+29*time.Minute), now), "امروز"},
		{"Day, last minute of yesterday", Day(now.Add(-10*time.Hour-31*time.Minute), now), "دیروز"},
		{"Day, two days ago", Day(now.Add(-48*time.Hour), now), "۳۰ آبان ۱۴۰۵"},
		{"Day, tomorrow", Day(now.Add(24*time.Hour), now), "۳ آذر ۱۴۰۵"},
		{"Moment", Moment(now.Add(-time.Hour), now), "امروز ساعت ۰۹:۳۰"},
		{"Moment, bare date", Moment(time.Date(2026, 11, 22, 0, 0, 0, 0, Tehran()), now), "دیروز"},
		{"Moment, old", Moment(now.Add(-72*time.Hour), now), "۲۹ آبان ۱۴۰۵ ساعت ۱۰:۳۰"},
		{"Date of no time", Date(time.Time{}), noDate},
		{"LongDate of no time", LongDate(time.Time{}), noDate},
		{"ShortDate of no time", ShortDate(time.Time{}), noDate},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.what, c.got, c.want)
		}
	}
}

// Every day has one date, and the next day another.
func TestDaysFollowEachOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(0, 4_000_000_000).Draw(t, "second"), 0)
		if Day(at, at) != "امروز" {
			t.Fatalf("%v is not today at itself", at)
		}
		if Day(at, at.In(Tehran()).AddDate(0, 0, 1)) != "دیروز" {
			t.Fatalf("%v is not yesterday a day later", at)
		}
		if ShortDate(at) >= ShortDate(at.AddDate(0, 0, 2)) {
			t.Fatalf("%v: the date two days later is not greater", at)
		}
	})
}
