package table

import (
	"bytes"

	"github.com/xuri/excelize/v2"
)

// bounded reports whether no text and no tag of an XML part is longer than
// tokenMost, no row of a sheet has more cells than a spreadsheet has columns,
// and there are no more than textsMost shared strings and parts of them. A part
// packs to a thousandth of what it is, and the library gathers up each of these
// in memory.
func bounded(text []byte) bool {
	for cells, texts := 0, 0; ; {
		open := bytes.IndexByte(text[:min(len(text), tokenMost)], '<')
		if open < 0 {
			return len(text) < tokenMost
		}
		text = text[open:]
		end := bytes.Index(text[:min(len(text), tokenMost)], tagEnd(text))
		if end < 0 {
			return len(text) < tokenMost // cut short, as the library will find
		}
		switch localName(text[1:end]) {
		case "c":
			cells++
		case "row":
			cells = 0
		case "si", "r", "rPh":
			texts++
		}
		if cells > excelize.MaxColumns || texts > textsMost {
			return false
		}
		text = text[end:]
	}
}

// tagEnd returns what ends the tag, comment or CDATA section that text begins
// with.
func tagEnd(text []byte) []byte {
	switch {
	case bytes.HasPrefix(text, []byte("<!--")):
		return []byte("-->")
	case bytes.HasPrefix(text, []byte("<![CDATA[")):
		return []byte("]]>")
	}
	return []byte(">")
}

// localName returns the name of a tag without its prefix, as the library
// compares it; "" for an end tag.
func localName(tag []byte) string {
	if i := bytes.IndexAny(tag, " \t\r\n/"); i >= 0 {
		tag = tag[:i]
	}
	if i := bytes.IndexByte(tag, ':'); i >= 0 {
		tag = tag[i+1:]
	}
	return string(tag)
}
