package locale

import (
	"strings"

	"kartyar/card"
)

// More buttons, beside the main ones.
const (
	ButtonSettings = "تنظیمات"
	ButtonPrivacy  = "حریم خصوصی"
	ButtonNCR      = "سایت ثبت احوال"
)

// PlaceholderMenu stands in the input field beside the main buttons.
const PlaceholderMenu = "یکی از دکمه‌ها را بزنید"

// pressContact is how a phone is proved.
const pressContact = "دکمهٔ «" + ButtonShareContact + "» را در پایین صفحه بزنید."

// Welcome is the first message of all; the contact button stands beneath it.
// opening are the operator's words for it, empty when there are none.
func Welcome(opening string) string {
	if opening == "" {
		opening = "سلام. " + ServiceName + " می‌گوید کارت ملی هوشمند شما در چه مرحله‌ای است و وقتی به دفتر برسد خبرتان می‌کند."
	} else {
		opening = passageLines(opening)
	}
	return opening + "\n\n" + "برای شروع، " + pressContact
}

// passageLines is Passage for a text of several lines.
func passageLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if line != "" {
			lines[i] = Passage(line)
		}
	}
	return strings.Join(lines, "\n")
}

// WelcomeBack greets somebody whose card is followed already; where it stands
// comes after it. opening are the operator's words for it, empty when there are
// none.
func WelcomeBack(opening string) string {
	if opening != "" {
		return passageLines(opening)
	}
	return "سلام. هر وقت خواستید، «" + ButtonStatus + "» را بزنید."
}

// Welcomed answers thanks.
func Welcomed() string {
	return "خواهش می‌کنیم. هر وقت خواستید، «" + ButtonStatus + "» را بزنید."
}

// BackToMenu goes with the main buttons when a person turned back.
func BackToMenu() string {
	return "برگشتیم. یکی از دکمه‌های پایین صفحه را بزنید."
}

// Help says what the program does and how to use it.
func Help(p card.Platform) string {
	return ServiceName + " می‌گوید کارت ملی هوشمند در چه مرحله‌ای است و رسیدن آن به دفتر را خبر می‌دهد.\n\n" +
		"«" + ButtonStatus + "»: مرحله، دفتر و تاریخ\n" +
		"«" + ButtonChooseOffice + "»: دفتری که دوست دارید کارت به آن برسد\n" +
		"«" + ButtonSubscribe + "» و «" + ButtonUnsubscribe + "»: خبر رسیدن کارت\n" +
		"«" + ButtonQuestions + "»: مدارک، هزینه، پیامک و پرسش‌های دیگر\n" +
		"«" + ButtonSettings + "»: افزودن یا برداشتن افراد، و حذف اطلاعات\n\n" +
		ServiceName + " هیچ‌گاه از شما پول، رمز یا کد پیامکی نمی‌خواهد.\n\n" +
		WhereToAsk(p)
}

// EditedNotRead is the answer to an edited message.
func EditedNotRead() string {
	return "پیام ویرایش‌شده را نمی‌خوانیم؛ لطفاً درستش را در پیامی تازه بفرستید."
}

func startSamples() []Sample {
	return []Sample{
		{Name: "ButtonSettings", Text: ButtonSettings},
		{Name: "ButtonPrivacy", Text: ButtonPrivacy},
		{Name: "ButtonNCR", Text: ButtonNCR},
		{Name: "PlaceholderMenu", Text: PlaceholderMenu},
		{Name: "Welcome/own", Text: Welcome("")},
		{Name: "Welcome/operator's", Text: Welcome("سلام. اینجا دفترهای پیشخوان استان نمونه است.\nرسیدن کارت را همین‌جا خبر می‌دهیم.")},
		{Name: "WelcomeBack/own", Text: WelcomeBack("")},
		{Name: "WelcomeBack/operator's", Text: WelcomeBack("سلام. روزهای جمعه هم باز هستیم.")},
		{Name: "Welcomed", Text: Welcomed()},
		{Name: "BackToMenu", Text: BackToMenu()},
		{Name: "Help/telegram", Platform: card.Telegram, Text: Help(card.Telegram)},
		{Name: "Help/bale", Platform: card.Bale, Text: Help(card.Bale)},
		{Name: "EditedNotRead", Text: EditedNotRead()},
	}
}
