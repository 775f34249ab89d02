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

	"github.com/dgraph-io/badger/v4/fb"
	"github.com/dgraph-io/badger/v4/pb"
	"github.com/dgraph-io/badger/v4/y"
	"google.golang.org/protobuf/proto"
)

var (
	errNoTable = errors.New("it is gone")
	errStopped = errors.New("the store is closing")
)

// checkTable reads a table through, unless stop ends that.
func checkTable(path string, stop <-chan struct{}) error {
	err := readTable(path, stop)
	if err != nil && !errors.Is(err, errStopped) {
		err = damagedUnlessRefused(fmt.Errorf("its table %s: %w", filepath.Base(path), err))
	}
	return err
}

// readTable reads a table: blocks one after the other, then the index of them
// with its length, checksum and the checksum's length.
func readTable(path string, stop <-chan struct{}) error {
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
	var expected pb.Checksum
	if err := verifySum(index, sum, &expected); err != nil {
		return err
	}
	if len(index) < 8 {
		return errors.New("its index cannot be read")
	}
	return checkBlocks(fb.GetRootAsTableIndex(index, 0), io.NewSectionReader(file, 0, tail.end), stop)
}

// checkBlocks reads the blocks of an index. At the end of each stand its
// checksum and, in four bytes, the checksum's length.
func checkBlocks(index *fb.TableIndex, blocks *io.SectionReader, stop <-chan struct{}) error {
	in := bufio.NewReaderSize(blocks, 256<<10)
	var large []byte
	var expected pb.Checksum
	var at fb.BlockOffset
	end := uint32(0)
	for i := range index.OffsetsLength() {
		select {
		case <-stop:
			return errStopped
		default:
		}
		if !index.Offsets(&at, i) || at.Offset() != end || at.Len() < 4 || int64(at.Len()) > blocks.Size() {
			return errors.New("its index does not fit")
		}
		end += at.Len()
		block, err := take(in, int(at.Len()), &large)
		if err != nil {
			return err
		}
		sumAt := len(block) - 4
		length := int(binary.BigEndian.Uint32(block[sumAt:]))
		if length > sumAt {
			return errors.New("the end of a block cannot be read")
		}
		if err := verifySum(block[:sumAt-length], block[sumAt-length:sumAt], &expected); err != nil {
			return err
		}
	}
	return nil
}

// take returns the next n bytes, valid until it is called again; what does not
// fit into in's buffer is copied into large.
func take(in *bufio.Reader, n int, large *[]byte) (taken []byte, err error) {
	if n <= in.Size() {
		if taken, err = in.Peek(n); err == nil {
			_, err = in.Discard(n)
		}
		return taken, err
	}
	*large = append((*large)[:0], make([]byte, n)...)
	_, err = io.ReadFull(in, *large)
	return *large, err
}

func verifySum(data, sum []byte, expected *pb.Checksum) error {
	if err := proto.Unmarshal(sum, expected); err != nil {
		return err
	}
	return y.VerifyChecksum(data, expected)
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
