package app

import (
	"bytes"
	"encoding/csv"
	"os"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/xuri/excelize/v2"
)

// xlsx makes a workbook of CSV files, each of which becomes a sheet by its name
// (.hidden.csv a hidden one) or, with "locked", puts a password on it; whole
// numbers become numbers: xlsx FILE.xlsx FILE.csv… [locked]
func (w *world) xlsx(ts *testscript.TestScript, args []string) {
	f := excelize.NewFile()
	var options excelize.Options
	for _, arg := range args[1:] {
		if arg == "locked" {
			options.Password = "secret"
			continue
		}
		reader := csv.NewReader(strings.NewReader(ts.ReadFile(arg)))
		reader.FieldsPerRecord = -1
		rows, err := reader.ReadAll()
		ts.Check(err)
		name := strings.TrimSuffix(arg, ".csv")
		_, err = f.NewSheet(name)
		ts.Check(err)
		for i, row := range rows {
			cells := make([]any, len(row))
			for j, cell := range row {
				if n, err := strconv.Atoi(cell); err == nil {
					cells[j] = n
				} else if cell != "" {
					cells[j] = cell
				}
			}
			at, err := excelize.CoordinatesToCellName(1, i+1)
			ts.Check(err)
			ts.Check(f.SetSheetRow(name, at, &cells))
		}
		if strings.HasSuffix(name, ".hidden") {
			ts.Check(f.SetSheetVisible(name, false))
		}
	}
	ts.Check(f.DeleteSheet("Sheet1"))
	var out bytes.Buffer
	ts.Check(f.Write(&out, options))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), out.Bytes(), 0o600))
}

// csv writes out what the first sheet of a workbook shows: csv FILE.xlsx
// FILE.csv
func (w *world) csv(ts *testscript.TestScript, args []string) {
	need(ts, args, 2, "csv FILE.xlsx FILE.csv")
	f, err := excelize.OpenFile(ts.MkAbs(args[0]))
	ts.Check(err)
	rows, err := f.GetRows(f.GetSheetName(0))
	ts.Check(err)
	ts.Check(f.Close())
	var out bytes.Buffer
	ts.Check(csv.NewWriter(&out).WriteAll(rows))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), out.Bytes(), 0o600))
}
