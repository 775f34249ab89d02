package card_test

import (
	"slices"
	"testing"

	"kartyar/card"
)

func TestStages(t *testing.T) {
	all := card.Stages()
	if len(all) != 9 || !slices.IsSorted(all) || slices.Contains(all, card.StageUnknown) {
		t.Fatalf("got %v", all)
	}
	if got := card.Stage(200).String(); got != "stage(200)" {
		t.Errorf("a number without a stage is called %q", got)
	}
}

// The numbers are stored: they may not move.
func TestStageNumbers(t *testing.T) {
	want := []string{"unknown", "registered", "approved", "defective", "issuing", "rejected", "dispatched", "ready", "returned", "collected"}
	for n, name := range want {
		if got := card.Stage(n).String(); got != name {
			t.Errorf("stage %d is %q, want %q", n, got, name)
		}
	}
}

func TestStageAbilities(t *testing.T) {
	for _, s := range append(card.Stages(), card.StageUnknown) {
		if want := s == card.StageReady || s == card.StageDispatched; s.NeedsOffice() != want {
			t.Errorf("%v needs an office: want %v", s, want)
		}
		if want := s == card.StageDefective || s == card.StageRejected; s.WaitsForHolder() != want {
			t.Errorf("%v waits for the holder: want %v", s, want)
		}
	}
}
