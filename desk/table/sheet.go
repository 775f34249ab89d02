package table

import (
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// maxColumns is how many cells a row of a sheet may have, far more than any
// list's. Beyond them it counts as broken.
const maxColumns = 1024

// sheet reads the rows of one sheet of a workbook: what its cells hold, not
// how they are shown. Of a formula that is the result that was saved with it.
// Hidden rows and columns are read: who filters a list, or makes it narrower
// for the screen, takes nothing out of it, and a CSV file has them too.
type sheet struct {
	book  *workbook
	rows  *excelize.Rows
	line  int  // of the row read last
	begun bool // the first row was asked for
	whole bool
}

func (b *workbook) open(name string) (*sheet, error) {
	rows, err := b.file.Rows(name)
	if err != nil {
		return nil, damaged(err)
	}
	return &sheet{book: b, rows: rows}, nil
}

// next returns the next row, blank ones included, and io.EOF after the last.
func (s *sheet) next() (row Row, err error) {
	defer recovered(&err)
	if s.whole {
		return Row{}, io.EOF
	}
	s.book.begins, s.begun = !s.begun, true
	if !s.rows.Next() {
		if err := s.rows.Error(); err != nil || s.line > 0 || s.book.refused {
			return Row{}, fmt.Errorf("%w (behind row %d)", ErrDamaged, s.line)
		}
		return Row{}, io.EOF // a chart
	}
	cells, err := s.rows.Columns()
	if err != nil {
		return Row{}, damaged(err)
	}
	if len(cells) == 1 && cells[0] == lastCell {
		s.whole = true
		return Row{}, io.EOF
	}
	if s.book.cells += len(cells); s.book.cells > cellsMost {
		return Row{}, ErrTooLarge
	}
	s.line++
	row = Row{Line: s.line, Cells: cells}
	if len(cells) > maxColumns {
		row.Cells, row.Broken = cells[:maxColumns], true
	}
	left := maxRow
	for i, cell := range row.Cells {
		if len(cell) > left {
			row.Cells, row.Broken = row.Cells[:i+1], true
			row.Cells[i] = strings.ToValidUTF8(cell[:left], "")
			break
		}
		left -= len(cell)
		row.Cells[i] = written(cell)
	}
	return row, nil
}

// scientific is a number as programs write it into sheets.
var scientific = regexp.MustCompile(`^-?\d\.(\d+)E(\+?)(\d{1,2})$`)

// written returns a cell with a large whole number written out: 12345678901 for
// 1.2345678901E10. Java writes all from 10,000,000 so, and leaves out zeros at
// the end. A number that says E+10 and has fewer digits than that is what Excel
// shows of a longer one: somebody has stored it as text, and the rest is lost.
func written(cell string) string {
	if strings.IndexByte(cell, 'E') < 3 {
		return cell
	}
	m := scientific.FindStringSubmatch(cell)
	if m == nil {
		return cell
	}
	exponent, _ := strconv.Atoi(m[3])
	if exponent < 7 || m[2] != "" && len(m[1]) < exponent {
		return cell
	}
	// Up to here every whole number is one that a spreadsheet can hold.
	const exact = 1e15
	value, err := strconv.ParseFloat(cell, 64)
	if err != nil || value != math.Trunc(value) || math.Abs(value) >= exact {
		return cell
	}
	return strconv.FormatFloat(value, 'f', -1, 64)
}

// The days between which a bare number in a column of dates is a day as Excel
// counts them: 2000 to 2099. Nothing else that stands for a date is such a
// number.
const (
	serialFirst = 36526
	serialEnd   = 73051
	shift1904   = 1462 // the same day counted from 1904 instead of 1900
)

// dateText returns the date, and time if any, that a cell counts in days, and
// any other cell as it stands.
func dateText(cell string, is1904 bool) string {
	if len(cell) < 5 || cell[0] < '1' || cell[0] > '9' {
		return cell
	}
	days, err := strconv.ParseFloat(cell, 64)
	if err != nil {
		return cell
	}
	if is1904 {
		days += shift1904
	}
	if !(serialFirst <= days && days < serialEnd) {
		return cell
	}
	at, err := excelize.ExcelDateToTime(days, false)
	if err != nil {
		return cell
	}
	if at = at.Round(time.Second); at.Equal(at.Truncate(24 * time.Hour)) {
		return at.Format(time.DateOnly)
	}
	return at.Format("2006-01-02T15:04:05")
}

// openSheets returns the table of the one visible sheet that holds one. A
// heading row with nothing below it counts only when no other sheet has more.
func openSheets(book *workbook, columns []Column, names map[string]heading) (*Table, error) {
	var chosen *Table
	var found string
	var filled bool
	var others []string
	missing := ErrEmpty
	for _, name := range book.sheets {
		t, err := openSheet(book, name, columns, names)
		switch {
		case errors.Is(err, ErrNoHeading), errors.Is(err, ErrEmpty):
			if !errors.Is(missing, ErrNoHeading) {
				missing = err
			}
			if errors.Is(err, ErrNoHeading) {
				others = append(others, name)
			}
			continue
		case err != nil:
			return nil, err
		}
		rows, err := hasRows(book, name, columns, names)
		switch {
		case err != nil:
			return nil, err
		case chosen != nil && filled && rows:
			return nil, &SheetsError{First: found, Second: name}
		case chosen == nil || rows && !filled:
			chosen, found, filled = t, name, rows
		}
	}
	if chosen == nil {
		return nil, missing
	}
	chosen.sheets = others
	return chosen, nil
}

func openSheet(book *workbook, name string, columns []Column, names map[string]heading) (*Table, error) {
	rows, err := book.open(name)
	if err != nil {
		return nil, err
	}
	t := &Table{rows: rows, is1904: book.is1904}
	if err := t.findHeading(columns, names); err != nil {
		if errors.Is(err, ErrNoHeading) && rows.line == 0 {
			return nil, ErrEmpty
		}
		return nil, err
	}
	for i, c := range columns {
		if c.Date && t.index[i] >= 0 {
			t.dates = append(t.dates, t.index[i])
		}
	}
	return t, nil
}

// hasRows reports whether anything stands below the heading row of a sheet.
func hasRows(book *workbook, name string, columns []Column, names map[string]heading) (bool, error) {
	t, err := openSheet(book, name, columns, names)
	if err != nil {
		return false, err
	}
	if _, err = t.Next(); errors.Is(err, io.EOF) {
		return false, nil
	}
	return err == nil, err
}
