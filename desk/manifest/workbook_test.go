package manifest

import (
	"bytes"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"
)

// workbook makes an XLSX file of rows whose first cell is at the given place.
// Numbers and dates are such cells where typed says so, which costs the numbers
// their leading zeros.
func workbook(t testing.TB, rows [][]string, column, line int, typed func() bool) []byte {
	t.Helper()
	number := regexp.MustCompile(`^\d{1,15}$`)
	f := excelize.NewFile()
	var err error
	set := func(c, r int, value any) {
		at, bad := excelize.CoordinatesToCellName(column+c, line+r)
		err = errors.Join(err, bad, f.SetCellValue("Sheet1", at, value))
	}
	for r, row := range rows {
		for c, cell := range row {
			at, noDate := time.Parse(time.RFC3339, cell)
			switch {
			case cell == "":
			case number.MatchString(cell) && typed():
				n, bad := strconv.Atoi(cell)
				err = errors.Join(err, bad)
				set(c, r, n)
			case noDate == nil && typed():
				local, bad := time.LoadLocation("Asia/Tehran")
				err = errors.Join(err, bad)
				set(c, r, at.In(local))
			default:
				set(c, r, cell)
			}
		}
	}
	var out bytes.Buffer
	if err := errors.Join(err, f.Write(&out), f.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// A list gives the same records as CSV and as XLSX.
func TestWorkbookSameRows(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rows := append([][]string{names()}, drawRows(rt)...)
		want := outcomes(t, []byte(write(rows, ",", "\n")))
		column, line := rapid.IntRange(1, 4).Draw(rt, "column"), rapid.IntRange(1, 40).Draw(rt, "line")
		file := workbook(t, rows, column, line, func() bool { return rapid.Bool().Draw(rt, "typed") })
		if diff := cmp.Diff(want, outcomes(t, file)); diff != "" {
			rt.Fatal(diff)
		}
		lines, _ := readAll(t, file, options())
		for i, l := range lines {
			if l.Number != line+1+i {
				rt.Fatalf("row %d has the number %d, not %d", i, l.Number, line+1+i)
			}
		}
	})
}

// The refused rows of a workbook are a workbook, which is refused for the same
// reasons when nobody has mended it, and which grows no further columns.
func TestRefusedWorkbookIsReadAgain(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rows := append([][]string{names()}, drawRows(rt)...)
		file := workbook(t, rows, 1, 1, func() bool { return true })
		lines, _ := readAll(t, file, options())
		lines = slices.DeleteFunc(lines, func(l Line) bool { return l.Reason == 0 })
		once := refused(t, file)
		again, _ := readAll(t, once, options())
		if len(again) != len(lines) {
			rt.Fatalf("%d rows refused, %d read again", len(lines), len(again))
		}
		for i := range lines {
			if lines[i].Reason != again[i].Reason || lines[i].Column != again[i].Column {
				rt.Fatalf("row %d: %v in %s, then %v in %s", i, lines[i].Reason, lines[i].Column, again[i].Reason, again[i].Column)
			}
		}
		head := headingOf(t, once)
		if diff := cmp.Diff(append(names(), addedHeadings...), head); diff != "" {
			rt.Fatal(diff)
		}
		if diff := cmp.Diff(head, headingOf(t, refused(t, once))); diff != "" {
			rt.Fatal(diff)
		}
	})
}

func headingOf(t testing.TB, file []byte) []string {
	t.Helper()
	r, err := Open(bytes.NewReader(file), options())
	if err != nil {
		t.Fatal(err)
	}
	if r.Delimiter() != 0 {
		t.Fatal("this is no workbook")
	}
	return r.Heading()
}

func TestErrorsOfFormulasAreRefused(t *testing.T) {
	file := "national_code,stage,office,note\n9007212214,#N/A,12,\n9007212214,ready,#REF!,\n#VALUE!,ready,12,\n9007212214,ready,12,#NAME?\n9007212214,ready,12,# N/A\n"
	lines, _ := readAll(t, []byte(file), options())
	var columns []string
	for _, l := range lines {
		if l.Reason == ReasonFormula {
			columns = append(columns, l.Column)
		}
	}
	if diff := cmp.Diff([]string{"stage", "office", "national_code", "note"}, columns); diff != "" {
		t.Error(diff)
	}
}
