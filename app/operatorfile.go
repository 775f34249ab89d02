package app

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"

	"kartyar/alarm"
	"kartyar/card"
	"kartyar/store"
)

// operatorFile is the file DIR.operator beside the store: whom to tell when the
// store, which knows it, is refused. It is sealed under a subkey of SECRET_KEY
// and is there only while there is an operator's chat. Whoever has the store
// open writes it; while the store is refused, the `serve` that met it.
type operatorFile struct {
	path string
	aead cipher.AEAD
}

// standby is what the file says.
type standby struct {
	Chats []card.Subscriber `json:"chats"`
	Told  alarm.State       `json:"told"` // of the store that is refused
}

// operatorFileLimit is more than the file of two chats needs, in bytes.
const operatorFileLimit = 64 << 10

var errOperatorFile = errors.New("it cannot be opened with this SECRET_KEY, or is damaged")

func newOperatorFile(dir string, secret []byte) (*operatorFile, error) {
	key, err := hkdf.Key(sha256.New, secret, nil, "kartyar/operator", 32)
	if err != nil {
		return nil, fmt.Errorf("deriving the key of the operator's file: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("setting up the cipher: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("setting up the cipher: %w", err)
	}
	return &operatorFile{filepath.Clean(dir) + ".operator", aead}, nil
}

// read returns what the file says; nothing when there is none.
func (f *operatorFile) read() (s standby, err error) {
	sealed, err := readRegular(f.path, operatorFileLimit)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return s, fmt.Errorf("reading %s: %w", f.path, plainPathError(err))
	}
	plain, err := f.aead.Open(nil, nil, sealed, nil)
	if err == nil {
		err = json.Unmarshal(plain, &s)
	}
	if err != nil {
		return standby{}, fmt.Errorf("reading %s: %w", f.path, errOperatorFile)
	}
	return s, nil
}

// write has the file say s, durably.
func (f *operatorFile) write(s standby) error {
	if len(s.Chats) == 0 {
		if err := os.Remove(f.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("removing the operator's file: %w", err)
		}
		return nil
	}
	plain, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("writing the operator's file: %w", err)
	}
	file, err := createWhole(f.path)
	if err != nil {
		return fmt.Errorf("writing the operator's file: %w", err)
	}
	defer func() { _ = file.abandon() }()
	sealed := f.aead.Seal(nil, nil, plain, nil) //nolint:gosec // the cipher draws the nonce
	if _, err = file.Write(sealed); err == nil {
		_, err = file.finish()
	}
	if err != nil {
		return fmt.Errorf("writing the operator's file: %w", err)
	}
	return nil
}

// keep has the file name the operator's chats of the store, and say what was
// told of the store, if told is not nil; else that stays.
func (f *operatorFile) keep(operators []store.Operator, told alarm.State) error {
	before, err := f.read() // one that cannot be read is written anew
	after := standby{Told: maps.Clone(before.Told)}
	for _, o := range operators {
		after.Chats = append(after.Chats, o.To)
	}
	if told != nil {
		after.Told = told.Of(alarm.StoreRefused)
	}
	if err == nil && (reflect.DeepEqual(before, after) || len(before.Chats)+len(after.Chats) == 0) {
		return nil
	}
	return f.write(after)
}

// keepOperators has the file name the operator's chats of the store, where
// nobody else does.
func (s *service) keepOperators(ctx context.Context) error {
	var operators []store.Operator
	err := s.store.View(ctx, func(tx *store.Tx) (err error) {
		operators, err = tx.Operators()
		return err
	})
	if err != nil {
		return fmt.Errorf("reading the operator's chats: %w", err)
	}
	return s.standby.keep(operators, nil)
}
