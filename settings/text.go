package settings

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf16"

	"golang.org/x/text/unicode/norm"

	"kartyar/card"
)

// The limits. An alert of several cards has to hold the texts of terms beside
// its own, on a small screen. Characters are counted as the messengers do, in
// UTF-16 units.
const (
	bringMost   = 8    // papers
	paperMost   = 120  // characters of one
	feeMost     = 300  // characters
	openingMost = 500  // characters
	wordMost    = 100  // characters of a feed's word
	nameMost    = 80   // characters of a province's name
	keepMost    = 3650 // days
)

// markdown are the characters that Bale takes for formatting and cannot
// escape.
const markdown = "*_[]()`"

// clean returns a text of one line as it is shown: one form of ی, ک and the
// digits, single spaces. Its error goes on after the name of a key.
func clean(s string, longest int) (string, error) {
	if strings.ContainsAny(s, "\n\r") {
		return "", errors.New("must stand in one line")
	}
	return cleanLines(s, longest)
}

// cleanLines is clean for a text that may have several lines.
func cleanLines(s string, longest int) (string, error) {
	var lines []string
	for line := range strings.SplitSeq(strings.ReplaceAll(s, "\r\n", "\n"), "\n") {
		for _, r := range line {
			switch {
			case strings.ContainsRune(markdown, r):
				return "", fmt.Errorf("holds %q, which Bale would take for formatting; write it without", r)
			case unicode.Is(unicode.Bidi_Control, r):
				return "", fmt.Errorf("holds an invisible mark of direction (%U); take it out", r)
			case r == unicode.ReplacementChar, unicode.IsControl(r) && r != '\t', r == '\u2028', r == '\u2029':
				return "", fmt.Errorf("holds a character that cannot be shown (%U); take it out", r)
			}
		}
		lines = append(lines, strings.Join(strings.Fields(strings.Map(letter, line)), " "))
	}
	text := strings.Trim(strings.Join(lines, "\n"), "\n")
	switch n := len(utf16.Encode([]rune(text))); {
	case n == 0:
		return "", errors.New("is empty; leave the line out")
	case n > longest:
		return "", fmt.Errorf("has %d characters, more than %d", n, longest)
	}
	return persianNumbers(text), nil
}

// letter gives ی, ک and the digits of an Arabic keyboard their Persian form.
func letter(r rune) rune {
	switch {
	case r == 'ي' || r == 'ى':
		return 'ی'
	case r == 'ك':
		return 'ک'
	case '٠' <= r && r <= '٩':
		return r - '٠' + '۰'
	}
	return r
}

var latinWord = regexp.MustCompile(`\S+`)

// persianNumbers writes Latin digits as Persian ones, save in words with Latin
// letters, such as an address on the web.
func persianNumbers(s string) string {
	return latinWord.ReplaceAllStringFunc(s, func(w string) string {
		if strings.ContainsFunc(w, func(r rune) bool { return unicode.Is(unicode.Latin, r) }) {
			return w
		}
		return strings.Map(func(r rune) rune {
			if '0' <= r && r <= '9' {
				return r - '0' + '۰'
			}
			return r
		}, w)
	})
}

// foldWord is how words of a feed are compared, and names of provinces: spaces
// and half-spaces do not count.
func foldWord(w string) string { return strings.ReplaceAll(card.Fold(norm.NFKC.String(w)), " ", "") }
