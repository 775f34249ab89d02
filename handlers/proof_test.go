package handlers

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kartyar/bot"
	"kartyar/card"
	"kartyar/locale"
	"kartyar/store"
)

func TestContact(t *testing.T) {
	own := func(w *world) bot.Update {
		return bot.Update{Kind: bot.KindMessage, Private: true, Sent: w.now.Add(time.Second), Contact: &bot.Contact{Phone: "989990000001", UserID: w.user}}
	}
	for _, tt := range []struct {
		name   string
		before time.Duration // since the prompt
		change func(u *bot.Update)
		want   string
	}{
		{"own", time.Minute, func(*bot.Update) {}, locale.AskCode()},
		{"another's", 0, func(u *bot.Update) { u.Contact.UserID++ }, locale.ContactOfAnother()},
		{"nobody's", 0, func(u *bot.Update) { u.Contact.UserID = 0 }, locale.ContactOfAnother()},
		{"forwarded", 0, func(u *bot.Update) { u.Contact.Forwarded = true }, locale.ContactForwarded()},
		{"after an hour", time.Hour, func(*bot.Update) {}, locale.ContactLate()},
		{"sent before the question", time.Minute, func(u *bot.Update) { u.Sent = u.Sent.Add(-10 * time.Minute) }, locale.ContactLate()},
		{"without a date", time.Minute, func(u *bot.Update) { u.Sent = time.Time{} }, locale.ContactLate()},
		{"landline", 0, func(u *bot.Update) { u.Contact.Phone = "02188888888" }, locale.ContactNotMobile()},
		{"not a number", 0, func(u *bot.Update) { u.Contact.Phone = "x" }, locale.ContactNotMobile()},
		{"edited", 0, func(u *bot.Update) { u.Kind = bot.KindEdited }, locale.EditedNotRead()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, card.Telegram).text("/start").later(tt.before)
			u := own(w)
			tt.change(&u)
			w.does("contact", u).says(tt.want)
			c, _ := w.chatRow()
			if proved := c.Phone != (card.PhoneKey{}); proved != (tt.name == "own") {
				t.Errorf("proved: %v", proved)
			}
			if tt.name != "own" { // never a dead end: the button works now
				w.shares("09990000001").says(locale.AskCode())
			}
		})
	}
	t.Run("unasked", func(t *testing.T) {
		newWorld(t, card.Bale).shares("09990000001").says(locale.ContactLate()).shares("09990000001").says(locale.AskCode())
	})
	t.Run("pressed twice", func(t *testing.T) {
		newWorld(t, card.Bale).text("/start").shares("09990000001").shares("09990000001").says(locale.AskCodeAgain())
	})
}

// This machine's clock may be any time ahead of the platform's, or behind it:
// the dates of messages are compared with each other alone.
func TestContactUnderAnotherClock(t *testing.T) {
	for _, ahead := range []time.Duration{-time.Hour, -time.Minute, 12 * time.Second, time.Minute, 3*time.Hour + 30*time.Minute} {
		w := newWorld(t, card.Bale)
		sent := func() time.Time { return w.now.Add(-ahead).Truncate(time.Second) }
		shares := func(at time.Time) {
			w.does("☎", bot.Update{Kind: bot.KindMessage, Private: true, Sent: at, Contact: &bot.Contact{Phone: "09990000001", UserID: w.user}})
		}
		before := sent().Add(-time.Minute)
		w.does("/start", bot.Update{Kind: bot.KindMessage, Private: true, Sent: sent(), Text: "/start"}).later(4 * time.Second)
		shares(before)
		w.says(locale.ContactLate()).later(4 * time.Second)
		shares(sent())
		w.says(locale.AskCode())
		// The question that a button brings has no date to compare with.
		w.later(181*24*time.Hour).presses("", w.h.seal.data(w.chat(), press{Action: actStatus}))
		w.later(4 * time.Second)
		shares(sent())
		w.says(locale.AskCode())
	}
}

func TestBackKeepsThePhone(t *testing.T) {
	w := newWorld(t, card.Telegram).text("/start").shares("09990000001").text("بازگشت")
	w.text("وضعیت کارت من").says(locale.AskCodeAgain())
	w.text("بازگشت").text(saraCode).says(locale.NotFoundYet()) // a code while idle is one
}

func TestReceiptVerifies(t *testing.T) {
	w := newWorld(t, card.Bale)
	w.knows(saraCode, rezaPhone, receiptOf, ready("1"))
	w.proves(saraPhone, saraCode).says(locale.NotFoundYet()).keepsSilentOf("ونک")
	w.press("بله").text("WRONG00000").says("ثانیهٔ دیگر") // the wrong phone was a guess
	w.later(time.Minute).text("WRONG00000").says(locale.ReceiptNotYet())
	w.later(3*time.Minute).text("nemune-0001").says(locale.Confirmed(), "ونک")
}

