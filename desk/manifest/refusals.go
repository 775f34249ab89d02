package manifest

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// addedHeadings are the columns that a refused file has beyond its list's own:
// line, column and reason. They mean nothing when the mended file is read.
var addedHeadings = []string{"ردیف", "ستون", "علت"}

// Refusals writes the refused rows of a list into a file that Excel opens,
// that no cell of runs as a formula, and that Open reads again.
type Refusals struct {
	out     *csv.Writer
	width   int // cells of a row that belong to the list
	dropped int // cells after them that an earlier refused file had added
	cells   []string
}

// NewRefusals begins a refused file with the heading row of its list; its
// charset is UTF-8 with a byte order mark, and delimiter is the list's own, for
// the Excel that wrote the one opens the other. The file should be readable by
// its owner only.
func NewRefusals(w io.Writer, heading []string, delimiter byte) (*Refusals, error) {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return nil, fmt.Errorf("writing the refused rows: %w", err)
	}
	r := &Refusals{out: csv.NewWriter(w), width: len(heading)}
	if strings.IndexByte(",;\t|", delimiter) >= 0 {
		r.out.Comma = rune(delimiter)
	}
	if own := len(heading) - len(addedHeadings); own > 0 && slices.Equal(heading[own:], addedHeadings) {
		r.width, r.dropped = own, len(addedHeadings)
	}
	return r, r.write(heading, addedHeadings...)
}

// Add writes line out, refused for its own reason.
func (r *Refusals) Add(line Line) error {
	return r.write(line.Cells, strconv.Itoa(line.Number), line.Column, line.Reason.Sentence())
}

// Flush writes what is still buffered, and returns the first error of all
// writing.
func (r *Refusals) Flush() error {
	r.out.Flush()
	if err := r.out.Error(); err != nil {
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
		r.cells = append(r.cells, Guard(cell))
	}
	for _, cell := range added {
		r.cells = append(r.cells, Guard(cell))
	}
	if own := r.width + r.dropped; len(cells) > own {
		for _, cell := range cells[own:] {
			r.cells = append(r.cells, Guard(cell))
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
