package app

import (
	"bytes"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kartyar/alert"
	"kartyar/card"
	"kartyar/store"
)

// A restored store has its erased people even where there is no room to take their
// bytes out of its files; `serve` does that later.
func TestRestoreWithoutTheRoomToClear(t *testing.T) {
	opt := store.Options{Dir: filepath.Join(t.TempDir(), "data"), Key: bytes.Repeat([]byte{7}, store.KeySize)}
	s, err := store.Open(opt)
	if err != nil {
		t.Fatal(err)
	}
	free, err := s.Free()
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	opt.Reserve = 2 * free // that much is for lists; a quarter of it for writes
	if s, err = store.Open(opt); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	gone := card.PersonKey{1}
	err = s.Update(t.Context(), func(tx *store.Tx) error {
		_, err := alert.Rules{}.ErasePerson(tx, time.Now(), gone)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.ClearErased(t.Context()); !errors.Is(err, store.ErrNoRoom) {
		t.Fatalf("clearing without room: %v", err)
	}
	held, err := settleRestored(t.Context(), &store.Restoring{Store: s}, alert.Rules{}, time.Now())
	if diff := cmp.Diff(alert.Held{}, held); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
}
