package table

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// wide are more cells than a row may have.
var wide = strings.Repeat("<c><v>1</v></c>", excelize.MaxColumns+1)

// What is counted is what the library reads, however it is written.
func TestNothingIsHiddenFromTheBounds(t *testing.T) {
	row := `<row r="2">` + wide + `</row>`
	sheet := func(rows string) []byte { return bookOf(t, "", testHeading+rows, "") }
	encoded := func(encoding, rows string) []byte {
		return rawBook(t, "", `<?xml version="1.0" encoding="`+encoding+`"?><worksheet `+spreadsheet+`><sheetData>`+testHeading+rows+`</sheetData></worksheet>`, "")
	}
	twice := func(row string) []byte { return sheet(row + row) }
	cell := `<c><v>1</v></c></row>`
	for name, c := range map[string]struct {
		file []byte
		want error
	}{
		"behind a comment":            {sheet(`<!--> <![CDATA[ -->` + row + `<!-- ]]> -->`), ErrTooLarge},
		"behind an instruction":       {sheet(`<?x > <![CDATA[ ?>` + row + `<?x ]]> ?>`), ErrTooLarge},
		"behind a declaration":        {sheet(`<!x "> <![CDATA[ ">` + row + `<!-- ]]> -->`), ErrDamaged},
		"a row in each cell":          {sheet(`<row r="2">` + strings.ReplaceAll(wide, "</v>", "</v><row/>") + `</row>`), ErrTooLarge},
		"a cell that seems to end":    {sheet(`<row r="2">` + strings.ReplaceAll(wide, "<c>", `<c x="/>"><row/>`) + `</row>`), ErrDamaged},
		"in an encoding with escapes": {encoded("iso-2022-jp", strings.ReplaceAll(row, "<c>", "<\x1b(Bc>")), ErrDamaged},
		"rows in other quotes":        {twice(`<row r='2'>` + cell), ErrDamaged},
		"rows behind a tab":           {twice("<row\tr=\"2\">" + cell), ErrDamaged},
		"rows with spaces":            {twice(`<row r = "2">` + cell), ErrDamaged},
		"rows with a prefix":          {twice(`<row xmlns:x="y" x:r="2">` + cell), ErrDamaged},
		"rows with a sign":            {twice(`<row r="+2">` + cell), ErrDamaged},
		"rows with a reference":       {twice(`<row r="&#50;">` + cell), ErrDamaged},
		"rows with two numbers":       {sheet(`<row r="2">` + cell + `<row r="3" r="2">` + cell), ErrDamaged},
		"rows that seem to end":       {twice(`<row x=">" r="2">` + cell), ErrDamaged},
		"rows behind a cell that seems to end": {
			sheet(`<row r="2"><c><v>1</v></c><c x=">"/></row><row r="2">` + cell), ErrDamaged,
		},
		"rows within a cell that is in none": {
			rawBook(t, "", `<worksheet `+spreadsheet+`><c><sheetData>`+testHeading+strings.Repeat(`<row r="2">`+cell, 2)+`</sheetData></c></worksheet>`, ""), ErrDamaged,
		},
		"a wide row behind a cell that is in none": {
			rawBook(t, "", `<worksheet `+spreadsheet+`><c x=">"/><sheetData>`+testHeading+row+`</sheetData></worksheet>`, ""), ErrTooLarge,
		},
		"a wide row within a cell that is in none": {
			rawBook(t, "", `<worksheet `+spreadsheet+`><sheetData><c>`+testHeading+row+`</c></sheetData></worksheet>`, ""), ErrTooLarge,
		},
		"no rows, it seems":     {rawBook(t, "", `<worksheet `+spreadsheet+`><sheetData x="/>">`+testHeading+row, ""), ErrDamaged},
		"UTF-8 by another name": {encoded("utf8", `<row r='2'><c><v>1</v></c></row>`), nil},
	} {
		if got, err := read(c.file); !errors.Is(err, c.want) || c.want == nil && len(got) != 1 {
			t.Errorf("%s: got %d rows, %v, want %v", name, len(got), err, c.want)
		}
	}
}

