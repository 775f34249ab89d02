package store

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/fb"
	"github.com/dgraph-io/badger/v4/pb"
	"github.com/dgraph-io/badger/v4/table"
	"github.com/dgraph-io/badger/v4/y"
	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/proto"
)

// Verify reads all tables through and breaks the store down at one that is
// damaged.
func (s *Store) Verify() error {
	if !s.enter() {
		return ErrClosed
	}
	defer s.inside.Done()
	// A table that is gone was replaced meanwhile by another, which is new.
	if err := checkTables(s.dir); err != nil && !errors.Is(err, errNoTable) {
		return s.breakDown(err)
	}
	return nil
}

var errNoTable = errors.New("it is gone")

// checkTables reads each table that Badger's list names through, before Badger
// opens them. Badger takes a row whose block is damaged for one that was never
// written, and ends the whole process, in a goroutine of its own, where a table
// was cut short.
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
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for id := range list.Tables {
		group.Go(func() error {
			return checkTable(table.NewFilename(id, dir))
		})
	}
	return group.Wait()
}

// checkTable reads a table through.
func checkTable(path string) error {
	if err := readTable(path); err != nil {
		return damagedUnlessRefused(fmt.Errorf("its table %s: %w", filepath.Base(path), err))
	}
	return nil
}

// readTable reads a table: blocks one after the other, then the index of them
// with its length, checksum and the checksum's length.
func readTable(path string) error {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return errNoTable
	}
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	tail := tail{file, info.Size()}
	sum, err := tail.part()
	if err != nil {
		return err
	}
	index, err := tail.part()
	if err != nil {
		return err
	}
	if err := verifySum(index, sum); err != nil {
		return err
	}
	if len(index) < 8 {
		return errors.New("its index cannot be read")
	}
	return checkBlocks(fb.GetRootAsTableIndex(index, 0), io.NewSectionReader(file, 0, tail.end))
}

// checkBlocks reads the blocks of an index. At the end of each stand its
// checksum and, in four bytes, the checksum's length.
func checkBlocks(index *fb.TableIndex, blocks io.Reader) error {
	in := bufio.NewReaderSize(blocks, 1<<20)
	var block []byte
	var at fb.BlockOffset
	end := uint32(0)
	for i := range index.OffsetsLength() {
		if !index.Offsets(&at, i) || at.Offset() != end || at.Len() < 4 {
			return errors.New("its index does not fit")
		}
		end += at.Len()
		block = append(block[:0], make([]byte, at.Len())...)
		if _, err := io.ReadFull(in, block); err != nil {
			return err
		}
		sumAt := len(block) - 4
		length := int(binary.BigEndian.Uint32(block[sumAt:]))
		if length > sumAt {
			return errors.New("the end of a block cannot be read")
		}
		if err := verifySum(block[:sumAt-length], block[sumAt-length:sumAt]); err != nil {
			return err
		}
	}
	return nil
}

func verifySum(data, sum []byte) error {
	var expected pb.Checksum
	if err := proto.Unmarshal(sum, &expected); err != nil {
		return err
	}
	return y.VerifyChecksum(data, &expected)
}

// tail reads a file's parts from its end, each of which has its length in the
// four bytes behind it.
type tail struct {
	file *os.File
	end  int64 // of what is not read yet
}

func (t *tail) part() ([]byte, error) {
	length, err := t.before(4)
	if err != nil {
		return nil, err
	}
	return t.before(int64(binary.BigEndian.Uint32(length)))
}

func (t *tail) before(n int64) ([]byte, error) {
	if n > t.end {
		return nil, errors.New("it was cut short")
	}
	t.end -= n
	part := make([]byte, n)
	_, err := t.file.ReadAt(part, t.end)
	return part, err
}
