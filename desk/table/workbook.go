package table

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// What keeps a workbook from being read as a table. *SheetsError is another.
var (
	ErrProtected = errors.New("the workbook is protected by a password: save it without one")
	ErrForeign   = errors.New("the file is a workbook of another kind (XLS, XLSB or ODS): save it as XLSX or CSV")
	ErrArchive   = errors.New("the file is a ZIP archive with no Excel workbook in it")
	ErrDamaged   = errors.New("the workbook is damaged or was cut short: save it, or copy it, again")
	ErrTooLarge  = errors.New("the workbook is too large: save the list as CSV, or in several workbooks")
)

// SheetsError says that two visible sheets hold a table. Which of them counts
// is for the clerk to say: reading one would lose the rows of the other, and
// the line numbers of both together would name no row.
type SheetsError struct{ First, Second string }

func (e *SheetsError) Error() string {
	return fmt.Sprintf("the sheets %q and %q both hold a table: put all rows into one sheet, or hide the others", e.First, e.Second)
}

// Bounds of a workbook. The library holds all of it in memory, the parts
// beside the sheets as structures that are many times as large as their text.
const (
	packedMost   = 64 << 20  // bytes of the file
	unpackedMost = 128 << 20 // bytes of all its parts, six times which are held at the most; a row of a list takes some 300
	stringsMost  = 64 << 20  // bytes of the shared strings
	tagsMost     = 8 << 20   // tags in the shared strings
	textsMost    = 2 << 20   // shared strings, which have four tags
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

// workbook is an XLSX file in memory.
//
// A list that comes is spooled sealed, whatever it is; a workbook is then taken
// from the spool into memory, since its directory stands at its end and the
// library wants all of it. So commands and other systems send the same bytes,
// and what is unpacked never lies on the disk in clear.
type workbook struct {
	file   *excelize.File
	sheets []string // the visible ones, in their order
	is1904 bool     // dates count from 1904
	cells  int      // that were read of all sheets
}

// openWorkbook reads a workbook from r, which stands at its beginning.
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
	parts, err := checkSizes(packed)
	if err != nil {
		return nil, err
	}
	file, err := excelize.OpenReader(bytes.NewReader(packed), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: unpackedMost, UnzipXMLSizeLimit: unpackedMost,
		TmpDir: os.DevNull, // no directory, so that nothing can be unpacked to the disk
	})
	if err != nil {
		return nil, damaged(err)
	}
	if err := checkContents(file, parts); err != nil {
		return nil, err
	}
	book = &workbook{file: file}
	if err := book.markEnds(); err != nil {
		return nil, err
	}
	props, err := file.GetWorkbookProps()
	if err != nil {
		return nil, damaged(err)
	}
	book.is1904 = props.Date1904 != nil && *props.Date1904
	for _, name := range file.GetSheetList() {
		if shown, err := file.GetSheetVisible(name); err == nil && shown {
			book.sheets = append(book.sheets, name)
		}
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

// checkSizes returns the parts of a packed workbook, none of which is too large.
func checkSizes(packed []byte) ([]*zip.File, error) {
	parts, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		return nil, damaged(err)
	}
	if len(parts.File) > partsMost {
		return nil, ErrTooLarge
	}
	total, is := uint64(0), false
	for _, part := range parts.File {
		name := partName(part.Name)
		most := uint64(unpackedMost)
		switch {
		case name == "xl/workbook.bin", name == "content.xml":
			return nil, ErrForeign
		case name == sharedStrings:
			most = stringsMost
		case strings.HasPrefix(name, "xl/worksheets/"):
		case strings.HasSuffix(name, "xml"), strings.HasSuffix(name, ".rels"):
			most = partMost
		}
		is = is || strings.HasSuffix(name, "workbook.xml")
		// Beyond the size that it claims a part cannot be read.
		if total += part.UncompressedSize64; part.UncompressedSize64 > most || total > unpackedMost {
			return nil, ErrTooLarge
		}
	}
	if !is {
		return nil, ErrArchive
	}
	return parts.File, nil
}

