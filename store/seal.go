package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"hash/fnv"

	"github.com/fxamacker/cbor/v2"
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
	encode cbor.EncMode
	decode cbor.DecMode
}

func newVault(secret []byte) (*vault, error) {
	if len(secret) != KeySize {
		return nil, fmt.Errorf("the key has %d bytes, not %d", len(secret), KeySize)
	}
	v := &vault{secret: append([]byte(nil), secret...)}
	for i := range v.aeads {
		aead, err := newAEAD(v.subkey(fmt.Sprintf("store/%d", i)))
		if err != nil {
			return nil, err
		}
		v.aeads[i] = aead
	}
	var err error
	if v.encode, err = (cbor.EncOptions{Time: cbor.TimeUnix, OmitEmpty: cbor.OmitEmptyGoValue}).EncMode(); err != nil {
		return nil, fmt.Errorf("setting up the encoding: %w", err)
	}
	if v.decode, err = (cbor.DecOptions{}).DecMode(); err != nil {
		return nil, fmt.Errorf("setting up the decoding: %w", err)
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

func (v *vault) aead(key []byte) cipher.AEAD {
	h := fnv.New32a()
	h.Write(key)
	return v.aeads[h.Sum32()%sealers]
}

// seal encodes and encrypts a row's value; the row's key is authenticated with
// it, so that a value moved to another row is noticed.
func (v *vault) seal(key []byte, value any) ([]byte, error) {
	plain, err := v.encode.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("encoding a row of kind %q: %w", key[:1], err)
	}
	aead := v.aead(key)
	out := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plain)+aead.Overhead())
	if _, err := rand.Read(out); err != nil {
		return nil, fmt.Errorf("drawing a nonce: %w", err)
	}
	return aead.Seal(out, out, plain, key), nil
}

// open undoes seal; ErrDamaged when the value is not what was sealed there.
func (v *vault) open(key, sealed []byte, value any) error {
	aead := v.aead(key)
	n := aead.NonceSize()
	if len(sealed) < n {
		return fmt.Errorf("%w: a row of kind %q is cut short", ErrDamaged, key[:1])
	}
	plain, err := aead.Open(nil, sealed[:n], sealed[n:], key)
	if err != nil {
		return fmt.Errorf("%w: a row of kind %q is not what was written", ErrDamaged, key[:1])
	}
	if err := v.decode.Unmarshal(plain, value); err != nil {
		return fmt.Errorf("%w: a row of kind %q cannot be decoded: %w", ErrDamaged, key[:1], err)
	}
	if row, ok := value.(interface{ inUTC() }); ok {
		row.inUTC()
	}
	return nil
}
