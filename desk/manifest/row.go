package manifest

import (
	"errors"
	"strings"
	"time"

	"kartyar/card"
	"kartyar/desk/table"
)

// remember keeps what a cell means, of so many cells and of so many bytes that
// no file can fill the memory.
func remember[M any](meanings map[string]M, cell string, meaning M) {
	if len(meanings) < 4096 && len(cell) <= 256 {
		meanings[strings.Clone(cell)] = meaning
	}
}

// earliest is before the first smart card was issued, and not long before: 1390/01/01.
// A year that is earlier is mistyped, and what the row says would count as older
// than all that is known.
var earliest = time.Date(2011, time.March, 21, 0, 0, 0, 0, time.UTC)

// misplaced reports whether a cell of an office or a stage holds a phone or a
// national code: the columns are mixed up, and it must not be told as a name.
func misplaced(text string) bool {
	_, noCode := card.ParseNationalCode(text)
	_, noPhone := card.ParseMobile(text)
	return noCode == nil || noPhone == nil
}

// ahead is how far ahead of the clock a row may be.
const ahead = 24 * time.Hour

// parser turns one row into a card.Row. The first thing that is wrong ends it.
type parser struct {
	r      *Reader
	row    table.Row
	reason Reason
	column int // that is to blame; -1 for the whole row
}

func (p *parser) refuse(column int, reason Reason) bool {
	p.column, p.reason = column, reason
	return false
}

// parse fills row in. known is false when the row's office is in no directory.
func (p *parser) parse(row *card.Row) (known bool) {
	if p.row.NoObject {
		return p.refuse(-1, ReasonObject)
	}
	if p.row.Broken {
		return p.refuse(-1, ReasonBroken)
	}
	if p.row.Cut {
		return p.refuse(-1, ReasonCut)
	}
	known = true
	_ = p.person(row) && p.phone(row) && p.stage(row) && p.office(row, &known) &&
		p.date(row) && p.ids(row) && p.texts(row)
	return known
}

// cell returns what the cell of a column says. A lone dash says nothing.
func (p *parser) cell(column int) (text string, ok bool) {
	text, ok = table.Clean(p.r.table.Cell(p.row, column))
	if !ok {
		return "", p.refuse(column, ReasonCharacters)
	}
	if table.FormulaError(text) {
		return "", p.refuse(column, ReasonFormula)
	}
	switch text {
	case "-", "–", "—", "ـ":
		text = ""
	}
	return text, true
}

func (p *parser) person(row *card.Row) bool {
	text, ok := p.cell(nationalCode)
	if !ok {
		return false
	}
	if text == "" {
		return p.refuse(nationalCode, ReasonCodeEmpty)
	}
	code, err := card.ParseNationalCodeCell(table.Number(text))
	switch {
	case err == nil:
		row.Person = p.r.options.Keyer.Person(code)
		return true
	case table.Scientific(text):
		return p.refuse(nationalCode, ReasonRounded)
	case errors.Is(err, card.ErrCodeLength):
		return p.refuse(nationalCode, ReasonCodeLength)
	case errors.Is(err, card.ErrCodeChecksum):
		return p.refuse(nationalCode, ReasonCodeChecksum)
	}
	return p.refuse(nationalCode, ReasonCodeLetters)
}

// phone refuses the row when its mobile cannot be read: taken in without it,
// the holder could not be verified and nobody would learn why. The clerk who
// mends the row, or empties the cell, decides.
func (p *parser) phone(row *card.Row) bool {
	text, ok := p.cell(mobile)
	if !ok || text == "" {
		return ok
	}
	number, err := card.ParseMobile(table.Number(text))
	switch {
	case err == nil:
		row.Phone = p.r.options.Keyer.Phone(number)
		return true
	case table.Scientific(text):
		return p.refuse(mobile, ReasonRounded)
	}
	return p.refuse(mobile, ReasonMobile)
}

