package lookup

import (
	"context"
	"encoding/binary"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"kartyar/card"
	"kartyar/store"
)

func anyKey(t *rapid.T) (key card.PersonKey) {
	binary.LittleEndian.PutUint64(key[:], rapid.Uint64().Draw(t, "key"))
	return key
}

// Who asks again is let in, however many others ask between, until as many have
// been noted as there is room for; then all are strangers.
func TestDoorkeeperKnowsWhoWasThere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const size = 20
		d := newDoorkeeper(size)
		for range rapid.IntRange(0, 2*size).Draw(t, "before") {
			d.admits(anyKey(t))
		}
		key := anyKey(t)
		d.admits(key)
		noted := d.count
		for range rapid.IntRange(0, 2*size).Draw(t, "others") {
			if !d.admits(anyKey(t)) {
				noted++
			}
		}
		if known := d.admits(key); !known && noted <= size {
			t.Fatal("who asked before is a stranger, and nobody was forgotten")
		}
	})
}

func TestDoorkeeperKeepsStrangersOut(t *testing.T) {
	const size = 1000
	d := newDoorkeeper(size)
	admitted := 0
	for i := range 100 * size {
		var key card.PersonKey
		binary.LittleEndian.PutUint64(key[:], uint64(i)*0x9E3779B97F4A7C15) // spread as a hash is
		if d.admits(key) {
			admitted++
		}
	}
	if share := float64(admitted) / (100 * size); share > 2.0/bitsEach {
		t.Errorf("of those who never came before %.3f are let in", share)
	}
}

// Nobody is forgotten for somebody who is asked for once.
func TestLookupForgetsForWhoAsksAgain(t *testing.T) {
	s, err := store.Open(store.Options{Dir: filepath.Join(t.TempDir(), "data"), Key: make([]byte, store.KeySize)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	l := New(s, 1)
	first, second := card.PersonKey{1}, card.PersonKey{2}
	for _, step := range []struct{ asked, remembered card.PersonKey }{
		{first, first}, {second, first}, {first, first}, {second, second},
	} {
		err := s.Update(context.Background(), func(tx *store.Tx) error {
			_, err := l.Person(tx, step.asked)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if !l.persons.Contains(step.remembered) {
			t.Errorf("after %v was asked for %v is not remembered", step.asked[0], step.remembered[0])
		}
	}
}
