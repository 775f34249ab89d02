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
func scan(content io.Reader) (body, error) {
	c := census{}
	in := bufio.NewScanner(content)
	in.Buffer(make([]byte, pieceSize), tokenMost)
	in.Split(c.take)
	for in.Scan() {
		continue // take hands out no tokens
	}
	switch err := in.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return c.body, ErrTooLarge
	case errors.Is(err, ErrTooLarge), errors.Is(err, ErrDamaged):
		return c.body, err
	case err != nil:
		return c.body, damaged(err)
	}
	return c.body, nil
}

const pieceSize = 64 << 10 // bytes of a part that are unpacked at a time

// census counts what the library gathers up of an XML part.
type census struct {
	body  body
	at    int64 // where the text in hand begins
	row   int   // the number of the row in hand
	cells int   // in it
	texts int
}

// take is a bufio.SplitFunc that counts all whole tags, each with the text
// before it, and leaves the rest for when more of it is there. A call for each
// of them would take longer than the counting.
func (c *census) take(data []byte, _ bool) (taken int, _ []byte, err error) {
	for {
		start := indexNear(data[taken:], '<')
		if start < 0 {
			break
		}
		start += taken
		length := tagLength(data[start:])
		if length == 0 {
			break
		}
		taken = start + length
		if err := c.tag(data[start:taken], c.at+int64(start)); err != nil {
			return 0, nil, err
		}
	}
	c.at += int64(taken)
	return taken, nil, nil
}

// tag counts a tag, comment or CDATA section that begins at.
func (c *census) tag(tag []byte, at int64) error {
	c.body.tags++
	switch tag[1] {
	case '!', '?':
		return nil
	case '/':
		if string(localName(tag[2:])) == "sheetData" {
			c.body.end, c.body.alone = at, ""
		}
		return nil
	}
	switch string(localName(tag[1:])) {
	case "c":
		c.cells++
	case "row":
		return c.beginRow(tag)
	case "sheetData":
		c.body.rows = true
		if bytes.HasSuffix(tag, []byte("/>")) {
			c.body.end, c.body.alone = at, fullName(tag[1:])
		}
	case "si", "r", "rPh":
		c.texts++
	}
	if c.cells > excelize.MaxColumns || c.texts > textsMost {
		return ErrTooLarge
	}
	return nil
}

func (c *census) beginRow(tag []byte) error {
	number := rowNumber(tag)
	if number == 0 {
		number = c.row + 1
	}
	if number <= c.row {
		return ErrDamaged
	}
	c.row, c.cells, c.body.rows = number, 0, true
	return nil
}

// tagLength returns the length of the tag, comment or CDATA section that text
// begins with; 0 when its end is not there.
func tagLength(text []byte) int {
	if len(text) < len(cdata) && (bytes.HasPrefix([]byte(cdata), text) || bytes.HasPrefix([]byte(comment), text)) {
		return 0
	}
	end := ">"
	switch {
	case text[1] != '!':
		return 1 + indexNear(text, '>')
	case bytes.HasPrefix(text, []byte(comment)):
		end = "-->"
	case bytes.HasPrefix(text, []byte(cdata)):
		end = "]]>"
	}
	if i := bytes.Index(text, []byte(end)); i >= 0 {
		return i + len(end)
	}
	return 0
}

const (
	comment = "<!--"
	cdata   = "<![CDATA["
)

// indexNear is bytes.IndexByte, and takes less time where b is near.
func indexNear(text []byte, b byte) int {
	const near = 24
	for i, other := range text[:min(near, len(text))] {
		if other == b {
			return i
		}
	}
	if len(text) > near {
		if i := bytes.IndexByte(text[near:], b); i >= 0 {
			return near + i
		}
	}
	return -1
}

// localName returns the name that tag begins with, without its prefix, as the
// library compares it.
func localName(tag []byte) []byte {
	start := 0
	for i, b := range tag {
		switch b {
		case ':':
			if start == 0 {
				start = i + 1
			}
		case ' ', '\t', '\r', '\n', '/', '>':
			return tag[start:i]
		}
	}
	return tag[start:]
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
