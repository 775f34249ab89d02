package locale

import (
	"time"

	"kartyar/card"
)

// Alarms are for whoever runs the program: what is wrong, what it does to
// people, what to do.

// AlarmPollFails says that a platform has not answered for some minutes.
func AlarmPollFails(p card.Platform) string {
	return "چند دقیقه است که " + PlatformName(p) + " پاسخ نمی‌دهد؛ تا وصل نشود، پیام کسی در آن نه می‌رسد و نه پاسخ می‌گیرد. چیزی گم نمی‌شود.\n" +
		"اینترنت سرور را بررسی کنید؛ برای تلگرام، پروکسی را هم."
}

// AlarmPollWorks says that it does again.
func AlarmPollWorks(p card.Platform) string {
	return PlatformName(p) + " دوباره پاسخ می‌دهد و پیام‌های مانده فرستاده می‌شود."
}

// AlarmTwoPollers says that somebody else uses the bot's token.
func AlarmTwoPollers(p card.Platform) string {
	return "برنامهٔ دیگری هم با توکن این ربات در " + PlatformName(p) + " کار می‌کند و بخشی از پیام‌های مردم را می‌گیرد.\n" +
		"نسخهٔ دوم را متوقف کنید؛ اگر آن را نمی‌شناسید، از BotFather توکن تازه بگیرید."
}

// AlarmOnePoller says that nobody does any more.
func AlarmOnePoller(p card.Platform) string {
	return "برنامهٔ دیگری دیگر با توکن این ربات در " + PlatformName(p) + " کار نمی‌کند."
}

// AlarmTokenRefused says that a platform does not take the bot's token, while the
// other bot works.
func AlarmTokenRefused(p card.Platform) string {
	return PlatformName(p) + " توکن ربات را نمی‌پذیرد؛ تا درست نشود، پیام کسی در آن نه می‌رسد و نه پاسخ می‌گیرد. چیزی گم نمی‌شود.\n" +
		"از BotFather توکن تازه بگیرید، آن را در تنظیمات سرور بگذارید و برنامه را دوباره راه بیندازید."
}

// AlarmTokenTaken says that it does again.
func AlarmTokenTaken(p card.Platform) string {
	return PlatformName(p) + " توکن ربات را دوباره می‌پذیرد و پیام‌های مانده فرستاده می‌شود."
}

// AlarmRestricted says that a platform refuses the bot in every chat.
func AlarmRestricted(p card.Platform) string {
	return PlatformName(p) + " نمی‌گذارد ربات به کسی پیام بدهد؛ تا این محدودیت برداشته نشود، کسی در آن پاسخ یا خبر نمی‌گیرد. چیزی گم نمی‌شود.\n" +
		"گزارش برنامه پاسخ " + PlatformName(p) + " را نوشته است؛ از پشتیبانی آن بپرسید."
}

// AlarmUnrestricted says that it does not any more.
func AlarmUnrestricted(p card.Platform) string {
	return "ربات در " + PlatformName(p) + " دوباره می‌تواند پیام بدهد و پیام‌های مانده فرستاده می‌شود."
}

// AlarmOutboxLate says that so many alerts have waited for more than a day.
func AlarmOutboxLate(p card.Platform, alerts int) string {
	return Number(alerts) + " خبر بیش از یک روز است که به " + PlatformName(p) + " نرسیده است؛ صاحبان این کارت‌ها هنوز بی‌خبرند.\n" +
		"گزارش برنامه علت را نوشته است."
}

// AlarmOutboxFlows says that none does.
func AlarmOutboxFlows(p card.Platform) string {
	return "خبرهای مانده به " + PlatformName(p) + " رسید."
}

