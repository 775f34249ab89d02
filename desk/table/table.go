// Package table reads the tables that offices make with Excel and its like:
// workbooks (XLSX), and text files of unknown charset and delimiter, with a
// heading row somewhere near the top whose headings come in two languages and
// any order. It knows nothing of what the columns mean.
package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"kartyar/card"
)

// headingRows is how many rows, blank ones not counted, may hold the heading
// row: titles and dates stand above it.
const headingRows = 30

// Column is one column that a kind of table may have.
type Column struct {
	Name   string   // its English heading, and how errors name it
	Also   []string // other headings, folded before they are compared
	Weak   []string // headings that mean this column only when none of the others is there
	Needed bool     // no heading row is without it
	Date   bool     // numbers that a workbook has in it may count days
}

// HeadingError wraps ErrNoHeading or ErrTwoHeadings with the Name of the
// column.
type HeadingError struct {
	Err    error
	Column string
}

func (e *HeadingError) Error() string { return fmt.Sprintf("%v: %s", e.Err, e.Column) }

// Unwrap returns ErrNoHeading or ErrTwoHeadings.
func (e *HeadingError) Unwrap() error { return e.Err }

// Table is a table being read.
type Table struct {
	rows      rows
	heading   []string
	width     int      // cells of the heading row, up to the last that says something
	ahead     *Row     // was read in looking for the heading, and comes next
	unread    []string // headings that mean no column
	sheets    []string // visible ones that hold something and no heading row
	delimiter byte
	index     []int // for each column its place in a row, -1 when the table has none
	dates     []int // the places of a sheet's dates
	is1904    bool
}

// rows are a splitter, a sheet of a workbook, or the objects of JSON lines.
type rows interface {
	// next returns the next row, blank ones included, and io.EOF after the last.
	next() (Row, error)
}

// Open finds the charset, the delimiter and the heading row of r. It reads r
// twice from its beginning, the first time through to its end, since the
// charset of a list may show in its last row only. The memory used does not
// grow with r. What r is shows in its bytes; an XLSX file is held in memory,
// and its table is the one visible sheet that has a heading row.
//
// A file that is no table gives ErrEmpty, ErrBinary, ErrCharset or a
// *HeadingError; a workbook also ErrProtected, ErrForeign, ErrArchive,
// ErrDamaged, ErrHidden, ErrTooLarge or a *SheetsError. ErrDamaged may show later
// too.
func Open(r io.ReadSeeker, columns []Column) (*Table, error) {
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("going to the beginning: %w", err)
	}
	names := named(columns)
	magic := make([]byte, len(cfbMagic))
	n, err := io.ReadFull(r, magic)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("reading the beginning: %w", err)
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("going back to the beginning: %w", err)
	}
	if IsWorkbook(magic[:n]) {
		book, err := openWorkbook(r)
		if err != nil {
			return nil, err
		}
		return openSheets(book, columns, names)
	}
	text, err := decode(r)
	if err != nil {
		return nil, err
	}
	head := make([]byte, window)
	n, err = io.ReadFull(text, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("reading the beginning: %w", err)
	}
	head = head[:n]
	if strings.TrimFunc(string(head), blank) == "" && n < window {
		return nil, ErrEmpty
	}
	text = io.MultiReader(bytes.NewReader(head), text)
	if beginsMarkup(head) {
		return nil, ErrForeign
	}
	if beginsObject(head) {
		return openObjects(r, text, columns)
	}
	t := &Table{delimiter: delimiter(head, names)}
	t.rows = newSplitter(text, t.delimiter)
	return t, t.findHeading(columns, names)
}

// Heading returns the cells of the heading row, as they stand in the file.
func (t *Table) Heading() []string { return t.heading }

// Delimiter returns what stands between two cells, 0 for a workbook.
func (t *Table) Delimiter() byte { return t.delimiter }

// nameLimit is the length, in characters, to which names of what is not read are
// cut.
const nameLimit = 64

// Unread returns the headings that mean no column, and the names of the visible
// sheets that hold something and no heading row, as texts of a line.
func (t *Table) Unread() (headings, sheets []string) {
	return texts(t.unread), texts(t.sheets)
}