func TestWaitingPairIsToldWhenTheListComes(t *testing.T) {
	w := newWorld(t, card.Telegram)
	w.proves(saraPhone, saraCode).press("نه").says("در انتظار")
	w.text("/status").says("هنوز کارتی")
	w.knows(saraCode, saraPhone, "", ready("1"))
	w.text("/status").says("آمادهٔ تحویل", "ونک")
	if p := w.person(saraCode); p.Followers[0].ToldOf(p.Applications[0].Record.ID) == nil {
		t.Error("what was shown does not count as told")
	}
}

func TestFourthWaitingPairDropsTheOldest(t *testing.T) {
	w := newWorld(t, card.Telegram)
	w.text("/start").shares(string(saraPhone))
	for i, code := range []string{saraCode, rezaCode, mamanCode, otherCode} {
		w.later(6 * time.Hour).text(code).says(locale.NotFoundYet())
		if said := strings.Contains(w.last[0].Text, locale.OldestDropped("نفر ۱")); said != (i == 3) {
			t.Errorf("pair %d: dropped: %v", i, said)
		}
	}
}

func TestProofLasts180Days(t *testing.T) {
	w := newWorld(t, card.Telegram)
	w.knows(saraCode, saraPhone, "", ready("1"))
	w.proves(saraPhone, saraCode).says("ونک")
	w.later(179 * 24 * time.Hour).text("/status").says("ونک")
	w.later(2 * 24 * time.Hour).text("/status").says(locale.ProveAgain("", false)).keepsSilentOf("ونک")
	w.press("تأیید دوباره").shares(string(saraPhone)).text(saraCode).says("ونک")
}

// With an old proof and no news, nothing that can be typed tells whether the
// card lies ready.
func TestOldProofSeesNothing(t *testing.T) {
	for _, typed := range []string{locale.ButtonCollected, locale.ButtonRemindLater} {
		w := newWorld(t, card.Telegram)
		w.knows(saraCode, saraPhone, receiptOf, ready("1"))
		w.proves(saraPhone, saraCode).later(181 * 24 * time.Hour)
		there := w.text(typed).last
		none := newWorld(t, card.Telegram)
		none.knows(saraCode, saraPhone, receiptOf, card.State{Stage: card.StageIssuing})
		none.proves(saraPhone, saraCode).later(181 * 24 * time.Hour)
		if diff := cmp.Diff(texts(none.text(typed).last), texts(there)); diff != "" {
			t.Errorf("%s tells (-not there +there):\n%s", typed, diff)
		}
	}
}

// So many wait for a person that no more are kept: no promise is made, and the
// receipt code still lets the holder in.
func TestFullWaiting(t *testing.T) {
	w := newWorld(t, card.Telegram)
	w.knows(saraCode, rezaPhone, receiptOf, ready("1"))
	k := w.store.Keyer()
	w.update(func(tx *store.Tx) error {
		p, err := tx.Person(k.Person(saraCode))
		if err != nil {
			return err
		}
		for i := range 512 {
			p.Followers = append(p.Followers, store.Follower{Chat: card.ChatKey{1, byte(i >> 8), byte(i)}, Bot: w.from.Bot})
		}
		return tx.PutPerson(k.Person(saraCode), p)
	})
	w.proves(saraPhone, saraCode).says(locale.NotKeptWaiting()).keepsSilentOf(locale.NotFoundYet())
	w.press(locale.ButtonHaveReceipt).says(locale.AskReceipt())
	w.later(time.Minute).text("NEMUNE0002").says(locale.NotKeptWaiting()).keepsSilentOf(locale.ReceiptNotYet())
	w.later(time.Hour).text(receiptOf).says("دفتر نمونهٔ ونک")
	if len(w.person(saraCode).Followers) != 513 {
		t.Error("the holder was not let in")
	}
}

func TestFullWaitingWithoutReceipt(t *testing.T) {
	w := newWorld(t, card.Telegram)
	k := w.store.Keyer()
	w.update(func(tx *store.Tx) error {
		var p store.Person
		for i := range 512 {
			p.Followers = append(p.Followers, store.Follower{Chat: card.ChatKey{1, byte(i >> 8), byte(i)}, Bot: w.from.Bot})
		}
		return tx.PutPerson(k.Person(saraCode), p)
	})
	w.proves(saraPhone, saraCode).press(locale.ButtonNoReceipt).keepsSilentOf(locale.WaitingNoted())
	if g := w.guesses(); g != 1 {
		t.Errorf("%d guesses, want 1", g)
	}
}

// guesses is how many count for the chat.
func (w *world) guesses() (n int) {
	w.update(func(tx *store.Tx) error {
		g, err := tx.Guesses(store.GuessByChat, w.chat())
		n = len(g)
		return err
	})
	return n
}
