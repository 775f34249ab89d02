package locale

// The words of the demo's chat page; what stands in the chats themselves is the
// conversation's own.
const (
	DemoTitle          = "کارت‌یار؛ گفت‌وگوی نمایشی"
	DemoIntro          = "این صفحه تلگرام و بله را روی همین رایانه شبیه‌سازی می‌کند. همهٔ افراد، کدها و دفترها نمونه‌اند و هیچ پیامی بیرون نمی‌رود."
	DemoSkipToChat     = "رفتن به گفت‌وگوها"
	DemoPeople         = "افراد"
	DemoTelegram       = "تلگرام"
	DemoBale           = "بله"
	DemoAddPerson      = "افزودن یک نفر"
	DemoName           = "نام"
	DemoPlatform       = "پیام‌رسان"
	DemoPhone          = "شمارهٔ همراه"
	DemoAdd            = "افزودن"
	DemoSamples        = "افراد نمونه"
	DemoSamplesHint    = "با کد ملی و شمارهٔ همراه این افراد گفت‌وگو را امتحان کنید."
	DemoNationalCode   = "کد ملی"
	DemoReceipt        = "کد رهگیری رسید"
	DemoCopyValue      = "کپی"
	DemoCopied         = "کپی شد"
	DemoOpenChat       = "گفت‌وگو در"
	DemoArrive         = "شبیه‌سازی: کارت نمونه به دفتر رسید"
	DemoArrived        = "فهرست دفتر خوانده شد؛ اگر این شخص «خبرم کن» را زده باشد، پیام رسیدن کارت می‌آید."
	DemoArriveFailed   = "فهرست نمونه خوانده نشد. پیام برنامه را در پنجرهٔ فرمان ببینید."
	DemoMessages       = "پیام‌های"
	DemoWrite          = "نوشتن پیام"
	DemoSend           = "فرستادن"
	DemoStart          = "شروع گفت‌وگو"
	DemoEmpty          = "هنوز پیامی نیست. «شروع گفت‌وگو» را بزنید."
	DemoMenu           = "دکمه‌های پایین صفحه"
	DemoMore           = "کارهای دیگر"
	DemoPhoto          = "فرستادن عکس"
	DemoSticker        = "فرستادن استیکر"
	DemoPlaceTehran    = "فرستادن مکان: میدان آزادی تهران"
	DemoPlaceShahriar  = "فرستادن مکان: شهریار"
	DemoPlaceFar       = "فرستادن مکان: آن سوی دنیا"
	DemoForeignContact = "فرستادن شمارهٔ شخص دیگر"
	DemoBlock          = "مسدود کردن ربات"
	DemoUnblock        = "رفع مسدودی ربات"
	DemoBlocked        = "ربات مسدود است."
	DemoTyping         = "در حال نوشتن…"
	DemoEdited         = "ویرایش‌شده"
	DemoSilent         = "بی‌صدا"
	DemoYou            = "شما"
	DemoBot            = "ربات"
	DemoAPhoto         = "عکس"
	DemoASticker       = "استیکر"
	DemoAPlace         = "مکان"
	DemoAContact       = "شمارهٔ همراه"
	DemoOpensLink      = "در برگهٔ تازه باز می‌شود"
	DemoWaitsForAnswer = "در انتظار پاسخ ربات"
	DemoClose          = "بستن"
	DemoLost           = "ارتباط با برنامه قطع شد؛ دوباره تلاش می‌شود."
	DemoFailed         = "این کار انجام نشد. صفحه را تازه کنید و دوباره امتحان کنید."
	DemoNameWrong      = "نام را در ۱ تا ۴۰ حرف بنویسید."
	DemoPhoneWrong     = "شمارهٔ همراه باید ۱۱ رقم باشد و با ۰۹ شروع شود."
	DemoTextWrong      = "پیام باید از ۱ تا ۴٬۰۹۶ حرف باشد."
	DemoTooMany        = "در این صفحه جا برای نفر دیگری نیست."
)

func demoSamples() []Sample {
	return []Sample{
		{Name: "DemoTitle", Text: DemoTitle},
		{Name: "DemoIntro", Text: DemoIntro},
		{Name: "DemoSkipToChat", Text: DemoSkipToChat},
		{Name: "DemoPeople", Text: DemoPeople},
		{Name: "DemoTelegram", Text: DemoTelegram},
		{Name: "DemoBale", Text: DemoBale},
		{Name: "DemoAddPerson", Text: DemoAddPerson},
		{Name: "DemoName", Text: DemoName},
		{Name: "DemoPlatform", Text: DemoPlatform},
		{Name: "DemoPhone", Text: DemoPhone},
		{Name: "DemoAdd", Text: DemoAdd},
		{Name: "DemoSamples", Text: DemoSamples},
		{Name: "DemoSamplesHint", Text: DemoSamplesHint},
		{Name: "DemoNationalCode", Text: DemoNationalCode},
		{Name: "DemoReceipt", Text: DemoReceipt},
		{Name: "DemoCopyValue", Text: DemoCopyValue},
		{Name: "DemoCopied", Text: DemoCopied},
		{Name: "DemoOpenChat", Text: DemoOpenChat},
		{Name: "DemoArrive", Text: DemoArrive},
		{Name: "DemoArrived", Text: DemoArrived},
		{Name: "DemoArriveFailed", Text: DemoArriveFailed},
		{Name: "DemoMessages", Text: DemoMessages},
		{Name: "DemoWrite", Text: DemoWrite},
		{Name: "DemoSend", Text: DemoSend},
		{Name: "DemoStart", Text: DemoStart},
		{Name: "DemoEmpty", Text: DemoEmpty},
		{Name: "DemoMenu", Text: DemoMenu},
		{Name: "DemoMore", Text: DemoMore},
		{Name: "DemoPhoto", Text: DemoPhoto},
		{Name: "DemoSticker", Text: DemoSticker},
		{Name: "DemoPlaceTehran", Text: DemoPlaceTehran},
		{Name: "DemoPlaceShahriar", Text: DemoPlaceShahriar},
		{Name: "DemoPlaceFar", Text: DemoPlaceFar},
		{Name: "DemoForeignContact", Text: DemoForeignContact},
		{Name: "DemoBlock", Text: DemoBlock},
		{Name: "DemoUnblock", Text: DemoUnblock},
		{Name: "DemoBlocked", Text: DemoBlocked},
		{Name: "DemoTyping", Text: DemoTyping},
		{Name: "DemoEdited", Text: DemoEdited},
		{Name: "DemoSilent", Text: DemoSilent},
		{Name: "DemoYou", Text: DemoYou},
		{Name: "DemoBot", Text: DemoBot},
		{Name: "DemoAPhoto", Text: DemoAPhoto},
		{Name: "DemoASticker", Text: DemoASticker},
		{Name: "DemoAPlace", Text: DemoAPlace},
		{Name: "DemoAContact", Text: DemoAContact},
		{Name: "DemoOpensLink", Text: DemoOpensLink},
		{Name: "DemoWaitsForAnswer", Text: DemoWaitsForAnswer},
		{Name: "DemoClose", Text: DemoClose},
		{Name: "DemoLost", Text: DemoLost},
		{Name: "DemoFailed", Text: DemoFailed},
		{Name: "DemoNameWrong", Text: DemoNameWrong},
		{Name: "DemoPhoneWrong", Text: DemoPhoneWrong},
		{Name: "DemoTextWrong", Text: DemoTextWrong},
		{Name: "DemoTooMany", Text: DemoTooMany},
	}
}
