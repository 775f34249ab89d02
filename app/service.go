package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"kartyar/alert"
	"kartyar/card"
	"kartyar/desk"
	"kartyar/desk/manifest"
	"kartyar/desk/table"
	"kartyar/settings"
	"kartyar/store"
)

// service does what commands ask for on a store that this process holds open.
type service struct {
	dir     string
	store   *store.Store
	rules   alert.Rules
	standby *operatorFile
	offices *desk.OfficeBook
	// settings are what the operator's file says at the moment; never nil.
	settings atomic.Pointer[settings.Settings]
	// imported hears of each list that was taken in; may be nil.
	imported func(r desk.ImportReport, failed bool)
	log      zerolog.Logger
	now      func() time.Time // the wall clock of what waits to be said
	// alone says that nothing else runs on the store, which would clear from the
	// disk what was erased.
	alone bool
}

// openService opens a store, or makes a new one.
func openService(ctx context.Context, o opening, log zerolog.Logger) (*service, error) {
	standby, err := newOperatorFile(o.Dir, o.Key)
	if err != nil {
		return nil, err
	}
	s, err := store.Open(store.Options{Dir: o.Dir, Key: o.Key, Log: log, Existing: o.Existing})
	if err != nil {
		return nil, fmt.Errorf("opening the store %s: %w", o.Dir, err)
	}
	book, err := desk.NewOfficeBook(ctx, s)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("reading the office directory: %w", err), s.Close())
	}
	opened := &service{dir: o.Dir, store: s, rules: o.Rules, standby: standby, offices: book, log: log, now: time.Now}
	opened.settings.Store(&settings.Settings{Words: o.Words})
	return opened, nil
}

func (s *service) close() error { return s.store.Close() }

// serve answers one connection.
func (s *service) serve(ctx context.Context, conn net.Conn) {
	session, r, err := newSession(conn)
	if errors.Is(err, io.EOF) {
		return // it was only asked whether anybody serves
	}
	if err != nil {
		s.log.Warn().Err(err).Msg("a command was not understood")
		return
	}
	s.answer(ctx, session, r)
}

func (s *service) answer(ctx context.Context, session *session, r request) {
	var do func(context.Context) (any, error)
	switch r.Do {
	case doImport:
		do = func(ctx context.Context) (any, error) { return s.importList(ctx, session, r) }
	case doOffices:
		do = func(ctx context.Context) (any, error) { return s.loadOffices(ctx, session) }
	case doErase:
		do = func(ctx context.Context) (any, error) { return s.erase(ctx, r.Code) }
	case doReport:
		do = func(ctx context.Context) (any, error) { return s.Report(ctx, r.Office) }
	case doOperatorInvite:
		do = func(ctx context.Context) (any, error) { return s.inviteOperator(ctx) }
	case doOperatorShow:
		do = func(ctx context.Context) (any, error) { return s.operators(ctx) }
	case doOperatorRemove:
		do = func(ctx context.Context) (any, error) { return s.removeOperators(ctx, r.Platform) }
	case doCheck:
		do = s.check
	case doBackup:
		do = func(ctx context.Context) (any, error) { return s.backup(ctx, session) }
	default:
		do = func(context.Context) (any, error) {
			return nil, errors.New("the running server does not know this command; start it anew if it is older than the program")
		}
	}
	err := session.answer(ctx, do)
	s.log.Debug().Err(err).Str("command", r.Do).Msg("a command was served")
}

// importList takes in the list that the command sends.
func (s *service) importList(ctx context.Context, session *session, r request) (desk.ImportReport, error) {
	return s.TakeIn(ctx, desk.ImportOptions{
		DryRun: r.DryRun, Yes: r.Yes,
		Confirm: func(people int) bool {
			yes, err := session.confirm(ctx, people)
			return err == nil && yes
		},
		Opened: func(cells []string, delimiter byte) error {
			return session.send(event{Heading: &heading{Cells: cells, Delimiter: delimiter}})
		},
		Refused: func(line manifest.Line) error {
			return session.send(event{Refused: &refusedLine{
				Number: line.Number, Cells: line.Cells, Column: line.Column, Reason: uint8(line.Reason),
			}})
		},
		Progress: func(step desk.Step, done, total int) {
			// When the command has gone, ctx ends the import.
			_ = session.send(event{Progress: &progress{Step: step, Done: done, Total: total}})
		},
	}, session.upload(ctx))
}

// loadOffices takes in the directory that the command sends.
func (s *service) loadOffices(ctx context.Context, session *session) (desk.OfficesReport, error) {
	report, err := s.LoadOffices(ctx, session.upload(ctx))
	if err != nil {
		return report, err
	}
	for _, reason := range report.Reasons {
		line := &refusedLine{Number: reason.Line, Column: reason.Column, Says: reason.Err.Error()}
		if err := session.send(event{Refused: line}); err != nil {
			return report, err
		}
	}
	return report, nil
}

// Report counts the pile, of one office alone when it is named.
func (s *service) Report(ctx context.Context, office string) (desk.PileReport, error) {
	directory := s.offices.Directory()
	if office != "" {
		code, _, err := directory.Resolve(office)
		if err != nil {
			return desk.PileReport{}, fmt.Errorf("looking for the office: %w", err)
		}
		office = code
	}
	return desk.Report(ctx, s.store, directory, time.Now(), office)
}

// erase deletes everything about a person.
func (s *service) erase(ctx context.Context, typed string) (erased alert.Erased, err error) {
	code, err := card.ParseNationalCode(typed)
	if err != nil {
		return erased, fmt.Errorf("reading the national code: %w", err)
	}
	err = s.store.Update(ctx, func(tx *store.Tx) (err error) {
		erased, err = s.rules.ErasePerson(tx, s.now(), s.store.Keyer().Person(code))
		return err
	})
	if err != nil {
		return erased, fmt.Errorf("erasing a person: %w", err)
	}
	if s.alone {
		if err := s.store.ClearErased(ctx); err != nil {
			return erased, fmt.Errorf("the person is erased, but clearing the disk failed; `serve` will do it: %w", err)
		}
	}
	return erased, nil
}

// sentence says an error as the person at the command needs it.
func sentence(err error) string {
	var heading *table.HeadingError
	var sheets *table.SheetsError
	var yes *desk.NeedsYesError
	switch {
	case errors.As(err, &heading) && errors.Is(err, table.ErrTwoHeadings):
		return fmt.Sprintf("two headings mean the same column, %s; rename or delete one of them", heading.Column)
	case errors.As(err, &heading) && errors.Is(err, manifest.ErrStageHeading):
		return fmt.Sprintf("%q: %s", heading.Column, manifest.ErrStageHeading)
	case errors.As(err, &heading):
		return fmt.Sprintf("no heading row with the column %s was found; a row above the others has to name the columns (in JSON lines, each line is one object with these names as its keys)", heading.Column)
	case errors.As(err, &sheets):
		return sheets.Error()
	case errors.As(err, &yes):
		return fmt.Sprintf("the list would tell %d people; nothing was applied. If that is right, run the command again with --yes", yes.People)
	case errors.Is(err, context.Canceled):
		return "it was interrupted; what was done stays done, and the same command again does the rest"
	}
	for _, plain := range []error{
		table.ErrEmpty, table.ErrBinary, table.ErrCharset, table.ErrProtected, table.ErrForeign, table.ErrArchive,
		table.ErrDamaged, table.ErrHidden, table.ErrTooLarge, desk.ErrOfficeFileLong,
	} {
		if errors.Is(err, plain) {
			return plain.Error()
		}
	}
	return err.Error()
}
