// Package manifest reads lists of cards as offices keep them: CSV files and
// workbooks from Excel in, card.Rows and refused rows out, one at a time. Private fields
// leave it as keys only.
package manifest

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // Asia/Tehran in an empty container

	"kartyar/card"
	"kartyar/desk/table"
)

// The columns of a manifest.
const (
	nationalCode = iota
	mobile
	stage
	office
	asOf
	application
	receiptCode
	shelf
	note
)

// columns are the headings by which each column is found.
var columns = []table.Column{
	nationalCode: {Name: "national_code", Also: []string{"کد ملی", "شماره ملی"}, Needed: true},
	mobile:       {Name: "mobile", Also: []string{"شماره همراه", "تلفن همراه", "شماره تلفن همراه", "موبایل", "شماره موبایل"}},
	stage:        {Name: "stage", Also: []string{"مرحله", "مرحله کارت", "وضعیت", "وضعیت کارت"}, Weak: []string{"status"}},
	office:       {Name: "office", Also: []string{"کد دفتر"}, Weak: []string{"دفتر"}},
	asOf:         {Name: "as_of", Also: []string{"تاریخ وضعیت"}, Weak: []string{"تاریخ"}, Date: true},
	application:  {Name: "application", Also: []string{"شماره درخواست"}},
	receiptCode:  {Name: "receipt_code", Also: []string{"کد رهگیری", "کد رهگیری رسید"}},
	shelf:        {Name: "shelf", Also: []string{"قفسه", "محل نگهداری"}},
	note:         {Name: "note", Also: []string{"توضیح", "توضیحات"}},
}

// Lengths, in characters, to which the texts of a row are cut.
const (
	ShelfLimit = 64
	NoteLimit  = 500
	WordLimit  = 64
)

// ErrStageHeading is for a list without stages that has a column whose heading
// speaks of one: its cards would all be taken for ready.
var ErrStageHeading = errors.New("a heading seems to mean the stage and is none that is known: write «وضعیت» or stage there, or take the column out")

// stageHints are what such a heading has in it.
var stageHints = []string{"وضعیت", "مرحله", "stage", "status"}

// namedLimit is how many different unknown words and offices a Summary names.
const namedLimit = 100

// Options are what reading a manifest depends on.
type Options struct {
	// Now is the time of the import: undated rows hold as of it, and rows more
	// than 24 hours ahead of it are refused.
	Now time.Time
	// Keyer turns the private fields into keys.
	Keyer *card.Keyer
	// Resolve returns the code of the office that a cell speaks of, by code or by
	// name. known is false for a code that no directory lists; an error refuses
	// the row. It is asked once for each spelling, or little more.
	Resolve func(text string) (code string, known bool, err error)
	// Words are the feed's own words for stages; may be nil.
	Words map[string]card.Stage
}

// Line is one row of a manifest, good or refused.
type Line struct {
	Number int      // the line of the file on which the row begins, from 1
	Row    card.Row // what the row says; the zero value when it is refused
	Cells  []string // as they stand in the file; valid until the next line is read

	Reason Reason // why it is refused; 0 for a good row
	Column string // the heading of the cell that is to blame; "" for the whole row
}

// Summary counts what was read.
type Summary struct {
	Rows    int // Good + Refused; blank rows do not count
	Good    int
	Refused int
	// UnknownRows counts the good rows whose word for the stage nobody knows, and
	// UnknownWords the same by word, for the first hundred words.
	UnknownRows  int
	UnknownWords map[string]int
	// UnknownOffices counts the good rows by office code that Resolve does not
	// know, for the first hundred codes.
	UnknownOffices map[string]int
}

// Reader reads a manifest row by row. Its memory does not grow with the file.
type Reader struct {
	table   *table.Table
	options Options
	zone    *time.Location
	today   time.Time // 00:00 of the day of Options.Now
	words   map[string]card.Stage
	summary Summary

	// What the last cells said, since lists repeat themselves.
	stages  map[string]meaning
	offices map[string]place
	dated   string
	dateAt  time.Time
}

// meaning is what a stage cell says.
type meaning struct {
	stage card.Stage
	word  string // for StageUnknown
}

