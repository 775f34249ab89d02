package table

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// rowsOf returns all rows of text, blank ones included.
func rowsOf(t testing.TB, r io.Reader, delimiter byte) []Row {
	t.Helper()
	s := newSplitter(r, delimiter)
	var rows []Row
	for {
		row, err := s.next()
		if errors.Is(err, io.EOF) {
			return rows
		} else if err != nil {
			t.Fatal(err)
		}
		row.Cells = append([]string(nil), row.Cells...)
		rows = append(rows, row)
	}
}

func TestSplit(t *testing.T) {
	for text, want := range map[string][]Row{
		"a,b\nc":            {{Line: 1, Cells: []string{"a", "b"}}, {Line: 2, Cells: []string{"c"}}},
		"a\r\nb\rc\n\nd\r":  {{Line: 1, Cells: []string{"a"}}, {Line: 2, Cells: []string{"b"}}, {Line: 3, Cells: []string{"c"}}, {Line: 4, Cells: []string{""}}, {Line: 5, Cells: []string{"d"}}},
		"a,\n":              {{Line: 1, Cells: []string{"a", ""}}},
		"a,":                {{Line: 1, Cells: []string{"a", ""}}},
		"\"a\r\nb\",c\nd":   {{Line: 1, Cells: []string{"a\r\nb", "c"}}, {Line: 3, Cells: []string{"d"}}},
		`"a""b",""`:         {{Line: 1, Cells: []string{`a"b`, ""}}},
		`"""a"""`:           {{Line: 1, Cells: []string{`"a"`}}},
		`a"b,c"`:            {{Line: 1, Cells: []string{`a"b`, `c"`}}},
		`a, "b,c" ,d`:       {{Line: 1, Cells: []string{"a", "b,c", "d"}}},
		`"a "b" c",d`:       {{Line: 1, Cells: []string{`a "b" c`, "d"}}},
		`="0012",x`:         {{Line: 1, Cells: []string{`="0012"`, "x"}}},
		"\"a,b\nc,d\n":      {{Line: 1, Cells: []string{`"a`, "b"}, Broken: true}, {Line: 2, Cells: []string{"c", "d"}}},
		"\"a\nb,\"c\",d\ne": {{Line: 1, Cells: []string{`"a`}, Broken: true}, {Line: 2, Cells: []string{"b", "c", "d"}}, {Line: 3, Cells: []string{"e"}}},
		"x,\"":              {{Line: 1, Cells: []string{"x", `"`}, Broken: true}},
	} {
		want[len(want)-1].Unended = !strings.HasSuffix(text, "\n") && !strings.HasSuffix(text, "\r")
		if diff := cmp.Diff(want, rowsOf(t, strings.NewReader(text), ',')); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
		if diff := cmp.Diff(want, rowsOf(t, iotest.OneByteReader(strings.NewReader(text)), ',')); diff != "" {
			t.Errorf("%q byte by byte: %s", text, diff)
		}
	}
}

func TestSplitBounds(t *testing.T) {
	endless := strings.Repeat("x", 5*maxRow)
	for name, c := range map[string]struct {
		text string
		want []int // lines on which rows begin
	}{
		"an endless row":         {"a\r\n" + endless + "\r\nb\r\nc", []int{1, 2, 3, 4}},
		"an endless last row":    {"a\n" + endless, []int{1, 2}},
		"an endless mark":        {"a\n\"b\n" + strings.Repeat("c\n", 3) + endless, []int{1, 2, 3, 4, 5, 6}},
		"more lines than a cell": {"\"" + strings.Repeat("a\n", maxLines+1) + "\"", nil},
	} {
		var lines []int
		broken := 0
		for _, row := range rowsOf(t, strings.NewReader(c.text), ',') {
			lines = append(lines, row.Line)
			if row.Broken {
				broken++
			}
			if n := len(strings.Join(row.Cells, "")); n > maxRow {
				t.Errorf("%s: a row of %d bytes", name, n)
			}
		}
		if broken == 0 {
			t.Errorf("%s: no row is broken", name)
		}
		if c.want != nil && cmp.Diff(c.want, lines) != "" {
			t.Errorf("%s: rows begin on lines %v, want %v", name, lines, c.want)
		}
	}
}

func TestSplitReadError(t *testing.T) {
	lost := errors.New("the disk is gone")
	s := newSplitter(io.MultiReader(strings.NewReader("a\nb"), iotest.ErrReader(lost)), ',')
	if row, err := s.next(); err != nil || row.Cells[0] != "a" {
		t.Errorf("got %v and %v, want the row before the error", row, err)
	}
	if row, err := s.next(); !errors.Is(err, lost) {
		t.Errorf("got %v and %v, want the error", row, err)
	}
}

// What encoding/csv writes is read as it was.
func TestSplitReadsWhatIsWritten(t *testing.T) {
	cell := rapid.StringOfN(rapid.SampledFrom([]rune("ab \",;\n\r\t'=ی")), 0, 6, -1)
	rapid.Check(t, func(rt *rapid.T) {
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, 2, 4), 0, 8).Draw(rt, "rows")
		var text bytes.Buffer
		w := csv.NewWriter(&text)
		w.Comma = rapid.SampledFrom([]rune{',', ';', '\t'}).Draw(rt, "delimiter")
		if err := w.WriteAll(rows); err != nil {
			rt.Fatal(err)
		}
		var in io.Reader = &text
		if rapid.Bool().Draw(rt, "byte by byte") {
			in = iotest.OneByteReader(in)
		}
		got := rowsOf(t, in, byte(w.Comma))
		if len(got) != len(rows) {
			rt.Fatalf("%d rows written, %d read", len(rows), len(got))
		}
		for i, row := range got {
			if diff := cmp.Diff(rows[i], row.Cells); diff != "" || row.Broken {
				rt.Fatalf("row %d, broken %v: %s", i, row.Broken, diff)
			}
		}
	})
}
