package locale

import "kartyar/card"

// USSDCode is the code to dial to ask the registry about a card, as a copy
// button carries it. In a text it is written by [USSD].
const USSDCode = "*4*6090#"

// USSD writes [USSDCode] into a text. Bale would read the stars as Markdown
// and has no escape, so there the code is spelt and the caller sets
// [ButtonCopyUSSD] beneath.
func USSD(p card.Platform) string {
	if p == card.Bale {
		return "«ستاره ۴ ستاره ۶۰۹۰ مربع»"
	}
	return Isolate(USSDCode)
}
