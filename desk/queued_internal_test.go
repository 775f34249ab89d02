package desk

import (
	"testing"
	"time"

	"kartyar/card"
)

// A row of a spool that is read is the row that was written; anything else is
// refused.
func FuzzQueued(f *testing.F) {
	whole := queued{row: card.Row{State: card.State{
		Stage: card.StageReady, Office: "77", Note: "x", AsOf: time.Unix(1795422600, 5).UTC(),
	}, Undated: true, Today: true}, line: 7, packed: packCells([]string{"a", "", "ب"})}.encode(nil)
	f.Add(whole)
	f.Add(whole[:len(whole)-1])
	f.Add(append(whole[:70:70], 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1))
	f.Fuzz(func(t *testing.T, encoded []byte) {
		q, err := decodeQueued(string(encoded))
		if err != nil {
			return
		}
		again, err := decodeQueued(string(q.encode(nil)))
		if err != nil || again != q {
			t.Fatalf("%+v comes back as %+v, %v", q, again, err)
		}
		if cells := unpackCells(q.packed); len(cells) > len(q.packed) {
			t.Fatalf("%d cells in %d bytes", len(cells), len(q.packed))
		}
	})
}
