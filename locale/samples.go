package locale

import (
	"slices"

	"kartyar/card"
)

// Sample is one text of the catalogue with example values filled in.
type Sample struct {
	// Name is the text's name in this package; where a text has several
	// samples, a slash and what sets this one apart follow.
	Name string
	// Platform is the messenger that the text was made for; empty when it is
	// the same for all.
	Platform card.Platform
	Text     string
}

// Samples renders the whole catalogue, flow by flow, for review and for tests.
func Samples() []Sample {
	return slices.Concat(
		wordSamples(),
		buttonSamples(),
		commonSamples(),
		startSamples(),
		aboutSamples(),
		proofSamples(),
		statusSamples(),
		waySamples(),
		termsSamples(),
		questionSamples(),
		followSamples(),
		peopleSamples(),
		officeSamples(),
		nearestSamples(),
		settingsSamples(),
		inviteSamples(),
		alarmSamples(),
		familySamples(),
		alertSamples(),
		demoSamples(),
	)
}
