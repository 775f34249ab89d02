package locale_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"pgregory.net/rapid"

	"kartyar/card"
	"kartyar/locale"
)

// Whatever was said of a card, the way shows where it is once, every stage that
// was said, the steps to come after it, and fits under a picture.
func TestWay(t *testing.T) {
	long := strings.Repeat("دفتر پیشخوان ", 40)
	rapid.Check(t, func(t *rapid.T) {
		var passed card.History
		for _, stage := range card.Stages() {
			if rapid.Bool().Draw(t, stage.String()) {
				passed[stage] = int64(1_700_000_000 + 86400*rapid.IntRange(0, 300).Draw(t, "day"))
			}
		}
		stage := card.Stage(rapid.IntRange(0, int(card.StageCollected)).Draw(t, "stage"))
		c := locale.CardView{State: card.State{Stage: stage, Word: "یک واژه"}, Since: time.Unix(1_750_000_000, 0)}
		if rapid.Bool().Draw(t, "office") {
			c.State.Office, c.Office = "7", card.Office{Code: "7", Name: long, City: long}
		}
		w := locale.NewWay(c, passed, time.Unix(1_750_000_000, 0))
		at := slices.IndexFunc(w.Steps, func(s locale.Step) bool { return s.Kind == locale.StepHere || s.Kind == locale.StepEnd })
		if at < 0 {
			t.Fatal("the way does not say where the card is")
		}
		for i, s := range w.Steps {
			if i < at && s.Kind != locale.StepPassed || i > at && s.Kind != locale.StepNext {
				t.Fatalf("step %d of %+v, and the card is at %d", i, s, at)
			}
		}
		for _, said := range card.Stages() {
			there := slices.ContainsFunc(w.Steps[:at+1], func(s locale.Step) bool { return s.Name == locale.StageName(said) })
			if !passed.At(said).IsZero() && !there {
				t.Fatalf("%v was passed and is not shown", said)
			}
		}
		if n := len(utf16.Encode([]rune(w.Caption(long)))); n > 1024 {
			t.Fatalf("%d units are too many for a caption:\n%s", n, w.Text())
		}
	})
}

func TestWayInOrder(t *testing.T) {
	names := func(stages ...card.Stage) (all []string) {
		for _, s := range stages {
			all = append(all, locale.StageName(s))
		}
		return all
	}
	const reg, app, def, iss, rej, dis, rea, ret, col = card.StageRegistered, card.StageApproved, card.StageDefective, card.StageIssuing,
		card.StageRejected, card.StageDispatched, card.StageReady, card.StageReturned, card.StageCollected
	tests := []struct {
		name string
		now  card.Stage
		said []card.Stage // in the order of their days
		want []string
	}{
		{"nothing but ready", rea, nil, names(reg, app, iss, dis, rea, col)},
		{"a gap", rea, []card.Stage{reg, iss}, names(reg, app, iss, dis, rea, col)},
		{"a defect", def, nil, names(reg, def, app, iss, dis, rea, col)},
		{"a late defect", def, []card.Stage{app}, names(reg, app, def, iss, dis, rea, col)},
		{"a defect mended", iss, []card.Stage{reg, def, app}, names(reg, def, app, iss, dis, rea, col)},
		{"rejected", rej, []card.Stage{reg}, names(reg, rej)},
		{"returned", ret, []card.Stage{rea}, names(reg, app, iss, dis, rea, ret, dis, rea, col)},
		{"sent again", dis, []card.Stage{iss, rea, ret}, names(reg, app, iss, rea, ret, dis, rea, col)},
		{"moved back", app, []card.Stage{reg, iss}, names(reg, iss, app, iss, dis, rea, col)},
		{"collected", col, []card.Stage{rea}, names(reg, app, iss, dis, rea, col)},
	}
	for _, tt := range tests {
		var passed card.History
		for i, stage := range tt.said {
			passed[stage] = int64(1_700_000_000 + 86400*i)
		}
		var got []string
		for _, s := range locale.NewWay(locale.CardView{State: card.State{Stage: tt.now}}, passed, time.Unix(1_750_000_000, 0)).Steps {
			got = append(got, s.Name)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}