const sharedStrings = "xl/sharedstrings.xml"

// partName returns the name of a part as it is compared.
func partName(name string) string { return strings.ToLower(strings.ReplaceAll(name, `\`, "/")) }

// checkContents holds what the library has unpacked to the sums in the file: it
// takes a part whose bytes are damaged as far as it goes, without a word.
func checkContents(file *excelize.File, parts []*zip.File) error {
	unpacked := map[string][]byte{}
	file.Pkg.Range(func(name, content any) bool {
		if text, is := content.([]byte); is {
			unpacked[partName(name.(string))] = text
		}
		return true
	})
	for _, part := range parts {
		name := partName(part.Name)
		text := unpacked[name]
		// Programs that do not know the sum write 0.
		if uint64(len(text)) != part.UncompressedSize64 || part.CRC32 != 0 && crc32.ChecksumIEEE(text) != part.CRC32 {
			return ErrDamaged
		}
		if (strings.HasSuffix(name, "xml") || strings.HasSuffix(name, ".rels")) && !bounded(text) {
			return ErrTooLarge
		}
	}
	if bytes.Count(unpacked[sharedStrings], []byte{'<'}) > tagsMost {
		return ErrTooLarge
	}
	return nil
}

// lastRow is put behind the last row of each sheet: the library ends a sheet
// without a word where its XML breaks, and a sheet that ends in this row was
// read whole.
const lastRow = `<row><c t="str"><v>` + lastCell + `</v></c></row>`

const lastCell = "\u2060kartyar: the sheet was read whole\u2060"

// markEnds puts lastRow into each sheet.
func (b *workbook) markEnds() (err error) {
	b.file.Pkg.Range(func(name, content any) bool {
		text, is := content.([]byte)
		if !is || !strings.HasSuffix(strings.ToLower(name.(string)), ".xml") {
			return true
		}
		head, tail, found := cutSheet(text)
		if !found {
			return true
		}
		if !ascending(head) {
			err = ErrDamaged
			return false
		}
		b.file.Pkg.Store(name, bytes.Join([][]byte{head, tail}, []byte(lastRow)))
		return true
	})
	return err
}

// cutSheet cuts the text of a sheet behind its last row; found is false for
// what is no sheet.
func cutSheet(text []byte) (head, tail []byte, found bool) {
	if i := bytes.LastIndex(text, []byte("sheetData>")); i > 0 {
		if open := bytes.LastIndexByte(text[:i], '<'); open >= 0 && text[open+1] == '/' {
			return text[:open], text[open:], true
		}
	}
	i := bytes.LastIndex(text, []byte("sheetData/>"))
	if i <= 0 {
		return nil, nil, false
	}
	open, end := bytes.LastIndexByte(text[:i], '<'), i+len("sheetData")
	if open < 0 {
		return nil, nil, false
	}
	name := text[open+1 : end] // perhaps with a prefix
	return slices.Concat(text[:end], []byte(">")), slices.Concat([]byte("</"), name, text[end+len("/"):]), true
}

// ascending reports whether the rows of a sheet stand in the order of their
// numbers, each once: the library would take the cells of two rows for one
// row's.
func ascending(text []byte) bool {
	tag := []byte("<row ")
	for last := 0; ; {
		i := bytes.Index(text, tag)
		if i < 0 {
			return true
		}
		text = text[i+len(tag)-1:]
		attributes := text[:max(bytes.IndexByte(text, '>'), 0)]
		j := bytes.Index(attributes, []byte(` r="`))
		if j < 0 {
			last++
			continue
		}
		number := 0
		for _, c := range attributes[j+len(` r="`):] {
			if c < '0' || c > '9' || number > excelize.TotalRows {
				break
			}
			number = 10*number + int(c-'0')
		}
		if number <= last {
			return false
		}
		last = number
	}
}
