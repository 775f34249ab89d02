package locale

import (
	"time"

	"kartyar/card"
)

// Buttons and placeholders of the way from a phone to a card.
const (
	ButtonHaveReceipt = "بله، کد رهگیری را دارم"
	ButtonNoReceipt   = "نه، ندارم"
	ButtonProveAgain  = "تأیید دوباره"

	PlaceholderContact = "دکمهٔ پایین را بزنید"
	PlaceholderCode    = "کد ملی، ۱۰ رقم"
	PlaceholderReceipt = "کد رهگیری روی رسید"
)

// AskContact asks for the phone; the contact button stands beneath it.
func AskContact() string {
	return pressContact + "\nاین دکمه نشان می‌دهد که شماره مال خود شماست."
}

// lostButton helps those who do not see the contact button.
const lostButton = "اگر دکمه پیدا نیست، نشانهٔ چهارخانه را در کنار جای نوشتن بزنید."

// PhoneTyped is the answer to a phone number that was written.
func PhoneTyped() string {
	return "ممنون؛ لازم نیست شماره را بنویسید. " + pressContact + "\n" + lostButton
}

// CodeTooEarly is the answer to a national code that comes before the phone.
func CodeTooEarly() string {
	return "اول شمارهٔ همراه، بعد کد ملی. " + pressContact + "\n" + lostButton
}

// ContactWanted is the answer to anything else in place of the contact.
func ContactWanted() string { return pressContact + "\n" + lostButton }

// ContactOfAnother is the answer to a contact that is not the sender's own.
func ContactOfAnother() string {
	return "این شمارهٔ حساب خود شما نیست. " + pressContact + "\n" + lostButton
}

// ContactForwarded is the answer to a forwarded contact.
func ContactForwarded() string {
	return "شماره‌ای را که از پیام دیگری آمده نمی‌پذیریم. " + pressContact
}

// ContactLate is the answer to a contact that nobody asked for just now.
func ContactLate() string {
	return "برای اطمینان، شماره را یک بار دیگر بفرستید. " + pressContact
}

// ContactNotMobile is the answer to a contact whose number is no mobile number.
func ContactNotMobile() string {
	return "شمارهٔ این حساب، شمارهٔ همراه نیست. با حسابی بیایید که شمارهٔ همراه دارد.\n" +
		"اگر شمارهٔ همین حساب را تازه عوض کرده‌اید، " + pressContact
}

// kept is the one sentence on what is kept and why.
const kept = "از شماره و کد ملی فقط نشانه‌ای رمزشده نگه می‌داریم، تا وضعیت کارت را تنها به شما بگوییم."

// AskCode asks for the national code after the phone was proved just now.
func AskCode() string {
	return "شمارهٔ همراه شما تأیید شد.\n" + kept + "\n\nحالا کد ملی صاحب کارت را بفرستید؛ ۱۰ رقم است."
}

// AskCodeAgain asks for a national code when the phone was proved before.
func AskCodeAgain() string {
	return "کد ملی صاحب کارت را بفرستید؛ ۱۰ رقم است.\n\n" + kept
}

// CodeLength says how many digits came in place of ten.
func CodeLength(digits int) string {
	return "کد ملی باید ۱۰ رقم باشد؛ " + Number(digits) + " رقم فرستادید.\nلطفاً همهٔ رقم‌ها را، با صفرهای اولش، دوباره بفرستید."
}

// CodeLetters says that a national code has digits only.
func CodeLetters() string {
	return "کد ملی فقط رقم دارد. لطفاً ۱۰ رقم آن را بدون نوشتهٔ دیگر بفرستید."
}

// CodeChecksum says that a digit must be wrong.
func CodeChecksum() string {
	return "این کد ملی درست نیست؛ شاید رقمی جابه‌جا شده باشد.\nلطفاً از روی کارت یا شناسنامه ببینید و دوباره بفرستید."
}

// NotFoundYet is the one answer to a pair of code and phone that no record
// fits, whatever the reason.
func NotFoundYet() string {
	return "هنوز کارتی با این کد و این شماره نیافتیم؛ اگر برسد خبر می‌دهیم. کد رهگیری رسید را دارید؟"
}

// OldestDropped says that a fourth waiting pair replaced the oldest, which was
// for the person of that nickname, if they have one.
func OldestDropped(nickname string) string {
	oldest := "قدیمی‌ترین درخواست شما"
	if nickname != "" {
		oldest = "درخواست کارت «" + Name(nickname) + "»، که از همه قدیمی‌تر بود،"
	}
	return "در هر گفت‌وگو ۳ درخواست در انتظار می‌ماند؛ " + oldest + " کنار گذاشته شد."
}

// NotKeptWaiting is the answer in place of NotFoundYet when so many wait for
// one code that no more are kept. It holds whatever the records say.
func NotKeptWaiting() string {
	return "هنوز کارتی با این کد و این شماره نیافتیم. درخواست‌های زیادی برای این کد در انتظار است و درخواست شما نگه داشته نشد.\nچند روز دیگر دوباره بپرسید. اگر رسید دارید، کد رهگیری آن را بنویسید."
}

// AskReceipt asks for the receipt code.
func AskReceipt() string {
	return "کد رهگیری را از روی رسید کاغذی بنویسید؛ ۱۰ حرف و رقم است."
}

// ReceiptLength says how many characters came in place of ten.
func ReceiptLength(characters int) string {
	return "کد رهگیری ۱۰ حرف و رقم است؛ " + Number(characters) + " تا فرستادید.\nلطفاً از روی رسید ببینید و دوباره بنویسید."
}

