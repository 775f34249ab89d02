package handlers

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kartyar/bot"
	"kartyar/card"
	"kartyar/locale"
	"kartyar/store"
)

func TestNextTry(t *testing.T) {
	ago := func(all ...time.Duration) (g store.Guesses) {
		for _, d := range all {
			g = append(g, noon.Add(-d))
		}
		return g
	}
	const h, m, s = time.Hour, time.Minute, time.Second
	for _, tt := range []struct {
		name string
		g    store.Guesses
		want time.Duration // from noon; 0: at once
	}{
		{"none", nil, 0},
		{"one, just now", ago(0), 30 * s},
		{"one, half a minute ago", ago(30 * s), 0},
		{"two", ago(m, 10*s), 110 * s},
		{"three", ago(h, m, 10*s), 590 * s},
		{"four", ago(2*h, h, m, 10*s), h - 10*s},
		{"five", ago(5*h, 4*h, 3*h, 2*h, h), 19 * h},
		{"five, the first nearly a day old", ago(24*h-m, 4*h, 3*h, 2*h, 10*s), h - 10*s},
		{"five, the first a day old", ago(24*h, 4*h, 3*h, 2*h, h), 0},
		{"of a clock that was ahead", ago(-2*m, -h, -365*24*h), 0},
		{"of a clock that was set back by seconds", ago(-10 * s), 40 * s},
		{"yesterday's", ago(30*h, 29*h, 28*h, 27*h, 25*h), 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := max(0, nextTry(tt.g, noon).Sub(noon)); got != tt.want {
				t.Errorf("wait %v, want %v", got, tt.want)
			}
		})
	}
	var ten store.Guesses
	for i := range 10 {
		ten = append(ten, noon.Add(time.Duration(i-20)*h))
	}
	if got := nextReceipt(ten, noon).Sub(noon); got != 4*h {
		t.Errorf("ten receipts: wait %v", got)
	}
	if got := nextReceipt(ten[1:], noon); got.After(noon) {
		t.Errorf("nine receipts: wait until %v", got)
	}
}

// However often somebody tries, whenever it is allowed: never more than five in
// any 24 hours, and never sooner than the waits say.
func TestGuessesStayWithinTheLimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var g, all store.Guesses
		now := noon
		for range rapid.IntRange(1, 60).Draw(t, "tries") {
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(8*time.Hour)).Draw(t, "gap")))
			if nextTry(g, now).After(now) {
				continue
			}
			all = append(all, now)
			g = append(recent(g, now), now)
		}
		for i := range all {
			if i >= guessesMost && all[i].Sub(all[i-guessesMost]) < guessWindow {
				t.Fatalf("%d guesses within %v", guessesMost+1, all[i].Sub(all[i-guessesMost]))
			}
			if i > 0 && all[i].Sub(all[i-1]) < guessWaits[0] {
				t.Fatalf("two guesses within %v", all[i].Sub(all[i-1]))
			}
		}
	})
}

func TestGuessLimits(t *testing.T) {
	w := newWorld(t, card.Telegram)
	w.knows(rezaCode, rezaPhone, receiptOf, ready("1"))
	w.text("/start").shares(string(saraPhone))
	wait := []string{"۲۸ ثانیه", "۲ دقیقه", "۱۰ دقیقه", "۶۰ دقیقه", "فردا"}
	wrong := []string{rezaCode, mamanCode, saraCode, otherCode, "9990000050"}
	if _, err := card.ParseNationalCode(wrong[4]); err != nil {
		t.Fatal(err)
	}
	for i, code := range wrong {
		w.text("بازگشت").text(code).says(locale.NotFoundYet())
		w.text("بازگشت").text(rezaCode).says(wait[i])
		w.later([]time.Duration{30 * time.Second, 2 * time.Minute, 10 * time.Minute, time.Hour, 0}[i])
	}
	t.Run("outlives deletion", func(t *testing.T) {
		w.text("حذف اطلاعات من").press("بله").text("/start").shares(string(saraPhone)).text(rezaCode).says("دوباره بفرستید")
		if _, found := w.chatRow(); !found || len(w.person(rezaCode).Followers) != 0 {
			t.Error("something was kept while the limit lasts")
		}
	})
	t.Run("binds the phone in another chat", func(t *testing.T) {
		other := w.inChat(78)
		other.text("/start").shares(string(saraPhone)).text(rezaCode).says("دوباره بفرستید")
	})
	t.Run("binds nobody else", func(t *testing.T) {
		owner := w.inChat(79)
		owner.proves(rezaPhone, rezaCode).says("ونک")
	})
	t.Run("is over after a day", func(t *testing.T) {
		w.later(25 * time.Hour).text("/start").text(rezaCode).says(locale.NotFoundYet())
	})
}

