package desk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"

	"kartyar/card"
	"kartyar/desk/offices"
	"kartyar/store"
)

// officeFileMost is the size of an office file in bytes above which it is
// refused: a hundred times a country's.
const officeFileMost = 64 << 20

// officeChunk is how many offices are written in one transaction.
const officeChunk = 500

// ErrOfficeFileLong says that a file is too long to be an office directory.
var ErrOfficeFileLong = errors.New("the file is too long for an office directory")

// OfficesReport is what became of an office file.
type OfficesReport struct {
	File      string `json:"file"` // for the caller to fill in
	Rows      int    `json:"rows"` // blank ones not counted
	Added     int    `json:"added"`
	Changed   int    `json:"changed"`
	Unchanged int    `json:"unchanged"`
	Refused   int    `json:"refused"`
	// Kept counts the offices of the directory that the file does not name. They
	// stay, for cards may lie there.
	Kept int `json:"kept"`
	Unread
	// Reasons say why rows were refused, in the order of the file.
	Reasons []offices.RowError `json:"-"`
}

// LoadOffices takes an office file into the directory and writes what differs:
// the same file again changes nothing. A file that is no office file gives an
// error of offices.Parse, or ErrOfficeFileLong, and changes nothing.
func LoadOffices(ctx context.Context, s *store.Store, r io.Reader) (OfficesReport, error) {
	file, err := io.ReadAll(io.LimitReader(r, officeFileMost+1))
	if err != nil {
		return OfficesReport{}, fmt.Errorf("receiving the office directory: %w", err)
	}
	if len(file) > officeFileMost {
		return OfficesReport{}, ErrOfficeFileLong
	}
	said, err := offices.Parse(bytes.NewReader(file))
	if err != nil {
		return OfficesReport{}, err
	}
	report := OfficesReport{
		Rows: len(said.Offices) + len(said.Refused), Refused: len(said.Refused), Reasons: said.Refused,
		Unread: unread(said.Columns, said.Sheets),
	}
	known, err := readOffices(ctx, s)
	if err != nil {
		return report, err
	}
	var write []card.Office
	before := map[string]card.Office{}
	for _, o := range known {
		before[o.Code] = o
	}
	for _, o := range said.Offices {
		was, is := before[o.Code]
		delete(before, o.Code)
		switch {
		case is && was == o:
			report.Unchanged++
			continue
		case is:
			report.Changed++
		default:
			report.Added++
		}
		write = append(write, o)
	}
	report.Kept = len(before)
	return report, writeOffices(ctx, s, write)
}

func writeOffices(ctx context.Context, s *store.Store, all []card.Office) error {
	for len(all) > 0 {
		if err := s.HasRoom(); err != nil {
			return fmt.Errorf("writing the office directory: %w", err)
		}
		chunk := all[:min(len(all), officeChunk)]
		all = all[len(chunk):]
		err := s.UpdateInBulk(ctx, func(tx *store.Tx) error {
			for _, o := range chunk {
				if err := tx.PutOffice(o); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("writing the office directory: %w", err)
		}
	}
	return nil
}

func readOffices(ctx context.Context, s *store.Store) (all []card.Office, err error) {
	err = s.View(ctx, func(tx *store.Tx) error {
		all, err = tx.Offices()
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the office directory: %w", err)
	}
	return all, nil
}

// Offices returns the directory as the store has it.
func Offices(ctx context.Context, s *store.Store) (*offices.Directory, error) {
	all, err := readOffices(ctx, s)
	if err != nil {
		return nil, err
	}
	return offices.New(all), nil
}

// OfficeBook keeps the directory at hand for those who look offices up while
// new files come. Any number of goroutines may use it.
type OfficeBook struct {
	store   *store.Store
	loading sync.Mutex // so that an older state never replaces a newer one
	current atomic.Pointer[offices.Directory]
}

// NewOfficeBook returns a book of the directory that s holds.
func NewOfficeBook(ctx context.Context, s *store.Store) (*OfficeBook, error) {
	b := &OfficeBook{store: s}
	return b, b.reload(ctx)
}

// Directory returns the directory as of the latest file.
func (b *OfficeBook) Directory() *offices.Directory { return b.current.Load() }

// Load is LoadOffices, after which Directory returns the new state.
func (b *OfficeBook) Load(ctx context.Context, r io.Reader) (OfficesReport, error) {
	report, err := LoadOffices(ctx, b.store, r)
	// Even a load that failed may have written some.
	return report, errors.Join(err, b.reload(context.WithoutCancel(ctx)))
}

func (b *OfficeBook) reload(ctx context.Context) error {
	b.loading.Lock()
	defer b.loading.Unlock()
	d, err := Offices(ctx, b.store)
	if err != nil {
		return err
	}
	b.current.Store(d)
	return nil
}
