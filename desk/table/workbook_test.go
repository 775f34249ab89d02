package table

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// pack makes a ZIP file of parts, which are names and contents in turn.
func pack(t testing.TB, parts ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for i := 0; i < len(parts); i += 2 {
		part, err := w.Create(parts[i])
		if err == nil {
			_, err = io.WriteString(part, parts[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

const (
	spreadsheet = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	relations   = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	packages    = "http://schemas.openxmlformats.org/package/2006/"
)

// bookOf makes a workbook of one sheet from the XML of its rows and strings.
func bookOf(t testing.TB, properties, rows, texts string) []byte {
	return rawBook(t, properties, `<worksheet `+spreadsheet+`><sheetData>`+rows+`</sheetData></worksheet>`, texts)
}

// shown adds the sheet to properties that do not name it.
func shown(properties string) string {
	if strings.Contains(properties, "<sheets>") {
		return properties
	}
	return properties + `<sheets><sheet name="list" sheetId="1" r:id="r1"/></sheets>`
}

func rawBook(t testing.TB, properties, sheet, texts string) []byte {
	t.Helper()
	return pack(t,
		"[Content_Types].xml", `<Types xmlns="`+packages+`content-types"><Default Extension="xml" ContentType="application/xml"/>`+
			`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`,
		"_rels/.rels", `<Relationships xmlns="`+packages+`relationships"><Relationship Id="r1" Type="`+relations+`/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml", `<workbook `+spreadsheet+` xmlns:r="`+relations+`">`+shown(properties)+`</workbook>`,
		"xl/_rels/workbook.xml.rels", `<Relationships xmlns="`+packages+`relationships"><Relationship Id="r1" Type="`+relations+`/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml", sheet,
		"xl/sharedStrings.xml", `<sst `+spreadsheet+`>`+texts+`</sst>`,
	)
}

var testColumns = []Column{{Name: "code", Needed: true}, {Name: "as_of", Date: true}}

const testHeading = `<row r="1"><c r="A1" t="inlineStr"><is><t>code</t></is></c><c r="B1" t="inlineStr"><is><t>as_of</t></is></c></row>`

// read returns the rows of a file below its heading row.
func read(file []byte) (all []Row, err error) {
	t, err := Open(bytes.NewReader(file), testColumns)
	for err == nil {
		var row Row
		if row, err = t.Next(); err == nil {
			row.Cells = slices.Clone(row.Cells)
			all = append(all, row)
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return all, err
}

func TestSheetCells(t *testing.T) {
	texts := `<si><t>shared</t></si><si><r><t>rich </t></r><r><rPr><b/></rPr><t>text</t></r></si><si><t xml:space="preserve"> ۱۲ </t></si>`
	for cell, want := range map[string]string{
		`<c r="A2" t="s"><v>0</v></c>`:                                            "shared",
		`<c r="A2" t="s"><v>1</v></c>`:                                            "rich text",
		`<c r="A2" t="s"><v>2</v></c>`:                                            " ۱۲ ",
		`<c r="A2" t="inlineStr"><is><r><t>in</t></r><r><t>line</t></r></is></c>`: "inline",
		`<c r="A2" t="str"><f>A1&amp;"x"</f><v>cached</v></c>`:                    "cached",
		`<c r="A2"><f>1+1</f><v>2</v></c>`:                                        "2",
		`<c r="A2"><v>12345678</v></c>`:                                           "12345678",
		`<c r="A2"><v>1.2345678901E+10</v></c>`:                                   "12345678901",
		`<c r="A2"><v>9.1212345E9</v></c>`:                                        "9121234500", // Java drops the zeros, not the digits
		`<c r="A2"><v>9.12E+09</v></c>`:                                           "9.12E+09",   // Excel drops digits
		`<c r="A2"><v>1.234567890123456789E18</v></c>`:                            "1.234567890123456789E18",
		`<c r="A2"><v>1.0E7</v></c>`:                                              "10000000",
		`<c r="A2"><v>5.141E1</v></c>`:                                            "5.141E1",
		`<c r="A2" t="str"><v>1E5</v></c>`:                                        "1E5", // a shelf
		`<c r="A2"><v>1.5</v></c>`:                                                "1.5",
		`<c r="A2" t="b"><v>1</v></c>`:                                            "1",
		`<c r="A2" t="e"><v>#N/A</v></c>`:                                         "#N/A",
		`<c><v>7</v></c>`:                                                         "7",
		`<c r="A2" s="0"><v>46347</v></c>`:                                        "46347", // no column of dates
	} {
		got, err := read(bookOf(t, "", testHeading+`<row r="2">`+cell+`</row>`, texts))
		if err != nil || len(got) != 1 || got[0].Cells[0] != want || got[0].Line != 2 {
			t.Errorf("%s: got %v, %v, want %q", cell, got, err, want)
		}
	}
}

func TestSheetDates(t *testing.T) {
	for _, c := range []struct{ properties, cell, want string }{
		{"", "46347", "2026-11-21"},
		{"", "46347.5", "2026-11-21T12:00:00"},
		{"", "46347.43819444444", "2026-11-21T10:31:00"},
		{`<workbookPr date1904="1"/>`, "44885", "2026-11-21"},
		{`<workbookPr date1904="true"/>`, "44885.25", "2026-11-21T06:00:00"},
		{"", "1405", "1405"}, // a year is no day
		{"", "14050830", "14050830"},
		{"", "73051", "73051"}, // the year 2100
	} {
		row := testHeading + `<row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>` + c.cell + `</v></c></row>`
		got, err := read(bookOf(t, c.properties, row, ""))
		if err != nil || len(got) != 1 || got[0].Cells[1] != c.want {
			t.Errorf("%+v: got %v, %v", c, got, err)
		}
	}
}

// made makes a workbook with the library.
func made(t testing.TB, do func(f *excelize.File) error) []byte {
	t.Helper()
	f := excelize.NewFile()
	var out bytes.Buffer
	if err := errors.Join(do(f), f.Write(&out), f.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// fill puts rows of cells into a sheet, from cell at on.
func fill(f *excelize.File, sheet, at string, rows ...[]any) error {
	column, line, err := excelize.CellNameToCoordinates(at)
	for i, row := range rows {
		var name string
		if name, err = excelize.CoordinatesToCellName(column, line+i); err == nil {
			err = f.SetSheetRow(sheet, name, &row)
		}
	}
	return err
}

func TestSheetWithTitlesAndMargins(t *testing.T) {
	file := made(t, func(f *excelize.File) error {
		return errors.Join(
			f.SetCellValue("Sheet1", "C4", "کارت‌های رسیده"), f.MergeCell("Sheet1", "C4", "F5"),
			fill(f, "Sheet1", "C7", []any{"as_of", nil, "code"}, []any{46347, nil, 7}),
			fill(f, "Sheet1", "E12", []any{"8"}, []any{"9"}),
			f.SetRowVisible("Sheet1", 12, false), f.SetColVisible("Sheet1", "E", false),
		)
	})
	got, err := read(file)
	want := []Row{
		{Line: 8, Cells: []string{"", "", "2026-11-21", "", "7"}},
		{Line: 12, Cells: []string{"", "", "", "", "8"}},
		{Line: 13, Cells: []string{"", "", "", "", "9"}},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
}

func TestWhichSheetCounts(t *testing.T) {
	sheets := func(hide string, names ...string) []byte {
		return made(t, func(f *excelize.File) (err error) {
			for _, name := range names {
				_, made := f.NewSheet(name)
				err = errors.Join(err, made)
				switch name {
				case "notes":
					err = errors.Join(err, fill(f, name, "A1", []any{"to do"}))
				case "form":
					err = errors.Join(err, fill(f, name, "A1", []any{"code"}))
				default:
					err = errors.Join(err, fill(f, name, "A1", []any{"code"}, []any{name}))
				}
			}
			if hide != "" {
				err = errors.Join(err, f.SetSheetVisible(hide, false))
			}
			return err
		})
	}
	for name, c := range map[string]struct {
		file []byte
		want string
		err  error
	}{
		"the only one":    {sheets("", "azar"), "azar", nil},
		"behind notes":    {sheets("", "notes", "azar"), "azar", nil},
		"behind a hidden": {sheets("aban", "aban", "azar"), "azar", nil},
		"an empty form":   {sheets("", "form", "azar"), "azar", nil},
		"a form behind":   {sheets("", "azar", "form"), "azar", nil},
		"forms only":      {sheets("", "form"), "", nil},
		"all hidden":      {sheets("azar", "notes", "azar"), "", ErrNoHeading},
		"two":             {sheets("", "aban", "azar"), "", &SheetsError{"aban", "azar"}},
		"nothing":         {sheets(""), "", ErrEmpty},
	} {
		got, err := read(c.file)
		var two, wanted *SheetsError
		same := errors.Is(err, c.err) || errors.As(err, &two) && errors.As(c.err, &wanted) && *two == *wanted
		if !same || (c.want == "") != (len(got) == 0) || c.want != "" && got[0].Cells[0] != c.want {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
	}
	table, err := Open(bytes.NewReader(sheets("", "notes", "azar", "form")), twoColumns)
	if err != nil {
		t.Fatal(err)
	}
	if _, got := table.Unread(); !slices.Equal(got, []string{"notes"}) {
		t.Errorf("the sheets %q were not read", got)
	}
}

func TestFilesThatAreNoGoodWorkbook(t *testing.T) {
	good := bookOf(t, "", testHeading+`<row r="2"><c r="A2"><v>1</v></c></row>`, "")
	compound := func(stream string) []byte {
		file := append(slices.Clone(cfbMagic), make([]byte, 1016)...)
		for _, r := range stream {
			file = binary.LittleEndian.AppendUint16(file, uint16(r))
		}
		return append(file, make([]byte, 512)...)
	}
	flipped := made(t, func(f *excelize.File) error { return fill(f, "Sheet1", "A1", []any{"code"}, []any{"1"}) })
	for i := range 20 {
		flipped[len(flipped)/2+i] ^= 0xff
	}
	hidden := bookOf(t, `<sheets><sheet name="list" sheetId="1" r:id="r1" state="hidden"/></sheets>`, testHeading, "")
	wrongSum := bytes.Replace(pack(t, "xl/workbook.xml", "<workbook/>"), binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte("<workbook/>"))), []byte("1234"), 2)
	protected := func() []byte {
		var out bytes.Buffer
		f := excelize.NewFile()
		if err := f.Write(&out, excelize.Options{Password: "x"}); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	row := func(text string) string {
		return `<row r="2"><c r="A2" t="inlineStr"><is><t>` + text + `</t></is></c></row>`
	}
	sheet := func(rows string) []byte { return bookOf(t, "", testHeading+rows, "") }
	for name, c := range map[string]struct {
		file []byte
		want error
	}{
		"good":                  {good, nil},
		"cut in half":           {good[:len(good)/2], ErrDamaged},
		"magic only":            {good[:4], ErrDamaged},
		"bytes flipped":         {flipped, ErrDamaged},
		"encrypted":             {protected(), ErrProtected},
		"encrypted, by name":    {compound("EncryptedPackage"), ErrProtected},
		"xls":                   {compound("Workbook"), ErrForeign},
		"xlsb":                  {pack(t, "xl/workbook.bin", "x"), ErrForeign},
		"ods":                   {pack(t, "mimetype", "application/vnd.oasis.opendocument.spreadsheet", "content.xml", "<x/>"), ErrForeign},
		"all hidden":            {hidden, ErrHidden},
		"photos":                {pack(t, "1.jpg", "x"), ErrArchive},
		"docx":                  {pack(t, "[Content_Types].xml", "<Types/>", "word/document.xml", "<x/>"), ErrArchive},
		"no heading":            {bookOf(t, "", `<row r="1"><c r="A1"><v>1</v></c></row>`, ""), ErrNoHeading},
		"no row":                {rawBook(t, "", `<worksheet `+spreadsheet+`><sheetData/></worksheet>`, ""), ErrEmpty},
		"a wrong sum":           {wrongSum, ErrDamaged},
		"broken XML":            {sheet(`<row r="2"><c r="A2"><v>1</v></c></row><row r="3"><c r="A3"><v>&nothing;</v></c></row>`), ErrDamaged},
		"control character":     {sheet(row("a\x01b")), ErrDamaged},
		"sheet cut short":       {rawBook(t, "", `<worksheet `+spreadsheet+`><sheetData>`+testHeading+row("1"), ""), ErrDamaged},
		"rows of one number":    {sheet(row("1") + row("2")), ErrDamaged},
		"no such cell":          {sheet(`<row r="2"><c r="AAAA2"><v>1</v></c></row>`), ErrDamaged},
		"broken shared texts":   {bookOf(t, "", testHeading+row("1"), "<si><t>"), ErrDamaged},
		"a part without end":    {pack(t, "xl/workbook.xml", "<workbook/>", "xl/styles.xml", strings.Repeat("<xf/>", partMost/5+1)), ErrTooLarge},
		"texts without end":     {bookOf(t, "", "", strings.Repeat("<si/>", textsMost+1)), ErrTooLarge},
		"tags without end":      {bookOf(t, "", "", strings.Repeat("<x/>", tagsMost+1)), ErrTooLarge},
		"many parts":            {pack(t, slices.Repeat([]string{"a", ""}, partsMost+1)...), ErrTooLarge},
		"a gap without end":     {sheet(row("1") + strings.Repeat(" ", tokenMost)), ErrTooLarge},
		"a text without end":    {sheet(row(strings.Repeat("1", tokenMost))), ErrTooLarge},
		"a tag without end":     {sheet(`<row r="2"` + strings.Repeat(" ", tokenMost) + `/>`), ErrTooLarge},
		"a comment without end": {sheet(`<!--` + strings.Repeat("<>", tokenMost/2) + `-->`), ErrTooLarge},
		"a row without end":     {sheet(`<row r="2">` + strings.Repeat("<c><v>1</v></c>", excelize.MaxColumns+1) + `</row>`), ErrTooLarge},
		"a comment":             {sheet(row("1") + `<!-- <c> -->`), nil},
		"empty cells":           {sheet(farCells(cellsMost/excelize.MaxColumns + 2)), ErrTooLarge},
		"a sheet without end":   {bomb(t, "xl/worksheets/sheet1.xml"), ErrTooLarge},
		"a picture without end": {bomb(t, "xl/media/image1.png"), ErrTooLarge},
	} {
		if got, err := read(c.file); !errors.Is(err, c.want) || c.want == nil && len(got) != 1 {
			t.Errorf("%s: got %v, %v, want %v", name, got, err, c.want)
		}
	}
}

// farCells has so many rows with one cell each, in the last column.
func farCells(rows int) string {
	var all strings.Builder
	for n := 2; n < rows+2; n++ {
		fmt.Fprintf(&all, `<row r="%d"><c r="XFD%d"><v>1</v></c></row>`, n, n)
	}
	return all.String()
}

// bomb has a part that unpacks to more than there may be.
func bomb(t testing.TB, name string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	part, err := w.Create(name)
	block := make([]byte, 1<<20)
	for range unpackedMost/len(block) + 1 {
		if err == nil {
			_, err = part.Write(block)
		}
	}
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// A row that is too wide or too long costs itself only, and what is unpacked
// does not touch the disk, however much it is.
func TestSheetBounds(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	var rows strings.Builder
	rows.WriteString(testHeading)
	const long = 300
	for n := 2; n < long; n++ {
		fmt.Fprintf(&rows, `<row r="%d"><c r="A%d" t="str"><v>%s</v></c></row>`, n, n, strings.Repeat("1", maxRow+1))
	}
	fmt.Fprintf(&rows, `<row r="%d"><c r="A%d"><v>1</v></c><c r="XFD%d"><v>2</v></c></row>`, long, long, long)
	fmt.Fprintf(&rows, `<row r="1048576"><c r="A1048576"><v>3</v></c></row>`)
	table, err := Open(bytes.NewReader(bookOf(t, "", rows.String(), "")), testColumns)
	if err != nil {
		t.Fatal(err)
	}
	for line := 2; line <= long; line++ {
		row, err := table.Next()
		if err != nil || row.Line != line || !row.Broken || len(row.Cells) > maxColumns {
			t.Fatalf("line %d: got %d of %d cells, %v", line, row.Line, len(row.Cells), err)
		}
	}
	if row, err := table.Next(); err != nil || row.Line != 1048576 || row.Broken {
		t.Errorf("got %+v, %v", row, err)
	}
	if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
		t.Errorf("files were unpacked: %v, %v", left, err)
	}
}

func TestSheetWriterKeepsTexts(t *testing.T) {
	want := [][]string{{"code", "as_of", ""}, {"0012345678", "=1+1", "a\nb"}, {"'x", " ۱۲ ", "<&>"}, {"_x0041_", "", "1E5"}}
	var out bytes.Buffer
	w, err := NewSheetWriter(&out)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range want {
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for r, row := range want {
		for c, text := range row {
			at, _ := excelize.CoordinatesToCellName(c+1, r+1)
			got, err := f.GetCellValue("Sheet1", at)
			formula, _ := f.GetCellFormula("Sheet1", at)
			kind, _ := f.GetCellType("Sheet1", at)
			if err != nil || got != text || formula != "" || kind != excelize.CellTypeInlineString {
				t.Errorf("%s: got %q (%q, %v), %v", at, got, formula, kind, err)
			}
		}
	}
	view, err := f.GetSheetView("Sheet1", 0)
	if err != nil || view.RightToLeft == nil || !*view.RightToLeft {
		t.Errorf("got %+v, %v", view, err)
	}
}

// FuzzSheet reads sheets of any XML, and FuzzWorkbook any file that claims to
// be a workbook.
func FuzzSheet(f *testing.F) {
	f.Add(testHeading+`<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2"><v>46347.5</v></c></row>`, `<si><t>1</t></si>`)
	f.Add(testHeading+`<row><c t="e"><v>#N/A</v></c><c t="b"><v>1</v></c></row><row r="9"/>`, `<si><r><t>1</t></r></si>`)
	f.Fuzz(func(t *testing.T, rows, texts string) { checkRead(t, bookOf(t, "", rows, texts)) })
}

func FuzzWorkbook(f *testing.F) {
	f.Add(bookOf(f, `<workbookPr date1904="1"/>`, testHeading+`<row r="2"><c r="A2"><v>1</v></c></row>`, ""))
	f.Add(made(f, func(file *excelize.File) error { return fill(file, "Sheet1", "B2", []any{"code"}, []any{"1"}) }))
	f.Add(slices.Concat(cfbMagic, make([]byte, 512)))
	f.Fuzz(func(t *testing.T, file []byte) { checkRead(t, file) })
}

func checkRead(t *testing.T, file []byte) {
	rows, err := read(file)
	last := 0
	for _, row := range rows {
		if row.Line <= last || len(row.Cells) > maxColumns && IsWorkbook(file) {
			t.Fatalf("row %+v after %d (%v)", row, last, err)
		}
		last = row.Line
	}
}
