package handlers

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"hash"
	"sync"

	"kartyar/card"
	"kartyar/store"
)

// action is what a button does. The numbers are in buttons that people keep
// for years: add, do not renumber.
type action byte

// The actions.
const (
	actStatus action = iota + 1 // show where a person's cards stand
	actSubscribe
	actUnsubscribe
	actClaim
	actUnclaim
	actSnoozeAsk // ask until when
	actSnooze    // Choice is the number of days
	actOffices   // the provinces; Choice is the page
	actCities    // of Province
	actCity      // the offices of Province and City
	actOffice    // choose Office of Province and City
	actSettings
	actPerson // one person's settings
	actRename
	actRemoveAsk
	actRemove
	actAddPerson
	actPhone // prove another phone
	actPrivacy
	actForgetAsk
	actForget
	actReceipt   // the person has a receipt code
	actNoReceipt // the person has none
	actSkipName
	actBack
	actOwnOffice // choose the office that the record names
	actNear      // ask where the person is
	actMap       // show Office of Province and City on a map
	actWay       // show the way of a card
)

// The actions about one-time links. They are numbered apart from the others.
const (
	actAccept action = iota + 64 // take what the link gives
	actRefuse
	actInvite     // make an invitation for a person
	actCompanions // who follows a person by this chat's invitation
	actEndGuest   // ID is the guest's chat
	actEndGuests
	actTellOthers
)

// The actions about the questions that people ask. They are numbered apart from
// the others.
const (
	actQuestions action = iota + 80 // the list
	actQuestion                     // Choice is the locale.Question
)

// short is the beginning of a key: enough to find it again among the few that
// a chat follows.
type short [8]byte

// press is what a button carries. Its shape is fixed, so that all buttons are
// equally long and give nothing away. Fields that an action does not need are
// zero.
type press struct {
	Action   action
	Choice   byte // a page, a number of days
	Person   short
	Kind     card.IDKind
	ID       short
	Arrival  uint32
	Province uint32 // places by the hashes of their names: placeHash
	City     uint32
	Office   uint64 // by the hash of its code: officeHash
}

const (
	ivSize      = 8
	payloadSize = 1 + 1 + 8 + 1 + 8 + 4 + 4 + 4 + 8
	// callbackSize is how long a button's data are in base64, without padding.
	callbackSize = (8*(ivSize+payloadSize) + 5) / 6
)

// pressFor returns a button of that action for a person.
func pressFor(a action, person card.PersonKey) press {
	return press{Action: a, Person: short(person[:])}
}

// pressOf returns a button of that action for an arrival of a person's card.
func pressOf(a action, person card.PersonKey, id card.ApplicationID, arrival uint32) press {
	return press{Action: a, Person: short(person[:]), Kind: id.Kind, ID: short(id.Key[:]), Arrival: arrival}
}

// names reports whether the button is for an application.
func (p press) names(id card.ApplicationID) bool {
	return p.Kind == id.Kind && p.ID == short(id.Key[:])
}

// application finds the application that the button is for.
func (p press) application(of *store.Person) *store.Application {
	for i := range of.Applications {
		if p.names(of.Applications[i].Record.ID) {
			return &of.Applications[i]
		}
	}
	return nil
}

func placeHash(name string) uint32 {
	sum := sha256.Sum256([]byte(name))
	return binary.BigEndian.Uint32(sum[:])
}

func officeHash(code string) uint64 {
	sum := sha256.Sum256([]byte(code))
	return binary.BigEndian.Uint64(sum[:])
}

// sealer turns presses into callback data and back. The data are opaque, the
// same for the same button, and good in one chat only: encrypted under a
// synthetic IV, which is a MAC over the chat and the payload (the idea of SIV,
// RFC 5297, cut to eight bytes: one forgery in 2⁶⁴ tries opens). Nothing about
// a button is stored.
type sealer struct {
	sealings sync.Pool
	block    cipher.Block
}

