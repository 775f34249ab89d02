// Package offices is the directory of the places where cards are collected:
// read from a file, browsed by province and city, resolved from what lists
// call an office, searched by what people type.
package offices

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"kartyar/card"
	"kartyar/desk/table"
)

// The columns of an office file.
const (
	code = iota
	name
	kind
	province
	city
	address
	phone
	hours
	latitude
	longitude
)

var columns = []table.Column{
	code:      {Name: "code", Also: []string{"کد دفتر"}, Weak: []string{"کد"}, Needed: true},
	name:      {Name: "name", Also: []string{"نام دفتر"}, Weak: []string{"نام", "دفتر"}, Needed: true},
	kind:      {Name: "kind", Also: []string{"نوع دفتر"}, Weak: []string{"نوع"}},
	province:  {Name: "province", Also: []string{"استان"}},
	city:      {Name: "city", Also: []string{"شهر"}, Weak: []string{"شهرستان"}},
	address:   {Name: "address", Also: []string{"نشانی", "آدرس"}},
	phone:     {Name: "phone", Also: []string{"تلفن", "شماره تلفن"}},
	hours:     {Name: "hours", Also: []string{"ساعت کار", "ساعات کار", "ساعت کاری", "ساعات کاری"}},
	latitude:  {Name: "latitude", Also: []string{"عرض جغرافیایی"}},
	longitude: {Name: "longitude", Also: []string{"طول جغرافیایی"}},
}

// kinds are the words for each kind, by table.Key.
var kinds = map[card.OfficeKind][]string{
	card.Pishkhan:  {"pishkhan", "پیشخوان", "پیشخوان دولت", "دفتر پیشخوان", "دفتر پیشخوان دولت"},
	card.Post:      {"post", "پست", "اداره پست", "دفتر پستی"},
	card.Registry:  {"registry", "ثبت احوال", "اداره ثبت احوال"},
	card.Consulate: {"consulate", "کنسولگری"},
}

// textLimit is the length, in characters, to which texts are cut: what a
// message has room for.
const textLimit = 300

// codeLimit is how long an office code may be, in characters.
const codeLimit = 32

// What is wrong with a row of an office file.
var (
	ErrBroken     = errors.New("a quotation mark is not closed, or the row is too long")
	ErrCut        = errors.New("is where the file ends, in the middle of the row: it was saved or sent in part")
	ErrCharacters = errors.New("holds damaged characters")
	ErrFormula    = errors.New("holds an error of a formula")
	ErrNeeded     = errors.New("is empty")
	ErrCode       = errors.New("is no office code")
	ErrTwice      = errors.New("stands in an earlier row already")
	ErrKind       = errors.New("is none of pishkhan, post, registry and consulate")
	ErrCoordinate = errors.New("is no coordinate in degrees, or its other half is missing")
)

// RowError says why a row of an office file is refused.
type RowError struct {
	Line   int    // the line of the file on which the row begins, from 1
	Column string // the heading of the cell that is to blame; "" for the whole row
	Err    error  // one of this package's
}

func (e RowError) Error() string {
	if e.Column == "" {
		return fmt.Sprintf("line %d: %v", e.Line, e.Err)
	}
	return fmt.Sprintf("line %d: %s %v", e.Line, e.Column, e.Err)
}

// Unwrap returns e.Err.
func (e RowError) Unwrap() error { return e.Err }

// File is what an office file says.
type File struct {
	Offices []card.Office
	Refused []RowError // why rows are refused, in their order
	// Columns are the headings, and Sheets the visible sheets of a workbook, that
	// were not read.
	Columns, Sheets []string
}

