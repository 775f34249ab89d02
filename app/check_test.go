package app

import (
	"testing"
	"time"
)

func TestClock(t *testing.T) {
	for _, tt := range []struct {
		ahead time.Duration
		known bool
		says  string
		fault bool
	}{
		{0, false, "bale does not tell the time", false},
		{59 * time.Second, true, "agrees with that of bale", false},
		{-time.Minute, true, "agrees with that of bale", false},
		{61 * time.Second, true, "is 1m1s ahead of that of bale; set it (an NTP service keeps it right)", true},
		{-3 * time.Hour, true, "is 3h0m0s behind that of bale; set it (an NTP service keeps it right)", true},
	} {
		if got := judgeClock("bale", tt.ahead, tt.known); got.says != tt.says || got.fault != tt.fault {
			t.Errorf("%v: %+v", tt.ahead, got)
		}
	}
}
