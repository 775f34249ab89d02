package locale

// Buttons about the people whose cards a chat follows.
const (
	ButtonAddPerson = "افزودن یک نفر دیگر"
	ButtonRename    = "تغییر نام"
	ButtonRemove    = "برداشتن از فهرست"
	ButtonRemoveYes = "بله، برداشته شود"
	ButtonKeepName  = "همین نام خوب است"
)

// NthPerson is what a person is called who was given no nickname.
func NthPerson(n int) string { return "نفر " + Number(n) }

// AskNickname asks what to call the person who is called current now.
func AskNickname(current string) string {
	return "«" + Name(current) + "» را به چه نامی بشناسیم؟ نامی کوتاه بنویسید، مثل «مامان» یا «خودم»."
}

// AskNicknameWhy is AskNickname where a second person has just been added, for
// the first of them.
func AskNicknameWhy(current string) string {
	return "حالا کارت بیش از یک نفر را دنبال می‌کنید. برای این‌که اشتباه نشود، برای هر کدام نامی بگذارید.\n\n" +
		"کسی را که اول افزودید، «" + Name(current) + "»، به چه نامی بشناسیم؟"
}

// NicknameSaved says that the nickname is noted.
func NicknameSaved(nickname string) string {
	return "نام «" + Name(nickname) + "» را یادداشت کردیم."
}

// NicknameTooLong says how long a nickname may be.
func NicknameTooLong(most int) string {
	return "این نام بلند است؛ تا " + Number(most) + " حرف جا داریم. نامی کوتاه‌تر بنویسید."
}

// NicknameWithNumber refuses digits, since others read the screen too.
func NicknameWithNumber() string {
	return "در نام، شماره و کد ننویسید؛ دیگران هم صفحهٔ گوشی را می‌بینند. نامی مثل «مامان» بنویسید."
}

// NicknameTaken says that somebody else of the chat is called so.
func NicknameTaken() string {
	return "نفر دیگری را با همین نام دارید. نام دیگری بنویسید."
}

// AskRemove asks for confirmation; nickname is empty in a chat that follows one
// person; companions says that there are some.
func AskRemove(nickname string, companions bool) string {
	text := heading(nickname) + "این کارت از فهرست شما برداشته شود؟ دیگر خبری از این کارت نمی‌فرستیم."
	if companions {
		text += companionsEndToo
	}
	return text
}

// Removed says that the person is off the list.
func Removed(nickname string) string {
	return heading(nickname) + "این کارت از فهرست شما برداشته شد."
}

// TooManyPeople says that a chat can follow no more.
func TooManyPeople(most int) string {
	return "در هر گفت‌وگو کارت " + Number(most) + " نفر را می‌توان دنبال کرد. اول یکی را در «" + ButtonSettings + "» بردارید."
}

func peopleSamples() []Sample {
	return []Sample{
		{Name: "ButtonAddPerson", Text: ButtonAddPerson},
		{Name: "ButtonRename", Text: ButtonRename},
		{Name: "ButtonRemove", Text: ButtonRemove},
		{Name: "ButtonRemoveYes", Text: ButtonRemoveYes},
		{Name: "ButtonKeepName", Text: ButtonKeepName},
		{Name: "NthPerson", Text: NthPerson(2)},
		{Name: "AskNickname", Text: AskNickname("نفر ۲")},
		{Name: "AskNicknameWhy", Text: AskNicknameWhy("نفر ۱")},
		{Name: "NicknameSaved", Text: NicknameSaved("مامان")},
		{Name: "NicknameTooLong", Text: NicknameTooLong(20)},
		{Name: "NicknameWithNumber", Text: NicknameWithNumber()},
		{Name: "NicknameTaken", Text: NicknameTaken()},
		{Name: "AskRemove/one", Text: AskRemove("", false)},
		{Name: "AskRemove/several", Text: AskRemove("مامان", true)},
		{Name: "Removed", Text: Removed("مامان")},
		{Name: "TooManyPeople", Text: TooManyPeople(10)},
	}
}
