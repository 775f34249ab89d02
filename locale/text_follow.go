package locale

import "time"

// Buttons that say when to be reminded.
const (
	ButtonTomorrow  = "فردا"
	ButtonThreeDays = "سه روز دیگر"
	ButtonOneWeek   = "یک هفتهٔ دیگر"
)

// Subscribed stands before the status when a person asked to be told.
func Subscribed() string {
	return "از این پس خبرهای این کارت را همین‌جا می‌فرستیم."
}

// Unsubscribed stands before the status when a person asked not to be told.
func Unsubscribed() string {
	return "دیگر خبری از این کارت نمی‌فرستیم. هر وقت خواستید، «" + ButtonSubscribe + "» را بزنید."
}

// Claimed stands before the status when the holder says that they have the
// card.
func Claimed() string { return "یادداشت کردیم. دیگر یادآوری نمی‌کنیم." }

// Unclaimed stands before the status when that was taken back.
func Unclaimed() string {
	return "باشد؛ یادداشت کردیم که کارت را هنوز نگرفته‌اید."
}

// AskClaim asks whether the card was collected, where what was written may say
// so.
func AskClaim(nickname string) string {
	return heading(nickname) + "کارت را از دفتر گرفته‌اید؟ اگر گرفته‌اید، دیگر یادآوری نمی‌کنیم."
}

// AskSnooze asks when to remind.
func AskSnooze(nickname string) string {
	return heading(nickname) + "چه وقت یادآوری کنیم؟"
}

// LastDay says, in place of that, that the card stays no longer than today.
func LastDay(nickname string) string {
	return heading(nickname) + "امروز آخرین روزی است که کارت در دفتر می‌ماند؛ فردا دیر است. همین امروز برای گرفتن آن بروید."
}

// SnoozedUntil says when the reminder will come. resumed says that news are sent
// again for that.
func SnoozedUntil(nickname string, at time.Time, resumed bool) string {
	text := heading(nickname) + "باشد. " + LongDate(at) + "، " + Clock(at) + "، یادآوری می‌کنیم."
	if resumed {
		text += "\nبرای همین، از این پس خبرهای این کارت را هم می‌فرستیم."
	}
	return text
}

// NothingToDo answers «تحویل گرفتم» or «بعداً یادم بینداز» where no card waits.
func NothingToDo() string {
	return "اکنون کارتی آمادهٔ تحویل نیست. وضعیت را ببینید."
}

func followSamples() []Sample {
	at := time.Date(2026, 11, 24, 10, 0, 0, 0, Tehran())
	return []Sample{
		{Name: "ButtonTomorrow", Text: ButtonTomorrow},
		{Name: "ButtonThreeDays", Text: ButtonThreeDays},
		{Name: "ButtonOneWeek", Text: ButtonOneWeek},
		{Name: "Subscribed", Text: Subscribed()},
		{Name: "Unsubscribed", Text: Unsubscribed()},
		{Name: "Claimed", Text: Claimed()},
		{Name: "Unclaimed", Text: Unclaimed()},
		{Name: "AskSnooze", Text: AskSnooze("مامان")},
		{Name: "AskClaim", Text: AskClaim("مامان")},
		{Name: "LastDay", Text: LastDay("")},
		{Name: "SnoozedUntil", Text: SnoozedUntil("", at, false)},
		{Name: "SnoozedUntil/news again", Text: SnoozedUntil("", at, true)},
		{Name: "NothingToDo", Text: NothingToDo()},
	}
}
