package main

import (
	"strings"
	"time"

	"kartyar/locale"
)

var momentOfAny = time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)

// talk is the n-th talk after the beginning, all its moves at once: what is
// answered to each depends on the one before, and its number is in the answer.
func (c *citizen) talk(n int) []move {
	digits := 1 + n%9
	return []move{
		says(locale.ButtonAddPerson, exactly("the question for another code", locale.AskCodeAgain())),
		says(strings.Repeat("1", digits), exactly("the number of digits", locale.CodeLength(digits))),
		says(locale.ButtonBack, exactly("the way back", locale.BackToMenu())),
	}
}
