package store

import (
	"bytes"
	"errors"
	"testing"
)

func TestSealedValues(t *testing.T) {
	v, err := newVault(bytes.Repeat([]byte{7}, KeySize))
	if err != nil {
		t.Fatal(err)
	}
	other, err := newVault(bytes.Repeat([]byte{8}, KeySize))
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := v.seal(new(rowRoom), []byte("k1"), &Chat{Session: []byte("canary")})
	if err != nil || bytes.Contains(sealed, []byte("canary")) {
		t.Fatalf("sealed %q, %v", sealed, err)
	}
	again, err := v.seal(new(rowRoom), []byte("k1"), &Chat{Session: []byte("canary")})
	if err != nil || bytes.Equal(sealed, again) {
		t.Errorf("the same value is sealed the same way twice, %v", err)
	}
	var c Chat
	if err := v.open([]byte("k1"), sealed, &c); err != nil || string(c.Session) != "canary" {
		t.Errorf("opened %+v, %v", c, err)
	}
	if err := v.open([]byte("k2"), sealed, &c); !errors.Is(err, ErrDamaged) {
		t.Errorf("under another row: %v", err)
	}
	if err := other.open([]byte("k1"), sealed, &c); !errors.Is(err, ErrDamaged) {
		t.Errorf("with another key: %v", err)
	}
	for n := range len(sealed) {
		if err := v.open([]byte("k1"), sealed[:n], &c); !errors.Is(err, ErrDamaged) {
			t.Fatalf("cut to %d bytes: %v", n, err)
		}
		harmed := bytes.Clone(sealed)
		harmed[n] ^= 1
		if err := v.open([]byte("k1"), harmed, &c); !errors.Is(err, ErrDamaged) {
			t.Fatalf("flipped at %d: %v", n, err)
		}
	}
}
