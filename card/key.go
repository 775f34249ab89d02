package card

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"sync"
)

// The keyed hashes under which private identifiers are known to the store.
// Each is the first 16 bytes of HMAC-SHA256 under the look-up key, with the
// kind of the identifier mixed in, so that a phone and a national code of the
// same digits have nothing in common. The zero value means "none".
type (
	// PersonKey stands for a national code.
	PersonKey [16]byte
	// PhoneKey stands for a mobile number in E.164.
	PhoneKey [16]byte
	// ReceiptKey stands for a folded receipt code.
	ReceiptKey [16]byte
	// ChatKey stands for a Subscriber.
	ChatKey [16]byte
	// UserKey stands for a user of a platform, whichever chat they write in.
	UserKey [16]byte
	// ApplicationKey stands for an application's folded id.
	ApplicationKey [16]byte
)

// Keyer turns private identifiers into keys. There are only about 10⁹ national
// codes, so a plain hash would hide nothing; the secret is kept outside the
// store. A Keyer may be used by many goroutines.
type Keyer struct{ macs sync.Pool }

// keyedHash is one reusable HMAC state with the buffer that its input and sum
// pass through: building the state costs four times as much as using it.
type keyedHash struct {
	hash.Hash
	buf []byte
}

// NewKeyer returns a Keyer under secret, which must not be empty and should be
// 32 random bytes. The same secret gives the same keys for ever.
func NewKeyer(secret []byte) *Keyer {
	key := bytes.Clone(secret)
	return &Keyer{macs: sync.Pool{New: func() any {
		return &keyedHash{Hash: hmac.New(sha256.New, key), buf: make([]byte, 0, 128)}
	}}}
}

// sum hashes kind and then each part after its length, four bytes big-endian.
// No kind is the beginning of another, so no two inputs read alike.
func (k *Keyer) sum(kind string, parts ...string) (out [16]byte) {
	m := k.macs.Get().(*keyedHash)
	defer k.macs.Put(m)
	m.buf = append(m.buf[:0], kind...)
	for _, part := range parts {
		m.buf = binary.BigEndian.AppendUint32(m.buf, uint32(len(part)))
		m.buf = append(m.buf, part...)
	}
	m.Reset()
	m.Write(m.buf)
	clear(m.buf)
	m.buf = m.Sum(m.buf[:0])
	copy(out[:], m.buf)
	return out
}

// Person returns the key of a national code; the empty code has the zero key.
func (k *Keyer) Person(code NationalCode) PersonKey {
	if code == "" {
		return PersonKey{}
	}
	return k.sum("person", string(code))
}

// Phone returns the key of a mobile number; the empty number has the zero key.
func (k *Keyer) Phone(m Mobile) PhoneKey {
	if m == "" {
		return PhoneKey{}
	}
	return k.sum("phone", string(m))
}

// Receipt returns the key of a receipt code, folded by FoldID; the empty code
// has the zero key.
func (k *Keyer) Receipt(folded string) ReceiptKey {
	if folded == "" {
		return ReceiptKey{}
	}
	return k.sum("receipt", folded)
}

// Application returns the key of an application's folded id; the empty id has
// the zero key.
func (k *Keyer) Application(folded string) ApplicationKey {
	if folded == "" {
		return ApplicationKey{}
	}
	return k.sum("application", folded)
}

// ApplicationID returns the identity of an application within its person: its
// own id when the feed has one, else its receipt code, else the person's one
// unnamed application. Both are folded by FoldID.
func (k *Keyer) ApplicationID(application, receipt string) ApplicationID {
	switch {
	case application != "":
		return ApplicationID{Kind: ByItsOwnName, Key: k.Application(application)}
	case receipt != "":
		return ApplicationID{Kind: ByReceipt, Key: ApplicationKey(k.Receipt(receipt))}
	}
	return ApplicationID{}
}

// Chat returns the key of a subscriber.
func (k *Keyer) Chat(s Subscriber) ChatKey {
	return k.sum("chat", string(s.Bot.Platform), number(s.Bot.ID), number(s.Chat))
}

// User returns the key of a platform's user.
func (k *Keyer) User(p Platform, id int64) UserKey {
	return k.sum("user", string(p), number(id))
}

func number(n int64) string {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(n))
	return string(b[:])
}
