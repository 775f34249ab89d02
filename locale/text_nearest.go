package locale

import (
	"math"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"

	"kartyar/card"
)

// Buttons for finding an office by where one is, and on a map.
const (
	ButtonNearest      = "نزدیک‌ترین دفتر به من"
	ButtonSendLocation = "فرستادن مکان من"
	ButtonPin          = "نقشهٔ دفتر"
)

// PlaceholderOffice stands in the input field while a place, or a part of an
// office's name, is waited for.
const PlaceholderOffice = "یا نام شهر یا دفتر"

// AskLocation asks where the person is.
func AskLocation() string {
	return "دکمهٔ «" + ButtonSendLocation + "» را در پایین صفحه بزنید. مکان شما فقط برای یافتن دفتر به کار می‌رود و نگه داشته نمی‌شود.\n\n" +
		"اگر نمی‌خواهید، نام شهر یا دفتر را بنویسید."
}

// LocationUsed comes with the main buttons, before the offices that are near.
func LocationUsed() string {
	return "مکان شما را فقط برای یافتن دفتر به کار بردیم و نگه نداشتیم."
}

// NearView is an office and how far it is, in metres.
type NearView struct {
	Office card.Office
	Metres float64
}

// NearestOffices shows the offices that are near, the nearest first, one at
// least. A button for each stands beneath.
func NearestOffices(nickname string, near []NearView) string {
	return heading(nickname) + nearestOf + " یکی را انتخاب کنید، یا نام دیگری بنویسید.\n\n" + nearLines(near)
}

// OfficesAround shows the same to who chooses none; a button for each, which
// shows it on a map, stands beneath.
func OfficesAround(near []NearView) string {
	return nearestOf + " برای دیدن هر کدام روی نقشه، دکمهٔ آن را بزنید.\n\n" + nearLines(near) + "\n\nمکان شما را نگه نداشتیم."
}

const nearestOf = "نزدیک‌ترین دفترها به جایی که فرستادید. فاصله‌ها به خط راست است."

// nearLines has no numbers: nothing of where a person is is kept, so that none
// could be told from another later.
func nearLines(near []NearView) string {
	var parts []string
	for _, n := range near {
		lines := []string{OfficeName(n.Office) + "، " + Distance(n.Metres)}
		switch {
		case n.Office.Address != "":
			lines = append(lines, "نشانی: "+Passage(n.Office.Address))
		case n.Office.City != "":
			lines = append(lines, "شهر: "+Name(n.Office.City))
		}
		if n.Office.Hours != "" {
			lines = append(lines, "ساعت کار: "+Name(n.Office.Hours))
		}
		parts = append(parts, strings.Join(lines, "\n"))
	}
	return strings.Join(parts, "\n\n")
}

// NothingNear says that no office is within reach.
func NothingNear(nickname string) string {
	return heading(nickname) + "در نزدیکی این مکان دفتری نمی‌شناسیم. نام شهر یا دفتری را که می‌خواهید بنویسید، یا استان را انتخاب کنید.\n" + consulates
}

// NothingAround is NothingNear to who chooses none.
func NothingAround(p card.Platform) string {
	return "در نزدیکی این مکان دفتری نمی‌شناسیم. " + consulates + "\nمکان شما را نگه نداشتیم.\n\n" + WhereToAsk(p)
}

const consulates = "در خارج از کشور، کنسولگری کارت را تحویل می‌دهد."

// BadLocation says that what was sent is no place.
func BadLocation() string {
	return "این مکان خوانده نشد. مکان‌یاب گوشی را روشن کنید و دوباره بفرستید."
}

// BadLocationOrName is BadLocation where a name will do as well.
func BadLocationOrName() string {
	return BadLocation() + "\nیا نام شهر یا دفتر را بنویسید."
}

// Distance writes how far something is, as exactly as a straight line is worth.
func Distance(metres float64) string {
	rounded := func(n float64, digits int) string {
		return message.NewPrinter(language.Persian).Sprint(number.Decimal(n, number.MaxFractionDigits(digits)))
	}
	switch near := math.Round(metres/10) * 10; {
	case near < 50:
		return "کمتر از ۵۰ متر"
	case near < 1000:
		return rounded(near, 0) + " متر"
	case metres < 9_950:
		return rounded(metres/1000, 1) + " کیلومتر"
	}
	return rounded(metres/1000, 0) + " کیلومتر"
}

// VenueAddress is an office's address for a map, where none stands alone: the
// city, or else its name.
func VenueAddress(o card.Office) string {
	var parts []string
	for _, part := range []string{o.City, o.Address} {
		if part != "" {
			parts = append(parts, presentable(part, maxPassage))
		}
	}
	if len(parts) == 0 {
		return Label(o.Name)
	}
	return strings.Join(parts, "، ")
}

func nearestSamples() []Sample {
	far := card.Office{Code: "77", Name: "پست مرکزی", City: "قم"}
	near := []NearView{{sampleOffice(), 853}, {far, 3241}, {card.Office{Code: "12E4"}, 132_400}}
	return []Sample{
		{Name: "ButtonNearest", Text: ButtonNearest},
		{Name: "ButtonSendLocation", Text: ButtonSendLocation},
		{Name: "ButtonPin", Text: ButtonPin},
		{Name: "PlaceholderOffice", Text: PlaceholderOffice},
		{Name: "AskLocation", Text: AskLocation()},
		{Name: "LocationUsed", Text: LocationUsed()},
		{Name: "NearestOffices", Text: NearestOffices("مامان", near)},
		{Name: "OfficesAround", Text: OfficesAround(near[:2])},
		{Name: "NothingNear", Text: NothingNear("")},
		{Name: "BadLocation", Text: BadLocation()},
		{Name: "BadLocationOrName", Text: BadLocationOrName()},
		{Name: "NothingAround/telegram", Platform: card.Telegram, Text: NothingAround(card.Telegram)},
		{Name: "NothingAround/bale", Platform: card.Bale, Text: NothingAround(card.Bale)},
		{Name: "Distance", Text: Distance(3241)},
		{Name: "VenueAddress", Text: VenueAddress(sampleOffice())},
	}
}
