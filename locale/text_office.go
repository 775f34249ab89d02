package locale

import "kartyar/card"

// Buttons for paging through the office directory.
const (
	ButtonNextPage   = "صفحهٔ بعد"
	ButtonPrevPage   = "صفحهٔ قبل"
	ButtonProvinces  = "استان دیگر"
	ButtonOtherPlace = "جاهای دیگر"
)

// ChooseProvince asks for a province, or for a word to search by. current is
// the office that was chosen before; zero when none. nickname is empty in a
// chat that follows one person.
func ChooseProvince(nickname string, current card.Office) string {
	text := heading(nickname)
	if current.Code != "" {
		text += "دفتر دلخواه اکنون: " + OfficeName(current) + "\n"
	}
	return text + "استان را انتخاب کنید، یا نام دفتر، شهر یا خیابان را بنویسید."
}

// ChooseCity asks for a city of a province.
func ChooseCity(nickname, province string) string {
	return heading(nickname) + "استان " + Name(province) + "\nشهر را انتخاب کنید، یا نام دفتر را بنویسید."
}

// ChooseOffice asks for an office of a city.
func ChooseOffice(nickname, city string) string {
	return heading(nickname) + "شهر " + Name(city) + "\nدفتر را انتخاب کنید، یا نام آن را بنویسید."
}

// OfficesFound goes above the offices that fit what was typed.
func OfficesFound(nickname string) string {
	return heading(nickname) + "این دفترها را یافتیم. یکی را انتخاب کنید، یا نام دیگری بنویسید."
}

// NoOfficeFound says that nothing fits what was typed.
func NoOfficeFound(nickname string) string {
	return heading(nickname) + "دفتری با این نام نیافتیم. نام دفتر، شهر یا خیابان را جور دیگری بنویسید، یا استان را انتخاب کنید."
}

// PressOffice answers a number where an office is asked for.
func PressOffice() string {
	return "لازم نیست شماره بنویسید. دکمهٔ همان دفتر را زیر فهرست بزنید، یا نام دفتر را بنویسید."
}

// OwnOffice is the label of the button for the office that the record names.
func OwnOffice(name string) string { return "دفتر خود کارت: " + name }

// OfficeChosen says that the wish is noted, and what it is worth.
func OfficeChosen(nickname string, o card.Office) string {
	return heading(nickname) + "دفتر دلخواه شما یادداشت شد.\n" + OfficeLines(o) +
		"\n\nدفتر تحویل را ثبت احوال تعیین می‌کند. اگر کارت به دفتر دیگری برسد، همان را به شما می‌گوییم."
}

// NoOffices says that no directory has been loaded.
func NoOffices() string {
	return "فهرست دفترها هنوز آماده نیست. کمی بعد دوباره بیایید."
}

// ProveFirst answers what needs a card that the chat follows, where it follows
// none.
func ProveFirst() string { return "برای این کار اول باید شما را بشناسیم." }

func officeSamples() []Sample {
	return []Sample{
		{Name: "ButtonNextPage", Text: ButtonNextPage},
		{Name: "ButtonPrevPage", Text: ButtonPrevPage},
		{Name: "ButtonProvinces", Text: ButtonProvinces},
		{Name: "ButtonOtherPlace", Text: ButtonOtherPlace},
		{Name: "ChooseProvince/first", Text: ChooseProvince("", card.Office{})},
		{Name: "ChooseProvince/again", Text: ChooseProvince("مامان", sampleOffice())},
		{Name: "ChooseCity", Text: ChooseCity("مامان", "فارس")},
		{Name: "ChooseOffice", Text: ChooseOffice("", "شیراز")},
		{Name: "OfficesFound", Text: OfficesFound("مامان")},
		{Name: "NoOfficeFound", Text: NoOfficeFound("")},
		{Name: "PressOffice", Text: PressOffice()},
		{Name: "OwnOffice", Text: OwnOffice("پیشخوان ۱۲ ونک")},
		{Name: "OfficeChosen", Text: OfficeChosen("مامان", sampleOffice())},
		{Name: "NoOffices", Text: NoOffices()},
		{Name: "ProveFirst", Text: ProveFirst()},
	}
}
