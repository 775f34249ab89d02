package main

import (
	"math"
	"strings"
	"testing"
	"time"

	"kartyar/demo"
)

func TestLimiter(t *testing.T) {
	at := func(seconds float64) time.Time { return noon.Add(time.Duration(seconds * float64(time.Second))) }
	var l limiter
	l.call(at(0))
	l.asked(at(1), 3*time.Second)
	for _, c := range []struct {
		at    float64
		early time.Duration
	}{
		{1.4, 0},                    // it was on its way
		{1.6, 2400e6}, {3.9, 100e6}, // it should have known
		{4, 0}, {5, 0},
	} {
		if early := l.call(at(c.at)); early != c.early {
			t.Errorf("a call at %v s is early by %v, want %v", c.at, early, c.early)
		}
	}
	l.asked(at(3), 2*time.Second) // overlaps, and ends later
	l.asked(at(3.5), time.Second) // ends before
	for _, c := range []struct {
		from, to float64
		want     time.Duration
	}{{0, 10, 4e9}, {0, 1, 0}, {2, 4.5, 2500e6}, {5, 9, 0}} {
		if got := l.paused(at(c.from), at(c.to)); got != c.want {
			t.Errorf("paused from %v to %v s: %v, want %v", c.from, c.to, got, c.want)
		}
	}
}

func TestLimiterCountsWhatIsUsed(t *testing.T) {
	for name, c := range map[string]struct {
		every, pause time.Duration
		want         float64
	}{
		"all of it":             {100 * time.Millisecond, 0, 1},
		"half of it":            {200 * time.Millisecond, 0, 0.5},
		"all but for the pause": {100 * time.Millisecond, 2 * time.Second, 1},
	} {
		var l limiter
		for i := range 100 {
			at := noon.Add(time.Duration(i) * c.every)
			if i > 50 {
				at = at.Add(c.pause)
			}
			l.call(at)
			if i == 50 && c.pause > 0 {
				l.asked(at, c.pause)
			}
		}
		if got := l.used(10); math.Abs(got-c.want) > 0.001 {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestRetryAfterOf(t *testing.T) {
	for want, f := range map[time.Duration]*demo.Fault{
		7 * time.Second: demo.TooMany(7), 12 * time.Second: demo.TooManyPlain(12), 0: demo.TooManyPlain(0),
	} {
		if got := retryAfterOf(f); got != want {
			t.Errorf("%v, want %v: %+v", got, want, f)
		}
	}
}

func TestLogLines(t *testing.T) {
	line := `{"level":"warn","platform":"bale","time":1,"message":"a message could not be sent"}` + "\n"
	quiet := `{"level":"info","platform":"bale","message":"polling"}` + "\n"
	for name, c := range map[string]struct {
		log    string
		owed   []string
		broken string
	}{
		"told":            {line + quiet, []string{inSending}, ""},
		"told each start": {line + line + line, []string{inSending}, ""},
		"silent":          {quiet + quiet + quiet + quiet, []string{inSending}, "silent"},
		"flooding":        {strings.Repeat(line, 5), []string{inSending}, "5 times"},
		"nothing owed":    {quiet, nil, ""},
	} {
		lines, err := countLines([]byte(c.log))
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(lines.judge(c.owed, 2, 30*time.Second), "\n")
		if (got == "") != (c.broken == "") || !strings.Contains(got, c.broken) {
			t.Errorf("%s: %q, want %q", name, got, c.broken)
		}
	}
	if _, err := countLines([]byte("panic: no JSON\n")); err == nil {
		t.Error("a line that is no JSON is passed over")
	}
}
