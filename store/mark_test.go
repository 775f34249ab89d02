package store_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"kartyar/store"
)

func TestTornMark(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := open(t, dir)
	fill(t, s, 0, 5, 10)
	old := crashed(t, dir)
	fill(t, s, 5, 10, 10)
	closeStore(t, s)
	for slot := range int64(2) {
		t.Run(fmt.Sprintf("slot %d", slot), func(t *testing.T) {
			torn := crashed(t, dir)
			flip(t, torn+".mark", slot*4096+34)
			copyFile(t, torn+".mark", old+".mark")
			refused(t, old, store.ErrBehind)
			again := open(t, torn) // the other slot will do
			fill(t, again, 10, 12, 10)
			closeStore(t, again)
			closeStore(t, open(t, torn))
		})
	}
	t.Run("both", func(t *testing.T) {
		torn := crashed(t, dir)
		flip(t, torn+".mark", 34)
		flip(t, torn+".mark", 4096+34)
		refused(t, torn, store.ErrDamaged)
	})
}
