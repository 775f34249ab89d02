package handlers

import (
	"math"
	"testing"
	"time"

	"kartyar/bot"
	"kartyar/card"
	"kartyar/store"
)

// Whatever comes after /start, nobody becomes the operator by it.
func FuzzLink(f *testing.F) {
	f.Add("")
	f.Add("inv-1")
	f.Add("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	w := newWorld(f, card.Telegram)
	f.Fuzz(func(t *testing.T, payload string) {
		w := *w
		w.t = t
		w.text("/start " + payload)
		if len(w.last) == 0 {
			t.Fatalf("%q is not answered", payload)
		}
		w.update(func(tx *store.Tx) error {
			if all, err := tx.Operators(); len(all) > 0 || err != nil {
				t.Fatalf("%q made an operator, %v", payload, err)
			}
			return nil
		})
	})
}

// A chat is answered whatever it writes, in the state that the texts before
// left it in, and learns nothing of a person whose phone it did not prove.
func FuzzText(f *testing.F) {
	f.Add("/start", saraCode, "۹۹۹۰۰۰۰۰۱۸")
	f.Add("پرسش‌ها", "هزینه", "/questions@kartyar_bot")
	f.Add("وضعیت کارت من", "/settings", "حذف اطلاعات من")
	f.Add("\u202e", "\x00", "بله، حذف شود")
	w := newWorld(f, card.Bale)
	w.knows(saraCode, saraPhone, receiptOf, ready("1"))
	f.Fuzz(func(t *testing.T, first, second, third string) {
		w := *w
		w.t = t
		for _, text := range []string{"/start", first, second, third} {
			w.text(text).keepsSilentOf("میدان ونک")
		}
	})
}

// Whatever a contact says, only the number of who sends it is proved by it.
func FuzzContact(f *testing.F) {
	f.Add(saraPhone, int64(77), false, int64(1))
	f.Add("0999", int64(78), true, int64(0))
	f.Add("+1 415 555 2671", int64(0), false, int64(math.MinInt64))
	w := newWorld(f, card.Telegram)
	w.knows(saraCode, saraPhone, receiptOf, ready("1"))
	f.Fuzz(func(t *testing.T, phone string, owner int64, forwarded bool, seconds int64) {
		w := *w
		w.t = t
		w.text("/start")
		sent := time.Unix(seconds%(1<<40), 0)
		w.does("contact", bot.Update{Kind: bot.KindMessage, Private: true, Sent: sent, Contact: &bot.Contact{Phone: phone, UserID: owner, Forwarded: forwarded}})
		w.text(saraCode)
		if owner != w.user || forwarded {
			w.keepsSilentOf("میدان ونک")
		}
	})
}

// What a chat's row or a reply's keeps is read again, or begun anew.
func FuzzSession(f *testing.F) {
	whole, err := session{State: nickname, At: 5, Naming: []card.PersonKey{{1}}}.encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add([]byte{0xa1, 1, 0x18, 0xff})
	f.Add([]byte{0xbf, 0xff})
	f.Fuzz(func(t *testing.T, kept []byte) {
		s := decodeSession(kept)
		if s.State > question {
			t.Fatalf("the state %d", s.State)
		}
		again, err := s.encode()
		if err != nil {
			t.Fatal(err)
		}
		if s.State != idle && decodeSession(again).State != s.State {
			t.Fatalf("%+v is kept as %x", s, again)
		}
		_, _ = decodeShows(kept)
	})
}
