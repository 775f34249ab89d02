package locale

import (
	"slices"
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
func subject(nicknames []string) string { return string(appendSubject(nil, nicknames)) }

func appendSubject(b []byte, nicknames []string) []byte {
	if len(nicknames) > 1 {
		b = add(b, Number(len(nicknames)), " ")
	}
	b = append(b, "کارت ملی"...)
	opening := " «"
	for i, n := range nicknames {
		if n != "" && !slices.Contains(nicknames[:i], n) {
			b = append(appendName(append(b, opening...), n), "»"...)
			opening = " و «"
		}
	}
	if opening == " «" { // nobody was named
		b = append(b, " شما"...)
	}
	return b
}

// Arrived is the message that all of this is for.
func Arrived(a AlertView, now time.Time) string { return string(appendArrived(nil, &a, now)) }

func appendArrived(b []byte, a *AlertView, now time.Time) []byte {
	b = append(appendSubject(add(b, ServiceName, ": "), a.Nicknames), " به دفتر رسید.\n"...)
	b = a.appendWhere(b, now)
	if a.Wish.Code != "" {
		b = add(b, "\n", OtherOffice(a.Wish))
	}
	if a.From.Code != "" {
		b = add(b, "\nپیش از این در دفتر دیگری بود: ", OfficeName(a.From))
	}
	return a.Terms.appendCollecting(append(b, "\n\n"...))
}

// appendWhere appends where to go, and until when if that is known.
func (a *AlertView) appendWhere(b []byte, now time.Time) []byte {
	b = add(b, "برای گرفتن ", a.it(), " به این دفتر بروید.")
	if !a.Terms.Until.IsZero() {
		b = appendKeptUntil(append(b, '\n'), a.Terms.Until, a.several(), now)
	}
	return appendOffice(append(b, "\n\n"...), &a.Office)
}

func (a *AlertView) several() bool { return len(a.Nicknames) > 1 }

// it stands for the cards after their first mention.
func (a *AlertView) it() string {
	if a.several() {
		return "آن‌ها"
	}
	return "آن"
}

// StillThere is the reminder.
func StillThere(a AlertView, now time.Time) string { return string(appendStillThere(nil, &a, now)) }

func appendStillThere(b []byte, a *AlertView, now time.Time) []byte {
	b = append(appendSubject(add(b, "یادآوری ", ServiceName, ": "), a.Nicknames), " هنوز در دفتر است.\n"...)
	b = a.appendWhere(b, now)
	if !a.Told.IsZero() {
		b = append(appendDate(add(b, "\nرسیدن ", a.it(), " را "), a.Told), " خبر دادیم."...)
	}
	b = append(a.Terms.appendCollecting(append(b, "\n\n"...)), "\n\n"...)
	if a.several() {
		return add(b, "هر کدام را که گرفته‌اید، دکمهٔ «", ButtonCollected, "» آن را بزنید.")
	}
	return add(b, "اگر کارت را گرفته‌اید، «", ButtonCollected, "» را بزنید.")
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
