package inbox

import (
	"testing"
	"time"

	"kartyar/card"
)

// Rows that wait for their time stay in memory, up to a bound.
func TestRowsInHand(t *testing.T) {
	now := time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC)
	i := New(Options{Now: func() time.Time { return now }})
	i.pools[card.Bot{}], i.stopping = &pool{}, true
	lanes := make([]*lane, handsMost+2)
	inHand := func() (n int) {
		for _, l := range lanes {
			if l.hand != nil {
				n++
			}
		}
		return n
	}
	for n := range lanes {
		lanes[n] = &lane{hand: &handed{}}
		i.park(lanes[n], time.Second)
	}
	if n := inHand(); n != handsMost {
		t.Errorf("%d rows are in hand", n)
	}
	now = now.Add(time.Second)
	if _, more := i.unpark(); more || inHand() != handsMost || i.inHand != 0 {
		t.Errorf("%d rows are in hand after waiting, %d counted as parked", inHand(), i.inHand)
	}
	i.park(lanes[0], time.Second)
	if lanes[0].hand == nil {
		t.Error("there is room again, and none was given")
	}
}
