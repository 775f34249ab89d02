package store

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/dgraph-io/badger/v4"
)

// tableList is what is remembered of Badger's list of tables (its MANIFEST):
// how long it was and how it began. Badger takes a list that was cut short as
// it is and removes the tables that are no longer in it, without a word; by
// then no numbered row may be left to tell. A list only grows, until Badger
// writes it anew, with another beginning.
type tableList struct {
	size  int64
	start [8]byte // of the SHA-256 of its first tableListStart bytes
}

const tableListStart = 256

// readTableList reads the list of the store in dir. Of another length than its
// own, only as much of the start is compared as both have.
func readTableList(dir string, startOf int64) (l tableList, err error) {
	file, err := os.Open(filepath.Join(dir, badger.ManifestFilename))
	if err != nil {
		return l, fmt.Errorf("opening the store's list of tables: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return l, fmt.Errorf("reading the store's list of tables: %w", err)
	}
	l.size = info.Size()
	if startOf == 0 {
		startOf = l.size
	}
	h := sha256.New()
	if _, err := io.Copy(h, io.LimitReader(file, min(startOf, tableListStart))); err != nil {
		return l, fmt.Errorf("reading the store's list of tables: %w", err)
	}
	copy(l.start[:], h.Sum(nil))
	return l, nil
}

// listedTables returns the tables that Badger's list names, by their numbers.
func listedTables(dir string) (map[uint64]badger.TableManifest, error) {
	file, err := os.Open(filepath.Join(dir, badger.ManifestFilename))
	if err != nil {
		return nil, fmt.Errorf("opening the store's list of tables: %w", err)
	}
	defer func() { _ = file.Close() }()
	list, _, err := badger.ReplayManifestFile(file, 0, badger.DefaultOptions(dir))
	if err != nil {
		return nil, fmt.Errorf("%w: its list of tables: %w", ErrDamaged, err)
	}
	return list.Tables, nil
}

// check refuses a list that has become shorter than it was.
func (l tableList) check(dir string) error {
	if l.size == 0 {
		return nil
	}
	found, err := readTableList(dir, l.size)
	if err != nil {
		return err
	}
	if found.size < min(l.size, tableListStart) || found.size < l.size && found.start == l.start {
		return fmt.Errorf("%w: its list of tables was cut short", ErrDamaged)
	}
	return nil
}