func TestWhatIsNoGuess(t *testing.T) {
	w := newWorld(t, card.Telegram)
	w.knows(saraCode, saraPhone, "", ready("1"))
	w.proves(saraPhone, rezaCode).says(locale.NotFoundYet()).later(time.Minute)
	for range 10 {
		w.text("بازگشت").text(rezaCode).says(locale.NotFoundYet()) // it waits already
		w.text("بازگشت").text("9990000019").says(locale.CodeChecksum())
		w.text(saraCode).says(locale.Confirmed())
	}
	w.text(otherCode).says(locale.NotFoundYet())
}

func TestReceiptGuesses(t *testing.T) {
	w := newWorld(t, card.Bale)
	w.knows(saraCode, rezaPhone, receiptOf, ready("1"))
	for i := range 10 { // ten people, a wrong receipt code each
		thief := w.inChat(int64(100 + i))
		thief.proves(card.Mobile("+98999000100"+string(rune('0'+i))), saraCode).press("بله").later(time.Minute)
		thief.text("WRONG0000" + string(rune('0'+i))).says(locale.ReceiptNotYet())
		if i < 9 { // it was a guess of theirs too
			thief.text(receiptOf).says("۲ دقیقهٔ دیگر")
		}
		w.now = thief.now
	}
	next := w.inChat(200)
	next.proves("+989990002000", saraCode).press("بله").later(time.Minute).text(receiptOf).says("دوباره بفرستید").keepsSilentOf("ونک")
	owner := w.inChat(201)
	owner.proves(rezaPhone, saraCode).says("ونک")
	next.later(25 * time.Hour).text(receiptOf).says("ونک")
}

func TestReceiptAgainIsNoGuess(t *testing.T) {
	w := newWorld(t, card.Bale).proves(saraPhone, saraCode).press("بله").later(time.Minute)
	w.text("WRONG00000").says(locale.ReceiptNotYet()).later(3 * time.Minute)
	for range 10 {
		w.text("wrong-00000").says(locale.ReceiptNotYet())
	}
}

func TestAnotherCodeInPlaceOfTheReceipt(t *testing.T) {
	w := newWorld(t, card.Bale)
	w.knows(saraCode, saraPhone, "", ready("1"))
	w.proves(saraPhone, rezaCode).press("بله").later(time.Minute)
	w.text(saraCode).says("ونک") // the first code was mistyped
}

// An unknown code, a known code of another phone, and either with a wrong
// receipt code are answered by equal replies at the same times.
func TestSameAnswers(t *testing.T) {
	script := func(known bool, on card.Platform) (all [][]bot.Reply) {
		w := newWorld(t, on)
		if known {
			w.knows(saraCode, rezaPhone, receiptOf, ready("1"))
		}
		does := func(w *world) { all = append(all, w.last) }
		does(w.proves(saraPhone, saraCode))
		does(w.text("NEMUNE0009"))
		does(w.later(time.Minute).text("NEMUNE0009"))
		does(w.text("NEMUNE0008"))
		does(w.press("نه، ندارم"))
		does(w.text("/status"))
		does(w.text("/settings"))
		does(w.press("انتخاب دفتر"))
		does(w.text(saraCode))
		return all
	}
	onBoth(t, func(t *testing.T, on card.Platform) {
		known, unknown := script(true, on), script(false, on)
		if diff := cmp.Diff(unknown, known, cmp.Comparer(sameButtons)); diff != "" {
			t.Errorf("a known code is answered otherwise (-unknown +known):\n%s", diff)
		}
		for i, replies := range known[:4] {
			for _, r := range replies {
				if r.NotBefore.IsZero() {
					t.Errorf("answer %d leaves at once: %s", i, r.Text)
				}
			}
		}
	})
}

// sameButtons leaves the callback data out: two stores seal with two keys.
func sameButtons(a, b bot.Button) bool {
	a.Data, b.Data = cond(a.Data != "", "x"), cond(b.Data != "", "x")
	return a == b
}

// The answer to a right code comes at the same time as to a wrong one.
func TestAnswersLeaveAtOneTime(t *testing.T) {
	right, wrong := newWorld(t, card.Telegram), newWorld(t, card.Telegram)
	right.knows(saraCode, saraPhone, "", ready("1"))
	right.proves(saraPhone, saraCode)
	wrong.proves(saraPhone, saraCode)
	limited := newWorld(t, card.Telegram)
	limited.proves(saraPhone, rezaCode).text(strings.Repeat("ا", 3))
	for _, r := range append(right.last, wrong.last...) {
		if want := right.now.Truncate(time.Second).Add(2 * time.Second); !r.NotBefore.Equal(want) {
			t.Errorf("leaves at %v, want %v: %s", r.NotBefore, want, r.Text)
		}
	}
}