func texts(names []string) (shown []string) {
	for _, name := range names {
		shown = append(shown, Text(name, nameLimit))
	}
	return shown
}

// Has reports whether the table has columns[column].
func (t *Table) Has(column int) bool { return t.index[column] >= 0 }

// HeadingOf returns the heading under which columns[column] stands, as it is
// in the file; "" when the table has none.
func (t *Table) HeadingOf(column int) string {
	if !t.Has(column) {
		return ""
	}
	return strings.TrimFunc(t.heading[t.index[column]], blank)
}

// Cell returns row's cell of columns[column] as it stands in the file; "" when
// the row is too short or the table has no such column.
func (t *Table) Cell(row Row, column int) string {
	if i := t.index[column]; i >= 0 && i < len(row.Cells) {
		return row.Cells[i]
	}
	return ""
}

// MayBePart reports whether row's cell of columns[column] may be a part of what it
// was, since the file ends in it.
func (t *Table) MayBePart(row Row, column int) bool {
	return row.Unended && t.Has(column) && t.index[column] == len(row.Cells)-1
}

// Next returns the next row below the heading that is not blank, and io.EOF
// after the last.
func (t *Table) Next() (row Row, err error) {
	if t.ahead != nil {
		row, t.ahead = *t.ahead, nil
	} else if row, err = t.full(); err != nil {
		return Row{}, err
	}
	row.Cut = row.Unended && len(row.Cells) < t.width
	t.dateCells(row)
	return row, nil
}

// full returns the next row that is not blank, as it stands in the file.
func (t *Table) full() (Row, error) {
	for {
		row, err := t.rows.next()
		if err != nil {
			return Row{}, err
		}
		for _, cell := range row.Cells {
			if strings.IndexFunc(cell, shows) >= 0 {
				return row, nil
			}
		}
	}
}

// dateCells writes out the dates that a row of a sheet counts in days.
func (t *Table) dateCells(row Row) {
	for _, i := range t.dates {
		if i < len(row.Cells) {
			row.Cells[i] = dateText(row.Cells[i], t.is1904)
		}
	}
}

// findHeading goes on until behind the heading row: the first one that holds
// every needed column. Where cells of it are merged with those above or below,
// what they say stands in one of the two.
func (t *Table) findHeading(columns []Column, names map[string]heading) error {
	missing, fewest := "", len(columns)+1
	var above Row
	for range headingRows {
		row, err := t.full()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return fmt.Errorf("looking for the heading row: %w", err)
		}
		index, err := match(row.Cells, columns, names)
		lacks, first := 0, ""
		for i, c := range columns {
			if c.Needed && index[i] < 0 {
				lacks++
				if first == "" {
					first = c.Name
				}
			}
		}
		if lacks == 0 {
			t.index, t.heading = index, slices.Clone(row.Cells)
			if above.Line == row.Line-1 {
				t.fill(above.Cells, names)
			}
			return errors.Join(err, t.headingBelow(row.Line, columns, names))
		}
		above = Row{Line: row.Line, Cells: slices.Clone(row.Cells)}
		if lacks < fewest {
			missing, fewest = first, lacks
		}
	}
	return &HeadingError{Err: ErrNoHeading, Column: missing}
}

// headingBelow looks whether the row behind the heading row, which is that of line,
// goes on with it; if not, that comes next.
func (t *Table) headingBelow(line int, columns []Column, names map[string]heading) error {
	row, err := t.full()
	switch {
	case errors.Is(err, io.EOF):
	case err != nil:
		return fmt.Errorf("looking behind the heading row: %w", err)
	case row.Line == line+1 && !row.Broken && t.goesOn(row, columns, names):
		t.fill(row.Cells, names)
	default:
		t.ahead = &row
	}
	for place, cell := range t.heading {
		if strings.IndexFunc(cell, shows) < 0 {
			continue
		}
		t.width = place + 1
		if !slices.Contains(t.index, place) {
			t.unread = append(t.unread, cell)
		}
	}
	return nil
}

