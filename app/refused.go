package app

import (
	"fmt"

	"kartyar/desk/manifest"
)

// refusedFile is where the refused rows of a list go: readable by its owner only,
// and in place when the list is done. There is none while no row is refused. It
// is of the list's kind.
type refusedFile struct {
	list    string // its path
	skip    bool   // a dry run, which changes nothing
	heading heading

	file   *wholeFile
	out    *manifest.Refusals
	failed bool
	shown  []string // the first refused rows of a dry run, without their cells
}

// path returns where the file goes; it is known with the heading.
func (f *refusedFile) path() string {
	if f.heading.Delimiter == 0 {
		return f.list + ".refused.xlsx"
	}
	return f.list + ".refused.csv"
}

// shownRows is how many refused rows a dry run names.
const shownRows = 10

func (f *refusedFile) add(line refusedLine) error {
	row := manifest.Line{Number: line.Number, Cells: line.Cells, Column: line.Column, Reason: manifest.Reason(line.Reason)}
	if f.skip {
		if len(f.shown) < shownRows {
			f.shown = append(f.shown, shownLine(line.Number, line.Column, row.Reason.String()))
		}
		return nil
	}
	if f.failed {
		return nil
	}
	if f.out == nil {
		if err := f.begin(); err != nil {
			f.failed = true
			return err
		}
	}
	return f.out.Add(row)
}

func shownLine(number int, column, reason string) string {
	if column == "" {
		return fmt.Sprintf("line %d: %s", number, reason)
	}
	return fmt.Sprintf("line %d, column %s: %s", number, column, reason)
}

func (f *refusedFile) begin() (err error) {
	if f.file, err = createWhole(f.path()); err != nil {
		return fmt.Errorf("making %s: %w", f.path(), plainPathError(err))
	}
	if f.out, err = manifest.NewRefusals(f.file, f.heading.Cells, f.heading.Delimiter); err != nil {
		f.drop()
	}
	return err
}

// close puts the file in place.
func (f *refusedFile) close() error {
	if f.file == nil {
		return nil
	}
	err := f.out.Close()
	if err == nil {
		_, err = f.file.finish()
	}
	if err != nil {
		err = fmt.Errorf("writing %s: %w", f.path(), err)
	}
	f.drop()
	return err
}

// drop forgets what is not in place.
func (f *refusedFile) drop() {
	if f.file != nil {
		_ = f.file.abandon()
		f.file = nil
	}
}
