package store

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// mark is the file beside the store's directory (DIR.mark) that remembers how
// far the store has come, so that a store which lost something is noticed. It
// has two slots, written in turn, each with its own checksum: a crash in the
// middle of a write leaves the other. Its lock is the store's lock.
type mark struct {
	file  *os.File
	slot  slot
	place int64 // which of the two slots that is
}

// slot is what a mark says.
type slot struct {
	id  [16]byte // the store's name, drawn when it was made
	key [8]byte  // tells the right SECRET_KEY from a wrong one
	seq uint64   // the last acknowledged commit
	// tables is how Badger's list of tables began when numbered rows were last
	// taken away.
	tables tableList
}

const (
	slotMagic  = "kartmrk1"
	slotStride = 4096 // slots lie in different sectors
	slotSize   = 8 + 16 + 8 + 8 + 16 + 8
)

func (s slot) bytes() []byte {
	b := make([]byte, 0, slotSize)
	b = append(b, slotMagic...)
	b = append(b, s.id[:]...)
	b = append(b, s.key[:]...)
	b = binary.BigEndian.AppendUint64(b, s.seq)
	b = binary.BigEndian.AppendUint64(b, uint64(s.tables.size))
	b = append(b, s.tables.start[:]...)
	sum := sha256.Sum256(b)
	return append(b, sum[:8]...)
}

func parseSlot(b []byte) (slot, bool) {
	var s slot
	if len(b) != slotSize || string(b[:8]) != slotMagic {
		return s, false
	}
	sum := sha256.Sum256(b[:slotSize-8])
	if !hmac.Equal(sum[:8], b[slotSize-8:]) {
		return s, false
	}
	copy(s.id[:], b[8:24])
	copy(s.key[:], b[24:32])
	s.seq = binary.BigEndian.Uint64(b[32:40])
	s.tables.size = int64(binary.BigEndian.Uint64(b[40:48]))
	copy(s.tables.start[:], b[48:56])
	return s, true
}

// openMark opens and locks the mark; found is false when there is none yet.
// Nothing is created then. A mark of which neither slot can be read is
// ErrDamaged.
func openMark(path string) (m *mark, found bool, err error) {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("opening the store's mark: %w", err)
	}
	m = &mark{file: file}
	if err := m.lock(); err != nil {
		return nil, true, errors.Join(err, file.Close())
	}
	if err := m.read(); err != nil {
		return nil, true, errors.Join(err, file.Close())
	}
	return m, true, nil
}

// read finds the newer of the two slots.
func (m *mark) read() error {
	readable := false
	for i := range int64(2) {
		b := make([]byte, slotSize)
		if _, err := m.file.ReadAt(b, i*slotStride); err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("reading the store's mark: %w", err)
		}
		if s, ok := parseSlot(b); ok && (!readable || s.seq > m.slot.seq) {
			m.slot, m.place, readable = s, i, true
		}
	}
	if !readable {
		return fmt.Errorf("%w: its mark %s cannot be read", ErrDamaged, m.file.Name())
	}
	return nil
}

// KeyFits compares a key with the mark of a store, which may be open
// elsewhere: ErrWrongKey when it is not the store's, ErrNone when there is no
// mark.
func KeyFits(dir string, key []byte) error {
	v, err := newVault(key)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrWrongKey, err)
	}
	file, err := os.Open(filepath.Clean(dir) + ".mark")
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNone
	}
	if err != nil {
		return fmt.Errorf("opening the store's mark: %w", err)
	}
	m := &mark{file: file}
	if err := m.read(); err != nil {
		return errors.Join(err, file.Close())
	}
	if m.slot.key != keyCheck(v) {
		return errors.Join(ErrWrongKey, file.Close())
	}
	return file.Close()
}

// createMark makes a new mark at sequence 0 and locks it. It is complete on
// disk under its name or not there at all.
func createMark(path string, first slot) (*mark, error) {
	file, err := os.OpenFile(path+".new", os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("making the store's mark: %w", err)
	}
	m := &mark{file: file, slot: first}
	err = errors.Join(m.lock(), m.writeBoth())
	if err == nil {
		err = os.Link(path+".new", path) // unlike a rename, never over another's
		if errors.Is(err, fs.ErrExist) {
			err = ErrInUse
		}
	}
	if err == nil {
		err = os.Remove(path + ".new")
	}
	if err == nil {
		err = syncDirectory(filepath.Dir(path))
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("making the store's mark: %w", err), file.Close())
	}
	return m, nil
}

func (m *mark) lock() error {
	err := unix.Flock(int(m.file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return ErrInUse
	}
	if err != nil {
		return fmt.Errorf("locking the store's mark: %w", err)
	}
	return nil
}

func (m *mark) writeBoth() error {
	if err := m.file.Truncate(2 * slotStride); err != nil {
		return err
	}
	for i := range int64(2) {
		if _, err := m.file.WriteAt(m.slot.bytes(), i*slotStride); err != nil {
			return err
		}
	}
	return m.file.Sync()
}

// advance says that commit seq is on disk, and returns when that is too.
func (m *mark) advance(seq uint64) error {
	m.slot.seq = seq
	m.place = 1 - m.place // the newest one stays whole
	if _, err := m.file.WriteAt(m.slot.bytes(), m.place*slotStride); err != nil {
		return fmt.Errorf("writing the store's mark: %w", err)
	}
	if err := unix.Fdatasync(int(m.file.Fd())); err != nil {
		return fmt.Errorf("syncing the store's mark: %w", err)
	}
	return nil
}

func (m *mark) close() error { return m.file.Close() }

func syncDirectory(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("opening a directory to sync it: %w", err)
	}
	return errors.Join(dir.Sync(), dir.Close())
}
