package table

import (
	"bufio"
	"bytes"
	"errors"
	"io"
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

// scan looks through an XML part, a piece at a time in room. ErrTooLarge is a
// text that is longer than tokenMost with the tag behind it, a row with more
// cells than a spreadsheet has columns, or more than textsMost shared strings
// and parts of them: a part packs to a thousandth of what it is, and the library
// gathers up each of these in memory. ErrDamaged is a part that cannot be
// unpacked as its sum says, one with a declaration (<!DOCTYPE>), or one in which
// the numbers of the rows do not ascend: the library would take the cells of two
// rows for one row's.
func scan(content io.Reader, room []byte) (body, error) {
	c := census{}
	in := bufio.NewScanner(content)
	in.Buffer(room, tokenMost)
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
	row   int   // the number of the row in hand, 0 before the first
	cells int   // in it
	depth int   // of the cells that have begun and not ended
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

// tag counts a tag, comment or the like that begins at.
func (c *census) tag(tag []byte, at int64) error {
	c.body.tags++
	switch tag[1] {
	case '?':
		return nil
	case '!':
		if len(tag) == len("<!") {
			return ErrDamaged
		}
		return nil
	case '/':
		switch string(localName(tag[2:])) {
		case "c":
			c.depth = max(0, c.depth-1)
		case "sheetData":
			c.body.end, c.body.alone = at, ""
		}
		return nil
	}
	err := c.start(tag, at)
	if c.cells > excelize.MaxColumns || c.texts > textsMost {
		err = ErrTooLarge
	}
	return err
}

// start counts what begins with a tag.
func (c *census) start(tag []byte, at int64) error {
	switch string(localName(tag[1:])) {
	case "c":
		return c.cell(tag)
	case "row":
		return c.beginRow(tag)
	case "sheetData":
		c.body.rows = true
		if bytes.HasSuffix(tag, []byte("/>")) {
			if !endsThere(tag) {
				return ErrDamaged
			}
			c.body.end, c.body.alone = at, string(fullName(tag[1:]))
		}
	case "si", "r", "rPh":
		c.texts++
	}
	return nil
}

// cell counts a cell of a row. Before the first row it is none: the library looks
// into it for rows. So is what the list of formulas (calcChain.xml) calls by the
// same name, which has no rows and may be as long as it likes.
func (c *census) cell(tag []byte) error {
	if c.row == 0 {
		return nil
	}
	c.cells++
	if !endsThere(tag) {
		return ErrDamaged
	}
	if !bytes.HasSuffix(tag, []byte("/>")) {
		c.depth++
	}
	return nil
}

// endsThere reports whether a tag ends where it seems to. As a rule all of its
// quotes are of one kind and in pairs, which takes less time to see.
func endsThere(tag []byte) bool {
	if bytes.Count(tag, []byte{'"'})%2 == 0 && bytes.IndexByte(tag, '\'') < 0 {
		return true
	}
	_, whole := attribute(tag, "")
	return whole
}

// beginRow: one within a cell is none to the library.
func (c *census) beginRow(tag []byte) error {
	if c.depth > 0 {
		return nil
	}
	number, ok := rowNumber(tag)
	if number == 0 {
		number = c.row + 1
	}
	if !ok || number <= c.row {
		return ErrDamaged
	}
	c.row, c.cells, c.body.rows = number, 0, true
	return nil
}

// tagLength returns the length of the tag, comment or the like that text begins
// with, as the library's decoder finds its end; 0 when its end is not there. A
// tag that has ">" in quotes seems to end there, and what follows seems text:
// the decoder allows no "<" in quotes, so that no tag is passed over. Whether the
// tag is whole asks who needs to know how it ends.
func tagLength(text []byte) int {
	if len(text) < len(cdata) && (bytes.HasPrefix([]byte(cdata), text) || bytes.HasPrefix([]byte(comment), text)) {
		return 0
	}
	var begin int
	var end string
	switch {
	case text[1] == '?':
		begin, end = len("<?"), "?>"
	case text[1] != '!':
		return 1 + indexNear(text, '>')
	case bytes.HasPrefix(text, []byte(comment)):
		begin, end = len(comment), "-->"
	case bytes.HasPrefix(text, []byte(cdata)):
		begin, end = len(cdata), "]]>"
	default:
		return len("<!") // a declaration, which no part has
	}
	if i := bytes.Index(text[begin:], []byte(end)); i >= 0 {
		return begin + i + len(end)
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

// fullName returns the name that tag begins with, with its prefix, if it has
// one.
func fullName(tag []byte) []byte {
	for i, b := range tag {
		switch b {
		case ' ', '\t', '\r', '\n', '/', '>':
			return tag[:i]
		}
	}
	return tag
}

// rowNumber returns the number that the tag of a row gives, 0 if it gives none.
// Where the library might read another one, ok is false.
func rowNumber(tag []byte) (number int, ok bool) {
	value, ok := attribute(tag, "r")
	if value == nil || !ok {
		return 0, ok
	}
	for _, digit := range value {
		if digit < '0' || digit > '9' {
			return 0, false
		}
	}
	number, err := strconv.Atoi(string(value))
	return number, err == nil
}

const xmlSpace = " \t\r\n"

// attribute returns the value of a tag's last attribute of that name, without
// its prefix, as it stands there; nil when the tag has none. whole is false when
// the tag does not end where it seems to.
func attribute(tag []byte, name string) (value []byte, whole bool) {
	rest := tag[1+len(fullName(tag[1:])):]
	for {
		rest = bytes.TrimLeft(rest, xmlSpace)
		if string(rest) == ">" || string(rest) == "/>" {
			return value, true
		}
		named, quoted, found := bytes.Cut(rest, []byte("="))
		quoted = bytes.TrimLeft(quoted, xmlSpace)
		if !found || len(quoted) == 0 || quoted[0] != '"' && quoted[0] != '\'' {
			return nil, false
		}
		text, behind, closed := bytes.Cut(quoted[1:], quoted[:1])
		if !closed {
			return nil, false
		}
		if string(localName(named)) == name {
			value = text
		}
		rest = behind
	}
}
