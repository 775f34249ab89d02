package handlers

import (
	"strings"
	"testing"
	"time"

	"kartyar/alert"
	"kartyar/bot"
	"kartyar/card"
	"kartyar/locale"
	"kartyar/store"
)

// The whole journey, as a reviewer reads it.
func TestJourney(t *testing.T) {
	onBoth(t, func(t *testing.T, on card.Platform) {
		w := newWorld(t, on)
		w.knows(saraCode, saraPhone, receiptOf, card.State{Stage: card.StageDispatched, Office: "1"})
		w.text("/start").shares("09990000001").text("۹۹۹۰۰۰۰۰۱")
		w.text("999-000-0018").says("ارسال به دفتر", "دفتر نمونهٔ ونک")
		w.press("خبرم کن").says("از این پس")
		w.press("انتخاب دفتر").press("اصفهان").press("کاشان").press("دفتر نمونهٔ کاشان").says("یادداشت شد")
		w.now = w.now.Add(time.Hour)
		w.knows(saraCode, saraPhone, receiptOf, ready("1"))
		w.text("وضعیت کارت من").says("آمادهٔ تحویل", "به دفتر دلخواه شما نرفته است")
		w.press("بعداً یادم بینداز").press("سه روز دیگر").says("۱۰:۰۰")
		w.press("وضعیت کارت من").press("تحویل گرفتم").says("یادداشت کردیم").press("هنوز نگرفته‌ام")
		w.text("/settings").press("افزودن یک نفر دیگر").text(mamanCode).says(locale.NotFoundYet())
		w.press("نه، ندارم").says("در انتظار می‌ماند", "نفر ۱").text("خودم").text("مامان")
		w.text("/status").says("«" + locale.Name("خودم") + "»")
		w.text("تنظیمات").press("مامان").press("برداشتن از فهرست").press("بله")
		w.text("راهنما").text("/privacy")
		w.press("حذف اطلاعات من").press("بله، حذف شود").says("همهٔ اطلاعات شما در این گفت‌وگو حذف شد")
		if len(w.menu.Rows) != 1 || w.menu.Rows[0][0].Text != locale.ButtonStartAgain {
			t.Errorf("the menu is %v", w.menu)
		}
		golden(t, "journey_"+string(on)+".txt", w.log.String())
	})
}

func TestEveryStage(t *testing.T) {
	onBoth(t, func(t *testing.T, on card.Platform) {
		var all strings.Builder
		for _, stage := range append(card.Stages(), card.StageUnknown) {
			w := newWorld(t, on)
			s := card.State{Stage: stage}
			switch {
			case stage == card.StageUnknown:
				s.Word = "در صف *چاپ*"
			case stage.NeedsOffice():
				s.Office = "1"
			case stage.WaitsForHolder():
				s.Note = "عکس [تازه] لازم است"
			}
			w.knows(saraCode, saraPhone, "", s)
			w.proves(saraPhone, saraCode).says("مرحله: ", "به‌روز تا ", "در این مرحله است")
			all.WriteString("# " + stage.String() + "\n" + render(w.last[len(w.last)-1]))
		}
		golden(t, "stages_"+string(on)+".txt", all.String())
	})
}

func TestSeveralApplicationsNewestFirst(t *testing.T) {
	w := newWorld(t, card.Bale)
	old := card.State{Stage: card.StageCollected, AsOf: noon.AddDate(-3, 0, 0)}
	w.knows(saraCode, saraPhone, "AAAAAAAAAA", old)
	w.knows(saraCode, saraPhone, "BBBBBBBBBB", card.State{Stage: card.StageIssuing})
	text := w.proves(saraPhone, saraCode).says("درخواست ۱ از ۲", "درخواست ۲ از ۲").last[1].Text
	if strings.Index(text, "در حال صدور") > strings.Index(text, "تحویل شده") {
		t.Errorf("the older application comes first:\n%s", text)
	}
}

func TestLongestStatusFits(t *testing.T) {
	w := newWorld(t, card.Telegram)
	for i := range 30 {
		w.knows(saraCode, saraPhone, strings.Repeat(string(rune('A'+i)), 10),
			card.State{Stage: card.StageDefective, Note: strings.Repeat("مدرک 😀 ", 300), Office: "1", AsOf: noon.Add(-time.Duration(i) * time.Hour)})
	}
	w.proves(saraPhone, saraCode).says("جا نشد") // and Lint watches the length
}

