package lookup

import (
	"encoding/binary"

	"kartyar/card"
)

// doorkeeper lets into a full cache who is asked for a second time (the term is
// that of TinyLFU, Einziger et al., arXiv:1512.00727). To remember somebody and
// to forget somebody else for it costs a tenth of reading them, and who guesses
// at codes must not drive those out who ask after their card. It belongs to the
// functions of Update, which run one at a time.
type doorkeeper struct {
	met   []uint64 // a bit for each that a key may fall on
	count int      // that were noted since all were forgotten
	most  int      // then all are forgotten
}

// bitsEach is how many bits there are for each that is noted: of those who are
// new, one in 32 is let in at once for having a bit with somebody else.
const bitsEach = 16

func newDoorkeeper(size int) *doorkeeper {
	return &doorkeeper{met: make([]uint64, (size*bitsEach+63)/64), most: size}
}

// admits reports whether key was asked for since all were last forgotten, and
// notes that it is. Keys are hashes, so that a part of one does for a place.
func (d *doorkeeper) admits(key card.PersonKey) bool {
	place := binary.LittleEndian.Uint64(key[:]) % uint64(len(d.met)*64)
	word, bit := &d.met[place/64], uint64(1)<<(place%64)
	if *word&bit != 0 {
		return true
	}
	if d.count++; d.count > d.most {
		clear(d.met)
		d.count = 1
	}
	*word |= bit
	return false
}