// stage: a file without the column is a list of cards that are there; an empty
// cell in a file with the column says nothing.
func (p *parser) stage(row *card.Row) bool {
	if !p.r.table.Has(stage) {
		row.State.Stage = card.StageReady
		return true
	}
	raw := p.r.table.Cell(p.row, stage)
	m, remembered := p.r.stages[raw]
	if !remembered {
		text, ok := p.cell(stage)
		if !ok {
			return false
		}
		var known bool
		if m.stage, known = p.r.words[table.Key(text)]; !known {
			m.word = table.Text(text, WordLimit)
			switch {
			case table.Key(text) == "":
				return p.refuse(stage, ReasonStageEmpty)
			case misplaced(table.Number(text)):
				return p.refuse(stage, ReasonMisplaced)
			}
		}
		remember(p.r.stages, raw, m)
	}
	row.State.Stage, row.State.Word = m.stage, m.word
	return true
}

func (p *parser) office(row *card.Row, known *bool) bool {
	raw := p.r.table.Cell(p.row, office)
	at, remembered := p.r.offices[raw]
	if !remembered {
		text, ok := p.cell(office)
		if !ok {
			return false
		}
		if at.known = text == ""; text != "" {
			text = table.Number(text)
			if _, at.err = card.ParseID(text); at.err == nil {
				at.code, at.known, at.err = p.r.options.Resolve(text)
			}
			if !at.known && misplaced(text) {
				return p.refuse(office, ReasonMisplaced)
			}
		}
		remember(p.r.offices, raw, at)
	}
	switch {
	case errors.Is(at.err, card.ErrRounded):
		return p.refuse(office, ReasonRounded)
	case at.err != nil:
		return p.refuse(office, ReasonOffice)
	case !at.known && p.r.table.MayBePart(p.row, office):
		return p.refuse(-1, ReasonCut)
	case at.code == "" && row.State.Stage.NeedsOffice():
		return p.refuse(office, ReasonOfficeEmpty)
	}
	row.State.Office, *known = at.code, at.known
	return true
}

// date sets when the row held, in UTC; an undated row holds as of the whole
// second of its import.
func (p *parser) date(row *card.Row) bool {
	text, ok := p.cell(asOf)
	if !ok {
		return false
	}
	if text == "" {
		row.State.AsOf, row.Undated = p.r.options.Now.UTC().Truncate(time.Second), true
		return true
	}
	if text != p.r.dated {
		at, reason := parseTime(text, p.r.zone)
		if reason != 0 {
			return p.refuse(asOf, reason)
		}
		p.r.dated, p.r.dateAt = strings.Clone(text), at
	}
	switch {
	case p.r.dateAt.Sub(p.r.options.Now) > ahead:
		return p.refuse(asOf, ReasonDateAhead)
	case p.r.dateAt.Before(earliest):
		return p.refuse(asOf, ReasonDateOld)
	}
	row.State.AsOf, row.Today = p.r.dateAt, p.r.dateAt.Equal(p.r.today)
	return true
}

func (p *parser) ids(row *card.Row) bool {
	named, ok := p.id(application)
	if !ok {
		return false
	}
	receipt, ok := p.id(receiptCode)
	if !ok {
		return false
	}
	row.Receipt = p.r.options.Keyer.Receipt(receipt)
	if named != "" || receipt == "" {
		row.ID = p.r.options.Keyer.ApplicationID(named, "")
	} else {
		row.ID = card.ApplicationID{Kind: card.ByReceipt, Key: card.ApplicationKey(row.Receipt)} // keyed already
	}
	return true
}

func (p *parser) id(column int) (folded string, ok bool) {
	text, ok := p.cell(column)
	if !ok || text == "" {
		return "", ok
	}
	folded, err := card.ParseID(table.Number(text))
	if err != nil {
		return "", p.refuse(column, ReasonRounded)
	}
	return folded, true
}

func (p *parser) texts(row *card.Row) bool {
	text, ok := p.cell(shelf)
	if !ok {
		return false
	}
	row.State.Shelf = table.Text(text, ShelfLimit)
	if text, ok = p.cell(note); !ok {
		return false
	}
	row.State.Note = table.Text(text, NoteLimit)
	return true
}
