package manifest

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"kartyar/desk/table"
)

// addedHeadings are the columns that a refused file has beyond its list's own:
// line, column and reason. They mean nothing when the mended file is read.
var addedHeadings = []string{"ردیف", "ستون", "علت"}

// Refusals writes the refused rows of a list into a file of the same kind that
// Excel opens, that no cell of runs as a formula, and that Open reads again.
type Refusals struct {
	out     rowWriter
	end     func() error
	guard   func(cell string) string
	width   int // cells of a row that belong to the list
	dropped int // cells after them that an earlier refused file had added
	cells   []string
}

// rowWriter is a csv.Writer or a table.SheetWriter.
type rowWriter interface{ Write(cells []string) error }

// NewRefusals begins a refused file with the heading row of its list. Its kind
// is the list's own, for the Excel that wrote the one opens the other: cells
// between which delimiter stands, in UTF-8 with a byte order mark, or for a
// delimiter of 0 a workbook. The file should be readable by its owner only.
func NewRefusals(w io.Writer, heading []string, delimiter byte) (*Refusals, error) {
	r := &Refusals{width: len(heading)}
	if own := len(heading) - len(addedHeadings); own > 0 && slices.Equal(heading[own:], addedHeadings) {
		r.width, r.dropped = own, len(addedHeadings)
	}
	if delimiter == 0 {
		sheet, err := table.NewSheetWriter(w)
		if err != nil {
			return nil, fmt.Errorf("writing the refused rows: %w", err)
		}
		r.out, r.end, r.guard = sheet, sheet.Close, func(cell string) string { return cell }
		return r, r.write(heading, addedHeadings...)
	}
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return nil, fmt.Errorf("writing the refused rows: %w", err)
	}
	out := csv.NewWriter(w)
	if strings.IndexByte(",;\t", delimiter) >= 0 {
		out.Comma = rune(delimiter)
	}
	r.out, r.guard = out, Guard
	r.end = func() error {
		out.Flush()
		return out.Error()
	}
	return r, r.write(heading, addedHeadings...)
}

// Add writes line out, refused for its own reason.
func (r *Refusals) Add(line Line) error {
	return r.write(line.Cells, strconv.Itoa(line.Number), line.Column, line.Reason.Sentence())
}

// Close ends the file, and returns the first error of all writing. It leaves w
// open.
func (r *Refusals) Close() error {
	if err := r.end(); err != nil {
		return fmt.Errorf("writing the refused rows: %w", err)
	}
	return nil
}

// write puts the added cells under their headings. Cells beyond the heading
// row follow after them, so that nothing is lost.
func (r *Refusals) write(cells []string, added ...string) error {
	r.cells = r.cells[:0]
	for i := range r.width {
		cell := ""
		if i < len(cells) {
			cell = cells[i]
		}
		r.cells = append(r.cells, r.guard(cell))
	}
	for _, cell := range added {
		r.cells = append(r.cells, r.guard(cell))
	}
	if own := r.width + r.dropped; len(cells) > own {
		for _, cell := range cells[own:] {
			r.cells = append(r.cells, r.guard(cell))
		}
	}
	if err := r.out.Write(r.cells); err != nil {
		return fmt.Errorf("writing the refused rows: %w", err)
	}
	return nil
}

// Guard puts ' before what a spreadsheet would take for a formula (OWASP, CSV
// injection); table.Clean takes it off.
func Guard(cell string) string {
	for _, prefix := range []string{"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"} {
		if strings.HasPrefix(cell, prefix) {
			return "'" + cell
		}
	}
	return cell
}
