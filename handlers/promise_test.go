package handlers

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kartyar/card"
	"kartyar/locale"
)

// Whoever is told «اگر برسد خبر می‌دهیم» is told, whatever they do meanwhile.

const day = 24 * time.Hour

// isTold checks whether news of a person are on their way to the chat.
func (w *world) isTold(code string, want bool) {
	w.t.Helper()
	p := w.person(code)
	f := p.Follower(w.chat())
	if got := f != nil && !f.Alert.Due.IsZero(); got != want {
		w.t.Errorf("news are on their way: %v, want %v (%+v)", got, want, f)
	}
}

// What people write in place of a receipt code is answered, and the one that
// they gave goes on waiting.
func TestWordsInPlaceOfAReceipt(t *testing.T) {
	for _, tt := range []struct{ typed, says string }{
		{"خیلی ممنونم", locale.WaitingNoted()},
		{"ممنون", locale.WaitingNoted()},
		{"کارتم کجاست", "هنوز کارتی"},
		{"کارتم اومده", "هنوز کارتی"},
		{"وضعیت", "هنوز کارتی"},
		{"چرا پیامک نیامد", locale.QuestionTitle(locale.QuestionSMS)},
		{"سلام", locale.AskReceipt()},
		{"همین حالا می‌آیم", locale.AskReceipt()},
	} {
		t.Run(tt.typed, func(t *testing.T) {
			w := newWorld(t, card.Telegram)
			w.proves(rezaPhone, saraCode).press("بله").later(time.Minute).text(receiptOf).says(locale.ReceiptNotYet())
			guesses := w.guesses()
			w.later(time.Minute).text(tt.typed).says(tt.says)
			if w.guesses() != guesses {
				t.Error("it counts as a guess")
			}
			w.later(time.Hour).knows(saraCode, saraPhone, receiptOf, ready("1"))
			w.isTold(saraCode, true)
		})
	}
}

// «رسید دستم است» speaks of the receipt, and its code is still to come.
func TestWhoHasTheReceiptAtHand(t *testing.T) {
	for _, typed := range []string{"رسید دستمه", "الان دستم هست", "گرفتم"} {
		w := newWorld(t, card.Telegram)
		w.proves(rezaPhone, saraCode).press("بله").later(time.Minute).text(typed).says(locale.AskReceipt())
		w.later(time.Minute).text(receiptOf).says(locale.ReceiptNotYet())
		w.later(time.Hour).knows(saraCode, saraPhone, receiptOf, ready("1"))
		w.isTold(saraCode, true)
	}
}

// Thanks before a code was given keep the question.
func TestThanksBeforeTheReceipt(t *testing.T) {
	w := newWorld(t, card.Bale)
	w.proves(rezaPhone, saraCode).press("بله").later(time.Minute).text("ممنون").says(locale.AskReceipt())
	w.text(receiptOf).says(locale.ReceiptNotYet())
}

// A code of letters alone is one, in whatever script its digits are.
func TestWhatMayBeAReceipt(t *testing.T) {
	for _, code := range []string{"ABCDEFGHIJ", "۱۲۳۴۵۶۷۸۹۰", "nemune 0001", "الف۱۲۳۴۵۶۷"} {
		w := newWorld(t, card.Bale)
		w.proves(rezaPhone, saraCode).press("بله").later(time.Minute).text(code).says(locale.ReceiptNotYet())
	}
}

func TestMistypedReceiptsLoseNone(t *testing.T) {
	for _, typed := range [][]string{{receiptOf, "WRONG00000"}, {"WRONG00000", receiptOf}, {receiptOf, "WRONG00000", "WRONG00001"}} {
		w := newWorld(t, card.Telegram)
		w.proves(rezaPhone, saraCode).press("بله")
		for _, code := range typed {
			w.later(time.Hour).text(code).says(locale.ReceiptNotYet())
		}
		w.later(time.Hour).knows(saraCode, saraPhone, receiptOf, ready("1"))
		w.isTold(saraCode, true)
	}
}

func TestANewPhoneAfterHalfAYear(t *testing.T) {
	w := newWorld(t, card.Telegram)
	w.knows(saraCode, saraPhone, "", card.State{Stage: card.StageIssuing})
	w.proves(saraPhone, saraCode).later(190 * day)
	w.text("/status").press("تأیید دوباره").shares(string(rezaPhone)).text(saraCode).says(locale.NotFoundYet())
	w.text("ندارم").says(locale.WaitingNoted())
	w.text("/status").says(locale.ProveAgain("", true))
	w.later(time.Hour).knows(saraCode, rezaPhone, "", ready("1"))
	w.isTold(saraCode, true)
	w.text("/status").says("ونک") // the new phone is proof
}

func TestAskedAgainAfterOptingOut(t *testing.T) {
	w := newWorld(t, card.Telegram)
	w.proves(saraPhone, saraCode).text("ندارم").text("دیگر خبرم نکن").later(30 * day)
	w.text(saraCode).says(locale.NotFoundYet())
	w.later(time.Hour).knows(saraCode, saraPhone, "", ready("1"))
	w.isTold(saraCode, true)
}

// Who has had enough of news is promised none.
func TestNoPromiseAfterOptingOut(t *testing.T) {
	w := newWorld(t, card.Telegram)
	w.proves(saraPhone, saraCode).text("ندارم").text("دیگر خبرم نکن").keepsSilentOf("اگر برسد")
	w.press("بله، کد رهگیری").text("ندارم").keepsSilentOf(locale.WaitingNoted())
	w.knows(saraCode, saraPhone, "", ready("1"))
	w.isTold(saraCode, false)
}

