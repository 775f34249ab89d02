package store

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/pb"
	"github.com/dgraph-io/badger/v4/table"
	"github.com/dgraph-io/badger/v4/y"
	"google.golang.org/protobuf/proto"
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

// checkTables looks at the end of each table that Badger's list names. Badger
// does so too, and ends the whole process, in a goroutine of its own, where a
// table was cut short.
func checkTables(dir string) error {
	file, err := os.Open(filepath.Join(dir, badger.ManifestFilename))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // the store is new
	}
	if err != nil {
		return fmt.Errorf("opening the store's list of tables: %w", err)
	}
	defer func() { _ = file.Close() }()
	list, _, err := badger.ReplayManifestFile(file, 0, badger.DefaultOptions(dir))
	if err != nil {
		return fmt.Errorf("%w: its list of tables: %w", ErrDamaged, err)
	}
	for id := range list.Tables {
		if err := checkTable(table.NewFilename(id, dir)); err != nil {
			return err
		}
	}
	return nil
}

// checkTable reads a table's footer, from the end: the length of a checksum,
// the checksum, the length of the index, and the index that it is of.
func checkTable(path string) error {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: its table %s is gone", ErrDamaged, filepath.Base(path))
	}
	if err != nil {
		return fmt.Errorf("opening a table of the store: %w", err)
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("reading a table of the store: %w", err)
	}
	end := info.Size()
	before := func(n int64) ([]byte, error) {
		if end -= n; n < 0 || end < 0 {
			return nil, io.ErrUnexpectedEOF
		}
		part := make([]byte, n)
		_, err := file.ReadAt(part, end)
		return part, err
	}
	length := func() (n int64, err error) {
		part, err := before(4)
		if err != nil {
			return 0, err
		}
		return int64(binary.BigEndian.Uint32(part)), nil
	}
	var sum pb.Checksum
	for _, part := range []func([]byte) error{
		func(b []byte) error { return proto.Unmarshal(b, &sum) },
		func(b []byte) error { return y.VerifyChecksum(b, &sum) },
	} {
		n, err := length()
		if err != nil || n > info.Size() {
			return fmt.Errorf("%w: its table %s was cut short", ErrDamaged, filepath.Base(path))
		}
		b, err := before(n)
		if err == nil {
			err = part(b)
		}
		if err != nil {
			return fmt.Errorf("%w: the end of its table %s: %w", ErrDamaged, filepath.Base(path), err)
		}
	}
	return nil
}
