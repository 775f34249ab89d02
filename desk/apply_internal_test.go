package desk

import (
	"encoding/binary"
	"testing"

	"kartyar/card"
)

func TestPeopleAreCountedOnceAndBeyondWhatIsRememberedToo(t *testing.T) {
	chat := func(n int) (key card.ChatKey) {
		binary.BigEndian.PutUint32(key[:], uint32(n))
		return key
	}
	p := &people{}
	for n := range peopleMost {
		p.add([]card.ChatKey{chat(n), chat(n)})
	}
	if p.number() != peopleMost {
		t.Errorf("counted %d of %d", p.number(), peopleMost)
	}
	p.add([]card.ChatKey{chat(0), chat(peopleMost), chat(peopleMost + 1)})
	if p.number() != peopleMost+2 {
		t.Errorf("counted %d of %d", p.number(), peopleMost+2)
	}
}
