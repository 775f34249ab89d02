package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"kartyar/desk/manifest"
)

// refusedFile is where the refused rows of a list go: written beside its name,
// readable by its owner only, and put in place when the list is done. There is
// none while no row is refused. It is of the list's kind.
type refusedFile struct {
	list    string // its path
	skip    bool   // a dry run, which changes nothing
	heading heading

	file   *os.File
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

func (f *refusedFile) begin() error {
	file, err := os.CreateTemp(filepath.Dir(f.list), ".refused-*") // mode 0600
	if err != nil {
		return fmt.Errorf("making %s: %w", f.path(), plainPathError(err))
	}
	f.file = file
	f.out, err = manifest.NewRefusals(file, f.heading.Cells, f.heading.Delimiter)
	return err
}

// close puts the file in place.
func (f *refusedFile) close() error {
	if f.file == nil {
		return nil
	}
	err := errors.Join(f.out.Close(), f.file.Sync(), f.file.Close())
	if err == nil {
		err = os.Rename(f.file.Name(), f.path())
	}
	if err != nil {
		err = errors.Join(fmt.Errorf("writing %s: %w", f.path(), err), os.Remove(f.file.Name()))
	}
	f.file = nil
	return err
}

// drop forgets the file of a list that was not done.
func (f *refusedFile) drop() {
	if f.file != nil {
		_, _ = f.file.Close(), os.Remove(f.file.Name())
		f.file = nil
	}
}
