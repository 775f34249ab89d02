package desk

import (
	"bytes"
	"cmp"
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"kartyar/card"
)

// The bounds of what is sorted in memory at a time: one run. In rows, and in
// encoded bytes.
const (
	runRows  = 32 << 10
	runBytes = 8 << 20
)

const giveWayCompared = 4096 // rows compared between two looks at the time

// sorter puts the rows of a list in the order of their persons' keys, rows of
// one person in the order of the list; in bounded memory, whatever the list.
// So the rows of a person are met together and the store is written in the
// order of its keys, which spares it most of its compactions.
type sorter struct {
	spool               *spool
	giveWay             func() // called every few dozen rows of longer work
	rowsMost, bytesMost int    // bounds of a run
	arena               []byte // the encoded rows of the run in hand
	index               []place
	runs                []span
	rows                int
}

func newSorter(s *spool, giveWay func()) *sorter {
	return &sorter{spool: s, giveWay: giveWay, rowsMost: runRows, bytesMost: runBytes}
}

// place is where a row of the run in hand lies in the arena.
type place struct {
	person card.PersonKey
	at     uint32
	size   uint32
}

// span is a run in the spool.
type span struct{ start, end int64 }

func (s *sorter) add(q queued) error {
	at := len(s.arena)
	s.arena = q.encode(s.arena)
	s.index = append(s.index, place{person: q.row.Person, at: uint32(at), size: uint32(len(s.arena) - at)})
	s.rows++
	if len(s.index) < s.rowsMost && len(s.arena) < s.bytesMost {
		return nil
	}
	return s.flush()
}

// flush sorts the run in hand and writes it out.
func (s *sorter) flush() error {
	if len(s.index) == 0 {
		return nil
	}
	compared := 0
	slices.SortFunc(s.index, func(a, b place) int {
		if compared++; compared%giveWayCompared == 0 {
			s.giveWay()
		}
		return cmp.Or(compareKeys(&a.person, &b.person), cmp.Compare(a.at, b.at))
	})
	start := s.spool.size
	var size [4]byte
	for i, p := range s.index {
		if i%giveWayRows == 0 {
			s.giveWay()
		}
		binary.BigEndian.PutUint32(size[:], p.size)
		if _, err := s.spool.Write(size[:]); err != nil {
			return err
		}
		if _, err := s.spool.Write(s.arena[p.at : p.at+p.size]); err != nil {
			return err
		}
	}
	s.runs = append(s.runs, span{start: start, end: s.spool.size})
	s.arena, s.index = s.arena[:0], s.index[:0]
	return nil
}

// compareKeys orders as bytes.Compare does. Keys are HMACs, whose first words
// nearly always tell.
func compareKeys(a, b *card.PersonKey) int {
	if c := cmp.Compare(binary.BigEndian.Uint64(a[:8]), binary.BigEndian.Uint64(b[:8])); c != 0 {
		return c
	}
	return bytes.Compare(a[8:], b[8:])
}

// finish ends the adding.
func (s *sorter) finish() error {
	if err := s.flush(); err != nil {
		return err
	}
	s.arena, s.index = nil, nil
	return s.spool.finish()
}

// sorted returns the rows in order, from the first one; it may be called any
// number of times.
func (s *sorter) sorted() (*merge, error) {
	m := &merge{}
	for i, r := range s.runs {
		one := &run{number: i, reader: s.spool.reader(r.start, r.end)}
		if err := one.advance(); err != nil {
			return nil, err
		}
		m.runs = append(m.runs, one)
	}
	heap.Init(&m.runs)
	return m, nil
}

// merge makes one order of the orders of all runs.
type merge struct{ runs runHeap }

// peek returns the next row and leaves it there; ok is false after the last.
func (m *merge) peek() (q *queued, ok bool) {
	if len(m.runs) == 0 {
		return nil, false
	}
	return &m.runs[0].next, true
}

// pass goes on behind the row that peek returns.
func (m *merge) pass() error {
	err := m.runs[0].advance()
	if errors.Is(err, io.EOF) {
		heap.Pop(&m.runs)
		return nil
	}
	heap.Fix(&m.runs, 0)
	return err
}

// run is one sorted run being read.
type run struct {
	number int
	reader *spoolReader
	buf    []byte
	next   queued
}

// advance reads the run's next row; io.EOF after the last.
func (r *run) advance() error {
	var size [4]byte
	if _, err := io.ReadFull(r.reader, size[:]); err != nil {
		return err
	}
	r.buf = slices.Grow(r.buf[:0], int(binary.BigEndian.Uint32(size[:])))[:binary.BigEndian.Uint32(size[:])]
	if _, err := io.ReadFull(r.reader, r.buf); err != nil {
		return fmt.Errorf("reading a row of a spool: %w", noEOF(err))
	}
	var err error
	r.next, err = decodeQueued(string(r.buf))
	return err
}

func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// runHeap has the run with the next row on top; of two rows of one person, the
// run of the earlier lines.
type runHeap []*run

func (h runHeap) Len() int { return len(h) }
func (h runHeap) Less(i, j int) bool {
	a, b := h[i], h[j]
	return cmp.Or(compareKeys(&a.next.row.Person, &b.next.row.Person), cmp.Compare(a.number, b.number)) < 0
}
func (h runHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

// Push is for container/heap.
func (h *runHeap) Push(x any) { *h = append(*h, x.(*run)) }

// Pop is for container/heap.
func (h *runHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
