package locale

import "kartyar/card"

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
func Welcome() string {
	return "سلام. " + ServiceName + " می‌گوید کارت ملی هوشمند شما در چه مرحله‌ای است و وقتی به دفتر برسد خبرتان می‌کند.\n\n" +
		"برای شروع، " + pressContact
}

// WelcomeBack greets somebody whose card is followed already; where it stands
// comes after it.
func WelcomeBack() string {
	return "سلام. هر وقت خواستید، «" + ButtonStatus + "» را بزنید."
}

// BackToMenu goes with the main buttons when a person turned back.
func BackToMenu() string {
	return "برگشتیم. یکی از دکمه‌های پایین صفحه را بزنید."
}

// Help says what the program does and how to use it.
func Help(p card.Platform) string {
	return ServiceName + " می‌گوید کارت ملی هوشمند در چه مرحله‌ای است و رسیدن آن به دفتر را خبر می‌دهد.\n\n" +
		"«" + ButtonStatus + "»: مرحله، دفتر و تاریخ\n" +
		"«" + ButtonChooseOffice + "»: دفتری که برایتان راحت‌تر است\n" +
		"«" + ButtonSubscribe + "» و «" + ButtonUnsubscribe + "»: خبر رسیدن کارت\n" +
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
		{Name: "Welcome", Text: Welcome()},
		{Name: "WelcomeBack", Text: WelcomeBack()},
		{Name: "BackToMenu", Text: BackToMenu()},
		{Name: "Help/telegram", Platform: card.Telegram, Text: Help(card.Telegram)},
		{Name: "Help/bale", Platform: card.Bale, Text: Help(card.Bale)},
		{Name: "EditedNotRead", Text: EditedNotRead()},
	}
}
