package table

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"math"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// body is what is kept of an XML part that was looked through.
type body struct {
	rows  bool   // it has rows, as a sheet has
	end   int64  // where its rows end, in bytes; 0 if they do not
	alone string // the name of the tag, at end, that begins and ends the rows, if one does both
	tags  int    // how many it has
}

// scan looks through an XML part. ErrTooLarge is a text or tag longer than
// tokenMost, a row with more cells than a spreadsheet has columns, or more than
// textsMost shared strings and parts of them: a part packs to a thousandth of
// what it is, and the library gathers up each of these in memory. ErrDamaged is
// a part that cannot be unpacked as its sum says, or one in which the numbers
// of the rows do not ascend: the library would take the cells of two rows for
// one row's.
func scan(content io.Reader) (b body, err error) {
	in := bufio.NewScanner(content)
	in.Buffer(nil, tokenMost)
	in.Split(splitTags)
	at, cells, texts, last := int64(0), 0, 0, 0
	for in.Scan() {
		token := in.Bytes()
		start := at
		at += int64(len(token))
		if token[0] != '<' {
			continue
		}
		b.tags++
		switch string(localName(token[1 : len(token)-1])) {
		case "c":
			cells++
		case "row":
			cells, b.rows = 0, true
			number := rowNumber(token)
			if number == 0 {
				number = last + 1
			}
			if number <= last {
				return b, ErrDamaged
			}
			last = number
		case "sheetData":
			b.rows = true
			if bytes.HasSuffix(token, []byte("/>")) {
				b.end, b.alone = start, fullName(token[1:])
			}
		case "si", "r", "rPh":
			texts++
		default:
			if name, is := bytes.CutPrefix(token, []byte("</")); is && string(localName(name[:len(name)-1])) == "sheetData" {
				b.end, b.alone = start, ""
			}
		}
		if cells > excelize.MaxColumns || texts > textsMost {
			return b, ErrTooLarge
		}
	}
	switch err := in.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return b, ErrTooLarge
	case err != nil:
		return b, damaged(err)
	}
	return b, nil
}

// splitTags splits XML into tags, comments and CDATA sections, which begin with
// "<", and the texts between them.
func splitTags(data []byte, atEOF bool) (advance int, token []byte, err error) {
	if len(data) == 0 {
		return 0, nil, nil
	}
	n := bytes.IndexByte(data, '<')
	if n == 0 {
		n = -1
		if end := tagEnd(data); atEOF || len(data) >= len(cdata) || !bytes.HasPrefix([]byte(cdata), data) && !bytes.HasPrefix([]byte(comment), data) {
			if i := bytes.Index(data, []byte(end)); i >= 0 {
				n = i + len(end)
			}
		}
	}
	switch {
	case n > 0:
		return n, data[:n], nil
	case atEOF:
		return len(data), data, nil // cut short, as the library will find
	}
	return 0, nil, nil
}

const (
	comment = "<!--"
	cdata   = "<![CDATA["
)

// tagEnd returns what ends the tag, comment or CDATA section that text begins
// with.
func tagEnd(text []byte) string {
	switch {
	case bytes.HasPrefix(text, []byte(comment)):
		return "-->"
	case bytes.HasPrefix(text, []byte(cdata)):
		return "]]>"
	}
	return ">"
}

// localName returns the name of a tag without its prefix, as the library
// compares it; "" for an end tag.
func localName(tag []byte) []byte {
	if i := bytes.IndexAny(tag, " \t\r\n/"); i >= 0 {
		tag = tag[:i]
	}
	if i := bytes.IndexByte(tag, ':'); i >= 0 {
		tag = tag[i+1:]
	}
	return tag
}

// fullName returns the name of a tag with its prefix, if it has one.
func fullName(tag []byte) string { return string(tag[:bytes.IndexAny(tag, " \t\r\n/>")]) }

// rowNumber returns the number that the tag of a row gives, 0 if it gives none.
func rowNumber(tag []byte) int {
	_, value, found := bytes.Cut(tag, []byte(` r="`))
	if !found {
		return 0
	}
	digits := 0
	for digits < len(value) && '0' <= value[digits] && value[digits] <= '9' {
		digits++
	}
	number, err := strconv.Atoi(string(value[:digits]))
	switch {
	case digits == 0:
		return 0
	case err != nil:
		return math.MaxInt
	}
	return number
}
