package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/xuri/excelize/v2"
)

// What keeps a workbook from being read as a table. *SheetsError is another.
var (
	ErrProtected = errors.New("the workbook is protected by a password: save it without one")
	ErrForeign   = errors.New("the file is a workbook of another kind (XLS, XLSB, ODS, or a web page under such a name): open it in Excel and save it as XLSX or CSV")
	ErrArchive   = errors.New("the file is a ZIP archive with no Excel workbook in it")
	ErrDamaged   = errors.New("the workbook is damaged or was cut short: save it, or copy it, again")
	ErrHidden    = errors.New("all sheets of the workbook are hidden: show the one that holds the list, and save it again")
	ErrTooLarge  = errors.New("the workbook is too large: save the list as CSV, or in several workbooks")
)

// SheetsError says that two visible sheets hold a table. Which of them counts
// is for the clerk to say: reading one would lose the rows of the other, and
// the line numbers of both together would name no row.
type SheetsError struct{ First, Second string }

func (e *SheetsError) Error() string {
	return fmt.Sprintf("the sheets %q and %q both hold a table: put all rows into one sheet, or hide the others", e.First, e.Second)
}

// Bounds of a workbook. A sheet is unpacked while it is read; all else that the
// library needs it holds in memory, as structures that are many times as large
// as their text.
const (
	packedMost   = 64 << 20  // bytes of the file
	unpackedMost = 256 << 20 // bytes of all its parts; a row of a list takes some 300
	stringsMost  = 64 << 20  // bytes of the shared strings
	tagsMost     = 4 << 20   // tags in the shared strings
	textsMost    = 1 << 20   // shared strings, which have four tags; each takes the library some 250 bytes
	partMost     = 8 << 20   // bytes of any other XML part
	partsMost    = 10_000
	tokenMost    = 1 << 20  // bytes of one text or tag, which the library gathers up; a cell has 32,767 characters
	cellsMost    = 64 << 20 // cells of all rows, with the empty ones before a full one, which cost the file nothing
)

var (
	zipMagic = []byte("PK\x03\x04")
	cfbMagic = []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") // OLE compound file: XLS, and XLSX under a password
)

// IsWorkbook reports whether a file that begins with head is a workbook, or
// some other ZIP or OLE file, and no text.
func IsWorkbook(head []byte) bool {
	return bytes.HasPrefix(head, zipMagic) || bytes.HasPrefix(head, cfbMagic)
}

// workbook is an XLSX file, packed in memory.
//
// A list that comes is spooled sealed, whatever it is; a workbook is then taken
// from the spool into memory, since its directory stands at its end and the
// library wants all of it. So commands and other systems send the same bytes,
// and what is unpacked never lies on the disk in clear.
type workbook struct {
	file    *excelize.File
	parts   []part
	sheets  []string // the visible ones, in their order
	is1904  bool     // dates count from 1904
	cells   int      // that were read of all sheets
	begins  bool     // a sheet is about to be read from its beginning
	refused bool     // a part names an encoding that is not taken
}

// openWorkbook reads a workbook from r, which stands at its beginning. It has
// been unpacked once, and held to its bounds, before the library sees any of it.
func openWorkbook(r io.Reader) (book *workbook, err error) {
	defer recovered(&err)
	packed, err := io.ReadAll(io.LimitReader(r, packedMost+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading the workbook: %w", err)
	case bytes.HasPrefix(packed, cfbMagic) && bytes.Contains(packed, []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")):
		return nil, ErrProtected
	case bytes.HasPrefix(packed, cfbMagic):
		return nil, ErrForeign
	case len(packed) > packedMost:
		return nil, ErrTooLarge
	}
	book = &workbook{}
	if book.parts, err = checkParts(packed); err != nil {
		return nil, err
	}
	skeleton, err := book.skeleton()
	if err != nil {
		return nil, err
	}
	book.file, err = excelize.OpenReader(bytes.NewReader(skeleton), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: unpackedMost, UnzipXMLSizeLimit: unpackedMost,
		TmpDir: os.DevNull, // no directory, so that nothing can be unpacked to the disk
	})
	if err != nil {
		return nil, damaged(err)
	}
	book.streamSheets()
	if err := book.storeStrings(); err != nil {
		return nil, err
	}
	props, err := book.file.GetWorkbookProps()
	if err != nil {
		return nil, damaged(err)
	}
	book.is1904 = props.Date1904 != nil && *props.Date1904
	for _, name := range book.file.GetSheetList() {
		if shown, err := book.file.GetSheetVisible(name); err == nil && shown {
			book.sheets = append(book.sheets, name)
		}
	}
	if len(book.sheets) == 0 {
		return nil, ErrHidden
	}
	return book, nil
}

// damaged is ErrDamaged with the library's own words. It does not wrap err: that
// may be an io.EOF, which would pass for the end of the list.
func damaged(err error) error { return fmt.Errorf("%w (%s)", ErrDamaged, err.Error()) }

// recovered makes an error of a panic of the library, whose input is anybody's.
func recovered(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%w (%v)", ErrDamaged, p)
	}
}
