package locale

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"

	"kartyar/card"
)

// maxText is the length of the longest message, in UTF-16 units, on both
// platforms.
const maxText = 4096

// Lint returns what is wrong with a text that is about to be shown on p, or on
// any platform when p is empty; nil when nothing is. It is for tests, here and
// of whoever puts texts together. What stands inside isolates is not ours and
// is held to the messenger's rules alone.
func Lint(text string, p card.Platform) []string {
	var faults []string
	if strings.TrimSpace(text) == "" {
		faults = append(faults, "the text is empty")
	}
	if n := len(utf16.Encode([]rune(text))); n > maxText {
		faults = append(faults, fmt.Sprintf("the text has %d UTF-16 units, more than %d", n, maxText))
	}
	text = withoutLinks(text)
	if p != card.Telegram && strings.ContainsAny(text, markdown) {
		faults = append(faults, "a Markdown character, which Bale cannot escape")
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		own, balanced := withoutIsolates(line)
		if !balanced {
			faults = append(faults, fmt.Sprintf("isolates are not closed within the line: %q", line))
		}
		if !guillemetsBalance(own) {
			faults = append(faults, fmt.Sprintf("« and » do not match: %q", line))
		}
		for _, rule := range lintRules() {
			if found := rule.find(own); found != "" {
				faults = append(faults, fmt.Sprintf("%s: %q in %q", rule.says, found, line))
			}
		}
	}
	return faults
}

// withoutLinks takes out the lines that are a link and nothing else: such a
// line needs no isolate, messengers take its end for the link's, and the
// platforms send its underscores as they are.
func withoutLinks(text string) string {
	lines := strings.Split(text, "\n")
	lines = slices.DeleteFunc(lines, func(line string) bool {
		return strings.HasPrefix(line, "https://") && !strings.ContainsFunc(line, func(r rune) bool { return r <= ' ' || r > unicode.MaxASCII || strings.ContainsRune("*[]()`", r) })
	})
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// withoutIsolates returns what of a line is outside its isolates, with ￼ in
// the place of each; balanced is false when one is left open or never opened.
func withoutIsolates(line string) (own string, balanced bool) {
	var b strings.Builder
	depth := 0
	for _, r := range line {
		switch {
		case r == lri || r == fsi:
			if depth++; depth == 1 {
				b.WriteRune('\uFFFC')
			}
		case r == pdi:
			if depth--; depth < 0 {
				return b.String(), false
			}
		case depth == 0:
			b.WriteRune(r)
		}
	}
	return b.String(), depth == 0
}

// guillemetsBalance reports whether « and » come in pairs, none in another.
func guillemetsBalance(line string) bool {
	open := false
	for _, r := range line {
		if r == '«' && open || r == '»' && !open {
			return false
		}
		if r == '«' || r == '»' {
			open = r == '«'
		}
	}
	return !open
}

// lintRule is a pattern that must not occur, save for the words in except.
type lintRule struct {
	says    string
	pattern *regexp.Regexp
	except  []string
}

// find returns the first offence in line. Matches are tried word by word when
// there are exceptions, so that one innocent word hides no other.
func (r lintRule) find(line string) string {
	for _, found := range r.pattern.FindAllString(line, -1) {
		innocent := false
		for _, word := range r.except {
			innocent = innocent || strings.TrimFunc(found, notLetter) == word
		}
		if !innocent {
			return found
		}
	}
	return ""
}