// AlarmClockOff says how far the machine's clock is ahead of a platform's;
// behind it, where that is negative.
func AlarmClockOff(p card.Platform, ahead time.Duration) string {
	where := "جلوتر"
	if ahead < 0 {
		where = "عقب‌تر"
	}
	return "ساعت سرور " + span(ahead.Abs()) + " از ساعت " + PlatformName(p) + " " + where + " است؛ تا درست نشود، تاریخ‌ها و وقت یادآوری‌ها درست درنمی‌آید.\n" +
		"ساعت سرور را درست کنید و تنظیم خودکار آن را روشن کنید."
}

// span tells a length of time in its largest unit.
func span(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d >= 2*day:
		return Number(int(d/day)) + " روز"
	case d >= 2*time.Hour:
		return Number(int(d/time.Hour)) + " ساعت"
	}
	return Number(max(1, int(d/time.Minute))) + " دقیقه"
}

// AlarmClockRight says that it is set.
func AlarmClockRight(p card.Platform) string {
	return "ساعت سرور دوباره با ساعت " + PlatformName(p) + " یکی است."
}

// AlarmDiskLow says how little room is left.
func AlarmDiskLow(mebibytes int) string {
	return "تنها " + Number(mebibytes) + " مگابایت روی دیسک سرور خالی است؛ وقتی پر شود، برنامه پیام و فهرست تازه نمی‌پذیرد.\n" +
		"جا باز کنید یا دیسک را بزرگ‌تر کنید."
}

// AlarmNoRoom says that the store lacks room though much of the disk is free: for
// what it has to merge, or for files.
func AlarmNoRoom() string {
	return "برنامه فهرست تازه نمی‌پذیرد، چون برای مرتب کردن داده‌هایش جای کافی ندارد: فضای دیسک یا تعداد فایل‌هایی که سیستم اجازه می‌دهد کم است.\n" +
		"گزارش برنامه می‌گوید کدام یک؛ آن را بیشتر کنید، کار خودش ادامه پیدا می‌کند."
}

// AlarmDiskRoom says that there is room again.
func AlarmDiskRoom() string { return "دیسک سرور دوباره جا دارد." }

// AlarmFeedSilent says for how many days no list has come.
func AlarmFeedSilent(days int) string {
	return Number(days) + " روز است که هیچ فهرستی وارد نشده است؛ در این مدت خبر کارت تازه‌ای به کسی نرسیده است.\n" +
		"از دفترها یا سامانه‌ای که فهرست می‌فرستد بپرسید."
}

// AlarmFeedSpeaks says that a list came.
func AlarmFeedSpeaks() string { return "فهرست تازه وارد شد." }

// AlarmToldNobody says that lists brought so many cards and nobody was told.
func AlarmToldNobody(arrivals int) string {
	return "فهرست‌های تازه رسیدن " + Number(arrivals) + " کارت را خبر دادند، ولی هیچ‌کس منتظر آن‌ها نبود و به کسی خبر داده نشد.\n" +
		"ببینید ستون شمارهٔ همراه پر است یا نه، و آیا مردم از این ربات خبر دارند."
}

// AlarmHeld says how many messages a restore has held back, and since when.
func AlarmHeld(messages int, since time.Time) string {
	return Number(messages) + " خبر و یادآوری از " + LongDate(since) + "، روزی که نسخهٔ پشتیبان بازگردانده شد، نگه داشته شده است؛ شاید بعضی از آن‌ها پیش‌تر رسیده باشد.\n" +
		"برای فرستادن آن‌ها، برنامه را یک بار با این دستور راه بیندازید: " + Isolate("kartyar serve --resume-outbox")
}

// AlarmReleased says that they go out.
func AlarmReleased() string {
	return "خبرها و یادآوری‌های نگه‌داشته‌شده فرستاده می‌شود."
}

// AlarmSetAside says that so many updates could not be handled.
func AlarmSetAside(updates int) string {
	return "برنامه نتوانست به " + Number(updates) + " پیام پاسخ دهد و آن‌ها را کنار گذاشت؛ از فرستنده‌ها پوزش خواسته شده است.\n" +
		"گزارش برنامه علت را نوشته است؛ آن را برای سازندهٔ برنامه بفرستید."
}

