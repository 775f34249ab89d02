package main

import (
	"slices"
	"testing"
	"time"

	"kartyar/demo"
)

func TestRefusals(t *testing.T) {
	at := func(seconds int, e demo.Entry) demo.Entry {
		e.At, e.Kind = noon.Add(time.Duration(seconds)*time.Second), demo.Refused
		return e
	}
	mine := demo.Entry{Platform: demo.Bale, Method: "getUpdates", Status: 409}
	other, send := mine, mine
	other.Platform, send.Method = demo.Telegram, "sendMessage"
	got := refusalGaps([]demo.Entry{at(0, mine), at(1, other), at(5, mine), at(6, send), at(15, mine)}, demo.Bale)
	if !slices.Equal(got, []time.Duration{5 * time.Second, 10 * time.Second}) {
		t.Errorf("the gaps are %v", got)
	}
}

func TestGrowing(t *testing.T) {
	for _, c := range []struct {
		gaps []time.Duration
		want bool
	}{
		{nil, false}, {[]time.Duration{5}, false}, {[]time.Duration{5, 5, 5}, false},
		{[]time.Duration{500, 495, 1000}, true}, {[]time.Duration{500, 1000, 500}, false}, {[]time.Duration{1000, 500}, false},
	} {
		if got := growing(c.gaps); got != c.want {
			t.Errorf("%v grow: %v", c.gaps, got)
		}
	}
}
