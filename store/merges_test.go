package store

import (
	"fmt"
	"testing"

	"github.com/dgraph-io/badger/v4/y"
)

const mib = 1 << 20

// spread is a level of n tables of a size, which share all keys evenly.
func spread(level, n int, size int64) (tables []placed) {
	for i := range n {
		tables = append(tables, placed{level, size,
			y.KeyWithTs(fmt.Appendf(nil, "k%06d", i*1000/n), 7),
			y.KeyWithTs(fmt.Appendf(nil, "k%06d", (i+1)*1000/n-1), 3)})
	}
	return tables
}

func levels(all ...[]placed) (tables []placed) {
	for _, level := range all {
		tables = append(tables, level...)
	}
	return tables
}

// What merges take is told from Badger's options.
func TestBadgerGoesByTheSameNumbers(t *testing.T) {
	o := (&Store{dir: t.TempDir(), memTable: memTableSize}).badgerOptions()
	got := [...]int64{int64(o.MaxLevels), o.BaseLevelSize, o.BaseTableSize, int64(o.LevelSizeMultiplier), int64(o.TableSizeMultiplier), int64(o.NumCompactors)}
	if want := [...]int64{levelsMost, baseLevelSize, baseTableSize, levelFactor, tableFactor, 2}; got != want {
		t.Errorf("Badger has %v, mergeRoom %v", got, want)
	}
	if o.LmaxCompaction {
		t.Error("the last level is merged with itself")
	}
}

func TestMergeRoom(t *testing.T) {
	for _, c := range []struct {
		name   string
		tables []placed
		logs   int64
		want   int64
	}{
		{"nothing", nil, 0, 0},
		{"a store that was just begun", nil, 5 << 10, 5 << 10},
		{"no more than there is", levels(spread(0, 2, mib), spread(6, 4, 2*mib)), mib, 11 * mib},
		{"level 0 with the last, which is small", levels(spread(0, 5, 32*mib), spread(6, 4, 2*mib)), 64 * mib, (160 + 64 + 8) * mib},
		{"level 0 with an empty level above the last", levels(spread(0, 4, 32*mib), spread(6, 20, 4*mib)), 0, (128 + 12*4) * mib},
		{"level 0 with the level above the last", levels(spread(0, 4, 32*mib), spread(5, 20, 2*mib), spread(6, 20, 4*mib)), 0, (128 + 40 + 12*4) * mib},
		{"above its place a level is merged into whatever its size", levels(spread(0, 4, 32*mib), spread(3, 15, 2*mib), spread(6, 100, 4*mib)), 0, (128 + 30 + 12*8) * mib},
		{"below its place it is not", levels(spread(0, 2, 32*mib), spread(5, 40, 4*mib), spread(6, 200, 8*mib)), 0, (12*16 + 12*16) * mib},
		{"but when it is small", levels(spread(0, 10, 32*mib), spread(5, 4, 2*mib), spread(6, 100, 8*mib)), 0, (320 + 8 + 2 + 200) * mib},
		{"a table that spans the whole next level, below what its level may have", spanning(1 * mib), 0, 2 * 12 * 8 * mib},
		{"with enough above it", spanning(40 * mib), 0, (40 + 3 + 400) * mib},
		{"and in a log", spanning(1 * mib), 40 * mib, (40 + 1 + 3 + 400) * mib},
		{"two at once below level 0", levels(spread(4, 2, 3*mib), spread(5, 50, 4*mib), spread(6, 500, 4*mib)), 0, 2 * 12 * 16 * mib},
	} {
		if got := mergeRoom(c.tables, c.logs, false); got != c.want {
			t.Errorf("%s: %d MiB, want %d", c.name, got/mib, c.want/mib)
		}
	}
}

// spanning is a table that spans the whole of the last level, below others.
func spanning(above int64) []placed {
	return levels(spread(0, 1, above), spread(5, 1, 3*mib), spread(6, 100, 4*mib))
}

// When merges are forced no level is left as it is.
func TestForcedMergesTakeEveryLevel(t *testing.T) {
	if got, want := mergeRoom(spanning(mib), 0, true), int64((1+3+400)*mib); got != want {
		t.Errorf("%d MiB, want %d", got/mib, want/mib)
	}
}

func TestWidestPair(t *testing.T) {
	for _, c := range []struct {
		name   string
		tables []placed
		level  int
		want   int64
	}{
		{"nothing below", spread(6, 10, mib), 5, 20 * mib},
		{"evenly", levels(spread(5, 10, 2*mib), spread(6, 100, 4*mib)), 5, 2 * (2 + 10*4) * mib},
		{"all of it, beside which there is the usual alone", levels(spread(4, 1, mib), spread(5, 9, 2*mib), spread(6, 18, 4*mib)), 4, (1 + 18 + 10) * mib},
		{"keys that are not known", []placed{{level: 5, size: mib}, {level: 6, size: mib}}, 5, 20 * mib},
	} {
		if got := widestPair(mergesOf(c.tables, c.level), 10*mib); got != c.want {
			t.Errorf("%s: %d MiB, want %d", c.name, got/mib, c.want/mib)
		}
	}
}
