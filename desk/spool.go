package desk

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

const (
	blockSize  = 64 << 10 // plain bytes of a block; the last one may be shorter
	roomBlocks = 64       // blocks written between looks at the free disk space
)

var errSpoolDamaged = errors.New("the spool is damaged")

// spool is a file that is first written, then read, and that nobody else can
// read: it has no name, and its blocks are sealed under a key that is nowhere
// but in memory. It is gone when it is closed, or when the process ends.
type spool struct {
	file   *os.File
	aead   cipher.AEAD
	room   func() error // asked now and then whether to go on writing
	block  []byte       // what is not sealed yet
	buf    []byte
	sealed int64 // blocks in the file
	size   int64 // plain bytes written
}

// newSpool makes a spool in dir, whose file system must have room for it; room
// says whether it still has.
func newSpool(dir string, room func() error) (*spool, error) {
	var key [32]byte
	if _, err := rand.Read(key[:]); err != nil {
		return nil, fmt.Errorf("drawing the key of a spool: %w", err)
	}
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, fmt.Errorf("setting up the cipher of a spool: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("setting up the cipher of a spool: %w", err)
	}
	file, err := os.CreateTemp(dir, ".spool-*") // mode 0600
	if err != nil {
		return nil, fmt.Errorf("making a spool: %w", err)
	}
	if err := os.Remove(file.Name()); err != nil {
		return nil, errors.Join(fmt.Errorf("unlinking a spool: %w", err), file.Close())
	}
	return &spool{file: file, aead: aead, room: room, block: make([]byte, 0, blockSize)}, nil
}

// nonce is a block's number: the key is the spool's own and every block is
// sealed once.
func (s *spool) nonce(block int64) []byte {
	return binary.BigEndian.AppendUint64(make([]byte, 4, 12), uint64(block))
}

// Write appends p.
func (s *spool) Write(p []byte) (n int, err error) {
	for n < len(p) {
		take := min(len(p)-n, blockSize-len(s.block))
		s.block = append(s.block, p[n:n+take]...)
		n += take
		s.size += int64(take)
		if len(s.block) == blockSize {
			if err := s.seal(); err != nil {
				return n, err
			}
		}
	}
	return n, nil
}

func (s *spool) seal() error {
	if s.sealed%roomBlocks == 0 {
		if err := s.room(); err != nil {
			return fmt.Errorf("writing a spool: %w", err)
		}
	}
	s.buf = s.aead.Seal(s.buf[:0], s.nonce(s.sealed), s.block, nil)
	if _, err := s.file.Write(s.buf); err != nil {
		return fmt.Errorf("writing a spool: %w", err)
	}
	s.sealed++
	s.block = s.block[:0]
	return nil
}

// finish ends the writing.
func (s *spool) finish() error {
	if len(s.block) > 0 {
		if err := s.seal(); err != nil {
			return err
		}
	}
	s.block, s.buf = nil, nil
	return nil
}

func (s *spool) close() error {
	if err := s.file.Close(); err != nil {
		return fmt.Errorf("closing a spool: %w", err)
	}
	return nil
}

// reader returns a reader of the plain bytes from start to end of a finished
// spool. Each reader holds one block.
func (s *spool) reader(start, end int64) *spoolReader {
	return &spoolReader{spool: s, start: start, end: end, pos: start, held: -1}
}

type spoolReader struct {
	spool           *spool
	start, end, pos int64
	held            int64 // the number of block; -1 for none
	block           []byte
}

// Read reads on.
func (r *spoolReader) Read(p []byte) (int, error) {
	if r.pos >= r.end {
		return 0, io.EOF
	}
	if number := r.pos / blockSize; number != r.held {
		if err := r.load(number); err != nil {
			return 0, err
		}
	}
	rest := r.block[r.pos-r.held*blockSize:]
	n := copy(p, rest[:min(int64(len(rest)), r.end-r.pos)])
	r.pos += int64(n)
	return n, nil
}

func (r *spoolReader) load(number int64) error {
	s := r.spool
	plain := min(blockSize, s.size-number*blockSize)
	if r.block == nil {
		r.block = make([]byte, blockSize+s.aead.Overhead())
	}
	r.held = -1
	sealed := r.block[:cap(r.block)][:plain+int64(s.aead.Overhead())]
	if _, err := s.file.ReadAt(sealed, number*int64(blockSize+s.aead.Overhead())); err != nil {
		return fmt.Errorf("reading a spool: %w", err)
	}
	block, err := s.aead.Open(sealed[:0], s.nonce(number), sealed, nil)
	if err != nil {
		return errSpoolDamaged
	}
	r.block, r.held = block, number
	return nil
}

// Seek moves within the reader's part of the spool.
func (r *spoolReader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekStart:
		offset += r.start
	case io.SeekCurrent:
		offset += r.pos
	case io.SeekEnd:
		offset += r.end
	}
	if offset < r.start {
		return 0, errors.New("seeking before the beginning of a spool")
	}
	r.pos = offset
	return offset - r.start, nil
}
