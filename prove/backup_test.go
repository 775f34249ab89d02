package main

import "testing"

func TestPointIn(t *testing.T) {
	tests := []struct {
		name     string
		stand    [counters]int
		from, to int
		want     int
		found    bool
	}{
		{"the beginning", [counters]int{0, 1, 0}, 1, 1, 1, true},
		{"the end", [counters]int{3, 4, 5}, 3, 5, 5, true},
		{"between", [counters]int{3, 4, 2}, 3, 5, 4, true},
		{"of two moments", [counters]int{3, 1, 5}, 3, 5, 0, false},
		{"one acknowledged before is missing", [counters]int{3, 1, 2}, 4, 6, 0, false},
		{"one begun after", [counters]int{6, 4, 5}, 3, 5, 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if at, found := pointIn(tt.stand, tt.from, tt.to); found != tt.found || found && at != tt.want {
				t.Errorf("got %d, %v", at, found)
			}
		})
	}
}
