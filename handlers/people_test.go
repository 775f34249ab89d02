package handlers

import (
	"strings"
	"testing"
	"time"

	"kartyar/card"
	"kartyar/locale"
	"kartyar/store"
)

func TestSeveralPeople(t *testing.T) {
	w := newWorld(t, card.Telegram)
	w.knows(saraCode, saraPhone, "", card.State{Stage: card.StageIssuing})
	w.knows(rezaCode, saraPhone, "", ready("1"))
	w.proves(saraPhone, saraCode).keepsSilentOf("نفر")
	w.text("افزودن یک نفر دیگر").text(rezaCode).says("نفر ۲", "به چه نامی")
	w.text("۰۹۹۹۰۰۰").says(locale.NicknameWithNumber())
	w.text(strings.Repeat("ب", 21)).says(locale.NicknameTooLong(20))
	w.text("*سارا*\n_").says("«" + locale.Name("سارا") + "»").text("سارا").says(locale.NicknameTaken())
	w.press("همین نام خوب است").says("نفر ۲")
	w.text("/status").says("«"+locale.Name("سارا")+"»", "«"+locale.Name("نفر ۲")+"»")
	w.text("خبرم کن").says(locale.ChoosePerson()).press("سارا").says("از این پس")
	w.text("تحویل گرفتم").says("یادداشت کردیم") // only Reza's lies ready
	w.text("تنظیمات").press("نفر ۲").press("تغییر نام").text("رضا").says("رضا")
	w.text("تنظیمات").press("رضا").press("برداشتن").press("بله").says(locale.Removed("رضا"))
	w.text("/status").says("در حال صدور").keepsSilentOf("سارا", "رضا")
	if f := w.person(rezaCode).Followers; len(f) != 0 {
		t.Errorf("Reza is still followed: %+v", f)
	}
}

func TestManyPeople(t *testing.T) {
	w := newWorld(t, card.Bale)
	var codes []string
	for n := range peopleMost + 1 {
		codes = append(codes, codeOf(n))
	}
	w.text("/start").shares(string(saraPhone))
	for _, code := range codes[:peopleMost] {
		w.knows(code, saraPhone, "", ready("1"))
		w.text(code).says("ونک")
	}
	w.text(codes[peopleMost]).says(locale.TooManyPeople(peopleMost)).later(time.Minute)
	// One on the list was erased with a damaged row, which leaves the chat's link.
	w.update(func(tx *store.Tx) error {
		return tx.PutPerson(w.store.Keyer().Person(card.NationalCode(codes[9])), store.Person{})
	})
	w.text(codes[9]).says(locale.NotFoundYet()).press("نه، ندارم")
	w.text("/status").says(locale.ChoosePerson()).press("نفر ۷").says("ونک")
	w.text("تحویل گرفتم").says(locale.ChoosePerson())
}

// codeOf is the nth national code of those who have no name.
func codeOf(n int) string {
	for d := range 10 {
		code := "99911" + string([]byte{byte('0' + n/100%10), byte('0' + n/10%10), byte('0' + n%10), '0', byte('0' + d)})
		if _, err := card.ParseNationalCode(code); err == nil {
			return code
		}
	}
	panic("one of ten digits makes the sum hold")
}

func TestForgetLeavesNothing(t *testing.T) {
	w := newWorld(t, card.Telegram)
	w.knows(saraCode, saraPhone, "", ready("1"))
	w.proves(saraPhone, saraCode).press("خبرم کن")
	w.text("افزودن یک نفر دیگر").text(rezaCode).press("نه، ندارم").text("حذف اطلاعات من")
	yes, _ := find(w.last[0], "بله")
	w.press("نه، بماند").says(locale.NotForgotten())
	if _, found := w.chatRow(); !found {
		t.Fatal("deleted though the answer was no")
	}
	w.presses("بله", yes).says(locale.AskForget(false)) // the question was turned away from
	w.later(time.Hour).presses("بله", yes).says(locale.AskForget(false))
	w.press("بله").says(locale.Forgotten())
	if _, found := w.chatRow(); found {
		t.Error("the chat's row is still there")
	}
	for _, code := range []string{saraCode, rezaCode} {
		if f := w.person(code).Followers; len(f) != 0 {
			t.Errorf("still a follower: %+v", f)
		}
	}
	w.update(func(tx *store.Tx) error {
		bots, err := tx.Bots()
		if len(bots) != 0 {
			t.Error("something is still to be sent")
		}
		return err
	})
	w.text("/help").text("سلام").text("/privacy") // none of it keeps anything
	if _, found := w.chatRow(); found {
		t.Error("the chat's row is back without need")
	}
	w.press("حذف اطلاعات من").text("بله، حذف شود").says(locale.Forgotten())
}

func TestForgettingTwiceKeepsNothing(t *testing.T) {
	w := newWorld(t, card.Telegram)
	w.proves(saraPhone, saraCode).text("/settings").press(locale.ButtonDeleteMyData)
	data, ok := find(w.last[len(w.last)-1], locale.ButtonForgetYes)
	if !ok {
		t.Fatal("no button to confirm with")
	}
	w.presses("twice", data).says(locale.Forgotten())
	w.presses("twice", data).says(locale.Forgotten())
	if _, found := w.chatRow(); found {
		t.Error("the second press keeps a chat again")
	}
}
