package desk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"kartyar/alert"
	"kartyar/card"
	"kartyar/desk/manifest"
	"kartyar/desk/offices"
	"kartyar/store"
)

// Brake is how many people a list may tell without somebody saying yes to it.
const Brake = 500

// NeedsYesError says that a list was not applied because it would tell more
// people than Brake and nobody has said yes to that.
type NeedsYesError struct{ People int }

func (e *NeedsYesError) Error() string {
	return fmt.Sprintf("the list would tell %d people, more than %d: it needs a yes", e.People, Brake)
}

// Step is a part of an import.
type Step uint8

// The steps of an import, in their order.
const (
	Reading  Step = iota // rows are read and sorted; their total is not known yet
	Counting             // what the list would do is counted, nothing is written
	Applying             // rows go into the store
)

// ImportOptions say how a list is taken in.
type ImportOptions struct {
	Store   *store.Store
	Rules   alert.Rules
	Offices *offices.Directory    // by which the list's offices are resolved
	Words   map[string]card.Stage // the feed's own words for stages; may be nil
	Now     func() time.Time
	// SpoolDir is where the list lies, sealed and nameless, while it is taken in:
	// the directory that the store's own stands in.
	SpoolDir string
	DryRun   bool // count only
	Yes      bool // no counting beforehand, whatever number of people it tells
	// Confirm is asked before a list that would tell more than Brake people is
	// applied; nil answers no.
	Confirm func(people int) bool

	// What follows is called by Import's own goroutine and may be nil.

	// Opened is told the heading row and the delimiter of the list, 0 for a
	// workbook, before the first refused row: a manifest.Refusals needs them.
	Opened func(heading []string, delimiter byte) error
	// Refused is given each refused row with its cells, which are valid until it
	// returns. Rows that cannot be read come in the order of the list; after
	// them, in no order, those that the store refuses. An error ends the import.
	Refused func(manifest.Line) error
	// Damaged is told once that rows are refused because what the store holds of
	// their persons is damaged: the line of the first such row, and the cause.
	Damaged func(line int, cause error)
	// Progress hears now and then how many rows a step has behind it; total is 0
	// while Reading.
	Progress func(step Step, done, total int)
}

// ImportReport is what became of a list. Its JSON is part of the commands'
// interface.
type ImportReport struct {
	File         string         `json:"file"` // for the caller to fill in
	Rows         int            `json:"rows"` // blank ones not counted
	Applied      int            `json:"applied"`
	Unchanged    int            `json:"unchanged"`     // said nothing new, late ones included
	Refused      int            `json:"refused"`       // those of damaged persons too, which are given back at the end alone
	Arrivals     int            `json:"arrivals"`      // cards that came to an office
	Alerts       int            `json:"alerts"`        // pairs of chat and person with something to be told that had nothing before
	UnknownWords map[string]int `json:"unknown_words"` // rows by a word for the stage that nobody knows; never nil
	Seconds      float64        `json:"seconds"`
	// UnknownOffices are rows by an office code that is not in the directory;
	// they are applied all the same.
	UnknownOffices map[string]int `json:"unknown_offices,omitempty"`
	Unread
	// People is how many chats are told; only known when the list was counted.
	People int `json:"people,omitempty"`
}

// Unread is what of a file was passed over: headings that mean nothing to the
// program, and visible sheets of a workbook without a heading row; a hundred of
// each at most.
type Unread struct {
	UnreadColumns []string `json:"unread_columns,omitempty"`
	UnreadSheets  []string `json:"unread_sheets,omitempty"`
}

func unread(columns, sheets []string) Unread {
	const most = 100
	return Unread{columns[:min(len(columns), most)], sheets[:min(len(sheets), most)]}
}

// Import reads the list r, CSV or XLSX, to its end, counts whom it tells, and applies it in
// chunks. It may run beside other imports and everything else.
//
// A file that is no list gives an error of manifest.Open, a list above the
// brake a *NeedsYesError, a full disk store.ErrNoRoom. A person who is damaged in
// the store has their own rows refused, and ends nothing. The report is good for
// what was done up to the error. Whatever ended an import, the same list again
// does the rest and nothing twice.
func Import(ctx context.Context, opt ImportOptions, r io.Reader) (ImportReport, error) {
	began := opt.Now()
	im := &importing{opt: opt, began: began}
	im.report.UnknownWords = map[string]int{}
	im.rest()
	err := im.run(ctx, r)
	im.report.Seconds = opt.Now().Sub(began).Seconds()
	return im.report, err
}

// importing is one import at work.
type importing struct {
	opt    ImportOptions
	began  time.Time // undated rows hold as of then
	rested time.Time // when it last gave way
	report ImportReport
	// damaged are the lines of refused rows whose persons are damaged in the
	// store, until passOnDamaged.
	damaged []int
}

