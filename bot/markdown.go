package bot

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The marks of a left-to-right isolate, in which codes to copy or dial stand.
const (
	leftToRightIsolate = '\u2066'
	popIsolate         = '\u2069'
)

// plain takes the marks of Bale's Markdown (* _ [ ] ( ) and the backtick) out
// of s: Bale has no escape for them and no way to send plain text. Words that
// a mark kept apart stay apart, and the spaces that appear are gathered.
//
// Two things keep marks, because they would be wrong without: a code to dial
// inside a left-to-right isolate (*4*6090#) and the underscores of a link.
func plain(s string) string {
	if !strings.ContainsAny(s, "*_[]()`") {
		return s
	}
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		if strings.ContainsAny(line, "*_[]()`") {
			lines[i] = plainLine(line)
		}
	}
	return strings.Join(lines, "\n")
}

func plainLine(line string) string {
	var b strings.Builder
	gap := false // a space is owed before the next character
	for rest := line; rest != ""; {
		n, keep := literal(rest)
		if keep {
			if gap && b.Len() > 0 && !closes(rest) {
				b.WriteByte(' ')
			}
			gap = false
			b.WriteString(rest[:n])
			rest = rest[n:]
			continue
		}
		switch rest[0] {
		case '*', '`': // stands against a word: nothing takes its place
		default: // a bracket, an underscore or a space
			gap = true
		}
		rest = rest[1:]
	}
	return b.String()
}

// literal returns how many bytes of s, which is not empty, are kept as they
// stand; keep is false when s begins with a mark or a space.
func literal(s string) (n int, keep bool) {
	if n := dialCode(s); n > 0 {
		return n, true
	}
	if strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://") {
		if end := strings.IndexFunc(s, endsLink); end > 0 {
			return end, true
		}
		return len(s), true
	}
	switch s[0] {
	case '*', '_', '[', ']', '(', ')', '`', ' ':
		return 0, false
	}
	for i, r := range s {
		if i > 0 && r < 0x80 || r == leftToRightIsolate && i > 0 {
			return i, true
		}
	}
	return len(s), true
}

// closes reports whether s begins with a sign that stands against the word
// before it.
func closes(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return strings.ContainsRune("،؛؟.:,;?!»", r)
}

func endsLink(r rune) bool {
	return unicode.IsSpace(r) || r > unicode.MaxASCII || strings.ContainsRune("*[]()`", r)
}

// dialCode returns the length of the isolate at the start of s if it holds
// nothing but what codes and phone numbers are made of, otherwise 0.
func dialCode(s string) int {
	if !strings.HasPrefix(s, string(leftToRightIsolate)) {
		return 0
	}
	for i, r := range s {
		switch {
		case i == 0, '0' <= r && r <= '9', 'A' <= r && r <= 'Z', strings.ContainsRune("*#+- ", r):
		case r == popIsolate:
			return i + len(string(popIsolate))
		default:
			return 0
		}
	}
	return 0
}
