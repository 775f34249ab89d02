package store

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/table"
)

// roomToOpen returns ErrNoRoom when Badger may not be opened. It maps a new log at
// once, writes those that a killed process left into tables, and begins with the
// merges that are due; on a full disk it dies of each.
func (s *Store) roomToOpen() error {
	disk, err := s.disk(s.dir)
	if err != nil {
		return err
	}
	n, err := needToOpen(s.dir)
	if err != nil {
		return err
	}
	return n.met(disk, 2*uint64(s.memTable))
}

// needToOpen is what mergeNeed finds of an open store, told from the files. Which
// keys a table holds is not known before it is opened, so that what merges take
// below level 0 is what they take as a rule.
func needToOpen(dir string) (n need, err error) {
	sizes, logs, err := storeFiles(dir)
	if err != nil {
		return n, err
	}
	list, err := listedTables(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // it does not where the store is new
		return n, err
	}
	var tables []placed
	for id, t := range list {
		tables = append(tables, placed{level: min(int(t.Level), levelsMost-1), size: sizes[id]})
	}
	n = need{bytes: mergeRoom(tables, logs, false)}
	n.files = mergeFiles(n.bytes)
	if n.open, err = openable(); n.open < math.MaxInt {
		n.open = max(n.open-len(list), 0) // all of which stay open
	}
	return n, err
}

// removeUnlisted takes away the tables that Badger's list does not name: a killed
// merge made them and had not come to put them into the list, or had put its own
// there and not come to remove these. Badger removes them as it opens, but where
// they are what fills the disk it never gets there. The list must have been found
// whole, and the tables that it names sound.
func removeUnlisted(dir string) error {
	unlisted, err := unlistedTables(dir)
	if err != nil || len(unlisted) == 0 {
		return err
	}
	// What it says must outlive a cut of the power as what follows from it does.
	if err := syncFile(filepath.Join(dir, badger.ManifestFilename)); err != nil {
		return err
	}
	for _, path := range unlisted {
		if err := os.Remove(path); err != nil {
			return fmt.Errorf("removing a table that a merge left behind: %w", err)
		}
	}
	return nil
}

// hasUnlisted reports whether there is anything for removeUnlisted.
func hasUnlisted(dir string) bool {
	unlisted, err := unlistedTables(dir)
	return err == nil && len(unlisted) > 0
}

// unlistedTables returns the paths of the tables that Badger's list does not name,
// none where there is no list.
func unlistedTables(dir string) (paths []string, err error) {
	list, err := listedTables(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	sizes, _, err := storeFiles(dir)
	if err != nil {
		return nil, err
	}
	for id := range sizes {
		if _, named := list[id]; !named {
			paths = append(paths, table.NewFilename(id, dir))
		}
	}
	return paths, nil
}

// syncFile puts on the disk what a file holds.
func syncFile(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("opening %s of the store: %w", filepath.Base(path), err)
	}
	if err := errors.Join(file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("syncing %s of the store: %w", filepath.Base(path), err)
	}
	return nil
}
