package table

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// objects reads JSON lines: on each line one object, whose keys are the names
// of columns and whose values are texts, numbers or null. A number is taken by
// its digits, so none is lost.
type objects struct {
	r      *bufio.Reader
	places map[string]int
	width  int
	line   int // the lines read so far
}

// beginsObject reports whether a text that begins with head is JSON lines: no
// heading begins with a brace.
func beginsObject(head []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte("{"))
}

func newObjects(text io.Reader, columns []Column) *objects {
	o := &objects{r: bufio.NewReaderSize(text, maxRow), places: map[string]int{}, width: len(columns)}
	for i, c := range columns {
		o.places[c.Name] = i
	}
	return o
}

// openObjects reads r twice: which columns a list has shows in its last line
// only.
func openObjects(r io.ReadSeeker, text io.Reader, columns []Column) (*Table, error) {
	t := &Table{delimiter: ',', heading: make([]string, len(columns)), index: make([]int, len(columns))}
	for i, c := range columns {
		t.heading[i], t.index[i] = c.Name, -1
	}
	first := newObjects(text, columns)
	for {
		_, _, err := first.read(func(column int) { t.index[column] = column })
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("reading through: %w", err)
		}
	}
	for i, c := range columns {
		if c.Needed && !t.Has(i) {
			return nil, &HeadingError{Err: ErrNoHeading, Column: c.Name}
		}
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("going back to the beginning: %w", err)
	}
	text, err := decode(r)
	if err != nil {
		return nil, err
	}
	t.rows = newObjects(text, columns)
	return t, nil
}

// next returns the next line, blank ones included, and io.EOF after the last.
func (o *objects) next() (Row, error) {
	text, cells, err := o.read(func(int) {})
	if err != nil {
		return Row{}, err
	}
	row := Row{Line: o.line, Cells: cells}
	if cells == nil {
		row.Cells, row.NoObject = []string{text}, true
	}
	return row, nil
}

// read reads a line and tells has of its columns; cells is nil when it is no
// object of them.
func (o *objects) read(has func(column int)) (text string, cells []string, err error) {
	line, err := o.r.ReadSlice('\n')
	long := errors.Is(err, bufio.ErrBufferFull)
	text = strings.Trim(string(line), " \t\r\n\x1a")
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = o.r.ReadSlice('\n')
	}
	if err != nil && (!errors.Is(err, io.EOF) || len(line) == 0) {
		return "", nil, err
	}
	o.line++
	if text == "" && !long {
		return "", make([]string, o.width), nil
	}
	if long {
		return text, nil, nil
	}
	cells = make([]string, o.width)
	seen := make([]bool, o.width)
	if !o.parse(text, cells, seen) {
		return text, nil, nil
	}
	for column, named := range seen {
		if named {
			has(column)
		}
	}
	return text, cells, nil
}

// parse is strict: a key that is no column, or that comes twice, may be a
// mistyped one, and what it says would be lost.
func (o *objects) parse(text string, cells []string, seen []bool) bool {
	in := json.NewDecoder(strings.NewReader(text))
	in.UseNumber()
	if token, err := in.Token(); err != nil || token != json.Delim('{') {
		return false
	}
	for in.More() {
		token, err := in.Token()
		name, _ := token.(string)
		column, known := o.places[name]
		if err != nil || !known || seen[column] {
			return false
		}
		seen[column] = true
		value, err := in.Token()
		if err != nil {
			return false
		}
		switch v := value.(type) {
		case string:
			cells[column] = v
		case json.Number:
			cells[column] = v.String()
		case nil:
		default:
			return false
		}
	}
	if token, err := in.Token(); err != nil || token != json.Delim('}') {
		return false
	}
	_, err := in.Token()
	return errors.Is(err, io.EOF)
}