func TestInputErrors(t *testing.T) {
	contactAsked := func(w *world) { w.text("/start") }
	codeAsked := func(w *world) { w.text("/start").shares("09990000001") }
	receiptAsked := func(w *world) { w.proves(saraPhone, saraCode).press("بله").later(time.Hour) }
	nothing := func(*world) {}
	for _, tt := range []struct {
		name  string
		given func(*world)
		text  string
		want  string
		state state
	}{
		{"typed phone", contactAsked, "۰۹۱۲ ۳۴۵ ۶۷۸۹", locale.PhoneTyped(), contact},
		{"code first", contactAsked, saraCode, locale.CodeTooEarly(), contact},
		{"greeting", contactAsked, "سلام", locale.Welcome(""), contact},
		{"chat", contactAsked, "چه خبر", locale.ContactWanted(), contact},
		{"the card, before the contact", contactAsked, "کارت من کجاست؟", locale.AskContact(), contact},
		{"where, before the contact", contactAsked, "کجاست", locale.AskContact(), contact},
		{"where, idle", nothing, "کارت من کو", locale.AskContact(), contact},
		{"where, before the code", codeAsked, "کجاست؟", locale.AskCodeAgain(), code},
		{"the card, before the code", codeAsked, "کارتم رسیده؟", locale.AskCodeAgain(), code},
		{"thanks before the code", codeAsked, "ممنون", locale.AskCodeAgain(), code},
		{"a question before the code", codeAsked, "کارتم گم شده", "درخواست تازه بدهید", code},
		{"nine digits", codeAsked, "۹۹۹۰۰۰۰۰۱", "کد ملی باید ۱۰ رقم باشد؛ ۹ رقم فرستادید.", code},
		{"eleven digits", codeAsked, "99900000181", "کد ملی باید ۱۰ رقم باشد؛ ۱۱ رقم فرستادید.", code},
		{"letters", codeAsked, "کد من ۹۹", locale.CodeLetters(), code},
		{"dashes", codeAsked, "---", locale.CodeLetters(), code},
		{"wrong sum", codeAsked, "9990000019", locale.CodeChecksum(), code},
		{"equal digits", codeAsked, "1111111111", locale.CodeChecksum(), code},
		{"short receipt", receiptAsked, "ABC-12", locale.ReceiptLength(5), receipt},
		{"rounded receipt", receiptAsked, "1.2E+11", locale.AskReceipt(), receipt},
		{"receipt: yes", receiptAsked, "بله", locale.AskReceipt(), receipt},
		{"receipt: no", receiptAsked, "رسید ندارم", locale.WaitingNoted(), idle},
		{"code for receipt", receiptAsked, saraCode, locale.AskReceipt(), receipt},
		{"long", codeAsked, strings.Repeat("ا", 4000), locale.TooLong(), code},
		{"long, idle", nothing, strings.Repeat("ا", 4000), locale.TooLongUnasked(), idle},
		{"chat, idle", nothing, "چه خبر", locale.NotUnderstood(), idle},
		{"greeting, idle", nothing, "سلام، خوبید؟", locale.WelcomeBack(""), idle},
		{"thanks, idle", nothing, "خیلی ممنون", locale.Welcomed(), idle},
		{"the card, idle", nothing, "کارتم کجاست", locale.AskContact(), contact},
		{"unknown command", nothing, "/exit", locale.NotUnderstood(), idle},
		{"phone, idle", nothing, "09123456789", locale.PhoneTyped(), contact},
		{"code as it was spoken, idle", nothing, "۹۹۹-۰۰۰-۰۰۱۸.", locale.CodeTooEarly(), contact},
		{"mistyped code, idle", func(w *world) { w.proves(saraPhone, saraCode).text("بازگشت") }, "0999000003", locale.CodeChecksum(), code},
		{"phone, proved", func(w *world) { w.proves(saraPhone, saraCode).text("بازگشت") }, "09991112222", locale.PhoneTyped(), contact},
		{"code that may be a phone, proved", func(w *world) { w.proves(saraPhone, saraCode).text("بازگشت") }, "9121112224", locale.CodeChecksum(), code},
		{"code, idle", nothing, saraCode, locale.CodeTooEarly(), contact},
		{"back from code", codeAsked, "بازگشت", locale.BackToMenu(), idle},
		{"strange payload", nothing, "/start " + strings.Repeat("%00';--", 60), locale.Welcome(""), contact},
		{"command with a name", codeAsked, "/HELP@kartyar_bot", locale.Help(card.Bale), code},
		{"privacy anywhere", codeAsked, "/privacy", locale.Privacy(), code},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, card.Bale)
			tt.given(w)
			w.text(tt.text).says(tt.want)
			c, _ := w.chatRow()
			if got := decodeSession(c.Session).State; got != tt.state {
				t.Errorf("the state is %d, want %d", got, tt.state)
			}
			if len(w.last) == 0 {
				t.Error("nothing was said")
			}
		})
	}
}