// unpacked returns the names and contents of a workbook's parts in turn, changed
// by change if there is one.
func unpacked(t *testing.T, book []byte, change func(name, text string) string) (parts []string) {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range archive.File {
		content, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(content)
		if err != nil {
			t.Fatal(err)
		}
		if change != nil {
			text = []byte(change(file.Name, string(text)))
		}
		parts = append(parts, file.Name, string(text))
	}
	return parts
}

// Shared strings in UTF-16 would be more than their tags say.
func TestTextsAreCountedInTheirEncoding(t *testing.T) {
	var texts strings.Builder
	for _, r := range `<sst ` + spreadsheet + `><si><t>1</t></si></sst>` {
		texts.Write([]byte{byte(r), 0})
	}
	file := pack(t, unpacked(t, bookOf(t, "", testHeading+`<row r="2"><c t="s"><v>0</v></c></row>`, ""), func(name, text string) string {
		if name == stringsPath {
			return `<?xml version="1.0" encoding="utf-16le"?>` + texts.String()
		}
		return text
	})...)
	if got, err := read(file); !errors.Is(err, ErrDamaged) {
		t.Errorf("got %v, %v", got, err)
	}
}

// The list of formulas has a tag of the same name as a cell, one for each
// formula and no rows.
func TestFormulasMayBeMany(t *testing.T) {
	parts := unpacked(t, bookOf(t, "", testHeading+`<row r="2"><c><v>1</v></c></row>`, ""), nil)
	chain := `<calcChain ` + spreadsheet + `>` + strings.Repeat(`<c r="A2" i="1"/>`, excelize.MaxColumns+1) + `</calcChain>`
	if got, err := read(pack(t, append(parts, "xl/calcChain.xml", chain)...)); err != nil || len(got) != 1 {
		t.Errorf("got %v, %v", got, err)
	}
}

// FuzzScan holds what is counted of a sheet against what the library's decoder
// finds in it.
func FuzzScan(f *testing.F) {
	for _, text := range []string{
		testHeading, `<x:row r = '2' ><c r="A2"/></x:row>`, `<!--> <c> -->`, `<?x > ?>`, `<![CDATA[<c>]]>`, `<c x=">"/>`,
		`<row><c><row/></c></row><sheetData/>`, `<si><r/></si>`, `<row r="2" r="1"/>`, `<!x>`,
		`<c x=">"/><row/>`, `<row/><c x=">"/><row/>`, `<c><row/></c><row/>`, `<row/><c x=">"><row/></c><row/>`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = "<sheet>" + text + "</sheet>"
		c := census{}
		_, _, err := c.take([]byte(text), true)
		want, wellFormed := decoded(text)
		if err != nil || !wellFormed {
			return
		}
		if want.row != c.row || want.cells > c.cells || want.texts != c.texts || want.body.rows != c.body.rows || want.body.end != c.body.end {
			t.Fatalf("got %+v, the decoder finds %+v", c, want)
		}
	})
}

// decoded counts by the decoder what a census counts of XML that has no error.
func decoded(text string) (c census, wellFormed bool) {
	in := xml.NewDecoder(strings.NewReader(text))
	in.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, errors.ErrUnsupported }
	for {
		at := in.InputOffset()
		token, err := in.Token()
		if err != nil {
			return c, errors.Is(err, io.EOF)
		}
		switch token := token.(type) {
		case xml.StartElement:
			c.found(token, at)
		case xml.EndElement:
			switch token.Name.Local {
			case "c":
				c.depth = max(0, c.depth-1)
			case "sheetData":
				if in.InputOffset() > at { // else the tag of its beginning is its end
					c.body.end = at
				}
			}
		}
	}
}

func (c *census) found(element xml.StartElement, at int64) {
	switch element.Name.Local {
	case "c":
		if c.row > 0 {
			c.depth++
			c.cells++
		}
	case "row":
		if c.depth > 0 {
			return
		}
		number := 0
		for _, a := range element.Attr {
			if a.Name.Local == "r" {
				_, _ = fmt.Sscan(a.Value, &number)
			}
		}
		if number == 0 {
			number = c.row + 1
		}
		c.row, c.cells, c.body.rows = number, 0, true
	case "sheetData":
		c.body.rows = true
		c.body.end = at
	case "si", "r", "rPh":
		c.texts++
	}
}
