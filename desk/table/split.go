package table

import (
	"bytes"
	"errors"
	"io"
	"strings"
)

// Bounds of one row. Beyond them a quotation mark counts as never closed, so
// that one stray mark costs its own row and not the rest of the file.
const (
	maxRow   = 64 << 10 // bytes
	maxLines = 50       // line ends within one quoted cell
)

// Row is one row of a table.
type Row struct {
	Line  int      // the line of the file on which the row begins, from 1
	Cells []string // as they stand in the file, quotation marks resolved; valid until the next row is read
	// Broken says that the row cannot be trusted: a quotation mark that is never
	// closed, or more than 64 KiB. Its cells are only good for showing.
	Broken bool
	// NoObject says that a line of JSON lines is no object of the columns, each
	// named once with a text, a number or null. Its one cell is the line.
	NoObject bool
	// Unended says that the file ends in the row, before its line does, as what was
	// copied or sent in part does: the last cell may be a part of what it was. Cut
	// says that of one that has no cell for the last of the headings either.
	Unended, Cut bool
}

// splitter cuts delimited text into rows of cells. It reads what encoding/csv
// with LazyQuotes reads, and differs where lists from the field need it: lone
// carriage returns end a line, a quotation mark that nothing closes does not
// swallow the rest of the file, and memory is bounded whatever the file holds.
type splitter struct {
	r         io.Reader
	err       error // of r, io.EOF included
	delimiter byte
	buf       []byte
	pos, end  int // what of buf is not used yet
	line      int // of buf[pos], from 1

	spans []span
	cells []string
}

// span is a cell's place in the bytes of its row.
type span struct {
	start, end int
	doubled    bool // holds doubled quotation marks
}

func newSplitter(r io.Reader, delimiter byte) *splitter {
	return &splitter{r: r, delimiter: delimiter, buf: make([]byte, 4*maxRow), line: 1}
}

// splitBytes returns a splitter of a text that is in memory.
func splitBytes(text []byte, delimiter byte) *splitter {
	return &splitter{err: io.EOF, delimiter: delimiter, buf: text, end: len(text), line: 1}
}

// next returns the next row, blank ones included, and io.EOF after the last.
func (s *splitter) next() (Row, error) {
	for {
		data, final := s.buf[s.pos:s.end], s.err != nil
		if len(data) == 0 && final {
			return Row{}, s.err
		}
		if len(data) >= maxRow {
			data, final = data[:maxRow], true
		}
		found := s.scan(data, final)
		if found.undecided {
			s.fill()
			continue
		}
		if !found.ended && s.err != nil && !errors.Is(s.err, io.EOF) {
			return Row{}, s.err // the row may go on in what could not be read
		}
		row := Row{Line: s.line, Cells: s.text(data[:found.size]), Broken: found.broken}
		s.pos += found.size
		s.line += found.lines
		switch {
		case found.ended:
		case s.pos < s.end || s.err == nil:
			row.Broken = true
			s.skipLine()
		default:
			row.Unended = true
		}
		return row, nil
	}
}

// fill reads more behind what is not used yet.
func (s *splitter) fill() {
	if s.end == len(s.buf) {
		s.end = copy(s.buf, s.buf[s.pos:s.end])
		s.pos = 0
	}
	for range 100 {
		n, err := s.r.Read(s.buf[s.end:])
		s.end += n
		s.err = err
		if n > 0 || err != nil {
			return
		}
	}
	s.err = io.ErrNoProgress
}

// skipLine goes on to the next line.
func (s *splitter) skipLine() {
	for {
		data := s.buf[s.pos:s.end]
		if i := bytes.IndexAny(data, "\r\n"); i >= 0 && (i+1 < len(data) || s.err != nil) {
			s.pos += i + lineEnd(data[i:])
			s.line++
			return
		} else if i >= 0 {
			s.pos += i
		} else {
			s.pos = s.end
		}
		if s.err != nil {
			return
		}
		s.fill()
	}
}

// scanned is what scan found.
type scanned struct {
	size      int  // bytes of the row, its line end included
	lines     int  // line ends in it
	ended     bool // by a line end, not by the end of the data
	broken    bool
	undecided bool // more data is needed to tell
}

