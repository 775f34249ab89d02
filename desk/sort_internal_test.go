package desk

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kartyar/card"
)

func always() error { return nil }

func testSpool(t rapid.TB, dir string) *spool {
	t.Helper()
	s, err := newSpool(dir, always)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// pattern is n bytes no two blocks of which are alike.
func pattern(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i ^ i>>8 ^ i>>16)
	}
	return b
}

func TestSpoolGivesBackWhatItTook(t *testing.T) {
	dir := t.TempDir()
	for _, size := range []int{0, 1, blockSize - 1, blockSize, blockSize + 1, 3*blockSize + 7} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			s := testSpool(t, dir)
			defer s.close()
			want := pattern(size)
			if n, err := s.Write(want); n != size || err != nil {
				t.Fatalf("wrote %d, %v", n, err)
			}
			if err := s.finish(); err != nil {
				t.Fatal(err)
			}
			if err := iotest.TestReader(s.reader(0, s.size), want); err != nil {
				t.Error(err)
			}
			if size > 10 {
				got, err := io.ReadAll(s.reader(5, int64(size-3)))
				if err != nil || !bytes.Equal(got, want[5:size-3]) {
					t.Errorf("a part: %d bytes, %v", len(got), err)
				}
			}
		})
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestSpoolNoticesDamage(t *testing.T) {
	s := testSpool(t, t.TempDir())
	defer s.close()
	if _, err := s.Write(pattern(2 * blockSize)); err != nil {
		t.Fatal(err)
	}
	if err := s.finish(); err != nil {
		t.Fatal(err)
	}
	block := make([]byte, blockSize+s.aead.Overhead())
	if _, err := s.file.ReadAt(block, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := s.file.WriteAt(block, int64(len(block))); err != nil { // the first in the place of the second
		t.Fatal(err)
	}
	if _, err := io.ReadAll(s.reader(0, s.size)); !errors.Is(err, errSpoolDamaged) {
		t.Errorf("got %v", err)
	}
}

func TestSpoolStopsWhenThereIsNoRoom(t *testing.T) {
	full := errors.New("full")
	s, err := newSpool(t.TempDir(), func() error { return full })
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	if _, err := s.Write(pattern(blockSize)); !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
}

// someQueued draws rows of few people, so that they meet.
func someQueued(t *rapid.T) queued {
	text := rapid.StringN(0, 12, -1)
	q := queued{line: rapid.IntRange(1, 1<<31).Draw(t, "line")}
	q.row.Person[0] = rapid.Byte().Draw(t, "person") % 5
	q.row.Phone[3] = rapid.Byte().Draw(t, "phone")
	q.row.Receipt[15] = rapid.Byte().Draw(t, "receipt")
	q.row.ID = card.ApplicationID{Kind: card.IDKind(rapid.IntRange(0, 2).Draw(t, "kind"))}
	q.row.ID.Key[7] = rapid.Byte().Draw(t, "id")
	q.row.State = card.State{
		Stage: card.Stage(rapid.IntRange(0, 9).Draw(t, "stage")),
		Word:  text.Draw(t, "word"), Office: text.Draw(t, "office"), Shelf: text.Draw(t, "shelf"), Note: text.Draw(t, "note"),
		AsOf: time.Unix(rapid.Int64Range(-1<<40, 1<<40).Draw(t, "seconds"), rapid.Int64Range(0, 999999999).Draw(t, "nanos")).UTC(),
	}
	if q.row.Undated = rapid.Bool().Draw(t, "undated"); q.row.Undated {
		q.packed = packCells(rapid.SliceOfN(text, 1, 5).Draw(t, "cells"))
	}
	return q
}

func TestQueuedSurvivesItsEncoding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := someQueued(t)
		encoded := string(want.encode(nil))
		got, err := decodeQueued(encoded)
		if err != nil || got != want {
			t.Fatalf("got %+v, %v, not %+v", got, err, want)
		}
		short := rapid.IntRange(0, len(encoded)-1).Draw(t, "short")
		if _, err := decodeQueued(encoded[:short]); !errors.Is(err, errSpoolDamaged) {
			t.Fatalf("cut to %d of %d bytes: %v", short, len(encoded), err)
		}
	})
}

func TestCellsSurviveTheirPacking(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(rapid.String(), 1, 9).Draw(t, "cells")
		if got := unpackCells(packCells(want)); !slices.Equal(got, want) {
			t.Fatalf("got %q, not %q", got, want)
		}
	})
}

func TestSorterSortsStably(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(rapid.Custom(someQueued), 0, 60).Draw(t, "rows")
		s := newSorter(testSpool(t, dir), func() {})
		defer s.spool.close()
		s.rowsMost = rapid.IntRange(1, 20).Draw(t, "rowsMost")
		s.bytesMost = rapid.IntRange(1, 1000).Draw(t, "bytesMost")
		for _, q := range want {
			if err := s.add(q); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.finish(); err != nil {
			t.Fatal(err)
		}
		want = slices.Clone(want)
		slices.SortStableFunc(want, func(a, b queued) int { return bytes.Compare(a.row.Person[:], b.row.Person[:]) })
		for range 2 { // it may be read again
			if diff := cmp.Diff(want, drain(t, s), cmp.AllowUnexported(queued{})); diff != "" {
				t.Fatalf("(-want +got):\n%s", diff)
			}
		}
	})
}

func drain(t rapid.TB, s *sorter) (all []queued) {
	t.Helper()
	list, err := s.sorted()
	if err != nil {
		t.Fatal(err)
	}
	all = []queued{}
	for {
		q, ok := list.peek()
		if !ok {
			return all
		}
		all = append(all, *q)
		if err := list.pass(); err != nil {
			t.Fatal(err)
		}
	}
}