func TestMediaAndEdits(t *testing.T) {
	w := newWorld(t, card.Telegram).text("/start")
	w.does("photo", bot.Update{Kind: bot.KindMessage, Private: true, Media: true}).says(locale.OnlyText())
	if w.menu.Rows[0][0].Contact != true {
		t.Error("the contact button is gone")
	}
	w.does("edit", bot.Update{Kind: bot.KindEdited, Private: true, Text: saraCode}).says(locale.EditedNotRead())
	w.shares("09990000001").says(locale.AskCode())
}

func TestGroups(t *testing.T) {
	w := newWorld(t, card.Telegram)
	for _, u := range []bot.Update{
		{Kind: bot.KindMessage, Text: "/start"}, {Kind: bot.KindMessage, Text: saraCode},
		{Kind: bot.KindMessage, Contact: &bot.Contact{Phone: "09990000001", UserID: w.user}},
	} {
		w.later(groupAgain).does("group", u)
		if len(w.last) != 1 || w.last[0].Text != locale.GroupNotice() || !w.last[0].Group {
			t.Errorf("said %q", texts(w.last))
		}
		if w.later(groupAgain-2*time.Second).does("group", u); len(w.last) != 0 {
			t.Errorf("within the hour: said %q", texts(w.last))
		}
	}
	w.later(groupAgain)
	for _, u := range []bot.Update{
		{Kind: bot.KindEdited, Text: "x"}, {Kind: bot.KindMembership}, {Kind: bot.KindOther}, {Kind: bot.KindMessage, Media: true},
		{Kind: bot.KindCallback, Callback: &bot.Callback{Data: "x"}},
	} {
		if w.does("group", u); len(w.last) != 0 {
			t.Errorf("%+v: said %q", u, texts(w.last))
		}
	}
	if _, found := w.chatRow(); found {
		t.Error("a group's chat was kept")
	}
}

// Whoever brings the bot into groups without end takes no more than some messages
// of an hour with it, nor any memory.
func TestGroupsWithoutEnd(t *testing.T) {
	g := newGroups()
	said := func(chat int, now time.Time) bool {
		return len(g.answer(now, card.ChatKey{1, byte(chat), byte(chat >> 8)}, bot.Update{Kind: bot.KindMessage, Text: "x"})) > 0
	}
	for _, now := range []time.Time{noon, noon.Add(groupAgain)} {
		n := 0
		for chat := range 3 * groupsMost {
			if said(chat, now) {
				n++
			}
		}
		if n != groupsMost || len(g.answered) > groupsMost {
			t.Errorf("%d groups were answered in an hour, %d are remembered", n, len(g.answered))
		}
	}
}

func TestMembership(t *testing.T) {
	w := newWorld(t, card.Telegram)
	w.knows(saraCode, saraPhone, "", card.State{Stage: card.StageIssuing})
	w.proves(saraPhone, saraCode).press("خبرم کن")
	w.does("blocked", bot.Update{Kind: bot.KindMembership, Private: true, Blocked: true})
	if c, _ := w.chatRow(); !c.Blocked || !w.person(saraCode).Followers[0].Blocked {
		t.Error("not noted as blocked")
	}
	w.text("/help")
	if c, _ := w.chatRow(); c.Blocked || w.person(saraCode).Followers[0].Blocked {
		t.Error("still blocked after a message")
	}
}

