package locale

import (
	"strings"

	"kartyar/card"
)

// Buttons of the settings.
const (
	ButtonChangePhone = "تغییر شمارهٔ همراه"
	ButtonForgetYes   = "بله، حذف شود"
	ButtonForgetNo    = "نه، بماند"
)

// PersonView is a person as the settings show them.
type PersonView struct {
	Nickname string // empty in a chat that follows one person
	Notify   bool
	Office   card.Office // the chosen one; zero when none
	Guest    bool        // followed by somebody else's invitation
	// Companions is how many follow by this chat's invitation.
	Companions int
	// Unavailable: none of these can be read.
	Unavailable bool
}

// Settings shows what can be changed; people may be none.
func Settings(people []PersonView) string {
	if len(people) == 0 {
		return "هنوز کارتی را دنبال نمی‌کنید. «" + ButtonStatus + "» را بزنید."
	}
	if len(people) == 1 {
		return "تنظیمات\n" + PersonSettings(people[0])
	}
	lines := []string{"کسانی که کارتشان را دنبال می‌کنید. برای تغییر، نام را بزنید."}
	for _, p := range people {
		state := notifyWord(p.Notify)
		if p.Unavailable {
			state = "فعلاً به اطلاعات این کارت دسترسی نداریم"
		}
		lines = append(lines, "«"+Name(p.Nickname)+"»: "+state)
	}
	return strings.Join(lines, "\n")
}

// PersonSettings shows what can be changed of one person among several.
func PersonSettings(p PersonView) string { return heading(p.Nickname) + personLines(p) }

func personLines(p PersonView) string {
	if p.Unavailable {
		return "فعلاً به اطلاعات این کارت دسترسی نداریم. چند دقیقهٔ دیگر دوباره ببینید."
	}
	office := "انتخاب نشده"
	if p.Office.Code != "" {
		office = OfficeName(p.Office)
	}
	text := "رسیدن کارت را " + notifyWord(p.Notify) + ".\nدفتر دلخواه: " + office
	if p.Guest {
		text += "\nاین کارت را به دعوت کسی دیگر دنبال می‌کنید."
	}
	if p.Companions > 0 {
		text += "\nهمراهانی که خبر این کارت را می‌گیرند: " + Number(p.Companions) + " نفر"
	}
	return text
}

func notifyWord(on bool) string {
	if on {
		return "خبر می‌دهیم"
	}
	return "خبر نمی‌دهیم"
}

// Privacy says what is kept, why and for how long.
func Privacy() string {
	return "چه چیزی نگه می‌داریم؟\n" +
		"نشانه‌ای رمزشده از کد ملی، شمارهٔ همراه و کد رهگیری. خود آن‌ها از روی این نشانه خوانده نمی‌شود.\n" +
		"نشانی این گفت‌وگو و نامی که برای هر نفر نوشته‌اید.\n" +
		"دفتر دلخواه، خبرهایی که به شما داده‌ایم و همراهانی که دعوت کرده‌اید.\n\n" +
		"چرا؟\n" +
		"تا وضعیت کارت را تنها به شما و همراهانتان بگوییم و رسیدن آن را خبر دهیم. این‌ها را به کس دیگری نمی‌دهیم.\n\n" +
		"تا کی؟\n" +
		"تا وقتی «" + ButtonDeleteMyData + "» را بزنید. پس از آن فقط این‌ها می‌ماند:\n" +
		"آنچه دفترها دربارهٔ کارت فرستاده‌اند؛\n" +
		"شمار پرسش‌های نادرست، تا کسی کد دیگران را حدس نزند؛\n" +
		"نشانهٔ این حذف، تا از نسخه‌های پشتیبان چیزی برنگردد."
}

// AskForget asks for confirmation, once; companions says that there are some.
func AskForget(companions bool) string {
	text := "همهٔ اطلاعات شما در این گفت‌وگو حذف شود؟\nپس از آن دیگر خبری نمی‌فرستیم و برای پرسیدن باید از نو شروع کنید."
	if companions {
		text += companionsEndToo
	}
	return text
}

// Forgetting takes the place of the question while the menu is taken away.
func Forgetting() string { return "حذف شد." }

// Forgotten says that the data are gone.
func Forgotten() string {
	return "همهٔ اطلاعات شما در این گفت‌وگو حذف شد. هر وقت خواستید از نو شروع کنید، «" + ButtonStartAgain + "» را بزنید."
}

// NotForgotten says that nothing was deleted.
func NotForgotten() string { return "چیزی حذف نشد." }

// ButtonStartAgain begins anew when everything was deleted.
const ButtonStartAgain = "شروع دوباره"

func settingsSamples() []Sample {
	one := PersonView{Notify: true}
	mother := PersonView{Nickname: "مامان", Office: sampleOffice()}
	return []Sample{
		{Name: "ButtonChangePhone", Text: ButtonChangePhone},
		{Name: "ButtonForgetYes", Text: ButtonForgetYes},
		{Name: "ButtonForgetNo", Text: ButtonForgetNo},
		{Name: "ButtonStartAgain", Text: ButtonStartAgain},
		{Name: "Settings/none", Text: Settings(nil)},
		{Name: "Settings/one", Text: Settings([]PersonView{one})},
		{Name: "Settings/guest", Text: Settings([]PersonView{{Nickname: "مامان", Notify: true, Guest: true}})},
		{Name: "Settings/several", Text: Settings([]PersonView{{Nickname: "خودم", Notify: true}, mother})},
		{Name: "PersonSettings", Text: PersonSettings(mother)},
		{Name: "Settings/unavailable", Text: Settings([]PersonView{{Nickname: "خودم", Notify: true}, {Nickname: "مامان", Unavailable: true}})},
		{Name: "PersonSettings/unavailable", Text: PersonSettings(PersonView{Nickname: "مامان", Unavailable: true})},
		{Name: "PersonSettings/companions", Text: PersonSettings(PersonView{Nickname: "مامان", Companions: 2})},
		{Name: "PersonSettings/guest", Text: PersonSettings(PersonView{Nickname: "مامان", Guest: true})},
		{Name: "Privacy", Text: Privacy()},
		{Name: "AskForget", Text: AskForget(false)},
		{Name: "AskForget/companions", Text: AskForget(true)},
		{Name: "Forgetting", Text: Forgetting()},
		{Name: "Forgotten", Text: Forgotten()},
		{Name: "NotForgotten", Text: NotForgotten()},
	}
}