// ReceiptNotYet is the one answer to a receipt code that no record fits.
func ReceiptNotYet() string {
	return "با این کد رهگیری هم هنوز کارتی نیافتیم؛ اگر برسد خبر می‌دهیم.\nاگر در نوشتن آن شک دارید، دوباره از روی رسید بنویسید."
}

// WaitingNoted goes with the main buttons when there is no receipt code.
func WaitingNoted() string {
	return "درخواست شما در انتظار می‌ماند. اگر کارتی با این کد و این شماره برسد، همین‌جا خبر می‌دهیم."
}

// WhyNotFound says why nothing may have been found, and where else to ask.
func WhyNotFound(p card.Platform) string {
	return "شاید فهرست دفتر هنوز به ما نرسیده باشد، یا هنگام درخواست شمارهٔ دیگری داده باشید.\n\n" + WhereToAsk(p)
}

// TryAfter says when to try again, and nothing else.
func TryAfter(until, now time.Time) string {
	return wait(until, now) + " دوباره بفرستید."
}

// wait tells a time to come: by its distance when it is near.
func wait(until, now time.Time) string {
	left := until.Sub(now)
	switch {
	case left <= time.Minute:
		return Number(max(1, int((left+time.Second-1)/time.Second))) + " ثانیهٔ دیگر"
	case left <= time.Hour:
		return Number(int((left+time.Minute-1)/time.Minute)) + " دقیقهٔ دیگر"
	}
	// Rounded up to the minute, since the seconds are not shown.
	until = until.Add(time.Minute - 1).Truncate(time.Minute)
	switch dayNumber(until) - dayNumber(now) {
	case 0:
		return "امروز از " + Clock(until)
	case 1:
		return "فردا از " + Clock(until)
	}
	return Date(until) + " از " + Clock(until)
}

// Confirmed says that the person was recognised; where the card stands comes
// after it.
func Confirmed() string {
	return "تأیید شد. وضعیت کارت را در پیام بعد ببینید."
}

// ProveAgain says that asking needs proof again after half a year. nickname is
// empty in a chat that follows one person; told says that news are sent.
func ProveAgain(nickname string, told bool) string {
	text := heading(nickname) + "از تأیید شما بیش از ۶ ماه گذشته است. برای دیدن وضعیت، «" + ButtonProveAgain +
		"» را بزنید و کد ملی را دوباره بفرستید."
	if told {
		text += toldAllTheSame
	}
	return text
}

// toldAllTheSame goes with a demand for proof, in a chat that is told.
const toldAllTheSame = "\nخبر رسیدن کارت را به هر حال می‌فرستیم."

func proofSamples() []Sample {
	now := time.Date(2026, 11, 23, 10, 30, 0, 0, Tehran())
	return []Sample{
		{Name: "ButtonHaveReceipt", Text: ButtonHaveReceipt},
		{Name: "ButtonNoReceipt", Text: ButtonNoReceipt},
		{Name: "ButtonProveAgain", Text: ButtonProveAgain},
		{Name: "PlaceholderContact", Text: PlaceholderContact},
		{Name: "PlaceholderCode", Text: PlaceholderCode},
		{Name: "PlaceholderReceipt", Text: PlaceholderReceipt},
		{Name: "AskContact", Text: AskContact()},
		{Name: "PhoneTyped", Text: PhoneTyped()},
		{Name: "CodeTooEarly", Text: CodeTooEarly()},
		{Name: "ContactWanted", Text: ContactWanted()},
		{Name: "ContactOfAnother", Text: ContactOfAnother()},
		{Name: "ContactForwarded", Text: ContactForwarded()},
		{Name: "ContactLate", Text: ContactLate()},
		{Name: "ContactNotMobile", Text: ContactNotMobile()},
		{Name: "AskCode", Text: AskCode()},
		{Name: "AskCodeAgain", Text: AskCodeAgain()},
		{Name: "CodeLength", Text: CodeLength(9)},
		{Name: "CodeLetters", Text: CodeLetters()},
		{Name: "CodeChecksum", Text: CodeChecksum()},
		{Name: "NotFoundYet", Text: NotFoundYet()},
		{Name: "NotKeptWaiting", Text: NotKeptWaiting()},
		{Name: "OldestDropped/one", Text: OldestDropped("")},
		{Name: "OldestDropped/several", Text: OldestDropped("مامان")},
		{Name: "AskReceipt", Text: AskReceipt()},
		{Name: "ReceiptLength", Text: ReceiptLength(8)},
		{Name: "ReceiptNotYet", Text: ReceiptNotYet()},
		{Name: "WaitingNoted", Text: WaitingNoted()},
		{Name: "WhyNotFound/telegram", Platform: card.Telegram, Text: WhyNotFound(card.Telegram)},
		{Name: "WhyNotFound/bale", Platform: card.Bale, Text: WhyNotFound(card.Bale)},
		{Name: "TryAfter/seconds", Text: TryAfter(now.Add(29500*time.Millisecond), now)},
		{Name: "TryAfter/minutes", Text: TryAfter(now.Add(9*time.Minute+time.Second), now)},
		{Name: "TryAfter/today", Text: TryAfter(now.Add(5*time.Hour), now)},
		{Name: "TryAfter/tomorrow", Text: TryAfter(now.Add(23*time.Hour), now)},
		{Name: "TryAfter/later", Text: TryAfter(now.Add(72*time.Hour), now)},
		{Name: "Confirmed", Text: Confirmed()},
		{Name: "ProveAgain/one", Text: ProveAgain("", true)},
		{Name: "ProveAgain/several", Text: ProveAgain("مامان", false)},
	}
}
