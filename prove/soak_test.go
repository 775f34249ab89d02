package main

import (
	"io"
	"strings"
	"testing"
	"time"
)

// TestBound has forty readings over four minutes of something that takes 100,
// grows as told and goes up and down by 5.
func TestBound(t *testing.T) {
	for _, c := range []struct {
		name  string
		grows float64 // a reading
		of    bound
		holds bool
	}{
		{"flat", 0, bound{fixed: 1}, true},
		{"falling", -3, bound{fixed: 1}, true},
		{"growing", 1, bound{fixed: 5}, false},
		{"growing within what comes and goes", 1, bound{fixed: 20}, true},
		{"growing within its share", 1, bound{share: 0.2}, true},
		{"growing within what updates leave behind", 1, bound{update: 0.2}, true},
		{"growing more than updates leave behind", 1, bound{update: 0.01}, false},
	} {
		var all []reading
		for n := range 40 {
			r := reading{at: noon.Add(time.Duration(n) * 6 * time.Second), anonymous: 100 + c.grows*float64(n), updates: 10 * float64(n)}
			r.anonymous += []float64{5, -5, -5, 5}[n%4]
			all = append(all, r)
		}
		s := &stage{out: io.Discard}
		c.of.name, c.of.of = "it", func(r reading) float64 { return r.anonymous }
		if c.of.judge(s, all); (len(s.broken) == 0) != c.holds {
			t.Errorf("%s: %v", c.name, s.broken)
		}
	}
	s := &stage{out: io.Discard}
	if (bound{name: "it", of: func(reading) float64 { return 0 }}).judge(s, make([]reading, 12)); len(s.broken) == 0 {
		t.Error("six readings were enough")
	}
}

func TestValueOf(t *testing.T) {
	text := "# HELP go_goroutines x\ngo_goroutines_total 9\ngo_goroutines 37\nRssAnon:\t    1234 kB\n"
	for name, want := range map[string]float64{"go_goroutines": 37, "RssAnon:": 1234} {
		if got, err := valueOf(strings.NewReader(text), name); err != nil || got != want {
			t.Errorf("%s is %v, %v", name, got, err)
		}
	}
	if _, err := valueOf(strings.NewReader(text), "go_gc"); err == nil {
		t.Error("something that is not there was found")
	}
}

func TestLastRun(t *testing.T) {
	out := "fuzz: elapsed: 0s, gathering baseline coverage: 0/3 completed\n" +
		"fuzz: elapsed: 3s, execs: 100 (33/sec), new interesting: 2 (total: 5)\nfuzz: elapsed: 6s, execs: 250 (50/sec), new interesting: 4 (total: 7)\nPASS\n"
	if got := lastRun([]byte(out)); got != "250 inputs, 4 of them new to it" {
		t.Error(got)
	}
	if got := lastRun([]byte("ok")); got != "0 inputs" {
		t.Error(got)
	}
}
