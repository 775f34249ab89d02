package locale

import (
	"strings"

	"golang.org/x/text/unicode/norm"

	"kartyar/card"
)

// Fold returns a text as typed words are compared: [card.Fold] of its NFKC
// form. Fold of a folded text is the same text.
func Fold(s string) string {
	// Taking a mark from between two letters may leave a pair that NFKC writes
	// as one (Hangul), hence the second time.
	return norm.NFKC.String(card.Fold(norm.NFKC.String(s)))
}

// ParseID reads a typed receipt code or office code, folded as it is compared
// and hashed: [card.ParseID] of its NFKC form, exactly as files are read. Its
// error is [card.ErrRounded].
func ParseID(s string) (string, error) { return card.ParseID(norm.NFKC.String(s)) }

// SameText reports whether a person who typed a meant b: a button's label, an
// office's name. Spaces and half-spaces do not count at all, since many phones
// have no half-space.
func SameText(a, b string) bool { return Typed(a) == Typed(b) }

// Typed is the form in which [SameText] compares a text.
func Typed(s string) string { return strings.ReplaceAll(Fold(s), " ", "") }
