package store

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/dgraph-io/badger/v4/y"
)

// Badger merges tables when it sees fit and asks nobody for the room. It maps
// the tables that it makes into memory, so that a disk that fills up meanwhile
// ends the process with SIGBUS; and it takes a merge whose table could not be
// created for done, and drops the rows (levels.go, subcompact: the goroutine
// that makes a table only returns). So before anything is written there has to
// be the room, and the number of files, that merges can take which are due or
// fall due by it.

// What Badger goes by, as DefaultOptions has it.
const (
	levelsMost     = 7                 // MaxLevels
	baseLevelSize  = 10 << 20          // BaseLevelSize, bytes that a level may have at least
	baseTableSize  = 2 << 20           // BaseTableSize, bytes of a table in the level below 0
	levelFactor    = 10                // LevelSizeMultiplier
	tableFactor    = 2                 // TableSizeMultiplier
	overlapsMost   = 10                // tables two levels below, at which a table is ended early
	mergedTableMin = baseTableSize / 2 // on average
	filesBeside    = 64                // what is opened beside a merge: flushes, logs, lists, connections
)

// placed is a table in its level.
type placed struct {
	level       int
	size        int64
	left, right []byte // its first and last key with their versions; nil when they are not known
}

// mergeRoom bounds how many bytes merges can have written and not yet given
// back, given the tables and the bytes in logs, all of which can reach level 0.
//
// Badger has two compactors. What they merge at the same time is disjoint
// (compactStatus), and what a merge writes is no more than what it reads, which
// it removes in the end; so all that there is bounds everything.
//
// Of level 0 all tables may be merged at once, with all of the level that they
// go to (fillTablesL0ToLbase); that of one level 0 to level 0 is less, and beside
// one there is none other from level 0. Below, a merge takes one table and what
// overlaps it in the next level (fillTables). The last level is not merged with
// itself: nothing picks it (pickCompactLevels), and LmaxCompaction is off. So there
// is a merge from level 0 and one below, or there are two below. When merges are
// forced (Flatten) every level is merged down, and otherwise those that have what
// they may have, or would have it with all that stands above them.
//
// A flush is not in it: there is one at a time, it takes one memory table, and the
// log of that goes then. That, and the end of a commit, is what the smallest part
// of the reserve is for: 64 MiB hold one of 32 MiB and as much again.
func mergeRoom(tables []placed, logs int64, forced bool) int64 {
	var levels [levelsMost]int64
	all := logs
	for _, t := range tables {
		levels[t.level] += t.size
		all += t.size
	}
	below := []merge{}
	for above, level := levels[0]+logs, 1; level < levelsMost-1; level++ {
		if above += levels[level]; forced || above >= levelTarget(levels, level) {
			below = append(below, mergesOf(tables, level)...)
		}
	}
	beside := usualMerge(levels)
	pair := widestPair(below, beside)
	for _, m := range below {
		beside = max(beside, m.bytes)
	}
	return min(all, max(levels[0]+logs+mergedInto(levels)+beside, pair))
}

// levelTarget returns how many bytes a level may have before its tables are merged
// into the next (levelTargets, pickCompactLevels).
func levelTarget(levels [levelsMost]int64, level int) int64 {
	target := levels[levelsMost-1]
	for range levelsMost - 1 - level {
		target /= levelFactor
	}
	return max(target, baseLevelSize)
}

// mergedInto returns the bytes in the level that level 0 is merged into. As in
// levelTargets that is the first that is not empty, unless the level above it is
// where the size of the last puts it; then that one, which is empty.
func mergedInto(levels [levelsMost]int64) int64 {
	base := baseLevel(levels)
	for level := 1; level < levelsMost; level++ {
		if size := levels[level]; size > 0 {
			if level <= base || size < baseLevelSize {
				return size
			}
			break
		}
	}
	return 0
}

// baseLevel returns the deepest level that, by the size of the last, may have no
// more than the least.
func baseLevel(levels [levelsMost]int64) int {
	level := levelsMost - 1
	for target := levels[level]; target > baseLevelSize && level > 1; target /= levelFactor {
		level--
	}
	return level
}

// usualMerge is what a merge below level 0 takes where keys are spread evenly: a
// table, those of the next level that it overlaps, at most as many as end a table
// early (exceedsAllowedOverlap), and one that it touches. Tables that are yet to
// come from level 0 are like that, as a rule; of those that are there mergesOf says
// more.
func usualMerge(levels [levelsMost]int64) int64 {
	size := int64(baseTableSize)
	for level := baseLevel(levels); level < levelsMost-1; level++ {
		size *= tableFactor
	}
	return (overlapsMost + 2) * size
}

// merge is a table and what it overlaps in the next level.
type merge struct {
	placed
	bytes int64 // of them all
}

// mergesOf returns the merges of a level's tables. A table with rows of several
// kinds can span all of another kind, and so overlap the whole of the next level.
func mergesOf(tables []placed, level int) (all []merge) {
	var next []placed
	for _, t := range tables {
		if t.level == level+1 && t.left != nil {
			next = append(next, t)
		}
	}
	for _, t := range tables {
		if t.level != level || t.left == nil {
			continue
		}
		m := merge{t, t.size}
		for _, below := range next {
			if t.overlaps(below) {
				m.bytes += below.size
			}
		}
		all = append(all, m)
	}
	return all
}

// widestPair returns the most that two merges take at the same time, one of which
// may be the usual. Two whose tables overlap are not made at once: they are in
// each other's way in one of their levels.
func widestPair(merges []merge, usual int64) int64 {
	slices.SortFunc(merges, func(a, b merge) int { return cmp.Compare(b.bytes, a.bytes) })
	most := 2 * usual
	for i, one := range merges {
		most = max(most, one.bytes+usual)
		for _, other := range merges[i+1:] {
			if one.bytes+other.bytes <= most {
				break
			}
			if !one.overlaps(other.placed) {
				most = one.bytes + other.bytes
			}
		}
	}
	return most
}

// overlaps reports whether two tables may hold the same key.
func (t placed) overlaps(other placed) bool {
	return bytes.Compare(y.ParseKey(t.left), y.ParseKey(other.right)) <= 0 &&
		bytes.Compare(y.ParseKey(other.left), y.ParseKey(t.right)) <= 0
}

// mergeFiles is how many files merges of so many bytes may make, with what is
// opened beside them. A table has baseTableSize or more, unless it is ended early
// for what it overlaps; few are.
func mergeFiles(room int64) int { return int(room/mergedTableMin) + filesBeside }