// place is what Resolve said of an office cell.
type place struct {
	code  string
	known bool
	err   error
}

// Open reads the manifest r up to its heading row. r is read twice from its
// beginning, since its charset may show in its last row only. A file that is
// no manifest gives an error of table.Open. A list without stages, whose cards
// are all ready, must have the column office.
func Open(r io.ReadSeeker, options Options) (*Reader, error) {
	zone, err := time.LoadLocation("Asia/Tehran")
	if err != nil {
		return nil, fmt.Errorf("loading the time zone: %w", err)
	}
	t, err := table.Open(r, columns)
	if err != nil {
		return nil, fmt.Errorf("reading the list: %w", err)
	}
	if !t.Has(stage) && !t.Has(office) {
		missing := &table.HeadingError{Err: table.ErrNoHeading, Column: columns[office].Name}
		return nil, fmt.Errorf("reading the list: %w", missing)
	}
	if heading := stageHeading(t); heading != "" {
		return nil, fmt.Errorf("reading the list: %w", &table.HeadingError{Err: ErrStageHeading, Column: heading})
	}
	year, month, day := options.Now.In(zone).Date()
	return &Reader{
		table: t, options: options, zone: zone, today: time.Date(year, month, day, 0, 0, 0, 0, zone), words: stageWords(options.Words),
		summary: Summary{UnknownWords: map[string]int{}, UnknownOffices: map[string]int{}},
		stages:  map[string]meaning{}, offices: map[string]place{},
	}, nil
}

// stageHeading returns the heading of a list without stages that speaks of them
// all the same; "" for none.
func stageHeading(t *table.Table) string {
	if t.Has(stage) {
		return ""
	}
	headings, _ := t.Unread()
	for _, heading := range headings {
		speaks := func(hint string) bool { return strings.Contains(table.Key(heading), table.Key(hint)) }
		if slices.ContainsFunc(stageHints, speaks) {
			return heading
		}
	}
	return ""
}

// Heading returns the cells of the heading row, for a Refusals.
func (r *Reader) Heading() []string { return r.table.Heading() }

// Unread returns the headings of columns that mean nothing here, and the names of
// a workbook's visible sheets that hold something and no heading row.
func (r *Reader) Unread() (columns, sheets []string) {
	columns, sheets = r.table.Unread()
	return slices.DeleteFunc(columns, func(heading string) bool { return slices.Contains(addedHeadings, heading) }), sheets
}

// Delimiter returns what stands between the file's cells, 0 for a workbook, for
// a Refusals.
func (r *Reader) Delimiter() byte { return r.table.Delimiter() }

// Summary returns the counts of what was read so far. Its maps are the
// reader's own.
func (r *Reader) Summary() Summary { return r.summary }

// Next returns the next row, good or refused, and io.EOF after the last. An
// error means that the file cannot be read further.
func (r *Reader) Next() (Line, error) {
	row, err := r.table.Next()
	if errors.Is(err, io.EOF) {
		return Line{}, io.EOF
	} else if err != nil {
		return Line{}, fmt.Errorf("reading the list: %w", err)
	}
	line := Line{Number: row.Line, Cells: row.Cells}
	p := parser{r: r, row: row}
	known := p.parse(&line.Row)
	r.summary.Rows++
	if p.reason != 0 {
		line.Row, line.Reason = card.Row{}, p.reason
		line.Column = r.heading(p.column)
		r.summary.Refused++
		return line, nil
	}
	r.summary.Good++
	if line.Row.State.Stage == card.StageUnknown {
		r.summary.UnknownRows++
		count(r.summary.UnknownWords, line.Row.State.Word)
	}
	if !known {
		count(r.summary.UnknownOffices, line.Row.State.Office)
	}
	return line, nil
}

// heading returns the heading of a column as the file has it, or as it should
// have it; "" for column -1.
func (r *Reader) heading(column int) string {
	switch {
	case column < 0:
		return ""
	case r.table.Has(column):
		return r.table.HeadingOf(column)
	}
	return columns[column].Also[0]
}

func count(names map[string]int, name string) {
	if _, is := names[name]; is || len(names) < namedLimit {
		names[name]++
	}
}
