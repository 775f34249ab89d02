package alarm

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kartyar/card"
)

var noon = time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC)

func TestLook(t *testing.T) {
	down := func(on bool) []Fact {
		return []Fact{{Kind: PollFails, Platform: card.Bale, On: on}, {Kind: DiskLow}}
	}
	aside := func(n int) []Fact { return []Fact{{Kind: SetAside, Event: true, Number: n}} }
	begins := []Message{{Kind: PollFails, Platform: card.Bale}}
	over := []Message{{Kind: PollFails, Platform: card.Bale, Over: true}}
	type step struct {
		minute int
		facts  []Fact
		want   []Message
	}
	for name, steps := range map[string][]step{
		"begins, lasts, is over": {
			{0, down(false), nil}, {1, down(true), begins}, {2, down(true), nil}, {90, down(true), nil},
			{1 + 24*60, down(true), begins}, {1500, down(false), over}, {1501, down(false), nil},
		},
		"comes and goes": {
			{0, down(true), begins}, {5, down(false), over}, {10, down(true), nil}, {20, down(false), nil},
			{30, down(true), nil}, {65, down(true), begins}, {66, down(false), over},
		},
		"not known for a while": {
			{0, down(true), begins}, {5, nil, nil}, {10, down(true), nil}, {11, down(false), over},
		},
		"events are gathered": {
			{0, aside(0), nil}, {1, aside(2), []Message{{Kind: SetAside, Number: 2}}}, {2, aside(1), nil}, {3, aside(4), nil},
			{61, aside(0), []Message{{Kind: SetAside, Number: 5}}}, {200, aside(0), nil},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := State{}
			for _, step := range steps {
				now := noon.Add(time.Duration(step.minute) * time.Minute)
				got := s.Look(step.facts, now)
				if diff := cmp.Diff(step.want, got); diff != "" {
					t.Fatalf("after %d minutes: %s", step.minute, diff)
				}
				for _, m := range got {
					s.Said(m, now)
				}
			}
		})
	}
}

// TestUnsaid: what could not be told comes again, and is not told as over when
// nobody heard that it began.
func TestUnsaid(t *testing.T) {
	s := State{}
	facts := []Fact{{Kind: DiskLow, On: true}, {Kind: ToldNobody, Event: true, Number: 3}}
	if got := s.Look(facts, noon); len(got) != 2 {
		t.Fatal(got)
	}
	facts[1].Number = 0
	want := []Message{{Kind: DiskLow}, {Kind: ToldNobody, Number: 3}}
	if diff := cmp.Diff(want, s.Look(facts, noon.Add(time.Minute))); diff != "" {
		t.Error(diff)
	}
	facts[0].On = false
	if diff := cmp.Diff(want[1:], s.Look(facts, noon.Add(2*time.Minute))); diff != "" {
		t.Error(diff)
	}
}