func (im *importing) run(ctx context.Context, r io.Reader) (err error) {
	sealed, err := newSpool(im.opt.SpoolDir, im.room(ctx))
	if err != nil {
		return fmt.Errorf("taking in a list: %w", err)
	}
	defer func() { err = errors.Join(err, sealed.close()) }()
	raw, err := newSpool(im.opt.SpoolDir, im.room(ctx))
	if err != nil {
		return fmt.Errorf("taking in a list: %w", err)
	}
	defer func() { err = errors.Join(err, raw.close()) }()
	rows := newSorter(sealed, func() { im.giveWay(ctx) })
	if err := im.read(ctx, r, raw, rows); err != nil {
		return fmt.Errorf("taking in a list: %w", err)
	}
	if err := im.carryOut(ctx, rows); err != nil {
		return err
	}
	if err := im.passOnDamaged(ctx, raw); err != nil {
		return fmt.Errorf("giving back the rows of damaged persons (all others are done): %w", err)
	}
	return nil
}

// carryOut counts what rows do and, unless it is a dry run, applies them.
func (im *importing) carryOut(ctx context.Context, rows *sorter) error {
	if im.opt.DryRun || !im.opt.Yes {
		if err := im.count(ctx, rows); err != nil {
			return fmt.Errorf("counting what a list would do: %w", err)
		}
	}
	if im.opt.DryRun {
		return nil
	}
	if people := im.report.People; people > Brake && (im.opt.Confirm == nil || !im.opt.Confirm(people)) {
		return &NeedsYesError{People: people}
	}
	if err := im.apply(ctx, rows); err != nil {
		return fmt.Errorf("applying a list (what is in stays, and the same list again does the rest): %w", err)
	}
	return nil
}

// room says whether to go on filling the disk.
func (im *importing) room(ctx context.Context) func() error {
	return func() error { return errors.Join(ctx.Err(), im.opt.Store.HasRoom()) }
}

// read spools r in raw, since a list's charset may show in its last row only,
// and puts its good rows into rows.
func (im *importing) read(ctx context.Context, r io.Reader, raw *spool, rows *sorter) error {
	if _, err := io.Copy(raw, givingWay{r, ctx, im}); err != nil {
		return fmt.Errorf("receiving the list: %w", err)
	}
	if err := raw.finish(); err != nil {
		return err
	}
	list, err := im.open(raw)
	if err != nil {
		return err
	}
	im.report.Unread = unread(list.Unread())
	if im.opt.Opened != nil {
		if err := im.opt.Opened(list.Heading(), list.Delimiter()); err != nil {
			return err
		}
	}
	err = im.parse(ctx, list, rows)
	summary := list.Summary()
	im.report.Rows = summary.Rows
	im.report.UnknownWords, im.report.UnknownOffices = summary.UnknownWords, summary.UnknownOffices
	if err != nil {
		return err
	}
	return rows.finish()
}

// open begins to read the list; each time it reads the same.
func (im *importing) open(raw *spool) (*manifest.Reader, error) {
	return manifest.Open(raw.reader(0, raw.size), manifest.Options{
		Now: im.began, Keyer: im.opt.Store.Keyer(), Resolve: im.opt.Offices.Resolve, Words: im.opt.Words,
	})
}

// Rows read between two calls of Progress, and between two looks at the time.
const progressRows, giveWayRows = 4096, 32

func (im *importing) parse(ctx context.Context, list *manifest.Reader, rows *sorter) error {
	for read := 1; ; read++ {
		line, err := list.Next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case line.Reason != 0:
			err = im.refuse(line)
		default:
			q := queued{row: line.Row, line: line.Number}
			if q.row.Undated || q.row.Today {
				q.packed = packCells(line.Cells)
			}
			err = rows.add(q)
		}
		if err != nil {
			return err
		}
		if read%giveWayRows == 0 {
			im.giveWay(ctx)
		}
		if read%progressRows == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			im.progress(Reading, read, 0)
		}
	}
}

func (im *importing) refuse(line manifest.Line) error {
	im.report.Refused++
	return im.passOn(line)
}

func (im *importing) passOn(line manifest.Line) error {
	if im.opt.Refused == nil {
		return nil
	}
	if err := im.opt.Refused(line); err != nil {
		return fmt.Errorf("passing on a refused row: %w", err)
	}
	return nil
}

func (im *importing) progress(step Step, done, total int) {
	if im.opt.Progress != nil {
		im.opt.Progress(step, done, total)
	}
}

// settled takes the outcome of a row into the report.
func (im *importing) settled(q *queued, result outcome) error {
	if result.damaged != nil {
		im.refuseDamaged(q, result.damaged)
		return nil
	}
	im.report.Alerts += result.Alerts
	if result.Arrival {
		im.report.Arrivals++
	}
	switch result.Outcome {
	case alert.Applied:
		im.report.Applied++
	case alert.Unchanged:
		im.report.Unchanged++
	case alert.NeedsDate:
		return im.refuse(manifest.Line{Number: q.line, Cells: q.cells(), Reason: manifest.ReasonUndated})
	case alert.NeedsHour:
		return im.refuse(manifest.Line{Number: q.line, Cells: q.cells(), Reason: manifest.ReasonHour})
	case alert.FromFuture:
		// Only when the clock was set back since the row was read.
		return im.refuse(manifest.Line{Number: q.line, Cells: q.cells(), Reason: manifest.ReasonDateAhead})
	}
	return nil
}
