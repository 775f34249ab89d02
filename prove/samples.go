package main

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// comparedTimes is what two tests say of two samples of times.
type comparedTimes struct {
	// ks and mwu are the p-values of the two-sample Kolmogorov–Smirnov test and
	// of the two-sided Mann–Whitney U test (normal, corrected for ties).
	ks, mwu float64
	// shift is the Hodges–Lehmann estimate of how much later the second
	// sample's times are.
	shift time.Duration
}

// differ reports whether one of the tests tells the samples apart and the shift
// is more than a margin.
func (c comparedTimes) differ(alpha float64, margin time.Duration) bool {
	return min(c.ks, c.mwu) < alpha && c.shift.Abs() > margin
}

func compareTimes(a, b []time.Duration) comparedTimes {
	return comparedTimes{kolmogorovSmirnov(a, b), mannWhitney(a, b), hodgesLehmann(a, b)}
}

// ranked is a time and the sample that it is of.
type ranked struct {
	d      time.Duration
	second bool
}

func pool(a, b []time.Duration) (all []ranked) {
	for _, d := range a {
		all = append(all, ranked{d, false})
	}
	for _, d := range b {
		all = append(all, ranked{d, true})
	}
	slices.SortFunc(all, func(x, y ranked) int { return cmp.Compare(x.d, y.d) })
	return all
}

// kolmogorovSmirnov returns the p-value by the asymptotic distribution with
// Stephens's correction.
func kolmogorovSmirnov(a, b []time.Duration) float64 {
	n, m := float64(len(a)), float64(len(b))
	all := pool(a, b)
	most, inA, inB := 0.0, 0.0, 0.0
	for i, r := range all {
		if r.second {
			inB++
		} else {
			inA++
		}
		if i+1 == len(all) || all[i+1].d != r.d {
			most = max(most, math.Abs(inA/n-inB/m))
		}
	}
	root := math.Sqrt(n * m / (n + m))
	x := (root + 0.12 + 0.11/root) * most
	p, sign := 0.0, 1.0
	for k := 1.0; k <= 100; k++ {
		p += 2 * sign * math.Exp(-2*k*k*x*x)
		sign = -sign
	}
	if x < 0.2 { // there the series does not converge
		return 1
	}
	return min(1, max(0, p))
}

func mannWhitney(a, b []time.Duration) float64 {
	n, m := float64(len(a)), float64(len(b))
	all := pool(a, b)
	ranks, ties := 0.0, 0.0 // the sum of the first sample's ranks
	for from := 0; from < len(all); {
		to := from
		for to < len(all) && all[to].d == all[from].d {
			to++
		}
		rank, equal := float64(from+to+1)/2, float64(to-from)
		for _, r := range all[from:to] {
			if !r.second {
				ranks += rank
			}
		}
		ties += equal*equal*equal - equal
		from = to
	}
	u := ranks - n*(n+1)/2
	total := n + m
	spread := math.Sqrt(n * m / 12 * (total + 1 - ties/(total*(total-1))))
	if spread == 0 {
		return 1
	}
	z := max(0, math.Abs(u-n*m/2)-0.5) / spread
	return math.Erfc(z / math.Sqrt2)
}

// hodgesLehmann is the median of all differences.
func hodgesLehmann(a, b []time.Duration) time.Duration {
	all := make([]time.Duration, 0, len(a)*len(b))
	for _, x := range a {
		for _, y := range b {
			all = append(all, y-x)
		}
	}
	slices.Sort(all)
	return median(all)
}

// median of what is sorted; 0 of nothing.
func median(sorted []time.Duration) time.Duration {
	n := len(sorted)
	if n == 0 {
		return 0
	}
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
