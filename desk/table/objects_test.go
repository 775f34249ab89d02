package table

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var objectColumns = []Column{{Name: "code", Needed: true}, {Name: "stage"}, {Name: "office"}}

func readObjects(t *testing.T, text string) (*Table, []Row) {
	t.Helper()
	table, err := Open(strings.NewReader(text), objectColumns)
	if err != nil {
		t.Fatalf("opening: %v", err)
	}
	var all []Row
	for {
		row, err := table.Next()
		if errors.Is(err, io.EOF) {
			return table, all
		} else if err != nil {
			t.Fatalf("reading: %v", err)
		}
		all = append(all, row)
	}
}

func TestObjects(t *testing.T) {
	refused := func(line int, text string) Row { return Row{Line: line, Cells: []string{text}, NoObject: true} }
	table, got := readObjects(t, "\ufeff"+`{"code":"0012345679","office":"۱۲"}`+"\r\n\n"+strings.Join([]string{
		`{"code":12345678901234567890123,"office":null}`,
		`{"code":1.2E+11}`,
		`{"kode":"1"}`,
		`{"code":"1","code":"2"}`,
		`{"code":["1"]}`,
		`{"code":true}`,
		`{"code":{"office":"1"}}`,
		`{"code":"1"} {}`,
		`{"code":"1"`,
		`"1"`,
		`code,office`,
		`{"code":"` + strings.Repeat("1", maxRow) + `"}`,
		`{"code":"last"}`,
	}, "\n"))
	want := []Row{
		{Line: 1, Cells: []string{"0012345679", "", "۱۲"}},
		{Line: 3, Cells: []string{"12345678901234567890123", "", ""}},
		{Line: 4, Cells: []string{"1.2E+11", "", ""}},
		refused(5, `{"kode":"1"}`),
		refused(6, `{"code":"1","code":"2"}`),
		refused(7, `{"code":["1"]}`),
		refused(8, `{"code":true}`),
		refused(9, `{"code":{"office":"1"}}`),
		refused(10, `{"code":"1"} {}`),
		refused(11, `{"code":"1"`),
		refused(12, `"1"`),
		refused(13, `code,office`),
		refused(14, (`{"code":"` + strings.Repeat("1", maxRow))[:maxRow]),
		{Line: 15, Cells: []string{"last", "", ""}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !table.Has(0) || table.Has(1) || !table.Has(2) {
		t.Error("the columns are those that some object names")
	}
}

func TestObjectsWithoutNeeded(t *testing.T) {
	_, err := Open(strings.NewReader(`{"office":"12"}`), objectColumns)
	var heading *HeadingError
	if !errors.As(err, &heading) || heading.Column != "code" {
		t.Errorf("got %v", err)
	}
}

// FuzzObjects: whatever stands there, each line that is not blank is a row
// under its own number, and a row has a cell for each column or is refused.
func FuzzObjects(f *testing.F) {
	f.Add(`{"code":"1","office":2}` + "\n\n{")
	f.Add(`{"code":null}` + "\r\n" + `{"code":"\ud800"}`)
	f.Fuzz(func(t *testing.T, text string) {
		o := newObjects(strings.NewReader(text), objectColumns)
		for lines := 1; ; lines++ {
			row, err := o.next()
			if errors.Is(err, io.EOF) {
				if want := strings.Count(text, "\n"); lines-1 != want && lines-1 != want+1 {
					t.Fatalf("%d lines of %d", lines-1, want)
				}
				return
			}
			if err != nil || row.Line != lines || !row.NoObject && len(row.Cells) != len(objectColumns) {
				t.Fatalf("%+v, %v", row, err)
			}
		}
	})
}
