package card

import "fmt"

// Stage says where an application for a card stands. The zero value is
// StageUnknown: a word of the feed that no map turns into a stage.
type Stage uint8

// The stages, in the order that decides between two rows of the same instant.
// Their numbers are stored.
const (
	StageUnknown Stage = iota
	StageRegistered
	StageApproved
	StageDefective
	StageIssuing
	StageRejected
	StageDispatched
	StageReady
	StageReturned
	StageCollected
)

// stageNames are the names that files and interfaces use.
var stageNames = [...]string{
	"unknown", "registered", "approved", "defective", "issuing", "rejected",
	"dispatched", "ready", "returned", "collected",
}

// Stages lists the known stages in order, StageUnknown left out.
func Stages() []Stage {
	all := make([]Stage, 0, len(stageNames)-1)
	for s := StageRegistered; s <= StageCollected; s++ {
		all = append(all, s)
	}
	return all
}

// String returns the stage's English name, as files carry it.
func (s Stage) String() string {
	if int(s) < len(stageNames) {
		return stageNames[s]
	}
	return fmt.Sprintf("stage(%d)", uint8(s))
}

// NeedsOffice reports whether a row of this stage says nothing without the
// office that it speaks of.
func (s Stage) NeedsOffice() bool { return s == StageReady || s == StageDispatched }

// WaitsForHolder reports whether the holder must act before the application
// goes on.
func (s Stage) WaitsForHolder() bool { return s == StageDefective || s == StageRejected }

// settled are the stages that a word nobody understands must not hide.
func (s Stage) settled() bool {
	return s == StageReady || s == StageReturned || s == StageCollected
}
