package locale

import (
	"time"

	"kartyar/card"
)

// WhereToAsk says where else a person can ask, for answers that found nothing.
func WhereToAsk(p card.Platform) string {
	return "از سایت " + Isolate("NCR.IR") + "، با شماره‌گیری " + USSD(p) +
		" یا از دفتری که درخواست داده‌اید هم می‌توانید بپرسید."
}

// Fresh says of which time the data behind an answer are.
func Fresh(asOf, now time.Time) string { return string(appendFresh(nil, asOf, now)) }

func appendFresh(b []byte, asOf, now time.Time) []byte {
	return appendMoment(append(b, "به‌روز تا "...), asOf, now)
}

// TryAgainLater is the answer when the program itself failed.
func TryAgainLater() string {
	return "همین حالا نشد؛ کمی بعد دوباره بفرستید."
}

// NotUnderstood is the answer to a text that no step expects.
func NotUnderstood() string {
	return "متوجه این پیام نشدیم. یکی از دکمه‌های پایین صفحه را بزنید."
}

// OnlyText is the answer to a photo, a sticker, a voice or a file.
func OnlyText() string {
	return "عکس، صدا، استیکر و فایل را نمی‌توانیم بخوانیم. لطفاً بنویسید یا یکی از دکمه‌ها را بزنید."
}

// TooLong is the answer to a text longer than any that is asked for.
func TooLong() string {
	return "این پیام خیلی بلند است. فقط همان چیزی را که خواسته‌ایم بفرستید."
}

// TooLongUnasked is TooLong where nothing was asked for.
func TooLongUnasked() string {
	return "این پیام بلند است و نتوانستیم همه‌اش را بخوانیم. پرسش خود را در یک جملهٔ کوتاه بنویسید، یا برای دیدن مرحلهٔ کارت، «" + ButtonStatus + "» را بزنید."
}

// StaleButton goes before the present state when a button of an older message
// was pressed.
func StaleButton() string {
	return "این دکمه از پیامی قدیمی بود. وضعیت کنونی را ببینید."
}

// GroupNotice is all that is ever said in a group.
func GroupNotice() string {
	return ServiceName + " فقط در گفت‌وگوی خصوصی پاسخ می‌دهد؛ اطلاعات خود را در گروه ننویسید و به خود ربات پیام دهید."
}

// FloodNotice is the one answer to a chat with too many waiting messages;
// dropped is how many were not kept.
func FloodNotice(dropped int) string {
	return "پیام‌های زیادی پشت سر هم رسید و " + Number(dropped) +
		" پیام خوانده نشد. کمی صبر کنید و بعد فقط آخرین درخواست خود را دوباره بفرستید."
}

func commonSamples() []Sample {
	now := time.Date(2026, 11, 23, 10, 30, 0, 0, Tehran())
	return []Sample{
		{Name: "USSD/telegram", Platform: card.Telegram, Text: USSD(card.Telegram)},
		{Name: "USSD/bale", Platform: card.Bale, Text: USSD(card.Bale)},
		{Name: "WhereToAsk/telegram", Platform: card.Telegram, Text: WhereToAsk(card.Telegram)},
		{Name: "WhereToAsk/bale", Platform: card.Bale, Text: WhereToAsk(card.Bale)},
		{Name: "Fresh/today", Text: Fresh(now.Add(-time.Hour), now)},
		{Name: "Fresh/yesterday", Text: Fresh(now.Add(-24*time.Hour), now)},
		{Name: "Fresh/bare date", Text: Fresh(time.Date(2026, 11, 20, 0, 0, 0, 0, Tehran()), now)},
		{Name: "TryAgainLater", Text: TryAgainLater()},
		{Name: "NotUnderstood", Text: NotUnderstood()},
		{Name: "OnlyText", Text: OnlyText()},
		{Name: "TooLong", Text: TooLong()},
		{Name: "TooLongUnasked", Text: TooLongUnasked()},
		{Name: "StaleButton", Text: StaleButton()},
		{Name: "GroupNotice", Text: GroupNotice()},
		{Name: "FloodNotice/one", Text: FloodNotice(1)},
		{Name: "FloodNotice/many", Text: FloodNotice(1234)},
	}
}
