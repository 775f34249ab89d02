package table

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"": "", " a ": "a", "'=1+1": "=1+1", "'0012": "0012", `="0012"`: "0012", "' '": "'",
		"\u200f۱۲\u00a0": "۱۲", "ﻋﻠﯽ": "علی", "a\nb": "a\nb", "\x1a": "",
	} {
		if got, ok := Clean(in); got != want || !ok {
			t.Errorf("%q: got %q, %v, want %q", in, got, ok, want)
		}
	}
	for _, in := range []string{"a\x00", "\x7f", "\ufffd", "ی\x01"} {
		if got, ok := Clean(in); ok {
			t.Errorf("%q: got %q, want it refused", in, got)
		}
	}
}

func TestNumber(t *testing.T) {
	for in, want := range map[string]string{
		"12345679.0": "12345679", "12.00": "12", "۱۲٫۰": "۱۲", "12": "12", "12.5": "12.5", "12.": "12.",
		".0": ".0", "AB.0": "AB.0", "1.0.0": "1.0.0", "": "",
	} {
		if got := Number(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestScientific(t *testing.T) {
	for in, want := range map[string]bool{
		"1.2E+11": true, "9e9": true, "۱٫۲E+۱۱": true, "1/2E+11": true, "E11": false, "1E": false, "12": false, "": false, "TEHRAN": false,
	} {
		if got := Scientific(in); got != want {
			t.Errorf("%q: got %v", in, got)
		}
	}
}

func TestText(t *testing.T) {
	for _, c := range []struct {
		in    string
		limit int
		want  string
	}{
		{" علي  و\nكريم ", 20, "علی و کریم"},
		{"می‌شود", 20, "می‌شود"},
		{"می‌شود", 3, "می"},
		{"a\u202eb\u2067c", 20, "abc"},
		{"abcdef", 3, "abc"},
		{"ab cd", 3, "ab"},
		{"abc\u0301d", 3, "abc\u0301"},
		{"", 3, ""},
	} {
		if got := Text(c.in, c.limit); got != c.want {
			t.Errorf("%q cut to %d: got %q, want %q", c.in, c.limit, got, c.want)
		}
	}
}

var twoColumns = []Column{{Name: "code", Also: []string{"کد ملی"}, Needed: true}, {Name: "office", Weak: []string{"دفتر"}}}

func TestHeadingRow(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		line int // of the first row
		cell string
		err  error
	}{
		"first row":           {"code\n1\n", 2, "1", nil},
		"below titles":        {"a,b,c\n\n;;\nx,كد‌ملي\ny,1", 5, "1", nil},
		"sep line":            {"sep=|\nx|code\n2|1", 3, "1", nil},
		"semicolons":          {"a,b;code\n,;1", 2, "1", nil},
		"tabs":                {"code\toffice\n1\t2", 2, "1", nil},
		"thirty rows":         {strings.Repeat("x\n", 29) + "code\n1", 31, "1", nil},
		"thirty-one rows":     {strings.Repeat("x\n", 30) + "code\n1", 0, "", ErrNoHeading},
		"two, one of it weak": {"دفتر,code,office\n,1,", 2, "1", nil},
		"two weak":            {"دفتر,code,دفتر\n,1,", 0, "", ErrTwoHeadings},
		"two unknown":         {"x,x,code\n,,1", 2, "1", nil},
	} {
		table, err := Open(strings.NewReader(c.file), twoColumns)
		if !errors.Is(err, c.err) || c.err == nil && err != nil {
			t.Errorf("%s: got %v, want %v", name, err, c.err)
		}
		if err != nil {
			continue
		}
		row, err := table.Next()
		if err != nil || row.Line != c.line || table.Cell(row, 0) != c.cell {
			t.Errorf("%s: got %v, %v", name, row, err)
		}
	}
}

// Merged cells leave what they say in one of their rows.
func TestHeadingOnTwoRows(t *testing.T) {
	for name, c := range map[string]struct {
		file   string
		office string // of the first row
		unread []string
	}{
		"above":                 {"who,,office\nname,code,\nx,1,7\n", "7", []string{"name"}},
		"above, unknown":        {"who,,what,office\nname,code,,\nx,1,7,8\n", "8", []string{"name", "what"}},
		"not right above":       {"who,,office\n\nname,code,\nx,1,7\n", "", []string{"name"}},
		"below, unknown":        {"who,code,,office\n,,what,\nx,1,6,7\n", "7", []string{"who", "what"}},
		"a row with a code":     {"code,x,\n1,7,office\n2,8,9\n", "", []string{"x"}},
		"below":                 {"who,code,\n,,office\nx,1,7\n", "7", []string{"who"}},
		"below, beyond the row": {"who,code\n,,office\nx,1,7\n", "7", []string{"who"}},
		"on one":                {"office,x\ncode,office\n1,7\n", "7", nil},
		"taken already":         {"office,,office\n,code,office\n8,1,7\n", "7", []string{"office"}},
		"a row that says it":    {"code,office\n1,office\n2,7\n", "office", nil},
		"one of units":          {"code,x\n(digits),(text)\n1,7\n", "", []string{"x"}},
		"nothing below":         {"code,y,office,,\n", "", []string{"y"}},
	} {
		table, err := Open(strings.NewReader(c.file), twoColumns)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got, _ := table.Unread(); !slices.Equal(got, c.unread) {
			t.Errorf("%s: %q were not read, want %q", name, got, c.unread)
		}
		row, err := table.Next()
		if err != nil && !errors.Is(err, io.EOF) || table.Cell(row, 1) != c.office {
			t.Errorf("%s: got %v, %v", name, row, err)
		}
	}
}

// What was copied in part may end in the middle of its last row.
func TestFileThatEndsInARow(t *testing.T) {
	for file, want := range map[string]bool{
		"code,office\n1":       true,
		"code,office,\n1,7":    false,
		"code,office\n1\n":     false,
		"code,office\n1\n2":    true,
		"code,office\n1,\"7":   false, // broken
		"code,office\n1,7,8,9": false,
	} {
		table, err := Open(strings.NewReader(file), twoColumns)
		if err != nil {
			t.Fatalf("%q: %v", file, err)
		}
		var last Row
		for err == nil {
			var row Row
			if row, err = table.Next(); err == nil {
				last = row
			}
		}
		if !errors.Is(err, io.EOF) || last.Cut != want {
			t.Errorf("%q: the last row is cut: %v, want %v (%v)", file, last.Cut, want, err)
		}
	}
}

func TestMarkupIsNoTable(t *testing.T) {
	for _, text := range []string{"<html><table>", "\n <TABLE border=1>", "<?xml version=\"1.0\"?><Workbook/>", "\ufeff<!DOCTYPE html>"} {
		if _, err := Open(strings.NewReader(text), twoColumns); !errors.Is(err, ErrForeign) {
			t.Errorf("%q: got %v", text, err)
		}
	}
}
