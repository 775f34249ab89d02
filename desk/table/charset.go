package table

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// What keeps a whole file from being read as a table. *HeadingError adds the
// name of the column to ErrNoHeading and ErrTwoHeadings.
var (
	ErrEmpty       = errors.New("the file is empty")
	ErrBinary      = errors.New("the file is neither a table nor text: save the list as XLSX or CSV")
	ErrCharset     = errors.New("the file's encoding is none of UTF-8, UTF-16 and windows-1256: save the list as XLSX, or as CSV UTF-8")
	ErrNoHeading   = errors.New("no heading row with this column was found")
	ErrTwoHeadings = errors.New("two headings mean the same column")
)

// window is how much of a file's beginning is looked at to tell text from
// other things, and to find the delimiter and the heading row.
const window = 64 << 10

// decode finds the charset of the whole of r and returns r's text in UTF-8,
// without a byte order mark, from the beginning. Bytes that are no character
// come out as U+FFFD, the rest of a character that the file ends in included.
//
// It reads r twice: a list of ASCII codes may hold its first telling byte in
// its last row.
func decode(r io.ReadSeeker) (io.Reader, error) {
	head := make([]byte, window)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("reading the beginning: %w", err)
	}
	head = head[:n]
	wide, err := inspect(head)
	if err != nil {
		return nil, err
	}
	if wide != nil {
		if _, err := r.Seek(0, io.SeekStart); err != nil {
			return nil, fmt.Errorf("going back to the beginning: %w", err)
		}
		decoder := unicode.UTF16(wide.order, unicode.UseBOM)
		if !wide.mark {
			decoder = unicode.UTF16(wide.order, unicode.IgnoreBOM)
		}
		return decoder.NewDecoder().Reader(r), nil
	}
	utf8Text, err := mostlyUTF8(head, r)
	if err != nil {
		return nil, err
	}
	skip := int64(0)
	if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
		skip, utf8Text = 3, true
	}
	if _, err := r.Seek(skip, io.SeekStart); err != nil {
		return nil, fmt.Errorf("going back to the beginning: %w", err)
	}
	if utf8Text {
		return r, nil
	}
	return charmap.Windows1256.NewDecoder().Reader(r), nil
}

// utf16 is how a UTF-16 file is written.
type utf16 struct {
	order unicode.Endianness
	mark  bool // a byte order mark stands in front
}

// inspect looks at the beginning of a file. It returns how UTF-16 is written,
// or nil for a charset of single bytes or UTF-8.
func inspect(head []byte) (*utf16, error) {
	switch {
	case len(head) == 0:
		return nil, ErrEmpty
	case bytes.HasPrefix(head, []byte("%PDF-")), bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return nil, ErrBinary
	case bytes.HasPrefix(head, []byte("\xff\xfe\x00\x00")), bytes.HasPrefix(head, []byte("\x00\x00\xfe\xff")):
		return nil, ErrCharset // UTF-32
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return &utf16{unicode.LittleEndian, true}, nil
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return &utf16{unicode.BigEndian, true}, nil
	}
	if bytes.IndexByte(head, 0) >= 0 {
		if text16(head, binary.LittleEndian) {
			return &utf16{unicode.LittleEndian, false}, nil
		}
		if text16(head, binary.BigEndian) {
			return &utf16{unicode.BigEndian, false}, nil
		}
	}
	strange := 0
	for _, c := range head {
		if control(rune(c)) {
			strange++
		}
	}
	if strange > 3 && strange > len(head)/50 {
		return nil, ErrBinary
	}
	return nil, nil
}

// text16 reports whether nearly all units of head are of the blocks that
// Persian lists are written in: Latin, Arabic, general punctuation (the
// half-space) and Arabic presentation forms.
func text16(head []byte, order binary.ByteOrder) bool {
	units, fit := len(head)/2, 0
	for i := range units {
		switch u := order.Uint16(head[2*i:]); {
		case u>>8 == 0 && !control(rune(u)), u>>8 == 0x06, u>>8 == 0x20, u>>8 >= 0xfb && u>>8 < 0xff:
			fit++
		}
	}
	return units > 1 && fit >= units-units/20
}

// control reports whether r has no place in a text. A DOS program ends its
// files with U+001A.
func control(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' && r != 0x1a || r == 0x7f
}

// mostlyUTF8 reads head and then the rest of r, and reports whether the text
// is UTF-8. A UTF-8 file with a few damaged bytes stays one: in windows-1256
// most letters are no UTF-8, so the valid sequences are far fewer than the
// invalid bytes.
func mostlyUTF8(head []byte, r io.Reader) (bool, error) {
	var valid, invalid int
	buf := make([]byte, window)
	held := copy(buf, head)
	for {
		v, i, used := countUTF8(buf[:held])
		valid, invalid = valid+v, invalid+i
		held = copy(buf, buf[used:held])
		n, err := r.Read(buf[held:])
		held += n
		switch {
		case n > 0 || err == nil:
		case errors.Is(err, io.EOF):
			if held > 0 {
				invalid++
			}
			return invalid == 0 || valid > 3*invalid, nil
		default:
			return false, fmt.Errorf("reading through: %w", err)
		}
	}
}

// countUTF8 counts the sequences of text that are UTF-8 beyond ASCII and the
// bytes that are not. The beginning of a character at the very end is left
// unused.
func countUTF8(text []byte) (valid, invalid, used int) {
	for back := 1; back < utf8.UTFMax && back <= len(text); back++ {
		if tail := text[len(text)-back:]; utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				text = text[:len(text)-back]
			}
			break
		}
	}
	if utf8.Valid(text) {
		return len(text) - utf8.RuneCount(text), 0, len(text)
	}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			invalid++
		case size > 1:
			valid++
		}
		i += size
	}
	return valid, invalid, len(text)
}
