package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"kartyar/store"
)

// TestFlippedBitInATable: a bit flipped anywhere in a table of many blocks is
// found as the store opens, and as it is verified; no row is just not there.
func TestFlippedBitInATable(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := openSmall(t, dir)
	fill(t, s, 0, 600, 300)
	closeStore(t, s)
	tables := logs(t, dir, "*.sst")
	info, err := os.Stat(tables[0])
	if err != nil {
		t.Fatal(err)
	}
	const places = 40
	for i := range int64(places) {
		harmed := crashed(t, dir)
		flip(t, filepath.Join(harmed, filepath.Base(tables[0])), i*info.Size()/places)
		refused(t, harmed, store.ErrDamaged)
	}

	s = openSmall(t, dir)
	defer s.Close()
	if err := s.Verify(); err != nil {
		t.Errorf("a sound store: %v", err)
	}
	flip(t, tables[0], info.Size()/2)
	if err := s.Verify(); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("got %v", err)
	}
	if err := s.HasRoom(); err != nil {
		t.Errorf("a damaged store has room: %v", err)
	}
}
