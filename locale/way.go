package locale

import (
	"slices"
	"strings"
	"time"

	"github.com/fxamacker/cbor/v2"

	"kartyar/card"
)

// Way is the way of one card, from the application to the holder. Its text and
// its picture are both made from it, so that they cannot differ. It names
// nobody: a picture is passed on.
type Way struct {
	Title string `cbor:"1,keyasint"`
	Steps []Step `cbor:"2,keyasint,omitempty"`
	Fresh string `cbor:"3,keyasint"`
}

// Step is one stage of a way.
type Step struct {
	Kind   StepKind `cbor:"1,keyasint,omitempty"`
	Aside  bool     `cbor:"2,keyasint,omitempty"` // off the straight way to the holder
	Name   string   `cbor:"3,keyasint"`
	Status string   `cbor:"4,keyasint"`           // whether it is passed, and when
	Says   []string `cbor:"5,keyasint,omitempty"` // where the card is and what to do, a line each
}

// StepKind says where a step lies, seen from where the card is. The numbers
// are stored with replies.
type StepKind uint8

// The kinds of step.
const (
	StepPassed StepKind = iota
	StepHere            // where the card is
	StepEnd             // the holder has it: there is no further step
	StepNext            // still to come
)

// straight is the way of a card that nothing delays.
var straight = []card.Stage{
	card.StageRegistered, card.StageApproved, card.StageIssuing,
	card.StageDispatched, card.StageReady, card.StageCollected,
}

// reach is how far along the straight way a stage shows the card to be: the
// number of straight stages up to it. A defect or a rejection shows only that
// there is an application, a word nobody explains not even that.
func reach(s card.Stage) int {
	switch s {
	case card.StageUnknown:
		return 0
	case card.StageDefective, card.StageRejected:
		return 1
	case card.StageReturned:
		s = card.StageReady
	}
	return slices.Index(straight, s) + 1
}

// aside reports whether a stage lies off the straight way.
func aside(s card.Stage) bool { return !slices.Contains(straight, s) }

// NewWay tells the way of a card. passed holds all stages that the card was
// said to be in, fresh is as for a status.
func NewWay(c CardView, passed card.History, fresh time.Time) Way {
	// A picture is looked at on another day too, so that it says no «today».
	w := Way{Title: ButtonWay, Fresh: Fresh(fresh, time.Time{})}
	before := stagesBefore(c.State.Stage, passed)
	for _, stage := range before {
		status := "گذشته، تاریخ آن را نداریم"
		if at := passed.At(stage); !at.IsZero() {
			status = "گذشته، " + Date(at)
		}
		w.Steps = append(w.Steps, Step{Kind: StepPassed, Aside: aside(stage), Name: StageName(stage), Status: status})
	}
	w.Steps = append(w.Steps, here(c))
	for i, stage := range stagesAfter(c.State.Stage, before) {
		status := "مانده"
		if i == 0 {
			status = "مرحلهٔ بعد"
		}
		w.Steps = append(w.Steps, Step{Kind: StepNext, Name: StageName(stage), Status: status})
	}
	return w
}

// here is the step at which the card is.
func here(c CardView) Step {
	s := Step{
		Kind: StepHere, Aside: aside(c.State.Stage), Name: StageAsGiven(c.State),
		Status: "اکنون در این مرحله، از " + Date(c.Since),
	}
	if c.State.Stage == card.StageCollected {
		s.Kind, s.Status = StepEnd, "پایان مسیر، "+Date(c.Since)
	}
	if c.State.Office != "" {
		s.Says = append(s.Says, OfficeName(c.Office))
		if c.Office.Name != "" {
			s.Says[0] = "دفتر: " + s.Says[0]
		}
	}
	if c.State.Office != "" && c.Office.City != "" {
		s.Says = append(s.Says, "شهر: "+Name(c.Office.City))
	}
	s.Says = append(s.Says, meaning(&c))
	return s
}

// stagesBefore returns the stages that the card has passed, in order: those
// that were said, by their times, and among them the straight ones that it
// must have passed on its way, of which nobody said when.
func stagesBefore(now card.Stage, passed card.History) (all []card.Stage) {
	furthest := reach(now)
	for _, stage := range card.Stages() {
		if stage != now && !passed.At(stage).IsZero() {
			all = append(all, stage)
			furthest = max(furthest, reach(stage))
		}
	}
	slices.SortStableFunc(all, func(a, b card.Stage) int { return passed.At(a).Compare(passed.At(b)) })
	for i, stage := range straight[:furthest] {
		if stage == now || slices.Contains(all, stage) {
			continue
		}
		at := slices.IndexFunc(all, func(other card.Stage) bool {
			return reach(other) > i+1 || aside(other) && reach(other) == i+1
		})
		if at < 0 {
			at = len(all)
		}
		if at == len(all) && i+1 > reach(now) {
			continue // it lies after where the card is now
		}
		all = slices.Insert(all, at, stage)
	}
	return all
}

// stagesAfter returns the stages that are still to come, none when that is not
// known.
func stagesAfter(now card.Stage, before []card.Stage) []card.Stage {
	switch now {
	case card.StageUnknown, card.StageRejected, card.StageCollected:
		return nil
	case card.StageReturned: // it is sent again
		return straight[reach(card.StageDispatched)-1:]
	case card.StageDefective: // it goes on from where it was
		furthest := reach(now)
		for _, stage := range before {
			furthest = max(furthest, reach(stage))
		}
		return straight[min(furthest, len(straight)-1):]
	}
	return straight[reach(now):]
}

// Facts returns the way as it is kept until it is drawn.
func (w Way) Facts() ([]byte, error) { return cbor.Marshal(w) }

// WayOf reads what Facts returned.
func WayOf(facts []byte) (w Way, err error) {
	err = cbor.Unmarshal(facts, &w)
	return w, err
}

// Text says the way in words, a line for each step.
func (w Way) Text() string {
	lines := []string{w.Title, ""}
	for i, s := range w.Steps {
		lines = append(lines, Number(i+1)+". "+s.Name+": "+s.Status)
		lines = append(lines, s.Says...)
	}
	return strings.Join(append(lines, "", w.Fresh), "\n")
}

// Caption is Text under the name of whom it is about, in a chat that follows
// several.
func (w Way) Caption(nickname string) string { return heading(nickname) + w.Text() }
