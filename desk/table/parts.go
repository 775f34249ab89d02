package table

import (
	"archive/zip"
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/klauspost/compress/flate"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// part is a file within a workbook.
type part struct {
	*zip.File
	name  string // as it is compared
	sheet bool   // it has rows
	body  body
}

const (
	sharedStrings = "xl/sharedstrings.xml"
	stringsPath   = "xl/sharedStrings.xml" // as the library calls it
)

// partName returns the name of a part as it is compared.
func partName(name string) string { return strings.ToLower(strings.ReplaceAll(name, `\`, "/")) }

// xml reports whether a part is XML by its name.
func (p part) xml() bool {
	return strings.HasSuffix(p.name, "xml") || strings.HasSuffix(p.name, ".rels")
}

// plan reports whether a part says what sheets there are and where, which is
// all that the library has to know beside the sheets and their strings.
func (p part) plan() bool {
	return p.name == "[content_types].xml" || p.name == "_rels/.rels" ||
		strings.HasSuffix(p.name, "workbook.xml") || strings.HasSuffix(p.name, "workbook.xml.rels")
}

// checkParts returns the parts of a packed workbook, after each has been
// unpacked and let go of: none is larger than it claims or than it may be,
// none is damaged, and no row, text or tag is without end.
func checkParts(packed []byte) ([]part, error) {
	parts, err := checkSizes(packed)
	if err != nil {
		return nil, err
	}
	room := make([]byte, pieceSize)
	for i := range parts {
		if err := parts[i].check(room); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// checkSizes goes by what the directory at the end of the file says. More than
// it claims is never unpacked of a part.
func checkSizes(packed []byte) ([]part, error) {
	archive, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		return nil, damaged(err)
	}
	archive.RegisterDecompressor(zip.Deflate, flate.NewReader) // in seven tenths of the time
	if len(archive.File) > partsMost {
		return nil, ErrTooLarge
	}
	parts := make([]part, 0, len(archive.File))
	total, plan, is := uint64(0), uint64(0), false
	seen := map[string]bool{}
	for _, file := range archive.File {
		p := part{File: file, name: partName(file.Name)}
		most := uint64(unpackedMost)
		switch {
		case p.name == "xl/workbook.bin", p.name == "content.xml":
			return nil, ErrForeign
		case seen[p.name]:
			return nil, fmt.Errorf("%w (two parts of one name)", ErrDamaged)
		case p.name == sharedStrings:
			most = stringsMost
		case strings.HasPrefix(p.name, "xl/worksheets/"):
		case p.xml():
			most = partMost
		}
		seen[p.name] = true
		is = is || strings.HasSuffix(p.name, "workbook.xml")
		if p.plan() {
			plan += p.UncompressedSize64
		}
		if total += p.UncompressedSize64; p.UncompressedSize64 > most || total > unpackedMost || plan > partMost {
			return nil, ErrTooLarge
		}
		parts = append(parts, p)
	}
	if !is {
		return nil, ErrArchive
	}
	return parts, nil
}

// check unpacks a part in room, keeping nothing of it but where its rows end.
func (p *part) check(room []byte) error {
	content, err := p.Open()
	if err != nil {
		return damaged(err)
	}
	if !p.xml() {
		if _, err := io.Copy(io.Discard, content); err != nil {
			return damaged(err)
		}
		return nil
	}
	if p.body, err = scan(content, room); err != nil {
		return err
	}
	p.sheet = p.body.rows
	if p.name == sharedStrings && p.body.tags > tagsMost {
		return ErrTooLarge
	}
	return nil
}

// skeleton packs what the library is opened with: the plan of the workbook, and
// no more than the names of its other parts.
func (b *workbook) skeleton() ([]byte, error) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, p := range b.parts {
		var err error
		if p.plan() {
			err = w.Copy(p.File)
		} else {
			var named io.Writer
			if named, err = w.Create(p.Name); err == nil {
				_, err = io.WriteString(named, " ") // XML in which nothing stands
			}
		}
		if err != nil {
			return nil, damaged(err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("packing the plan of the workbook: %w", err)
	}
	return out.Bytes(), nil
}

// storeStrings gives the library the shared strings.
func (b *workbook) storeStrings() error {
	for _, p := range b.parts {
		if p.name != sharedStrings {
			continue
		}
		content, err := p.Open()
		if err != nil {
			return damaged(err)
		}
		text := make([]byte, p.UncompressedSize64)
		if _, err := io.ReadFull(content, text); err != nil {
			return damaged(err)
		}
		b.file.Pkg.Store(stringsPath, text)
	}
	return nil
}

// streamed is the encoding that a sheet is said to have.
const streamed = "kartyar-part-"

// streamSheets has the library read each sheet as it is unpacked. By itself it
// takes a sheet from memory, where it would be whole, or from a file, where it
// would lie in clear. But a decoder of XML asks for a reader where the text
// names an encoding, and goes on with that: so each sheet names one of ours.
func (b *workbook) streamSheets() {
	for i, p := range b.parts {
		if p.sheet && !p.plan() {
			b.file.Pkg.Store(strings.ReplaceAll(p.Name, `\`, "/"), fmt.Appendf(nil, `<?xml version="1.0" encoding="%s%d"?>`, streamed, i))
		}
	}
	others := b.file.CharsetReader
	b.file.CharsetTranscoder(func(label string, text io.Reader) (io.Reader, error) {
		number, is := strings.CutPrefix(label, streamed)
		// Once for each reading: else a sheet could name itself, without end.
		if !is && likeASCII(label) {
			return others(label, text)
		}
		if !is || !b.begins {
			b.refused = true
			return nil, fmt.Errorf("the encoding %q", label)
		}
		b.begins = false
		i := 0
		if _, err := fmt.Sscan(number, &i); err != nil || i < 0 || i >= len(b.parts) {
			return nil, errors.New("no such part")
		}
		return b.parts[i].stream()
	})
}

// likeASCII reports whether tags in an encoding are the same bytes as in ASCII.
// In any other the library could be shown other tags than were counted.
func likeASCII(label string) bool {
	encoding, err := htmlindex.Get(label)
	_, single := encoding.(*charmap.Charmap)
	return err == nil && (single || encoding == unicode.UTF8)
}

// lastRow is put behind the last row of each sheet: the library ends a sheet
// without a word where its XML breaks, and a sheet that ends in this row was
// read whole.
const lastRow = `<row><c t="str"><v>` + lastCell + `</v></c></row>`

const lastCell = "\u2060kartyar: the sheet was read whole\u2060"

// stream unpacks a sheet with lastRow behind its rows. One whose rows do not
// end stays without.
func (p part) stream() (io.Reader, error) {
	content, err := p.Open()
	if err != nil {
		return nil, err
	}
	if p.body.end == 0 {
		return content, nil
	}
	ending := lastRow
	if p.body.alone != "" {
		ending = "<" + p.body.alone + ">" + lastRow
	}
	// What stands behind the rows of a sheet is not read.
	rows := io.MultiReader(io.LimitReader(content, p.body.end), strings.NewReader(ending))
	return bufio.NewReaderSize(rows, pieceSize), nil // the decoder would take one of 4 KB
}