// goesOn reports whether a row goes on with the heading row above it: no row of the
// list does, which has something in the needed columns.
func (t *Table) goesOn(row Row, columns []Column, names map[string]heading) bool {
	for i, c := range columns {
		if c.Needed && strings.IndexFunc(t.Cell(row, i), shows) >= 0 {
			return false
		}
	}
	alone, known := true, false
	for place, cell := range row.Cells {
		if strings.IndexFunc(cell, shows) < 0 {
			continue
		}
		h, is := names[Key(cell)]
		free := t.isFree(place)
		alone, known = alone && free, known || free && is && t.index[h.column] < 0
	}
	return alone || known
}

// isFree reports whether the heading row says nothing in a place.
func (t *Table) isFree(place int) bool { return place >= len(t.heading) || Key(t.heading[place]) == "" }

// fill takes what a row beside the heading row says where that says nothing.
func (t *Table) fill(cells []string, names map[string]heading) {
	for place, cell := range cells {
		if !t.isFree(place) || Key(cell) == "" {
			continue
		}
		for len(t.heading) <= place {
			t.heading = append(t.heading, "")
		}
		t.heading[place] = cell
		if h, known := names[Key(cell)]; known && t.index[h.column] < 0 {
			t.index[h.column] = place
		}
	}
}

// heading is what a heading means.
type heading struct {
	column int
	weak   bool
}

// named returns what each known heading means, by its key.
func named(columns []Column) map[string]heading {
	names := map[string]heading{}
	for i, c := range columns {
		names[Key(c.Name)] = heading{column: i}
		for _, name := range c.Also {
			names[Key(name)] = heading{column: i}
		}
		for _, name := range c.Weak {
			names[Key(name)] = heading{column: i, weak: true}
		}
	}
	return names
}

// match returns the place of each column in a heading row, -1 for none, and an
// error when two headings of equal weight mean one column.
func match(cells []string, columns []Column, names map[string]heading) ([]int, error) {
	index, weak := make([]int, len(columns)), make([]bool, len(columns))
	for i := range index {
		index[i] = -1
	}
	var twice error
	for place, cell := range cells {
		h, known := names[Key(cell)]
		switch at := index[h.column]; {
		case !known, at >= 0 && h.weak && !weak[h.column]:
		case at < 0, weak[h.column] && !h.weak:
			index[h.column], weak[h.column] = place, h.weak
		case twice == nil:
			twice = &HeadingError{Err: ErrTwoHeadings, Column: columns[h.column].Name}
		}
	}
	return index, twice
}

// beginsMarkup reports whether a text that begins with head is a web page or XML,
// which many systems hand out under the name of a workbook.
func beginsMarkup(head []byte) bool {
	head = bytes.TrimLeft(head, " \t\r\n")
	for _, tag := range []string{"<!doctype html", "<html", "<table", "<meta", "<?xml"} {
		if len(head) >= len(tag) && strings.EqualFold(string(head[:len(tag)]), tag) {
			return true
		}
	}
	return false
}

// delimiter returns what stands between the cells of the table that begins
// with head: what Excel's own line "sep=;" says, else the one of comma,
// semicolon and tab that makes the best heading row.
func delimiter(head []byte, names map[string]heading) byte {
	if rest, is := bytes.CutPrefix(head, []byte("sep=")); is && len(rest) > 1 && (rest[1] == '\r' || rest[1] == '\n') {
		return rest[0]
	}
	best, most := byte(','), 0
	for _, candidate := range []byte(",;\t") {
		rows := splitBytes(head, candidate)
		for range headingRows {
			row, err := rows.next()
			if err != nil {
				break
			}
			known := 0
			for _, cell := range row.Cells {
				if _, is := names[Key(cell)]; is {
					known++
				}
			}
			if known > most {
				best, most = candidate, known
			}
		}
	}
	return best
}

// Key returns a heading or a word as it is compared: folded, without any
// spaces, so that «کدملی», «کد ملی» and «کد‌ملی» are one.
func Key(s string) string {
	return strings.ReplaceAll(card.Fold(norm.NFKC.String(s)), " ", "")
}