// AlarmStoreFailed says that the program ends because its store has failed.
func AlarmStoreFailed() string {
	return "انبارهٔ داده یا دیسک سرور از کار افتاد و برنامه ایستاد؛ تا دوباره راه نیفتد، کسی پاسخ یا خبر نمی‌گیرد. چیزی گم نمی‌شود.\n" +
		"گزارش برنامه علت را نوشته است؛ آن را برطرف کنید و برنامه را دوباره راه بیندازید."
}

// AlarmStoreRefused says that the program cannot begin because of its store.
// cause is the sentence for which docs/operating.md says what to do; empty when
// the log alone has it.
func AlarmStoreRefused(cause string) string {
	text := "برنامه نتوانست انبارهٔ داده را باز کند و کار نمی‌کند؛ تا باز نشود، کسی پاسخ یا خبر نمی‌گیرد. برنامه چیزی را در آن تغییر نداده است.\n"
	if cause == "" {
		return text + "گزارش برنامه علت را نوشته است."
	}
	return text + "علت: " + Isolate(cause) + "\nصفحهٔ " + Isolate("operating.md") + " می‌گوید چه کنید."
}

// AlarmStoreOpened says that it could.
func AlarmStoreOpened() string {
	return "انبارهٔ داده باز شد و برنامه دوباره کار می‌کند."
}

func alarmSamples() []Sample {
	return []Sample{
		{Name: "AlarmPollFails", Text: AlarmPollFails(card.Telegram)},
		{Name: "AlarmPollWorks", Text: AlarmPollWorks(card.Bale)},
		{Name: "AlarmTwoPollers", Text: AlarmTwoPollers(card.Bale)},
		{Name: "AlarmOnePoller", Text: AlarmOnePoller(card.Bale)},
		{Name: "AlarmTokenRefused", Text: AlarmTokenRefused(card.Bale)},
		{Name: "AlarmTokenTaken", Text: AlarmTokenTaken(card.Telegram)},
		{Name: "AlarmRestricted", Text: AlarmRestricted(card.Bale)},
		{Name: "AlarmUnrestricted", Text: AlarmUnrestricted(card.Telegram)},
		{Name: "AlarmOutboxLate", Text: AlarmOutboxLate(card.Bale, 1200)},
		{Name: "AlarmOutboxFlows", Text: AlarmOutboxFlows(card.Telegram)},
		{Name: "AlarmClockOff", Text: AlarmClockOff(card.Bale, 3*time.Hour+30*time.Minute)},
		{Name: "AlarmClockOff/behind", Text: AlarmClockOff(card.Telegram, -7*time.Minute)},
		{Name: "AlarmClockRight", Text: AlarmClockRight(card.Bale)},
		{Name: "AlarmDiskLow", Text: AlarmDiskLow(700)},
		{Name: "AlarmNoRoom", Text: AlarmNoRoom()},
		{Name: "AlarmDiskRoom", Text: AlarmDiskRoom()},
		{Name: "AlarmFeedSilent", Text: AlarmFeedSilent(8)},
		{Name: "AlarmFeedSpeaks", Text: AlarmFeedSpeaks()},
		{Name: "AlarmToldNobody", Text: AlarmToldNobody(340)},
		{Name: "AlarmHeld", Text: AlarmHeld(12, time.Date(2026, 11, 23, 10, 30, 0, 0, Tehran()))},
		{Name: "AlarmReleased", Text: AlarmReleased()},
		{Name: "AlarmStoreFailed", Text: AlarmStoreFailed()},
		{Name: "AlarmStoreRefused", Text: AlarmStoreRefused("the store is damaged; restore a backup")},
		{Name: "AlarmStoreRefused/log", Text: AlarmStoreRefused("")},
		{Name: "AlarmStoreOpened", Text: AlarmStoreOpened()},
		{Name: "AlarmSetAside", Text: AlarmSetAside(3)},
	}
}
