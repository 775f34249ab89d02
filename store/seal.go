package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash/crc32"
	"sync"
)

// KeySize is the length of SECRET_KEY in bytes.
const KeySize = 32

// sealers is the number of sealing keys. Random 96-bit nonces are good for
// 2³² values under one key (NIST SP 800-38D); spread over 64 keys a store of a
// country's size never gets near that.
const sealers = 64

// vault seals values under keys that it derives from SECRET_KEY.
type vault struct {
	secret []byte
	aeads  [sealers]cipher.AEAD
	desks  sync.Pool // of *desk
}

// desk is where a row is sealed or opened: room that is used again.
type desk struct {
	encoder
	reading fields
	failed  error
	nonces  []byte // drawn and not used yet: drawing many at a time costs little more than one
}

const (
	nonceSize   = 12
	nonces      = 64      // drawn at a time
	deskRoom    = 1 << 10 // at first, in bytes
	deskRoomMax = 64 << 10
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func newVault(secret []byte) (*vault, error) {
	if len(secret) != KeySize {
		return nil, fmt.Errorf("the key has %d bytes, not %d", len(secret), KeySize)
	}
	v := &vault{secret: append([]byte(nil), secret...)}
	v.desks.New = func() any { return &desk{encoder: encoder{make([]byte, 0, deskRoom)}} }
	for i := range v.aeads {
		aead, err := newAEAD(v.subkey(fmt.Sprintf("store/%d", i)))
		if err != nil {
			return nil, err
		}
		v.aeads[i] = aead
	}
	return v, nil
}

func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("setting up the cipher: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("setting up the cipher: %w", err)
	}
	return aead, nil
}

// subkey derives a key for one purpose (HKDF-SHA256).
func (v *vault) subkey(purpose string) []byte {
	key, err := hkdf.Key(sha256.New, v.secret, nil, "kartyar/"+purpose, KeySize)
	if err != nil {
		panic(err) // only for lengths that are not KeySize
	}
	return key
}

// aead spreads the rows over the sealing keys.
func (v *vault) aead(key []byte) cipher.AEAD {
	return v.aeads[crc32.Update(0, castagnoli, key)%sealers]
}

// nonce draws one.
func (d *desk) nonce() (nonce []byte, err error) {
	if len(d.nonces) == 0 {
		d.nonces = make([]byte, nonces*nonceSize)
		if _, err := rand.Read(d.nonces); err != nil {
			return nil, fmt.Errorf("drawing a nonce: %w", err)
		}
	}
	nonce, d.nonces = d.nonces[:nonceSize], d.nonces[nonceSize:]
	return nonce, nil
}

// decode is decode, without allocating anything for itself.
func (d *desk) decode(plain []byte, value readable) error {
	d.failed = nil
	d.reading = fields{rest: plain, err: &d.failed}
	value.decode(&d.reading)
	return d.failed
}

// leave gives a desk back.
func (v *vault) leave(d *desk) {
	if cap(d.b) <= deskRoomMax {
		v.desks.Put(d)
	}
}

// seal encodes and encrypts a row's value into room, nil for a row whose key says
// it all; the row's key is authenticated with it, so that a value moved to another
// row is noticed.
func (v *vault) seal(room *rowRoom, key []byte, value writable) ([]byte, error) {
	d := v.desks.Get().(*desk)
	defer v.leave(d)
	d.b = d.b[:0]
	if value != nil {
		value.encode(&d.encoder)
	}
	nonce, err := d.nonce()
	if err != nil {
		return nil, err
	}
	aead := v.aead(key)
	out := append(room.cut(nonceSize+len(d.b)+aead.Overhead()), nonce...)
	return aead.Seal(out, nonce, d.b, key), nil
}

// open undoes seal; ErrDamaged when the value is not what was sealed there.
// value may be nil.
func (v *vault) open(key, sealed []byte, value readable) error {
	if len(sealed) < nonceSize {
		return fmt.Errorf("%w: a row of kind %q is cut short", ErrDamaged, key[:1])
	}
	d := v.desks.Get().(*desk)
	defer v.leave(d)
	plain, err := v.aead(key).Open(d.b[:0], sealed[:nonceSize], sealed[nonceSize:], key)
	if err != nil {
		return fmt.Errorf("%w: a row of kind %q is not what was written", ErrDamaged, key[:1])
	}
	d.b = plain
	if value == nil {
		return nil
	}
	switch err := d.decode(plain, value); {
	case errors.Is(err, ErrNewer):
		return err
	case err != nil:
		return fmt.Errorf("%w: a row of kind %q cannot be decoded: %w", ErrDamaged, key[:1], err)
	}
	return nil
}
