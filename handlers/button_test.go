package handlers

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"kartyar/bot"
	"kartyar/card"
)

var testSealer = newSealer(bytes.Repeat([]byte{1}, 32))

func anyPress(t *rapid.T) press {
	b := rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "keys")
	return press{
		Action: action(rapid.Byte().Draw(t, "action")), Choice: rapid.Byte().Draw(t, "choice"),
		Person: short(b), Kind: card.IDKind(rapid.Byte().Draw(t, "kind")), ID: short(b[8:]),
		Arrival: rapid.Uint32().Draw(t, "arrival"), Province: rapid.Uint32().Draw(t, "province"),
		City: rapid.Uint32().Draw(t, "city"), Office: rapid.Uint64().Draw(t, "office"),
	}
}

func TestButtonsOpenInTheirChatAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, chat := anyPress(t), card.ChatKey{1}
		data := testSealer.data(chat, p)
		if len(data) > 64 {
			t.Fatalf("%d bytes", len(data))
		}
		if got, ok := testSealer.open(chat, data); !ok || got != p {
			t.Fatalf("%+v came back as %+v, %v", p, got, ok)
		}
		if _, ok := testSealer.open(card.ChatKey{2}, data); ok {
			t.Fatal("opens in another chat")
		}
		if _, ok := newSealer(bytes.Repeat([]byte{2}, 32)).open(chat, data); ok {
			t.Fatal("opens under another key")
		}
		at := rapid.IntRange(0, len(data)-1).Draw(t, "at")
		to := rapid.SampledFrom([]byte("ABCabc019-_ ")).Draw(t, "to")
		changed := data[:at] + string(to) + data[at+1:]
		if _, ok := testSealer.open(chat, changed); ok && changed != data {
			t.Fatal("a changed button opens")
		}
	})
}

// People keep buttons for years: this one is of the first version.
func TestButtonOfBefore(t *testing.T) {
	const data = "z1l1uzPqC0rfTKv1juCsF-MAebQ9ETMb4iK7KVIWk4Zyjrt8lm-GOYyFzygD28U"
	p := press{actClaim, 7, short{1, 2, 3, 4, 5, 6, 7, 8}, card.ByReceipt, short{9, 10, 11}, 3, 1 << 31, 77, 1 << 63}
	if got, ok := testSealer.open(card.ChatKey{1, 2, 3}, data); !ok || got != p {
		t.Errorf("it opens as %+v, %v", got, ok)
	}
	if got := testSealer.data(card.ChatKey{1, 2, 3}, p); got != data {
		t.Errorf("the same is %s now", got)
	}
}

func TestButtonsSayNothing(t *testing.T) {
	person := card.PersonKey{0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF, 1, 2}
	raw, err := base64.RawURLEncoding.DecodeString(testSealer.data(card.ChatKey{1}, pressFor(actStatus, person)))
	if err != nil || bytes.Contains(raw, person[:4]) {
		t.Errorf("the person can be read from %x, %v", raw, err)
	}
}

func FuzzButton(f *testing.F) {
	f.Add("")
	f.Add(strings.Repeat("A", 63))
	f.Add(testSealer.data(card.ChatKey{1}, press{Action: actForget}))
	f.Fuzz(func(t *testing.T, data string) {
		p, ok := testSealer.open(card.ChatKey{1}, data)
		if !ok && p != (press{}) {
			t.Errorf("%q is refused but gave %+v", data, p)
		}
		if ok && testSealer.data(card.ChatKey{1}, p) != data {
			t.Errorf("%q opens but is not what the button carries", data)
		}
	})
}

// What anybody may send as a button shows the present state and changes
// nothing.
func TestForgedButtons(t *testing.T) {
	w := newWorld(t, card.Telegram)
	w.knows(saraCode, saraPhone, "", ready("1"))
	w.proves(saraPhone, saraCode)
	mine := w.last[1]
	thief := w.inChat(78)
	claim, _ := find(mine, "تحویل گرفتم")
	thief.presses("stolen", claim).says("برای شروع").keepsSilentOf("ونک")
	for _, data := range []string{"", "x", strings.Repeat("A", 63), strings.Repeat("ی", 40), claim[:62] + "!"} {
		w.presses("forged", data).says("پیامی قدیمی", "ونک")
	}
	if a := w.person(saraCode).Applications[0]; a.Claimed != 0 {
		t.Error("a forged button claimed the card")
	}
	w.does("without a chat", bot.Update{Kind: bot.KindCallback, Callback: &bot.Callback{Data: claim}}).says("یادداشت کردیم")
}

// Every button of every action that opens but has lost its meaning.
func TestStaleButtons(t *testing.T) {
	w := newWorld(t, card.Bale)
	w.knows(saraCode, saraPhone, "", ready("1"))
	w.proves(saraPhone, saraCode)
	claim, _ := find(w.last[1], "تحویل گرفتم")
	w.now = w.now.Add(1e9 * 3600)
	w.knows(saraCode, saraPhone, "", card.State{Stage: card.StageReady, Office: "2", AsOf: w.now})
	w.presses("stale", claim).says("پیامی قدیمی", "اصفهان")
	if w.last[0].Edit == 0 {
		t.Error("the stale message was left standing")
	}
	for a := action(0); a <= actOwnOffice+1; a++ {
		for _, person := range []card.PersonKey{{}, {9}} {
			w.presses("lost", w.h.seal.data(w.chat(), pressFor(a, person)))
			if len(w.last) == 0 {
				t.Errorf("action %d: no answer", a)
			}
		}
	}
}