func TestOffices(t *testing.T) {
	w := newWorld(t, card.Bale)
	w.knows(saraCode, saraPhone, "", card.State{Stage: card.StageDispatched, Office: "2"})
	w.proves(saraPhone, saraCode)
	chosen := func(want string) {
		t.Helper()
		if got := w.person(saraCode).Followers[0].Office; got != want {
			t.Errorf("chosen is %q, want %q", got, want)
		}
	}
	w.text("انتخاب دفتر").press("دفتر خود کارت").says("پست نمونهٔ اصفهان")
	chosen("2")
	w.text("انتخاب دفتر").press("فارس").press("صفحهٔ بعد").press("صفحهٔ بعد").press("دفتر شیراز ۱۹").says("یادداشت شد")
	chosen("S19")
	w.text("انتخاب دفتر").text("كاشانن").press("دفتر نمونهٔ کاشان") // a typo, an Arabic kaf
	chosen("3")
	w.text("انتخاب دفتر").text("قققققق").says(locale.NoOfficeFound("")).press("استان دیگر").press("تهران").press("دفتر نمونهٔ ونک")
	chosen("1")
	if r := w.last[0]; r.Edit == 0 || !strings.HasPrefix(r.Keyboard.Rows[0][1].URL, "https://balad.ir/location?latitude=35.75750&longitude=51.41000") {
		t.Errorf("want an edit with a map, got %+v", r)
	}
	w.text("انتخاب دفتر").press("خارج").press("کنسولگری")
	if r := w.last[0]; !strings.HasPrefix(r.Keyboard.Rows[0][1].URL, "https://www.openstreetmap.org/") {
		t.Errorf("got %+v", r.Keyboard)
	}
}

func TestFloodAndSorry(t *testing.T) {
	w := newWorld(t, card.Bale)
	w.sees([]bot.Reply{w.h.Sorry(), w.h.Flood(12)}) // Lint reads them
	w.says("۱۲ پیام")
}

func TestRenew(t *testing.T) {
	w := newWorld(t, card.Telegram)
	w.knows(saraCode, saraPhone, "", card.State{Stage: card.StageIssuing})
	w.proves(saraPhone, saraCode)
	old := w.last[1]
	old.Edit, old.NotBefore = 5, noon
	w.knows(saraCode, saraPhone, "", card.State{Stage: card.StageReady, Office: "1", AsOf: w.now})
	renew := func(r bot.Reply) (out bot.Reply) {
		w.update(func(tx *store.Tx) (err error) {
			out, err = w.h.Renew(tx, w.now, w.chat(), r)
			return err
		})
		w.sees([]bot.Reply{out})
		return out
	}
	if r := renew(old); !strings.Contains(r.Text, "آمادهٔ تحویل") || r.Edit != 5 || !r.NotBefore.Equal(noon) || len(r.Shows) == 0 {
		t.Errorf("renewed to %+v", r)
	}
	news := func() bool {
		p := w.person(saraCode)
		return alert.HasNews(&p, p.Follower(w.chat()))
	}
	if !news() {
		t.Error("a late change of an old message, which makes no sound, counts as told")
	}
	loud := old
	loud.Edit = 0
	if renew(loud); news() {
		t.Error("a late message does not count as told")
	}
	plain := bot.Reply{Text: locale.BackToMenu()}
	if r := renew(plain); r.Text != plain.Text {
		t.Errorf("a reply that shows nothing became %q", r.Text)
	}
	w.text("حذف اطلاعات من").press("بله")
	if r := renew(old); r.Text != locale.NotFollowed() || len(r.Keyboard.Rows) != 0 {
		t.Errorf("after deletion: %+v", r)
	}
}

// Who let us in again without a word has been here since a message was refused:
// that is noted, or the refusal, learnt of late, would end the alerts.
func TestMembershipIsSeen(t *testing.T) {
	w := newWorld(t, card.Telegram)
	w.proves(saraPhone, saraCode).later(time.Hour)
	w.does("unblocked", bot.Update{Kind: bot.KindMembership, Private: true})
	back := w.now
	w.later(time.Hour).does("blocked", bot.Update{Kind: bot.KindMembership, Private: true, Blocked: true})
	w.update(func(tx *store.Tx) error {
		if !tx.HeardSince(w.chat(), back) || tx.HeardSince(w.chat(), back.Add(1)) {
			t.Errorf("it was not heard at %v, or later", back)
		}
		return nil
	})
	if c, _ := w.chatRow(); !c.Blocked {
		t.Error("it is not blocked")
	}
}

// A status that never reaches the person does not count as told.
func TestLostStatus(t *testing.T) {
	w := newWorld(t, card.Telegram)
	w.proves(saraPhone, saraCode) // waits, and wants news
	w.knows(saraCode, saraPhone, receiptOf, ready("1"))
	w.text("/status").says("دفتر نمونهٔ ونک")
	status, handled := w.last[len(w.last)-1], w.now
	if !w.person(saraCode).Followers[0].Alert.Due.IsZero() {
		t.Fatal("what was shown is still to be told")
	}
	w.later(25 * time.Hour).update(func(tx *store.Tx) error {
		return w.h.Lost(tx, w.now, w.chat(), status, handled)
	})
	if w.person(saraCode).Followers[0].Alert.Due.IsZero() {
		t.Error("nobody will tell that the card is there")
	}
}
