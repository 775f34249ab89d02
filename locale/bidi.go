package locale

import (
	"strings"
	"unicode"
)

// Unicode's directional isolates (UAX 9, 2.4).
const (
	lri = '\u2066' // left-to-right isolate
	fsi = '\u2068' // first strong isolate
	pdi = '\u2069' // pop directional isolate
)

// markdown are the characters that Bale takes for formatting.
const markdown = "*_[]()`"

// The longest user-supplied texts that are shown, in characters: a cell of a
// spreadsheet holds up to 32,767, a message only 4096.
const (
	maxLabel   = 40
	maxName    = 80
	maxPassage = 500
)

// Isolate sets a code that people copy or dial apart from the Persian around
// it, from left to right; otherwise *4*6090# is shown backwards. Directional
// marks that s brought along are dropped, everything else is kept, Markdown
// characters included, so that on Bale only codes without them may be shown.
func Isolate(s string) string { return string(appendIsolated(nil, s)) }

func appendIsolated(b []byte, s string) []byte {
	return add(b, string(lri), strings.Map(dropDirection, s), string(pdi))
}

// Name sets a short text that a person or a file supplied (a nickname, an
// office's name) apart, in the direction of its own first letter. It is made
// fit to show: one line, ی and ک and Persian digits for their Arabic forms, no
// Markdown characters, at most 80 characters.
func Name(s string) string { return string(fsi) + presentable(s, maxName) + string(pdi) }

func appendName(b []byte, s string) []byte {
	return add(b, string(fsi), presentable(s, maxName), string(pdi))
}

// Passage is [Name] for longer texts, an address or a note: at most 500
// characters.
func Passage(s string) string { return string(fsi) + presentable(s, maxPassage) + string(pdi) }

func appendPassage(b []byte, s string) []byte {
	return add(b, string(fsi), presentable(s, maxPassage), string(pdi))
}

// Label makes a supplied text fit to stand on a button: like [Name], at most 40
// characters, and without the isolate, since a button holds nothing else.
func Label(s string) string { return presentable(s, maxLabel) }

// Phone sets a telephone number apart, in Latin digits, to be dialled. A text
// with words in it (an extension, two numbers) is shown like a [Name].
func Phone(s string) string { return string(appendPhone(nil, s)) }

func appendPhone(b []byte, s string) []byte {
	if len(s) <= maxName && strings.Trim(s, "0123456789-+") == "" { // most are written so
		return add(b, string(lri), s, string(pdi))
	}
	if strings.ContainsFunc(s, unicode.IsLetter) {
		return appendName(b, s)
	}
	return appendIsolated(b, Latin(presentable(s, maxName)))
}

// presentable makes a supplied text fit to stand in a message.
func presentable(s string, limit int) string {
	if isPresentable(s, limit) {
		return s
	}
	// Of a copy, or the compiler would have all on the heap that s stands in.
	shown := strings.Join(strings.Fields(strings.Map(presentableRune, strings.Clone(s))), " ")
	if runes := []rune(shown); len(runes) > limit {
		return strings.TrimSpace(string(runes[:limit-1])) + "…"
	}
	return shown
}

// isPresentable reports whether presentable would change nothing, as with most
// of what offices are called.
func isPresentable(s string, limit int) bool {
	n, space := 0, true // as if after a space: none begins a text
	for _, r := range s {
		if n++; n > limit {
			return false
		}
		if r < rune(len(plain)) && plain[r] {
			space = false
			continue
		}
		if presentableRune(r) != r || unicode.IsSpace(r) && (r != ' ' || space) {
			return false
		}
		space = r == ' '
	}
	return n == 0 || !space
}

// plain are the characters up to the Arabic ones that stay as they are wherever
// they stand: to look each up in Unicode's tables takes ten times as long.
var plain = func() (is [0x700]bool) {
	for r := range is {
		is[r] = presentableRune(rune(r)) == rune(r) && !unicode.IsSpace(rune(r))
	}
	return is
}()

func presentableRune(r rune) rune {
	switch {
	case r == 'ي' || r == 'ى':
		return 'ی'
	case r == 'ك':
		return 'ک'
	case '٠' <= r && r <= '٩':
		return persianDigit(r)
	case strings.ContainsRune(markdown, r), unicode.IsControl(r), r == '\u2028', r == '\u2029':
		return ' '
	case r == unicode.ReplacementChar:
		return -1
	}
	return dropDirection(r)
}

// dropDirection maps the marks that steer direction to nothing.
func dropDirection(r rune) rune {
	if unicode.Is(unicode.Bidi_Control, r) {
		return -1
	}
	return r
}
