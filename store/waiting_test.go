package store

import (
	"testing"

	"kartyar/card"
)

func TestWaiting(t *testing.T) {
	for _, tt := range []struct {
		name        string
		added, want []byte // phones, the newest last; those kept, the newest first
	}{
		{"one", []byte{1}, []byte{1, 0, 0}},
		{"one again", []byte{1, 1}, []byte{1, 0, 0}},
		{"none", []byte{1, 0}, []byte{1, 0, 0}},
		{"two", []byte{1, 2}, []byte{2, 1, 0}},
		{"the first again", []byte{1, 2, 3, 1}, []byte{1, 3, 2}},
		{"one too many", []byte{1, 2, 3, 4}, []byte{4, 3, 2}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got, want Waiting
			for _, n := range tt.added {
				got.Add(card.PhoneKey{n}, card.ReceiptKey{n})
			}
			for i, n := range tt.want {
				want.Phones[i], want.Receipts[i] = card.PhoneKey{n}, card.ReceiptKey{n}
				if has := n != 0; got.HasPhone(card.PhoneKey{n}) != has || got.HasReceipt(card.ReceiptKey{n}) != has {
					t.Errorf("it says of %d that it does not wait, or of none that it does", n)
				}
			}
			if got != want {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}
