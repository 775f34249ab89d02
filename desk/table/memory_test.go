package table

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
)

// heap returns the bytes in use, and all that were ever taken.
func heap() (live, taken uint64) {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc, stats.TotalAlloc
}

// A sheet packs to a thousandth of what it is, so none is held unpacked: what
// follows takes 48 MB so.
func TestSheetsAreNotHeldUnpacked(t *testing.T) {
	const rows = 48
	blank := "<row>" + strings.Repeat(" ", 1<<20-64) + "</row>"
	file := bookOf(t, "", testHeading+strings.Repeat(blank, rows)+`<row><c><v>1</v></c></row>`, "")
	before, _ := heap()
	table, err := Open(bytes.NewReader(file), testColumns)
	if err != nil {
		t.Fatal(err)
	}
	opened, _ := heap()
	row, err := table.Next()
	if err != nil || row.Line != rows+2 || row.Cells[0] != "1" {
		t.Fatalf("got %+v, %v", row, err)
	}
	read, _ := heap()
	if _, err := table.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("got %v behind the last row", err)
	}
	if grown := int64(max(opened, read)) - int64(before); grown > 16<<20 {
		t.Errorf("%d MiB are held of a sheet of %d", grown>>20, rows)
	}
	runtime.KeepAlive(file)
}

// What is too large is seen while it is unpacked, before anything is made of it.
func TestBombsAreNotTakenIn(t *testing.T) {
	for name, file := range map[string][]byte{
		"blank texts":  bookOf(t, "", testHeading, strings.Repeat("<si><t/></si>", textsMost+1)),
		"blank cells":  bookOf(t, "", testHeading+strings.Repeat("<row>"+strings.Repeat("<c/>", 16_000)+"</row>", 300)+`<row r="1"/>`, ""),
		"a long token": bookOf(t, "", testHeading+strings.Repeat("<row/>", 4<<20)+strings.Repeat(" ", tokenMost), ""),
		"much of else": pack(t, "xl/workbook.xml", "<workbook/>", "xl/media/1.png", strings.Repeat("x", 64<<20), "xl/workbook.xml.rels", strings.Repeat("<x/>", partMost/4)),
	} {
		_, before := heap()
		_, err := Open(bytes.NewReader(file), testColumns)
		_, after := heap()
		if err == nil {
			t.Errorf("%s: was taken", name)
		}
		// The file as it is packed, and one token.
		if taken := after - before; taken > 8<<20 {
			t.Errorf("%s: %d MiB were taken to say %q", name, taken>>20, err)
		}
	}
}

// A sheet that claims to have the encoding by which the library is handed a
// sheet would be read within itself, without end.
func TestSheetThatNamesItself(t *testing.T) {
	for _, number := range []string{"4", "0", "9", "-1", "x"} {
		heading := `<?xml version="1.0" encoding="` + streamed + number + `"?>`
		file := rawBook(t, "", heading+`<worksheet `+spreadsheet+`><sheetData>`+testHeading+`<row><c><v>1</v></c></row></sheetData></worksheet>`, "")
		if rows, err := read(file); err == nil {
			t.Errorf("%s: got %v", heading, rows)
		}
	}
}
