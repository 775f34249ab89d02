package store

// rowRoom is where the keys and values of a batch lie until they are committed.
// It is taken from the heap a block at a time, and used again by a later batch.
type rowRoom struct{ block []byte }

// rowBlock is the size of a block, in bytes: the rows of most commits.
const rowBlock = 64 << 10

// cut returns room for size bytes, empty, which nothing else is written to until
// empty is called.
func (r *rowRoom) cut(size int) []byte {
	if cap(r.block)-len(r.block) < size {
		r.block = make([]byte, 0, max(size, rowBlock)) // what was cut from the last one stays as it is
	}
	start := len(r.block)
	r.block = r.block[:start+size]
	return r.block[start:start:len(r.block)]
}

// empty has the room used again, so nobody may hold anything of it any more.
func (r *rowRoom) empty() { r.block = r.block[:0] }
