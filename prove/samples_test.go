package main

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

func ms(all ...float64) (times []time.Duration) {
	for _, x := range all {
		times = append(times, time.Duration(x*float64(time.Millisecond)))
	}
	return times
}

// The p-values are those of scipy.stats: mannwhitneyu with method="asymptotic",
// and the asymptotic Kolmogorov–Smirnov ones within what the correction makes.
func TestCompareTimes(t *testing.T) {
	one, two := ms(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), ms(6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
	tests := []struct {
		name  string
		a, b  []time.Duration
		mwu   float64
		ksMin float64
		ksMax float64
		shift time.Duration
	}{
		{"the same", one, one, 1, 1, 1, 0},
		{"shifted by 5", one, two, 0.0050, 0.07, 0.15, 5 * time.Millisecond},
		{"apart", one, ms(101, 102, 103, 104, 105, 106, 107, 108, 109, 110), 0.00018, 0, 0.0003, 100 * time.Millisecond},
		{"all equal", ms(1, 1, 1), ms(1, 1, 1), 1, 1, 1, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := compareTimes(tt.a, tt.b)
			if math.Abs(got.mwu-tt.mwu) > 0.02*tt.mwu+0.00001 {
				t.Errorf("Mann–Whitney %.5f, want %.5f", got.mwu, tt.mwu)
			}
			if got.ks < tt.ksMin || got.ks > tt.ksMax {
				t.Errorf("Kolmogorov–Smirnov %.5f, want %.5f to %.5f", got.ks, tt.ksMin, tt.ksMax)
			}
			if got.shift != tt.shift {
				t.Errorf("shift %v, want %v", got.shift, tt.shift)
			}
		})
	}
}

// A leak of a few milliseconds more than the margin is seen among the noise
// that a busy machine makes, and no leak is not.
func TestALeakIsSeen(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	noise := func(more time.Duration) (all []time.Duration) {
		for range 500 {
			all = append(all, more+time.Duration(dice.ExpFloat64()*float64(30*time.Millisecond)))
		}
		return all
	}
	if c := compareTimes(noise(0), noise(0)); c.differ(timeAlpha, timeMargin) {
		t.Errorf("told apart without a reason: %+v", c)
	}
	if c := compareTimes(noise(0), noise(timeMargin+5*time.Millisecond)); !c.differ(timeAlpha, timeMargin) {
		t.Errorf("not told apart: %+v", c)
	}
}