func TestBothPhonesWait(t *testing.T) {
	for _, listed := range []card.Mobile{saraPhone, rezaPhone} {
		w := newWorld(t, card.Telegram)
		w.proves(saraPhone, saraCode).text("ندارم").later(day)
		w.text("/settings").press("تغییر شمارهٔ همراه").shares(string(rezaPhone)).text(saraCode).says(locale.NotFoundYet())
		w.later(day).knows(saraCode, listed, "", ready("1"))
		w.isTold(saraCode, true)
	}
}

func TestAGuestsOwnPair(t *testing.T) {
	for name, early := range map[string]bool{"fits while a guest": true, "fits after the access": false} {
		t.Run(name, func(t *testing.T) {
			w := linked(t, card.Telegram)
			w.knows(saraCode, saraPhone, "", card.State{Stage: card.StageIssuing})
			w.proves(saraPhone, saraCode)
			token := w.invites()
			g := w.inChat(78)
			g.now = w.now
			g.text("/start " + token).press("می‌پذیرم").text("مامان").text(saraCode).shares(string(rezaPhone)).text(saraCode).text("ندارم").says(locale.WaitingNoted())
			w.now = g.now.Add(time.Hour)
			w.text("/settings").press(locale.ButtonCompanions)
			if early {
				w.knows(saraCode, rezaPhone, "", card.State{Stage: card.StageDispatched, Office: "1"})
				w.press("پایان دسترسی همراه ۱").says("همراهی ندارد")
			} else {
				w.press("پایان دسترسی همراه ۱").says(locale.CompanionsEnded())
				g.text("/status").says("هنوز کارتی").keepsSilentOf("در حال صدور")
			}
			w.later(time.Hour).knows(saraCode, rezaPhone, "", ready("1"))
			g.isTold(saraCode, true)
			g.now = w.now
			g.text("/status").says("ونک")
		})
	}
}

// News that are sent whatever the proof are spoken of to those who get them.
func TestProveAgainSpeaksOfNews(t *testing.T) {
	w := linked(t, card.Telegram)
	w.knows(saraCode, saraPhone, "", card.State{Stage: card.StageIssuing})
	w.proves(saraPhone, saraCode)
	token := w.invites()
	g := w.inChat(78)
	g.now = w.now
	g.text("/start " + token).press("می‌پذیرم").text("مامان").later(190 * day)
	g.text("/status").says(locale.ProofOfInviter("مامان", true)).press("دیگر خبرم نکن").says(locale.ProofOfInviter("مامان", false)).keepsSilentOf("هم می‌فرستیم")
	w.now = g.now
	w.text("/status").says(locale.ProveAgain("", false)).keepsSilentOf("هم می‌فرستیم")
	w.press("خبرم کن").says(locale.ProveAgain("", true)).press("دیگر خبرم نکن").keepsSilentOf("هم می‌فرستیم")
}

// A guest whose list is full is answered the same of whom they follow as of
// others, and no more often than anybody; unless the pair is their own.
func TestAGuestWithAFullListGuesses(t *testing.T) {
	var followed []string
	g := linked(t, card.Telegram).inChat(500)
	for n := range peopleMost {
		code := codeOf(n)
		w := g.inChat(int64(100 + n))
		phone := card.Mobile("+98999000" + string([]byte{byte('0' + n/10%10), byte('0' + n%10)}) + "01")
		w.knows(code, phone, "", card.State{Stage: card.StageIssuing})
		w.proves(phone, code)
		token := w.invites()
		g.now = w.now
		g.text("/start " + token).press("می‌پذیرم").says("پذیرفتید")
		followed = append(followed, code)
	}
	g.text("/settings").press(locale.ButtonAddPerson).shares(string(rezaPhone))
	right := g.text(followed[3]).last
	wrong := g.later(time.Minute).text("بازگشت").text(otherCode).last
	if diff := cmp.Diff(texts(wrong), texts(right)); diff != "" {
		t.Errorf("the right code is answered otherwise (-wrong +right):\n%s", diff)
	}
	g.text(followed[3]).says("دوباره بفرستید")
	if n := g.guesses(); n != 2 {
		t.Errorf("%d guesses, want 2", n)
	}
	g.later(time.Hour).knows(followed[3], rezaPhone, "", card.State{Stage: card.StageDispatched, Office: "1"})
	g.text(followed[3]).says(locale.Confirmed())
	if p := g.person(followed[3]); p.Follower(g.chat()).IsGuest() {
		t.Error("their own phone left them a guest")
	}
}

func TestTheDroppedPairIsNamed(t *testing.T) {
	w := newWorld(t, card.Bale)
	w.text("/start").shares(string(saraPhone)).text(saraCode).text("ندارم").later(time.Minute)
	w.text(rezaCode).text("ندارم").text("مامان").text("بابا").says("بابا").later(time.Hour)
	w.text(mamanCode).text("ندارم").later(6 * time.Hour)
	w.text(otherCode).says(locale.OldestDropped("مامان"))
	if all := strings.Join(texts(w.last), ""); strings.Contains(all, locale.OldestDropped("")) {
		t.Errorf("it is said twice: %s", all)
	}
}
