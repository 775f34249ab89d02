package handlers

import (
	"strings"
	"testing"
	"time"

	"kartyar/alert"
	"kartyar/bot"
	"kartyar/card"
	"kartyar/locale"
	"kartyar/settings"
	"kartyar/store"
)

// set gives the world the settings of a file.
func (w *world) set(file string) *world {
	w.t.Helper()
	s, err := settings.Parse([]byte(file), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	w.h.Settings = func() *settings.Settings { return s }
	return w
}

const twoProvinces = `
[everywhere]
fee = "شصت هزار تومان"
bring = ["شناسنامه"]
[province."تهران"]
fee = "هفتاد هزار تومان"
keep_days = 60
[province."اصفهان"]
keep_days = 30
`

// Questions are found by buttons and by typing, and what is being asked for
// stays.
func TestQuestions(t *testing.T) {
	onBoth(t, func(t *testing.T, on card.Platform) {
		w := newWorld(t, on)
		w.text("/start")
		if w.text("کارتم گم شده").says("درخواست تازه بدهید"); w.menu.Rows[0][0].Text != locale.ButtonShareContact {
			t.Error("the contact button has gone")
		}
		w.text("سلام").says(locale.Welcome(""))
		w.knows(saraCode, saraPhone, "", card.State{Stage: card.StageIssuing})
		w.shares(string(saraPhone)).text(saraCode).says("در حال صدور")
		w.text("چه خبر").says(locale.NotUnderstood())
		w.text("کارتم کجاست؟").says("در حال صدور").text("ممنون").says(locale.Welcomed())
		w.text("راهنما").press("پرسش‌ها").says(locale.ChooseQuestion())
		w.press("چرا پیامک نیامد؟").says("8999", "همراه اول")
		if w.last[0].Edit == 0 {
			t.Error("the answer did not take the list's place")
		}
		w.press("پرسش‌های دیگر").press("هزینهٔ کارت").says("از دفتری که درخواست داده‌اید بپرسید")
		w.text("خارج از کشور").says("کنسولگری")
		w.text("کارتم گم شده و شماره‌ام هم عوض شده").says(locale.QuestionsFound()).press("شماره‌ام عوض شده").says("کد رهگیری")
		w.text("پیتزا").says("پاسخ این پرسش را نداریم", locale.USSD(on)).press("چه کسی می‌تواند").says("فقط صاحب کارت")
		w.text(saraCode).says("در حال صدور")
		w.text("پرسش‌ها").later(time.Hour).text("پیتزا").says(locale.NotUnderstood())
		w.text("/questions").text("پیتزا").says("پاسخ این پرسش را نداریم")
		w.text("/questions").text("سلام").says(locale.WelcomeBack("")).text("کارتم رسید؟").says("در حال صدور")
		w.text("/questions").text("وضعیت کارت من").says("در حال صدور")
	})
}

// Each answer says the official way, and the code the right way round.
func TestAnswersSayTheOfficialWay(t *testing.T) {
	onBoth(t, func(t *testing.T, on card.Platform) {
		w := newWorld(t, on)
		for _, q := range locale.Questions() {
			w.text("پرسش‌ها").press(locale.QuestionTitle(q)).says(locale.Isolate("NCR.IR"))
			if q != locale.QuestionAbroad {
				w.says(locale.USSD(on))
			}
		}
	})
}

// A stranger's question is answered and leaves nothing behind.
func TestQuestionOfAStranger(t *testing.T) {
	w := newWorld(t, card.Bale)
	w.text("/questions").press("خارج از کشور").says("کنسولگری")
	w.text("مدارک").says("شناسنامه")
	if _, found := w.chatRow(); found {
		t.Error("the chat is kept")
	}
}

// Answers are those of the province where the card is collected, where that is
// known and one.
func TestQuestionsByProvince(t *testing.T) {
	w := newWorld(t, card.Telegram).set(twoProvinces)
	w.text("هزینه").says("شصت هزار", "در بعضی استان‌ها")
	w.knows(saraCode, saraPhone, "", ready("1"))
	w.knows(rezaCode, saraPhone, "", card.State{Stage: card.StageIssuing})
	w.proves(saraPhone, saraCode)
	w.text("هزینه").says("هفتاد هزار").keepsSilentOf("در بعضی استان‌ها", "شصت")
	w.text("مهلت").says("۶۰ روز")
	w.text(rezaCode).text("بازگشت")
	w.text("هزینه").says("شصت هزار", "در بعضی استان‌ها")
	w.text("مهلت").says("ما آن را نداریم")
}

// What the settings say of the office's province stands in status and alert.
func TestTerms(t *testing.T) {
	w := newWorld(t, card.Bale).set(twoProvinces)
	came := ready("1")
	came.AsOf = time.Date(2026, 11, 1, 20, 30, 0, 0, time.UTC) // 2 November in Tehran
	w.knows(saraCode, saraPhone, "", came)
	w.proves(saraPhone, saraCode).says("تا ۱۱ دی ۱۴۰۵ در دفتر می‌ماند", "همراه ببرید", "هفتاد هزار")
	w.now = time.Date(2027, 1, 1, 20, 0, 0, 0, time.UTC)
	w.text("/status").says("امروز آخرین روزی است که کارت در دفتر می‌ماند")
	w.now = w.now.Add(time.Hour)
	w.text("/status").says("مهلت ماندن کارت در دفتر ۱۱ دی ۱۴۰۵ بود")
	w.press("تحویل گرفتم").keepsSilentOf("مهلت", "هزینه")

	m := alert.Message{Chat: w.chat(), To: w.from, Office: "3"}
	for day := range 3 {
		m.Items = append(m.Items, alert.Item{
			Person: card.PersonKey{byte(day)}, Nickname: "مامان", Several: true, Event: alert.Arrived, State: ready("3"),
			Arrival: store.Arrival{Number: 1, Office: "3", At: noon.AddDate(0, 0, (day+2)%3)},
		})
	}
	w.sees([]bot.Reply{w.h.Alert(m, noon)})
	w.says("تا ۲ دی ۱۴۰۵ در دفتر می‌مانند", "شصت هزار")
	m.Reminder = true
	w.sees([]bot.Reply{w.h.Alert(m, noon)})
	w.says("هنوز در دفتر است", "تا ۲ دی ۱۴۰۵ در دفتر می‌مانند")
	m.Office, m.Items = "S1", m.Items[:1]
	w.sees([]bot.Reply{w.h.Alert(m, noon)})
	w.says("شصت هزار").keepsSilentOf("می‌ماند")
}

// The longest texts that settings may have fit an alert of many cards, and a
// status.
func TestLongestTermsFit(t *testing.T) {
	w := newWorld(t, card.Telegram)
	paper := `"` + strings.Repeat("م", 120) + `",`
	w.set(`everywhere = { fee = "` + strings.Repeat("ه", 300) + `", bring = [` + strings.Repeat(paper, 8) + `], keep_days = 9 }
texts.opening = "` + strings.Repeat("س", 500) + `"`)
	w.text("/start").says("برای شروع")
	m := alert.Message{Chat: w.chat(), Office: "1"}
	for i := range 8 {
		event, state := alert.Arrived, ready("1")
		if i > 3 {
			event, state = alert.Problem, card.State{Stage: card.StageDefective, Note: strings.Repeat("😀", 600)}
		}
		m.Items = append(m.Items, alert.Item{
			Person: card.PersonKey{byte(i)}, Nickname: strings.Repeat("م", nicknameSize), Several: true, Event: event, State: state,
			Arrival: store.Arrival{Number: 1, Office: "1", At: noon},
		})
	}
	w.sees([]bot.Reply{w.h.Alert(m, noon)}) // Lint watches the length
	w.says(locale.MoreNews())
	w.knows(saraCode, saraPhone, "", ready("1"))
	w.proves(saraPhone, saraCode).says("در دفتر می‌ماند")
}
