package handlers

import (
	"testing"
	"time"

	"kartyar/bot"
	"kartyar/card"
	"kartyar/locale"
)

// reminder is when the chat is next reminded of Sara's card.
func (w *world) reminder() time.Time {
	p := w.person(saraCode)
	return p.Follower(w.chat()).Reminder
}

// Whoever learns by asking that the card is there can have a reminder of it.
func TestReminderIsOffered(t *testing.T) {
	w := newWorld(t, card.Bale)
	w.knows(saraCode, saraPhone, "", ready("1"))
	w.proves(saraPhone, saraCode).says("تا گرفتن کارت یادآوری کنیم")
	if !w.reminder().IsZero() {
		t.Fatal("there is a reminder that nobody wants")
	}
	w.press(locale.ButtonRemindLater).press(locale.ButtonThreeDays).says("۵ آذر", "از این پس")
	if want := time.Date(2026, 11, 26, 6, 30, 0, 0, time.UTC); !w.reminder().Equal(want) {
		t.Errorf("the reminder is at %v, not at %v", w.reminder(), want)
	}
	w.text("/status").keepsSilentOf("یادآوری کنیم").press(locale.ButtonUnsubscribe).says("تا گرفتن کارت یادآوری کنیم")
	if w.press(locale.ButtonSubscribe).keepsSilentOf("یادآوری کنیم"); w.reminder().IsZero() {
		t.Error("no reminder comes of what was offered")
	}
	w.text(locale.ButtonUnsubscribe).press(locale.ButtonCollected).keepsSilentOf("یادآوری کنیم")
}

// The wish for a reminder brings news back, whoever does not get them, also where
// the card was told of to nobody yet.
func TestReminderOfWhoGetsNoNews(t *testing.T) {
	w := newWorld(t, card.Telegram)
	w.knows(saraCode, saraPhone, "", card.State{Stage: card.StageIssuing})
	w.proves(saraPhone, saraCode)
	w.knows(saraCode, saraPhone, "", card.State{Stage: card.StageReady, Office: "1", AsOf: w.now})
	w.text("بعدا یادم بینداز").says("دفتر نمونهٔ ونک", locale.AskSnooze("")).press(locale.ButtonTomorrow).says("از این پس")
	if w.reminder().IsZero() {
		t.Error("no reminder comes")
	}
	old := w.text("فردا یادم بنداز").says(locale.AskSnooze("")).last[0]
	tomorrow, _ := find(old, locale.ButtonTomorrow)
	w.text(locale.ButtonUnsubscribe).presses("old", tomorrow).says("یادآوری می‌کنیم", "از این پس")
	if w.reminder().IsZero() {
		t.Error("no reminder comes after news were turned off")
	}
	w.text("دیگه پیام ندید").says(locale.Unsubscribed()).later(200 * 24 * time.Hour)
	w.presses("old", tomorrow).says(locale.ProveAgain("", false)).keepsSilentOf("ونک")
	if !w.reminder().IsZero() {
		t.Error("who has to prove itself again is reminded")
	}
}

// No reminder comes after the last day on which the card is kept.
func TestReminderIsInTime(t *testing.T) {
	w := newWorld(t, card.Telegram).set("[everywhere]\nkeep_days = 4")
	came := ready("1")
	came.AsOf = noon.Add(-time.Hour)
	w.knows(saraCode, saraPhone, "", came)
	w.proves(saraPhone, saraCode).text(locale.ButtonSubscribe)
	status := w.last[0]
	w.press(locale.ButtonRemindLater)
	question := w.last[0]
	if _, offered := find(question, locale.ButtonOneWeek); offered {
		t.Error("a day is offered on which the card has gone")
	}
	in3, _ := find(question, locale.ButtonThreeDays)
	w.later(48*time.Hour).presses("old", in3).says(locale.AskSnooze(""))
	if _, offered := find(w.last[0], locale.ButtonThreeDays); offered || w.last[0].Edit == 0 {
		t.Errorf("what is too late is offered again: %+v", w.last[0])
	}
	w.press(locale.ButtonTomorrow).says("یادآوری می‌کنیم")
	later, _ := find(status, locale.ButtonRemindLater)
	w.later(48*time.Hour).presses("old", later).says(locale.LastDay(""))
	w.later(24*time.Hour).presses("old", later).says(locale.AskSnooze("")) // it may still lie there
	week, offered := find(w.last[0], locale.ButtonOneWeek)
	if !offered {
		t.Error("nothing is offered for a card that is kept longer than was said")
	}
	w.text("کارتم را گرفتم").presses("old", later).says(locale.StaleButton()).presses("old", week).says(locale.StaleButton())
}

// A reminder of several cards is for those of which news come.
func TestReminderOfAnOffice(t *testing.T) {
	w := newWorld(t, card.Bale)
	for _, code := range []string{saraCode, rezaCode} {
		w.knows(code, saraPhone, "", ready("1"))
	}
	w.proves(saraPhone, saraCode).text(rezaCode).text("سارا").text("رضا")
	w.text(locale.ButtonSubscribe).press("سارا").text("/status")
	all := press{Action: actSnooze, Choice: 1, Office: officeHash("1")}
	w.does("office", bot.Update{Kind: bot.KindCallback, Private: true, Callback: &bot.Callback{ID: "x", Data: w.h.seal.data(w.chat(), all)}})
	w.says("یادآوری می‌کنیم").keepsSilentOf("از این پس")
	if reza := w.person(rezaCode); w.reminder().IsZero() || reza.Follower(w.chat()).Notify {
		t.Error("the reminder is not of who gets news, and of nobody else")
	}
}
