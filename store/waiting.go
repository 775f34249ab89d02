package store

import (
	"slices"

	"kartyar/card"
)

// KeptWaiting is how many phones, and how many receipt codes, a chat may have
// waiting for one person; a further one takes the place of the oldest.
const KeptWaiting = 3

// Waiting is by what a chat asked to be let in to a person, as long as no record
// fits it: the phones that it proved and the receipt codes that it typed, each
// the newest first. All of them wait, since people change their number or mistype
// a code, and only the list tells which was right.
type Waiting struct {
	Phones   [KeptWaiting]card.PhoneKey
	Receipts [KeptWaiting]card.ReceiptKey
}

// IsZero reports whether nothing waits.
func (w *Waiting) IsZero() bool { return *w == Waiting{} }

// HasPhone reports whether a phone waits; none never does.
func (w *Waiting) HasPhone(phone card.PhoneKey) bool {
	return phone != card.PhoneKey{} && slices.Contains(w.Phones[:], phone)
}

// HasReceipt reports whether a receipt code waits; none never does.
func (w *Waiting) HasReceipt(receipt card.ReceiptKey) bool {
	return receipt != card.ReceiptKey{} && slices.Contains(w.Receipts[:], receipt)
}

// Add has a phone and a receipt code wait; the zero one of either is none.
func (w *Waiting) Add(phone card.PhoneKey, receipt card.ReceiptKey) {
	putFirst(w.Phones[:], phone)
	putFirst(w.Receipts[:], receipt)
}

// putFirst moves a key to the front, or puts it there in place of the last.
func putFirst[K ~[16]byte](keys []K, key K) {
	if key == (K{}) {
		return
	}
	at := slices.Index(keys, key)
	if at < 0 {
		at = len(keys) - 1
	}
	copy(keys[1:at+1], keys[:at])
	keys[0] = key
}
