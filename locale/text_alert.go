package locale

import (
	"slices"
	"strings"
	"time"

	"kartyar/card"
)

// AlertView is what all items of an alert share.
type AlertView struct {
	// Nicknames of those whose card it is, one for each card; all empty in a
	// chat that follows one person.
	Nicknames []string
	Office    card.Office // where the card is; only Code is set when it is not in the directory
	Wish      card.Office // another office that was chosen; zero when none
	From      card.Office // another office where the card lay before; zero when none
	Told      time.Time   // when the arrival was told first, for a reminder
	Terms     Terms       // of the office; Until is that of the card that goes first
}

// subject names the cards of a message: «کارت ملی شما», «کارت ملی «مامان»»
// without nested quotation marks, or a number of them.
func subject(nicknames []string) string {
	var names []string
	for _, n := range nicknames {
		if n != "" && !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	of := " شما"
	if len(names) > 0 {
		of = " «" + Name(names[0]) + "»"
		for _, n := range names[1:] {
			of += " و «" + Name(n) + "»"
		}
	}
	if len(nicknames) > 1 {
		return Number(len(nicknames)) + " کارت ملی" + of
	}
	return "کارت ملی" + of
}

// Arrived is the message that all of this is for.
func Arrived(a AlertView, now time.Time) string {
	texts := append(make([]string, 0, 32), ServiceName, ": ", subject(a.Nicknames), " به دفتر رسید.\n")
	texts = a.appendWhere(texts, now)
	if a.Wish.Code != "" {
		texts = append(texts, "\n", OtherOffice(a.Wish))
	}
	if a.From.Code != "" {
		texts = append(texts, "\nپیش از این در دفتر دیگری بود: ", OfficeName(a.From))
	}
	return strings.Join(append(texts, "\n\n", a.Terms.collecting()), "")
}

// appendWhere appends where to go, and until when if that is known.
func (a AlertView) appendWhere(texts []string, now time.Time) []string {
	texts = append(texts, "برای گرفتن ", a.it(), " به این دفتر بروید.")
	if !a.Terms.Until.IsZero() {
		texts = append(texts, "\n", KeptUntil(a.Terms.Until, a.several(), now))
	}
	return appendOffice(append(texts, "\n\n"), a.Office)
}

func (a AlertView) several() bool { return len(a.Nicknames) > 1 }

// it stands for the cards after their first mention.
func (a AlertView) it() string {
	if a.several() {
		return "آن‌ها"
	}
	return "آن"
}

// StillThere is the reminder.
func StillThere(a AlertView, now time.Time) string {
	texts := append(make([]string, 0, 32), "یادآوری ", ServiceName, ": ", subject(a.Nicknames), " هنوز در دفتر است.\n")
	texts = a.appendWhere(texts, now)
	if !a.Told.IsZero() {
		texts = append(texts, "\nرسیدن ", a.it(), " را ", Date(a.Told), " خبر دادیم.")
	}
	texts = append(texts, "\n\n", a.Terms.collecting(), "\n\n")
	if a.several() {
		texts = append(texts, "هر کدام را که گرفته‌اید، دکمهٔ «", ButtonCollected, "» آن را بزنید.")
	} else {
		texts = append(texts, "اگر کارت را گرفته‌اید، «", ButtonCollected, "» را بزنید.")
	}
	return strings.Join(texts, "")
}

// Defective says that papers are missing.
func Defective(nickname, note string) string {
	text := ServiceName + ": درخواست " + subject([]string{nickname}) + " نقص مدرک دارد.\n" +
		"به دفتری که درخواست داده‌اید بروید و مدارک را کامل کنید."
	if note != "" {
		text += "\nتوضیح: " + Passage(note)
	}
	return text
}

// Rejected says that the application was refused.
func Rejected(nickname, note string) string {
	text := ServiceName + ": درخواست " + subject([]string{nickname}) + " پذیرفته نشد.\n" +
		"به دفتری که درخواست داده‌اید بروید و علت را بپرسید."
	if note != "" {
		text += "\nتوضیح: " + Passage(note)
	}
	return text
}

// Left says that the card no longer lies where it was said to lie. State is
// where it stands now, office the one of State.
func Left(nickname string, from card.Office, state card.State, office card.Office) string {
	if state.Stage == card.StageReturned {
		return ServiceName + ": " + subject([]string{nickname}) + " به مرکز برگشت، چون در مهلت خود گرفته نشد.\n" +
			"به دفتری که درخواست داده‌اید بروید و ارسال دوباره را بخواهید."
	}
	text := ServiceName + ": " + subject([]string{nickname}) + " دیگر در دفتر پیشین نیست.\n" +
		"فعلاً به آن دفتر نروید"
	if from.Code != "" {
		text += ": " + OfficeName(from)
	} else {
		text += "."
	}
	text += "\nمرحلهٔ کنونی: " + StageAsGiven(state)
	if office.Code != "" {
		text += "\n" + OfficeLines(office)
	}
	return text
}

// OptOut ends an alert.
func OptOut() string {
	return "اگر دیگر خبر نمی‌خواهید، «" + ButtonUnsubscribe + "» را بزنید."
}

// MoreNews stands for the news that one message has no room for.
func MoreNews() string {
	return "خبرهای دیگری هم هست. «" + ButtonStatus + "» را بزنید."
}

// SomebodyYouFollow stands for a nickname that is not there.
const SomebodyYouFollow = "یکی از افراد فهرست"

func alertSamples() []Sample {
	office := sampleOffice()
	other := card.Office{Code: "77", Name: "پست مرکزی"}
	told := time.Date(2026, 11, 20, 12, 0, 0, 0, Tehran())
	one := AlertView{Nicknames: []string{""}, Office: office}
	moved := one
	moved.Wish, moved.From = other, other
	several := AlertView{Nicknames: []string{"مامان", "بابا"}, Office: office}
	reminder := one
	reminder.Told = told
	terms := one
	terms.Terms = sampleTerms()
	known := reminder
	known.Terms = sampleTerms()
	return []Sample{
		{Name: "Arrived/one", Text: Arrived(one, told)},
		{Name: "Arrived/moved", Text: Arrived(moved, told)},
		{Name: "Arrived/several", Text: Arrived(several, told)},
		{Name: "Arrived/unknown office", Text: Arrived(AlertView{Nicknames: []string{"مامان"}, Office: card.Office{Code: "12E4"}}, told)},
		{Name: "Arrived/terms", Text: Arrived(terms, told)},
		{Name: "StillThere/one", Text: StillThere(reminder, told)},
		{Name: "StillThere/several", Text: StillThere(several, told)},
		{Name: "StillThere/terms", Text: StillThere(known, told)},
		{Name: "Defective", Text: Defective("", "عکس تازه لازم است")},
		{Name: "Rejected", Text: Rejected("مامان", "")},
		{Name: "Left/returned", Text: Left("", office, card.State{Stage: card.StageReturned}, card.Office{})},
		{Name: "Left/elsewhere", Text: Left("مامان", office, card.State{Stage: card.StageDispatched, Office: "77"}, other)},
		{Name: "OptOut", Text: OptOut()},
		{Name: "MoreNews", Text: MoreNews()},
		{Name: "SomebodyYouFollow", Text: SomebodyYouFollow},
	}
}