// sealing is the room in which one button is sealed or opened: keying a MAC
// costs as much as using it.
type sealing struct {
	mac    hash.Hash
	chat   card.ChatKey
	button [ivSize + payloadSize]byte // the IV, and the payload in the clear or not
	sum    [sha256.Size]byte
	// The counter of the counter mode, and what it is encrypted to.
	counter, pad [aes.BlockSize]byte
}

func newSealer(secret []byte) *sealer {
	derive := func(purpose string) []byte {
		m := hmac.New(sha256.New, secret)
		m.Write([]byte(purpose))
		return m.Sum(nil)
	}
	block, err := aes.NewCipher(derive("encrypt"))
	if err != nil {
		panic(err) // only for a key that is not 32 bytes long
	}
	key := derive("authenticate")
	return &sealer{sealings: sync.Pool{New: func() any { return &sealing{mac: hmac.New(sha256.New, key)} }}, block: block}
}

// data returns the callback data of a button in a chat: 63 characters of
// base64url.
func (s *sealer) data(chat card.ChatKey, p press) string {
	b := s.sealings.Get().(*sealing)
	defer s.sealings.Put(b)
	b.chat = chat
	out := b.button[ivSize:]
	out[0], out[1], out[10] = byte(p.Action), p.Choice, byte(p.Kind)
	copy(out[2:], p.Person[:])
	copy(out[11:], p.ID[:])
	binary.BigEndian.PutUint32(out[19:], p.Arrival)
	binary.BigEndian.PutUint32(out[23:], p.Province)
	binary.BigEndian.PutUint32(out[27:], p.City)
	binary.BigEndian.PutUint64(out[31:], p.Office)
	copy(b.button[:], b.iv())
	b.crypt(s.block)
	var text [callbackSize]byte
	base64.RawURLEncoding.Encode(text[:], b.button[:])
	return string(text[:])
}

// open returns the button that callback data stand for; ok is false for what
// was not made for this chat.
func (s *sealer) open(chat card.ChatKey, data string) (p press, ok bool) {
	if len(data) != callbackSize {
		return press{}, false
	}
	// Strict: one button has one spelling.
	raw, err := base64.RawURLEncoding.Strict().DecodeString(data)
	if err != nil || len(raw) != ivSize+payloadSize {
		return press{}, false
	}
	b := s.sealings.Get().(*sealing)
	defer s.sealings.Put(b)
	b.chat, b.button = chat, [ivSize + payloadSize]byte(raw)
	b.crypt(s.block)
	if subtle.ConstantTimeCompare(b.button[:ivSize], b.iv()) != 1 {
		return press{}, false
	}
	in := b.button[ivSize:]
	p = press{Action: action(in[0]), Choice: in[1], Person: short(in[2:10]), Kind: card.IDKind(in[10]), ID: short(in[11:19])}
	p.Arrival = binary.BigEndian.Uint32(in[19:])
	p.Province = binary.BigEndian.Uint32(in[23:])
	p.City = binary.BigEndian.Uint32(in[27:])
	p.Office = binary.BigEndian.Uint64(in[31:])
	return p, true
}

// iv returns the IV of the payload in the clear.
func (b *sealing) iv() []byte {
	b.mac.Reset()
	b.mac.Write(b.chat[:])
	b.mac.Write(b.button[ivSize:])
	return b.mac.Sum(b.sum[:0])[:ivSize]
}

// crypt encrypts or decrypts the payload, in place, as cipher.NewCTR does, which
// makes half a kilobyte of room for these 39 bytes.
func (b *sealing) crypt(block cipher.Block) {
	b.counter = [aes.BlockSize]byte{}
	copy(b.counter[:], b.button[:ivSize])
	for rest := b.button[ivSize:]; len(rest) > 0; b.counter[aes.BlockSize-1]++ {
		block.Encrypt(b.pad[:], b.counter[:])
		rest = rest[subtle.XORBytes(rest, rest, b.pad[:]):]
	}
}