// scan finds the cells of the first row of data and leaves them in s.spans;
// final says that there is no more data.
func (s *splitter) scan(data []byte, final bool) (found scanned) {
	s.spans = s.spans[:0]
	for i := 0; ; {
		cell, inside, state := span{start: i}, 0, unquoted
		if !found.broken {
			cell, inside, state = s.quoted(data, i, final)
		}
		switch state {
		case undecided:
			return scanned{undecided: true}
		case closed:
			i = skipSpaces(data, cell.end+1)
		default:
			found.broken = found.broken || state == unclosed
			i = s.cellEnd(data, i)
			cell.end = i
		}
		s.spans = append(s.spans, cell)
		found.lines += inside
		switch {
		case !final && (i == len(data) || i+1 == len(data) && data[i] == '\r'):
			return scanned{undecided: true}
		case i >= len(data):
			found.size = len(data)
			return found
		case data[i] == s.delimiter:
			i++
		default:
			found.size, found.lines, found.ended = i+lineEnd(data[i:]), found.lines+1, true
			return found
		}
	}
}

// The states of a cell that may begin with a quotation mark.
type quoting int

const (
	unquoted  quoting = iota
	closed            // cell.end is where the closing mark stands
	unclosed          // the mark is never closed, or in a way that no writer writes
	undecided         // more data is needed
)

// quoted looks at the cell that begins at data[i]. A mark that is followed by
// neither delimiter nor line end is text, as long as the cell is one line; in
// a cell of several lines it shows that the opening mark was a stray one.
func (s *splitter) quoted(data []byte, i int, final bool) (cell span, lines int, state quoting) {
	cell.start = i
	open := skipSpaces(data, i)
	if open == len(data) && !final {
		return cell, 0, undecided
	}
	if open == len(data) || data[open] != '"' {
		return cell, 0, unquoted
	}
	inner := span{start: open + 1}
	stray := false
	for j := inner.start; ; {
		k := bytes.IndexByte(data[j:], '"')
		if k < 0 {
			if !final && countLines(data[j:]) <= maxLines {
				return cell, 0, undecided
			}
			return cell, 0, unclosed
		}
		lines += countLines(data[j : j+k])
		j += k
		if lines > maxLines || lines > 0 && stray {
			return cell, 0, unclosed
		}
		after := skipSpaces(data, j+1)
		switch {
		case after >= len(data) && !final:
			return cell, 0, undecided
		case after >= len(data), data[after] == s.delimiter, data[after] == '\n', data[after] == '\r':
			inner.end = j
			return inner, lines, closed
		case data[j+1] == '"':
			inner.doubled = true
			j += 2
		default:
			stray = true
			j++
		}
	}
}

// skipSpaces returns the index of the first byte at or after data[i] that is
// no space.
func skipSpaces(data []byte, i int) int {
	for i < len(data) && data[i] == ' ' {
		i++
	}
	return i
}

// cellEnd returns where the unquoted cell that begins at data[i] ends.
func (s *splitter) cellEnd(data []byte, i int) int {
	for ; i < len(data); i++ {
		if c := data[i]; c == s.delimiter || c == '\n' || c == '\r' {
			break
		}
	}
	return i
}

// lineEnd returns the size of the line end that data begins with.
func lineEnd(data []byte) int {
	if len(data) > 1 && data[0] == '\r' && data[1] == '\n' {
		return 2
	}
	return 1
}

// countLines counts the line ends in data.
func countLines(data []byte) int {
	n := bytes.Count(data, []byte{'\n'})
	if bytes.IndexByte(data, '\r') < 0 {
		return n
	}
	return n + bytes.Count(data, []byte{'\r'}) - bytes.Count(data, []byte("\r\n"))
}

// text returns the cells of the row that s.spans lie in. One string holds them
// all.
func (s *splitter) text(row []byte) []string {
	all := string(row)
	s.cells = s.cells[:0]
	for _, c := range s.spans {
		cell := all[c.start:c.end]
		if c.doubled {
			cell = strings.ReplaceAll(cell, `""`, `"`)
		}
		s.cells = append(s.cells, cell)
	}
	return s.cells
}
