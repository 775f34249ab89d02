package desk

import (
	"encoding/binary"
	"time"

	"kartyar/card"
)

// queued is a good row on its way from its list to the store.
type queued struct {
	row  card.Row
	line int // of the file
	// packed are the row's cells, as packCells packs them. Undated rows and those
	// of today carry them: any other is refused once it has been read only where its
	// person is damaged in the store.
	packed string
}

const flagUndated, flagToday = 1, 2

// encode appends q to b. A spool is written and read by one process only, so
// that the shape is nobody else's concern.
func (q queued) encode(b []byte) []byte {
	b = append(b, q.row.Person[:]...)
	b = append(b, q.row.Phone[:]...)
	b = append(b, q.row.Receipt[:]...)
	b = append(b, q.row.ID.Key[:]...)
	var flags byte
	if q.row.Undated {
		flags |= flagUndated
	}
	if q.row.Today {
		flags |= flagToday
	}
	b = append(b, byte(q.row.ID.Kind), byte(q.row.State.Stage), flags)
	b = binary.AppendUvarint(b, uint64(q.line))
	b = binary.AppendUvarint(b, uint64(q.row.State.AsOf.Unix()))
	b = binary.AppendUvarint(b, uint64(q.row.State.AsOf.Nanosecond()))
	for _, text := range []string{q.row.State.Word, q.row.State.Office, q.row.State.Shelf, q.row.State.Note, q.packed} {
		b = appendText(b, text)
	}
	return b
}

// decodeQueued undoes encode; the row's texts share encoded's memory.
func decodeQueued(encoded string) (q queued, err error) {
	c := cursor{rest: encoded}
	c.key((*[16]byte)(&q.row.Person))
	c.key((*[16]byte)(&q.row.Phone))
	c.key((*[16]byte)(&q.row.Receipt))
	c.key((*[16]byte)(&q.row.ID.Key))
	q.row.ID.Kind = card.IDKind(c.byte())
	q.row.State.Stage = card.Stage(c.byte())
	flags := c.byte()
	q.row.Undated, q.row.Today = flags&flagUndated != 0, flags&flagToday != 0
	q.line = int(c.number())
	seconds := int64(c.number())
	q.row.State.AsOf = time.Unix(seconds, int64(c.number())).UTC()
	q.row.State.Word, q.row.State.Office = c.text(), c.text()
	q.row.State.Shelf, q.row.State.Note = c.text(), c.text()
	q.packed = c.text()
	if c.short || c.rest != "" {
		return queued{}, errSpoolDamaged
	}
	return q, nil
}

func appendText(b []byte, text string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

// packCells puts the cells of a row into one string.
func packCells(cells []string) string {
	var b []byte
	for _, cell := range cells {
		b = appendText(b, cell)
	}
	return string(b)
}

func unpackCells(packed string) (cells []string) {
	for c := (cursor{rest: packed}); c.rest != ""; {
		cells = append(cells, c.text())
	}
	return cells
}

// cursor reads what encode wrote. short says that there was too little.
type cursor struct {
	rest  string
	short bool
}

func (c *cursor) take(n int) string {
	if n < 0 || n > len(c.rest) {
		c.short, c.rest = true, ""
		return ""
	}
	taken := c.rest[:n]
	c.rest = c.rest[n:]
	return taken
}

func (c *cursor) key(k *[16]byte) { copy(k[:], c.take(len(k))) }

func (c *cursor) byte() byte {
	if one := c.take(1); one != "" {
		return one[0]
	}
	return 0
}

func (c *cursor) number() uint64 {
	n, err := binary.ReadUvarint(c)
	if err != nil {
		c.short = true
	}
	return n
}

// ReadByte is for binary.ReadUvarint.
func (c *cursor) ReadByte() (byte, error) {
	if c.rest == "" {
		return 0, errSpoolDamaged
	}
	return c.byte(), nil
}

func (c *cursor) text() string { return c.take(int(c.number())) }

// cells returns the row's cells as they stand in the file.
func (q queued) cells() []string { return unpackCells(q.packed) }
