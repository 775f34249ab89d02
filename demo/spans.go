package demo

import (
	"regexp"
	"strings"
)

// Span is a run of text as the platform shows it.
type Span struct {
	Text  string `json:"text"`
	Style string `json:"style,omitempty"` // "bold", "italic", "code"
	URL   string `json:"url,omitempty"`
}

// baleMark finds Bale's own Markdown: ```code```, *bold*, _italic_ and
// [text](address), in that order at one place. Marks do not cross lines, code
// apart, and do not nest.
var baleMark = regexp.MustCompile("(?s)```(.+?)```|\\*([^*\\n]+)\\*|_([^_\\n]+)_|\\[([^\\]\\n]+)\\]\\(([^)\\s]+)\\)")

var webAddress = regexp.MustCompile(`https?://[^\s«»()\x{2066}-\x{2069}]+`)

// spans renders a text. Bale parses every text of a bot as its Markdown, so
// that a stray mark changes what a person sees; Telegram shows a text without
// parse_mode as it is. Both make addresses into links.
func spans(text string, markdown bool) []Span {
	if !markdown {
		return links(text)
	}
	var all []Span
	at := 0
	for _, m := range baleMark.FindAllStringSubmatchIndex(text, -1) {
		all = append(all, links(text[at:m[0]])...)
		at = m[1]
		group := func(n int) string { return text[m[2*n]:m[2*n+1]] }
		switch {
		case m[2] >= 0:
			all = append(all, Span{Text: group(1), Style: "code"})
		case m[4] >= 0:
			all = append(all, Span{Text: group(2), Style: "bold"})
		case m[6] >= 0:
			all = append(all, Span{Text: group(3), Style: "italic"})
		default:
			all = append(all, Span{Text: group(4), URL: safeURL(group(5))})
		}
	}
	return append(all, links(text[at:])...)
}

// links makes the web addresses of a text into links.
func links(text string) []Span {
	var all []Span
	at := 0
	for _, m := range webAddress.FindAllStringIndex(text, -1) {
		if m[0] > at {
			all = append(all, Span{Text: text[at:m[0]]})
		}
		address := strings.TrimRight(text[m[0]:m[1]], ".،؛؟!:")
		all = append(all, Span{Text: address, URL: address})
		at = m[0] + len(address)
	}
	if at < len(text) {
		all = append(all, Span{Text: text[at:]})
	}
	return all
}

// safeURL lets only web addresses become links of the page.
func safeURL(address string) string {
	if strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://") {
		return address
	}
	return ""
}
