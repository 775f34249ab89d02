package table

import (
	"fmt"
	"io"
	"os"

	"github.com/xuri/excelize/v2"
)

// SheetWriter writes a workbook of one sheet, which runs from right to left
// and all of whose cells are text: no cell is a formula, and no code loses its
// zeros when somebody types it anew.
type SheetWriter struct {
	w     io.Writer
	file  *excelize.File
	out   *excelize.StreamWriter
	style int
	rows  int
	cells []any
}

const textFormat = 49 // "@" of ECMA-376, 18.8.30

// NewSheetWriter begins a workbook that Close writes to w. Until then its rows
// are held in memory as text: what came from a workbook is bounded as that is,
// and the library's own temporary files would lie there in clear after a crash.
func NewSheetWriter(w io.Writer) (*SheetWriter, error) {
	s := &SheetWriter{w: w, file: excelize.NewFile(excelize.Options{TmpDir: os.DevNull})}
	sheet, leftwards := s.file.GetSheetName(0), true
	if err := s.file.SetSheetView(sheet, 0, &excelize.ViewOptions{RightToLeft: &leftwards}); err != nil {
		return nil, fmt.Errorf("beginning a workbook: %w", err)
	}
	var err error
	if s.style, err = s.file.NewStyle(&excelize.Style{NumFmt: textFormat}); err != nil {
		return nil, fmt.Errorf("beginning a workbook: %w", err)
	}
	if s.out, err = s.file.NewStreamWriter(sheet); err != nil {
		return nil, fmt.Errorf("beginning a workbook: %w", err)
	}
	return s, nil
}

// Write adds a row.
func (s *SheetWriter) Write(cells []string) error {
	s.rows++
	s.cells = s.cells[:0]
	for _, cell := range cells {
		s.cells = append(s.cells, excelize.Cell{StyleID: s.style, Value: cell})
	}
	at, err := excelize.CoordinatesToCellName(1, s.rows)
	if err == nil {
		err = s.out.SetRow(at, s.cells)
	}
	if err != nil {
		return fmt.Errorf("writing row %d of a workbook: %w", s.rows, err)
	}
	return nil
}

// Close writes the workbook out.
func (s *SheetWriter) Close() error {
	err := s.out.Flush()
	if err == nil {
		_, err = s.file.WriteTo(s.w)
	}
	if err != nil {
		return fmt.Errorf("writing a workbook: %w", err)
	}
	return nil
}
