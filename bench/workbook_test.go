package bench

import (
	"bytes"
	"encoding/csv"
	"runtime"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"kartyar/card"
	"kartyar/desk"
	"kartyar/desk/offices"
)

// BenchmarkWorkbook makes a dry run over a list of arrivals as XLSX, as CSV, and
// has the library alone read the workbook's rows, in turns; medians of five.
func BenchmarkWorkbook(b *testing.B) {
	turns := 5
	if testing.Short() {
		turns = 1
	}
	const rows = 100_000
	list := arrivals(b, codes(b, rows), time.Now())
	book := workbook(b, list)
	s, dir := openStore(b)
	opt := desk.ImportOptions{
		Store: s, Rules: rules, Now: time.Now, SpoolDir: dir, DryRun: true,
		Offices: offices.New([]card.Office{{Code: "77", Name: "نمونه"}}),
	}
	dryRun := func(file []byte) func() {
		return func() {
			if report, err := desk.Import(ctx, opt, bytes.NewReader(file)); err != nil || report.Applied != rows {
				b.Fatalf("%+v: %v", report, err)
			}
		}
	}
	library := func() {
		if got := bare(b, book); got != rows+1 {
			b.Fatalf("%d rows", got)
		}
	}
	for b.Loop() {
		cost, took := map[string][]float64{}, map[string][]float64{}
		for turn := range turns {
			for _, name := range []string{"library", "xlsx", "csv"} {
				read := map[string]func(){"library": library, "xlsx": dryRun(book), "csv": dryRun(list)}[name]
				runtime.GC() // what the one before has left is its own
				before, began := cpu(b), time.Now()
				read()
				took[name] = append(took[name], float64(time.Since(began).Nanoseconds())/1e3/rows)
				cost[name] = append(cost[name], float64((cpu(b)-before).Nanoseconds())/1e3/rows)
				b.Logf("turn %d, %s: %.1f µs of CPU a row, %.1f of time", turn+1, name, cost[name][turn], took[name][turn])
			}
		}
		for name := range cost {
			b.ReportMetric(median(cost[name]), name+"-cpu-µs/row")
		}
		b.ReportMetric(median(cost["xlsx"])/median(cost["library"]), "of-library-by-cpu")
		b.ReportMetric(median(took["xlsx"])/median(took["library"]), "of-library-by-time")
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
