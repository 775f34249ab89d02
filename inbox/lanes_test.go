package inbox

import (
	"errors"
	"slices"
	"testing"
	"time"

	"kartyar/card"
)

// Rows that wait for their time stay in memory, up to a bound.
func TestRowsInHand(t *testing.T) {
	now := time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC)
	i := New(Options{Now: func() time.Time { return now }})
	i.pools[card.Bot{}], i.stopping = &pool{}, true
	lanes := make([]*lane, handsMost+2)
	inHand := func() (n int) {
		for _, l := range lanes {
			if l.hand != nil {
				n++
			}
		}
		return n
	}
	for n := range lanes {
		lanes[n] = &lane{hand: &handed{}}
		i.park(lanes[n], time.Second)
	}
	if n := inHand(); n != handsMost {
		t.Errorf("%d rows are in hand", n)
	}
	now = now.Add(time.Second)
	if _, more := i.unpark(); more || inHand() != handsMost || i.inHand != 0 {
		t.Errorf("%d rows are in hand after waiting, %d counted as parked", inHand(), i.inHand)
	}
	i.park(lanes[0], time.Second)
	if lanes[0].hand == nil {
		t.Error("there is room again, and none was given")
	}
}

// What a commit of updates was to take out waits for another one when it fails; and
// once Run ends, none takes anything along.
func TestAFailedCommitLeavesNothingBehind(t *testing.T) {
	i := New(Options{})
	done := []*lane{{seq: 1}, {seq: 2}}
	for _, l := range done {
		i.accept(l)
	}
	k := i.newKeeping(nil)
	k.board()
	i.accept(&lane{seq: 3})
	k.alight(errors.New("no"))
	i.riding.Wait()
	var seqs []uint64
	for _, l := range i.notes.waiting {
		seqs = append(seqs, l.seq)
	}
	if slices.Sort(seqs); !slices.Equal(seqs, []uint64{1, 2, 3}) || i.notes.unnoted != 3 {
		t.Errorf("the rows %v wait, and %d are counted", seqs, i.notes.unnoted)
	}

	i.stopping = true
	k = i.newKeeping(nil)
	if k.board(); len(k.lanes) > 0 || len(i.notes.waiting) != 3 {
		t.Errorf("%d rows are taken along at the end", len(k.lanes))
	}
	k.alight(nil)
	i.riding.Wait()
}
