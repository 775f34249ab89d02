package main

import (
	"fmt"

	"kartyar/card"
)

// holder is somebody with a card on its way.
type holder struct {
	code  string // national code
	phone string // as a list has it
	row   row    // what the newest list said; its stage is empty while none did
}

// nationalCode makes the n-th code. They begin with 999, a prefix that is not
// given out.
func nationalCode(n int) string {
	nine := fmt.Sprintf("999%06d", n)
	for check := range 10 {
		if code, err := card.ParseNationalCode(nine + fmt.Sprint(check)); err == nil {
			return string(code)
		}
	}
	panic("some check digit always holds")
}

// newHolder makes the n-th holder.
func newHolder(n int, phone string) *holder { return &holder{code: nationalCode(n), phone: phone} }

// strangerPhone is a mobile that belongs to nobody's account.
func strangerPhone(n int) string { return fmt.Sprintf("0998%07d", n) }

// letters of which names are made: a nickname must not hold a digit, and none
// of these joins with another into something that is folded.
var letters = []rune("بپتجدرزسشفقکگلمنوه")

// spell writes n in letters, always in as many as width, so that no name is a
// part of another.
func spell(n, width int) string {
	word := make([]rune, width)
	for i := width - 1; i >= 0; i-- {
		word[i] = letters[n%len(letters)]
		n /= len(letters)
	}
	return string(word)
}
