package handlers

import (
	"testing"
	"time"

	"kartyar/card"
	"kartyar/locale"
)

// stateNow is what the chat's next text is taken for.
func (w *world) stateNow() state {
	c, _ := w.chatRow()
	return decodeSession(c.Session).State
}

// claimed reports whether Sara's card counts as collected.
func (w *world) claimed() bool { return w.person(saraCode).Applications[0].Claimed != 0 }

// What people write in place of pressing a button does what the button does.
func TestTypedInPlaceOfAButton(t *testing.T) {
	onBoth(t, func(t *testing.T, on card.Platform) {
		w := newWorld(t, on)
		w.knows(saraCode, saraPhone, "", ready("1"))
		w.proves(saraPhone, saraCode)
		for _, text := range []string{"کارتم رسیده یا نه؟", "کارت ملی هوشمندم کجاست", "از کجا باید کارتم را بگیرم", "وضعیت کارت من چیه", "حاج آقا کارت ملی من کجاست قربونت"} {
			w.text(text).says("مرحله: آمادهٔ تحویل")
		}
		w.text("خبرم کنید").says(locale.Subscribed()).text("پیام نده").says(locale.Unsubscribed())
		w.text("کارتم رسیده ولی پیامک نیامد").says(locale.QuestionsFound()).press(locale.ButtonStatus).says("مرحله: آمادهٔ تحویل")

		w.text("هنوز نگرفتم").says("مرحله: آمادهٔ تحویل").keepsSilentOf(locale.Unclaimed())
		if w.text("گرفتم").says(locale.AskClaim("")); w.claimed() {
			t.Error("«گرفتم» alone, which may mean that it was understood, ends the reminders")
		}
		w.press(locale.ButtonNotCollected).text("گرفتم").press(locale.ButtonCollected).says(locale.Claimed())
		if w.text("هنوز نگرفته ام").says(locale.Unclaimed()); w.claimed() {
			t.Error("it was not taken back")
		}
		if w.text("تحویل گرفتم ممنون").says(locale.Claimed()); !w.claimed() {
			t.Error("it was not noted")
		}
	})
}

// Who says again that they have the card is not told that there is none.
func TestCollectedTwice(t *testing.T) {
	w := newWorld(t, card.Telegram)
	w.knows(saraCode, saraPhone, "", ready("1"))
	w.proves(saraPhone, saraCode).text("تحویل گرفتم").says(locale.Claimed())
	w.text("تحویل گرفتم").says("گفته‌اید که کارت را گرفته‌اید").keepsSilentOf(locale.NothingToDo())
	w.later(200*24*time.Hour).text("تحویل گرفتم").says(locale.ProveAgain("", false)).keepsSilentOf(locale.NothingToDo(), "گفته‌اید")
}

// Whose proof is over learns from no word whether the card is there.
func TestCollectedAfterTheProof(t *testing.T) {
	for _, s := range []card.State{ready("1"), {Stage: card.StageIssuing}} {
		w := newWorld(t, card.Telegram)
		w.knows(saraCode, saraPhone, "", s)
		w.proves(saraPhone, saraCode).later(200 * 24 * time.Hour)
		for _, text := range []string{"تحویل گرفتم", "گرفتم", "بعداً یادم بینداز", "هنوز نگرفتم"} {
			if w.text(text); len(w.last) != 1 || w.last[0].Text != locale.ProveAgain("", false) {
				t.Errorf("%s, %v: %q", text, s.Stage, texts(w.last))
			}
		}
	}
	w := newWorld(t, card.Telegram)
	w.knows(saraCode, saraPhone, "", card.State{Stage: card.StageIssuing})
	w.proves(saraPhone, saraCode).text("تحویل گرفتم").says(locale.NothingToDo(), "در حال صدور")
}

// While an office is asked for, what names none is answered as anywhere.
func TestOfficeSwallowsNothing(t *testing.T) {
	w := newWorld(t, card.Bale)
	w.knows(saraCode, saraPhone, "", ready("1"))
	w.proves(saraPhone, saraCode)
	for text, want := range map[string]string{
		"سلام": locale.WelcomeBack(""), "خیلی ممنون": locale.Welcomed(), "چه مدارکی لازم است": "همراه ببرید", "دفتر تا کی باز است": "ساعت کار: ",
		"9990000019": locale.CodeChecksum(), "999000001": "۹ رقم فرستادید", "کارتم اومده": "مرحله: ", "خبرم کنید": locale.Subscribed(), "09991112222": locale.PhoneTyped(),
		"۱": locale.PressOffice(), "دفتر ونک": "این دفترها را یافتیم", "پست اصفهان": "این دفترها را یافتیم", "شیراز": "این دفترها را یافتیم", "قققققق": locale.NoOfficeFound(""),
	} {
		w.text("بازگشت").text("انتخاب دفتر").text(text).says(want)
	}
	w.text("بازگشت").text("انتخاب دفتر").press(locale.ButtonStatus)
	if s := w.stateNow(); s != idle {
		t.Errorf("the state is %d after the status", s)
	}
	w.text("انتخاب دفتر").later(90 * time.Minute).text("قققققق").later(90 * time.Minute).text("قققققق").says(locale.NoOfficeFound(""))
	w.later(90 * 24 * time.Hour).text("شیراز").says(locale.NotUnderstood())
	if s := w.stateNow(); s != idle {
		t.Errorf("the state is %d after months", s)
	}
	w.text("انتخاب دفتر").press("نزدیک‌ترین").text("ممنون").says(locale.Welcomed())
	if !w.menu.Rows[0][0].Location {
		t.Error("the button for the place has gone")
	}
	w.text("وضعیت کارت من").says("مرحله: ")
}

// While a nickname is asked for, a question is answered and gives nobody a name.
func TestNicknameSwallowsNothing(t *testing.T) {
	w := newWorld(t, card.Telegram)
	w.knows(saraCode, saraPhone, "", card.State{Stage: card.StageIssuing})
	w.proves(saraPhone, saraCode).text(rezaCode).press("نه، ندارم").says("به چه نامی")
	w.text("چرا پیامک نیامد").says("8999").text("هزینه").says("هزینه").text("چرا؟").says("به چه نامی")
	if s := w.stateNow(); s != nickname {
		t.Fatalf("the state is %d", s)
	}
	w.text("باشه").says("نام «"+locale.Name("نفر ۱")+"» را یادداشت کردیم", "نفر ۲").text("مادرم").says("نام «" + locale.Name("مادرم") + "»")
	w.text("تنظیمات").press("مادرم").press("تغییر نام").text("کارتم رسیده یا نه").says("در حال صدور")
}
