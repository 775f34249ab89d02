package manifest

import (
	"encoding/csv"
	"os"
	"strings"
	"testing"
	"time"
)

func zone(t *testing.T) *time.Location {
	t.Helper()
	z, err := time.LoadLocation("Asia/Tehran")
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestParseTime(t *testing.T) {
	for text, want := range map[string]string{
		"1405/09/02":                "2026-11-22T20:30:00Z",
		"1405-9-2":                  "2026-11-22T20:30:00Z",
		"۱۴۰۵/۹/۲":                  "2026-11-22T20:30:00Z",
		"14050902":                  "2026-11-22T20:30:00Z",
		"1405/09/02 12:45":          "2026-11-23T09:15:00Z",
		"۱۴۰۵/۰۹/۰۲  ۱۲:۴۵:۰۷":      "2026-11-23T09:15:07Z",
		"2026-11-23":                "2026-11-22T20:30:00Z",
		"20261123T0915Z":            "2026-11-23T09:15:00Z",
		"2026-11-23T09:15":          "2026-11-23T05:45:00Z",
		"2026-11-23 09:15:01":       "2026-11-23T05:45:01Z",
		"2026-11-23T09:15:01.987Z":  "2026-11-23T09:15:01.987Z",
		"2026-11-23T09:15:01+03:30": "2026-11-23T05:45:01Z",
		"2026-11-23T09:15-0100":     "2026-11-23T10:15:00Z",
		"1403/12/30":                "2025-03-19T20:30:00Z",
		"2024-02-29":                "2024-02-28T20:30:00Z",
		"1401/05/01":                "2022-07-22T19:30:00Z", // the last summer of daylight saving
	} {
		got, reason := parseTime(text, zone(t))
		if reason != 0 || got.Format(time.RFC3339Nano) != want || got.Location() != time.UTC {
			t.Errorf("%s: got %v (%v), want %s", text, got, reason, want)
		}
	}
	for text, want := range map[string]Reason{
		"1404/12/30": ReasonDateInvalid, "1405/07/31": ReasonDateInvalid, "1405/13/01": ReasonDateInvalid,
		"1405/00/01": ReasonDateInvalid, "1405/01/00": ReasonDateInvalid, "2026-02-29": ReasonDateInvalid,
		"1405/09/02 24:00": ReasonDateInvalid, "1405/09/02 12:60": ReasonDateInvalid, "2026-11-23T09:15+15:00": ReasonDateInvalid,
		"05/09/02": ReasonDate, "02/09/1405": ReasonDate, "1405/09-02": ReasonDate, "1700/01/01": ReasonDate,
		"46349": ReasonDate, "1405": ReasonDate, "دیروز": ReasonDate, "1405/09/02 عصر": ReasonDate,
	} {
		if got, reason := parseTime(text, zone(t)); reason != want {
			t.Errorf("%s: got %v (%v), want %v", text, got, reason, want)
		}
	}
}

// The vectors were made with ICU.
func TestParseTimeVectors(t *testing.T) {
	f, err := os.Open("testdata/jalali.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		got, reason := parseTime(row[1], zone(t))
		instant, err := time.Parse(time.RFC3339, row[0])
		if err != nil {
			t.Fatal(err)
		}
		if since := instant.Sub(got); reason != 0 || since < 0 || since >= 25*time.Hour {
			t.Errorf("%s: got %v (%v), which does not hold %s", row[1], got, reason, row[0])
		}
	}
}

// Whatever is read as a date is in a year that a card can have, in UTC, and is
// read as the same however its digits are written.
func FuzzDate(f *testing.F) {
	for _, seed := range []string{"", "1405/09/02", "۱۴۰۵/۰۹/۰۲  ۱۲:۴۵:۰۷", "20261123T0915Z", "2026-11-23T09:15:01.987654321+03:30", "1403/12/30", "1.4E+7", "14050902 24:00"} {
		f.Add(seed)
	}
	tehran, err := time.LoadLocation("Asia/Tehran")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		at, reason := parseTime(text, tehran)
		if reason != 0 {
			if !at.IsZero() || reason.Sentence() == "" {
				t.Fatalf("%q is refused with %q and gave %v", text, reason.Sentence(), at)
			}
			return
		}
		if at.Location() != time.UTC || at.Year() < 1899 || at.Year() > 2121 {
			t.Fatalf("%q is read as %v", text, at)
		}
		persian := strings.Map(func(r rune) rune {
			if '0' <= r && r <= '9' {
				return '۰' + r - '0'
			}
			return r
		}, text)
		if again, _ := parseTime(persian, tehran); !again.Equal(at) {
			t.Fatalf("%q is read as %v, and %q as %v", text, at, persian, again)
		}
		if again, _ := parseTime(at.Format(time.RFC3339Nano), tehran); !again.Equal(at) && at.Year() >= 1900 && at.Year() < 2100 {
			t.Fatalf("%q is read as %v, which is read as %v", text, at, again)
		}
	})
}
