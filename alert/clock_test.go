package alert

import (
	"testing"
	"time"

	"kartyar/store"
)

func TestStepped(t *testing.T) {
	day := 24 * time.Hour
	wall := func(d time.Duration) time.Time { return day0.Add(d).Round(0) } // no monotonic reading
	begin := time.Now()
	for _, tt := range []struct {
		name      string
		last, now time.Time
		want      time.Duration
	}{
		{"time passes", begin, begin.Add(time.Hour), 0},
		{"without a monotonic reading", wall(0), wall(time.Hour), 0},
		{"back, without one", wall(day), wall(0), -day},
		{"nothing passes", begin, begin, 0},
	} {
		if got := stepped(tt.last, tt.now); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// The clock is set back while alerts wait to be tried again, and one is new:
// all go now, none waits until the clock is where it was.
func TestAClockSetBackHoldsNoAlertUp(t *testing.T) {
	for _, by := range []time.Duration{time.Hour, 24 * time.Hour, 400 * 24 * time.Hour} {
		for _, stopped := range []bool{false, true} {
			p := newPost(t)
			p.do(func(w *world) { w.follow(ali, 1); w.ready(ali, "7") })
			p.run(0)
			p.answer(Failed, 0)
			p.at(day0.Add(10 * time.Second))
			p.answer(Failed, 0) // the next in a minute
			if stopped {        // the clock is set while nothing runs
				p.stop()
			}
			p.at(day0.Add(-by))
			if stopped {
				p.run(0)
			}
			p.answer(Sent, 0)
			if rows := p.rows(store.Alerts); len(rows) != 0 {
				t.Errorf("back by %v: left %+v", by, rows)
			}
			p.stop()
		}
	}
}

// A wait that is within reason is kept over a start.
func TestAStartKeepsWaits(t *testing.T) {
	p := newPost(t)
	p.do(func(w *world) { w.follow(ali, 1); w.ready(ali, "7") })
	p.run(0)
	p.answer(Later, 100*time.Hour)
	if rows := p.rows(store.Alerts); len(rows) != 1 || !rows[0].At.Equal(day0.Add(time.Hour)) {
		t.Fatalf("after a long 429: %+v", rows)
	}
	p.stop()
	p.at(day0.Add(10 * time.Minute))
	p.run(0)
	p.at(day0.Add(20 * time.Minute))
	select {
	case m := <-p.in:
		t.Fatalf("sent %+v", m)
	case <-time.After(0):
	}
	p.at(day0.Add(time.Hour))
	p.answer(Sent, 0)
}
