package locale

import (
	"maps"
	"slices"
	"time"

	"kartyar/card"
)

// SampleWays are ways of every kind by name, for review and for tests.
func SampleWays() map[string]Way {
	fresh := time.Date(2026, 11, 23, 10, 30, 0, 0, Tehran())
	day := func(n int) time.Time { return time.Date(2026, 10, n, 0, 0, 0, 0, Tehran()) }
	history := func(stages ...card.Stage) (h card.History) {
		for i, stage := range stages {
			h[stage] = day(3*i + 1).Unix()
		}
		return h
	}
	ways := map[string]Way{}
	add := func(name string, c CardView, passed card.History) {
		c.Since = day(28)
		if c.State.Stage.NeedsOffice() {
			c.State.Office = "12E4"
			if c.Office.Code == "" {
				c.Office = sampleOffice()
			}
		}
		ways[name] = NewWay(c, passed, fresh)
	}
	full := history(straight[:len(straight)-2]...)
	for _, stage := range card.Stages() {
		add(stage.String(), CardView{State: card.State{Stage: stage}}, history(straight[:max(reach(stage)-1, 1)]...))
	}
	add("unknown", CardView{State: card.State{Word: "در صف چاپ (2)"}}, history(card.StageRegistered, card.StageApproved))
	add("no dates", CardView{State: card.State{Stage: card.StageReady}}, card.History{})
	add("only a word", CardView{State: card.State{Word: "در صف چاپ"}}, card.History{})
	add("claimed", CardView{State: card.State{Stage: card.StageReady}, Claimed: true}, full)
	add("a defect mended", CardView{State: card.State{Stage: card.StageIssuing}},
		history(card.StageRegistered, card.StageDefective, card.StageApproved))
	add("sent again", CardView{State: card.State{Stage: card.StageDispatched}},
		history(card.StageRegistered, card.StageApproved, card.StageIssuing, card.StageReady, card.StageReturned))
	add("everything", CardView{State: card.State{Stage: card.StageReturned}}, history(card.StageRegistered, card.StageDefective,
		card.StageRejected, card.StageApproved, card.StageIssuing, card.StageDispatched, card.StageReady))
	add("a long name", CardView{State: card.State{Stage: card.StageReady}, Office: card.Office{
		Code: "77", Name: "دفتر پیشخوان خدمات دولت کد 72-16-1204 شهرک شهید بهشتی، روبه‌روی بیمارستان امام رضا (ع)", City: "شهر جدید اندیشه",
	}}, full)
	add("a Latin name", CardView{State: card.State{Stage: card.StageDispatched}, Office: card.Office{Code: "9", Name: "Embassy of Iran, Consular Section 2", City: "Den Haag"}},
		history(card.StageRegistered))
	add("only a code", CardView{State: card.State{Stage: card.StageReady}, Office: card.Office{Code: "12E4"}}, card.History{})
	return ways
}

func waySamples() []Sample {
	samples := []Sample{{Name: "ButtonWay", Text: ButtonWay}, {Name: "ButtonWayOf", Text: ButtonWayOf(2)}}
	ways := SampleWays()
	for _, name := range slices.Sorted(maps.Keys(ways)) {
		samples = append(samples, Sample{Name: "NewWay/" + name, Text: ways[name].Text()})
	}
	return append(samples, Sample{Name: "Caption/of several", Text: ways["issuing"].Caption("مامان")})
}