// Parse reads an office file. Rows that cannot be read are refused and stop
// nothing. A file that is no table gives an error of table.Open. r is read
// twice from its beginning.
func Parse(r io.ReadSeeker) (file File, err error) {
	t, err := table.Open(r, columns)
	if err != nil {
		return file, fmt.Errorf("reading the office directory: %w", err)
	}
	file.Columns, file.Sheets = t.Unread()
	seen := map[string]bool{}
	for {
		row, err := t.Next()
		if errors.Is(err, io.EOF) {
			return file, nil
		} else if err != nil {
			return File{}, fmt.Errorf("reading the office directory: %w", err)
		}
		p := parser{table: t, row: row}
		o := p.office()
		if p.err == nil && seen[o.Code] {
			p.fail(code, ErrTwice)
		}
		if p.err != nil {
			file.Refused = append(file.Refused, RowError{Line: row.Line, Column: p.column, Err: p.err})
			continue
		}
		seen[o.Code] = true
		file.Offices = append(file.Offices, o)
	}
}

// parser reads one row; the first error stays.
type parser struct {
	table  *table.Table
	row    table.Row
	column string
	err    error
}

func (p *parser) fail(column int, err error) {
	if p.err == nil {
		p.column, p.err = p.table.HeadingOf(column), err
	}
}

func (p *parser) cell(column int) string {
	text, ok := table.Clean(p.table.Cell(p.row, column))
	if !ok {
		p.fail(column, ErrCharacters)
	}
	if table.FormulaError(text) {
		p.fail(column, ErrFormula)
	}
	return table.Text(text, textLimit)
}

func (p *parser) office() card.Office {
	switch {
	case p.row.Broken:
		p.err = ErrBroken
	case p.row.Cut:
		p.err = ErrCut
	}
	if p.err != nil {
		return card.Office{}
	}
	o := card.Office{
		Code:     p.code(),
		Name:     p.cell(name),
		Kind:     p.kind(),
		Province: p.cell(province),
		City:     p.cell(city),
		Address:  p.cell(address),
		Phone:    p.cell(phone),
		Hours:    p.cell(hours),
	}
	if card.Fold(o.Name) == "" {
		p.fail(name, ErrNeeded)
	}
	var lat, long bool
	o.Latitude, lat = p.degrees(latitude, 90)
	o.Longitude, long = p.degrees(longitude, 180)
	// Nobody stands at 0, 0: it is what a table without coordinates is filled with.
	if o.Located = lat && long && (o.Latitude != 0 || o.Longitude != 0); lat && !long {
		p.fail(longitude, ErrCoordinate)
	} else if long && !lat {
		p.fail(latitude, ErrCoordinate)
	}
	return o
}

func (p *parser) code() string {
	folded, err := card.ParseID(table.Number(p.cell(code)))
	switch {
	case err != nil, len([]rune(folded)) > codeLimit:
		p.fail(code, ErrCode)
	case folded == "":
		p.fail(code, ErrNeeded)
	}
	return folded
}

func (p *parser) kind() card.OfficeKind {
	key := table.Key(p.cell(kind))
	if key == "" {
		return ""
	}
	for k, words := range kinds {
		for _, word := range words {
			if table.Key(word) == key {
				return k
			}
		}
	}
	p.fail(kind, ErrKind)
	return ""
}

// digits turns what coordinates are written with in Persian into Latin.
var digits = strings.NewReplacer(
	"۰", "0", "۱", "1", "۲", "2", "۳", "3", "۴", "4", "۵", "5", "۶", "6", "۷", "7", "۸", "8", "۹", "9",
	"٠", "0", "١", "1", "٢", "2", "٣", "3", "٤", "4", "٥", "5", "٦", "6", "٧", "7", "٨", "8", "٩", "9",
	"٫", ".", "/", ".", ",", ".", "−", "-", "°", "", " ", "")

func (p *parser) degrees(column int, limit float64) (value float64, known bool) {
	text := p.cell(column)
	if text == "" {
		return 0, false
	}
	value, err := strconv.ParseFloat(digits.Replace(text), 64)
	if err != nil || !(-limit <= value && value <= limit) {
		p.fail(column, ErrCoordinate)
		return 0, false
	}
	return value, true
}
