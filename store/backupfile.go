package store

import (
	"bufio"
	"bytes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"filippo.io/age"
)

// A backup is an age file (age-encryption.org/v1): a payload in authenticated
// chunks, so that a file that was cut, altered, reordered or lengthened is
// refused. Its file key is sealed with a subkey of SECRET_KEY. The payload is a
// header, then rows, each a key and a value with their lengths before them,
// then an empty key and the number of rows.

// Why a backup is refused.
var (
	ErrNotBackup     = errors.New("the file is no backup of Kartyar")
	ErrBackupKey     = errors.New("the backup was sealed with another SECRET_KEY, or its beginning is damaged")
	ErrBackupDamaged = errors.New("the backup is damaged or was cut short; use another one")
	ErrBackupNewer   = errors.New("the backup was made by a newer version of Kartyar; restore it with that one")
)

const (
	backupVersion = 2 // 1 holds rows of format 1, which are read all the same
	stanzaType    = "kartyar-backup"

	// No row of ours comes near these, in bytes.
	backupKeyMost   = 1 << 10
	backupValueMost = 64 << 20
)

// backupHeader begins a backup.
type backupHeader struct {
	Version uint64
	Of      Backup
}

func newHeader(of Backup) []byte {
	var e encoder
	(&backupHeader{Version: backupVersion, Of: of}).encode(&e)
	return e.b
}

func (h *backupHeader) encode(e *encoder) {
	e.number(1, h.Version)
	e.part(2, func() {
		e.key(1, h.Of.Store)
		e.number(2, uint64(h.Of.Epoch))
		e.number(3, h.Of.Seq)
		e.time(4, h.Of.At)
		e.number(5, h.Of.Erasures)
	})
}

// decode passes over what a later version has added: its number says so.
func (h *backupHeader) decode(f *fields) {
	for f.next() {
		switch f.number {
		case 1:
			h.Version = f.whole(math.MaxUint64)
		case 2:
			in := f.inner()
			h.Of.decode(&in)
		}
	}
}

func (b *Backup) decode(f *fields) {
	for f.next() {
		switch f.number {
		case 1:
			b.Store = f.key()
		case 2:
			b.Epoch = uint32(f.whole(math.MaxUint32))
		case 3:
			b.Seq = f.whole(math.MaxUint64)
		case 4:
			b.At = f.time()
		case 5:
			b.Erasures = f.whole(math.MaxUint64)
		}
	}
}

// backupSeal wraps age's file keys under the backup subkey.
type backupSeal struct{ aead cipher.AEAD }

func newBackupSeal(v *vault) (backupSeal, error) {
	aead, err := newAEAD(v.subkey("backup"))
	return backupSeal{aead}, err
}

// Wrap implements age.Recipient.
func (b backupSeal) Wrap(fileKey []byte) ([]*age.Stanza, error) {
	nonce := make([]byte, b.aead.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return nil, fmt.Errorf("drawing a nonce: %w", err)
	}
	return []*age.Stanza{{
		Type: stanzaType, Args: []string{base64.RawStdEncoding.EncodeToString(nonce)},
		Body: b.aead.Seal(nil, nonce, fileKey, []byte(stanzaType)),
	}}, nil
}

// Unwrap implements age.Identity.
func (b backupSeal) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	for _, s := range stanzas {
		if s.Type != stanzaType || len(s.Args) != 1 {
			continue
		}
		nonce, err := base64.RawStdEncoding.DecodeString(s.Args[0])
		if err != nil || len(nonce) != b.aead.NonceSize() {
			return nil, ErrBackupKey
		}
		fileKey, err := b.aead.Open(nil, nonce, s.Body, []byte(stanzaType))
		if err != nil {
			return nil, ErrBackupKey
		}
		return fileKey, nil
	}
	return nil, ErrNotBackup
}

// backupWriter writes a backup.
type backupWriter struct {
	sealed io.WriteCloser
	buf    *bufio.Writer
	rows   uint64
}

func newBackupWriter(out io.Writer, v *vault, of Backup) (*backupWriter, error) {
	seal, err := newBackupSeal(v)
	if err != nil {
		return nil, err
	}
	sealed, err := age.Encrypt(out, seal)
	if err != nil {
		return nil, fmt.Errorf("beginning the backup: %w", err)
	}
	w := &backupWriter{sealed: sealed, buf: bufio.NewWriterSize(sealed, 64<<10)}
	return w, w.write(newHeader(of))
}

