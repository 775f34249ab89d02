package bench

import (
	"bytes"
	"encoding/csv"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"kartyar/card"
	"kartyar/desk"
	"kartyar/desk/offices"
)

// BenchmarkWorkbook makes a dry run over a list of arrivals as XLSX, as CSV,
// and has the library alone read the workbook's rows.
func BenchmarkWorkbook(b *testing.B) {
	const rows = 100_000
	list := arrivals(b, codes(b, rows), time.Now())
	book := workbook(b, list)
	b.Run("library", func(b *testing.B) {
		b.ReportAllocs()
		before := cpu(b)
		for b.Loop() {
			if got := bare(b, book); got != rows+1 {
				b.Fatalf("%d rows", got)
			}
		}
		measured(b, rows*b.N, "row", before)
	})
	for name, file := range map[string][]byte{"xlsx": book, "csv": list} {
		b.Run(name, func(b *testing.B) {
			s, dir := openStore(b)
			opt := desk.ImportOptions{
				Store: s, Rules: rules, Now: time.Now, SpoolDir: dir, DryRun: true,
				Offices: offices.New([]card.Office{{Code: "77", Name: "نمونه"}}),
			}
			b.ReportAllocs()
			before := cpu(b)
			for b.Loop() {
				if report, err := desk.Import(ctx, opt, bytes.NewReader(file)); err != nil || report.Applied != rows {
					b.Fatalf("%+v: %v", report, err)
				}
			}
			measured(b, rows*b.N, "row", before)
			b.StopTimer()
			closeStore(b, s)
		})
	}
}

// workbook is a list in CSV as a workbook with shared strings, as Excel writes
// it.
func workbook(b *testing.B, list []byte) []byte {
	b.Helper()
	all, err := csv.NewReader(bytes.NewReader(list)).ReadAll()
	if err != nil {
		b.Fatal(err)
	}
	f := excelize.NewFile()
	for i, row := range all {
		at, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := f.SetSheetRow("Sheet1", at, &row); err != nil {
			b.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

// bare counts the rows of a workbook.
func bare(b *testing.B, book []byte) (n int) {
	b.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(book), excelize.Options{RawCellValue: true, UnzipXMLSizeLimit: 256 << 20})
	if err != nil {
		b.Fatal(err)
	}
	rows, err := f.Rows("Sheet1")
	if err != nil {
		b.Fatal(err)
	}
	for ; rows.Next(); n++ {
		if _, err := rows.Columns(); err != nil {
			b.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	return n
}
