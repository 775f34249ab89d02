package card_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"strings"
	"sync"
	"testing"

	"kartyar/card"
)

var secret = []byte("0123456789abcdef0123456789abcdef")

const code, mobile = card.NationalCode("2563510147"), card.Mobile("+989121234567")

// The form of what is hashed is stored for ever: each key is spelt out here.
func TestKeysAreFixed(t *testing.T) {
	want := func(message string) (out [16]byte) {
		mac := hmac.New(sha256.New, secret)
		mac.Write([]byte(message))
		copy(out[:], mac.Sum(nil))
		return out
	}
	k := card.NewKeyer(secret)
	someone := card.Subscriber{Bot: card.Bot{Platform: card.Bale, ID: 258}, Chat: -2}
	tests := []struct {
		name    string
		got     [16]byte
		message string
	}{
		{"person", k.Person(code), "person\x00\x00\x00\x0a2563510147"},
		{"phone", k.Phone(mobile), "phone\x00\x00\x00\x0d+989121234567"},
		{"receipt", k.Receipt("AB12"), "receipt\x00\x00\x00\x04AB12"},
		{"application", k.Application("77"), "application\x00\x00\x00\x0277"},
		{"chat", k.Chat(someone), "chat\x00\x00\x00\x04bale" +
			"\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00\x01\x02" +
			"\x00\x00\x00\x08\xff\xff\xff\xff\xff\xff\xff\xfe"},
		{"user", k.User(card.Bale, 258), "user\x00\x00\x00\x04bale\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00\x01\x02"},
		{"a long receipt", k.Receipt(strings.Repeat("A", 4000)), "receipt\x00\x00\x0f\xa0" + strings.Repeat("A", 4000)},
	}
	for _, tt := range tests {
		if tt.got != want(tt.message) {
			t.Errorf("%s: the key has changed", tt.name)
		}
	}
}

func TestNothingHasTheZeroKey(t *testing.T) {
	k := card.NewKeyer(secret)
	if k.Person("") != (card.PersonKey{}) || k.Phone("") != (card.PhoneKey{}) ||
		k.Receipt("") != (card.ReceiptKey{}) || k.Application("") != (card.ApplicationKey{}) {
		t.Error("an empty identifier has a key")
	}
}

func TestKeysDependOnSecret(t *testing.T) {
	other := []byte(strings.Repeat("x", 32))
	a, b := card.NewKeyer(secret), card.NewKeyer(other)
	want := b.Person(code)
	if a.Person(code) == want {
		t.Error("two secrets give one key")
	}
	clear(other) // the Keyer has its own copy, also for the states it makes later
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				if b.Person(code) != want {
					t.Error("the key changes under way")
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestApplicationID(t *testing.T) {
	k := card.NewKeyer(secret)
	tests := []struct {
		name, application, receipt string
		want                       card.ApplicationID
	}{
		{"its own", "77", "AB12", card.ApplicationID{Kind: card.ByItsOwnName, Key: k.Application("77")}},
		{"by receipt", "", "AB12", card.ApplicationID{Kind: card.ByReceipt, Key: card.ApplicationKey(k.Receipt("AB12"))}},
		{"unnamed", "", "", card.ApplicationID{}},
	}
	for _, tt := range tests {
		if got := k.ApplicationID(tt.application, tt.receipt); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

func BenchmarkKeyerPerson(b *testing.B) {
	k := card.NewKeyer(secret)
	b.ReportAllocs()
	for b.Loop() {
		k.Person(code)
	}
}

func BenchmarkKeyerChat(b *testing.B) {
	k := card.NewKeyer(secret)
	s := card.Subscriber{Bot: card.Bot{Platform: card.Telegram, ID: 1}, Chat: 2}
	b.ReportAllocs()
	for b.Loop() {
		k.Chat(s)
	}
}

func BenchmarkParseNationalCodeCell(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := card.ParseNationalCodeCell("۲۵۶۳۵۱۰۱۴۷"); err != nil {
			b.Fatal(err)
		}
	}
}