func (w *backupWriter) row(key, value []byte) error {
	w.rows++
	return errors.Join(w.write(key), w.write(value))
}

func (w *backupWriter) write(b []byte) error {
	_, err1 := w.buf.Write(binary.AppendUvarint(nil, uint64(len(b))))
	_, err2 := w.buf.Write(b)
	if err := errors.Join(err1, err2); err != nil {
		return fmt.Errorf("writing the backup: %w", err)
	}
	return nil
}

func (w *backupWriter) close() error {
	end := binary.AppendUvarint([]byte{0}, w.rows)
	if _, err := w.buf.Write(end); err != nil {
		return fmt.Errorf("writing the backup: %w", err)
	}
	if err := errors.Join(w.buf.Flush(), w.sealed.Close()); err != nil {
		return fmt.Errorf("writing the backup: %w", err)
	}
	return nil
}

// backupReader reads a backup. Nothing of it counts before its end was read.
type backupReader struct {
	of   Backup
	in   *bufio.Reader
	file *source
	rows uint64
}

// newBackupReader reads a backup's header.
func newBackupReader(file io.Reader, v *vault) (*backupReader, error) {
	seal, err := newBackupSeal(v)
	if err != nil {
		return nil, err
	}
	src := &source{Reader: file}
	plain, err := age.Decrypt(src, seal)
	switch {
	case err == nil:
	case src.err != nil:
		return nil, src.err
	case errors.Is(err, ErrNotBackup) || errors.Is(err, ErrBackupKey):
		return nil, err
	case bytes.HasPrefix(src.start, []byte(ageMagic)):
		return nil, ErrBackupDamaged
	default:
		return nil, ErrNotBackup
	}
	return readBackupHeader(plain, src)
}

// ageMagic is how an age file begins.
const ageMagic = "age-encryption.org/"

func readBackupHeader(plain io.Reader, src *source) (*backupReader, error) {
	r := &backupReader{in: bufio.NewReaderSize(plain, 64<<10), file: src}
	raw, err := r.read(backupKeyMost)
	if err != nil {
		return nil, err
	}
	var header backupHeader
	if decode(raw, &header) != nil {
		return nil, ErrBackupDamaged
	}
	if header.Version > backupVersion {
		return nil, ErrBackupNewer
	}
	r.of = header.Of
	return r, nil
}

// row returns the next row, or io.EOF when all were there.
func (r *backupReader) row() (key, value []byte, err error) {
	if key, err = r.read(backupKeyMost); err != nil {
		return nil, nil, err
	}
	if len(key) == 0 {
		return nil, nil, r.end()
	}
	if isAccount(key) {
		return nil, nil, ErrBackupDamaged
	}
	r.rows++
	value, err = r.read(backupValueMost)
	return key, value, err
}

func (r *backupReader) end() error {
	n, err := binary.ReadUvarint(r.in)
	if err != nil || n != r.rows {
		return r.damaged()
	}
	// What comes after the end is noticed only by who asks for it.
	if _, err := r.in.ReadByte(); !errors.Is(err, io.EOF) {
		return r.damaged()
	}
	return io.EOF
}

func (r *backupReader) read(most uint64) ([]byte, error) {
	n, err := binary.ReadUvarint(r.in)
	if err != nil || n > most {
		return nil, r.damaged()
	}
	// A length is believed only as far as there are bytes for it.
	var b bytes.Buffer
	if _, err := io.CopyN(&b, r.in, int64(n)); err != nil {
		return nil, r.damaged()
	}
	return b.Bytes(), nil
}

// damaged says why a backup cannot be read: the file's own error, if that is it.
func (r *backupReader) damaged() error {
	if r.file.err != nil {
		return r.file.err
	}
	return ErrBackupDamaged
}

// source remembers why a file could not be read, which age wraps beyond
// recognition, and how it began.
type source struct {
	io.Reader
	start []byte
	err   error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if missing := len(ageMagic) - len(s.start); missing > 0 {
		s.start = append(s.start, p[:min(n, missing)]...)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}
