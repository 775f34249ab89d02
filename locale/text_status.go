package locale

import (
	"time"
	"unicode/utf8"

	"kartyar/card"
)

// Buttons under a status.
const (
	ButtonMap          = "مسیر دفتر روی نقشه"
	ButtonNotCollected = "هنوز نگرفته‌ام"
	ButtonWay          = "مسیر کارت"
)

// ButtonWayOf is [ButtonWay] for the nth of several applications.
func ButtonWayOf(n int) string { return "مسیر درخواست " + Number(n) }

// heading names whose card a message speaks of; nothing in a chat that follows
// one person.
func heading(nickname string) string { return string(appendHeading(nil, nickname)) }

func appendHeading(b []byte, nickname string) []byte {
	if nickname == "" {
		return b
	}
	return append(appendName(append(b, "کارت «"...), nickname), "»\n"...)
}

// OfficeName names an office of which perhaps the code alone is known.
func OfficeName(o card.Office) string {
	if o.Name == "" {
		return "دفتر با کد " + Name(o.Code)
	}
	return Name(o.Name)
}

// OfficeLines says where an office is, as far as it is known: name, address,
// hours, phone, a line each.
func OfficeLines(o card.Office) string { return string(appendOffice(nil, &o)) }

func appendOffice(b []byte, o *card.Office) []byte {
	if o.Name == "" {
		b = append(b, OfficeName(*o)...)
	} else {
		b = appendName(append(b, "دفتر: "...), o.Name)
	}
	switch {
	case o.Address != "" && o.City != "":
		b = appendName(append(b, "\nنشانی: "...), o.City)
		b = appendPassage(append(b, "، "...), o.Address)
	case o.Address != "":
		b = appendPassage(append(b, "\nنشانی: "...), o.Address)
	case o.City != "":
		b = appendName(append(b, "\nشهر: "...), o.City)
	}
	if o.Hours != "" {
		b = appendName(append(b, "\nساعت کار: "...), o.Hours)
	}
	if o.Phone != "" {
		b = appendPhone(append(b, "\nتلفن: "...), o.Phone)
	}
	return b
}

// CardView is one application as a status shows it.
type CardView struct {
	State   card.State
	Since   time.Time
	Office  card.Office // of State.Office; only Code is set when it is not in the directory
	Wish    card.Office // the office that the person chose; zero when none
	Claimed bool        // the holder says that they have collected it
	Terms   Terms       // of the office, for a card that lies ready
}

// StatusView is where a person's cards stand.
type StatusView struct {
	Nickname string     // empty in a chat that follows one person
	Cards    []CardView // newest first, one at least
	Fresh    time.Time
	// OfferNews says that the chat is not told of this person and could be.
	OfferNews bool
	// OfferReminder says so of one whose card lies ready.
	OfferReminder bool
}

// Status says where a person's cards stand, what it means and what to do. It
// leaves the oldest out when all do not fit one message.
func Status(s StatusView, now time.Time) string {
	const room = 3600 // UTF-16 units, so that a lead and the freshness fit too
	var stack [RoomFor]byte
	b, size := appendHeading(stack[:0], s.Nickname), 0
	for i := range s.Cards {
		before := len(b)
		if len(s.Cards) > 1 {
			b = add(b, "درخواست ", Number(i+1), " از ", Number(len(s.Cards)), "\n")
		}
		b = appendCard(b, &s.Cards[i], now)
		if len(s.Cards) > 1 {
			size += utf16Len(b[before:])
		}
		if i > 0 && size > room {
			b = append(b[:before], "درخواست‌های قدیمی‌تر در این پیام جا نشد."...)
			break
		}
		if i < len(s.Cards)-1 {
			b = append(b, "\n\n"...)
		}
	}
	b = appendFresh(append(b, '\n'), s.Fresh, now)
	switch {
	case s.OfferReminder:
		b = append(b, "\n\nبرای این‌که تا گرفتن کارت یادآوری کنیم، «"+ButtonSubscribe+"» را بزنید."...)
	case s.OfferNews:
		b = append(b, "\n\nبرای این‌که با رسیدن کارت خبرتان کنیم، «"+ButtonSubscribe+"» را بزنید."...)
	}
	return string(b)
}

// utf16Len is how long the platforms count a text to be: a unit for each
// character, and two for those of four bytes.
func utf16Len(text []byte) (n int) {
	for _, b := range text {
		if utf8.RuneStart(b) {
			n++
			if b >= 0xf0 {
				n++
			}
		}
	}
	return n
}

// appendCard appends one card's paragraphs: what to do, where, what to bring,
// since when.
func appendCard(b []byte, c *CardView, now time.Time) []byte {
	b = add(b, "مرحله: ", StageAsGiven(c.State), "\n", meaning(c))
	if c.State.Note != "" && c.State.Stage.WaitsForHolder() {
		b = appendPassage(append(b, "\nتوضیح: "...), c.State.Note)
	}
	waits := c.State.Stage == card.StageReady && !c.Claimed
	if waits && !c.Terms.Until.IsZero() {
		b = appendKeptUntil(append(b, '\n'), c.Terms.Until, false, now)
	}
	if c.State.Office != "" {
		b = appendOffice(append(b, "\n\n"...), &c.Office)
	}
	if wish := wishLine(c); wish != "" {
		b = add(b, "\n\n", wish)
	}
	if waits {
		b = c.Terms.appendCollecting(append(b, "\n\n"...))
	}
	return append(appendDate(append(b, "\n\nاز "...), c.Since), " در این مرحله است."...)
}

// meaning says what a stage means and what to do now.
func meaning(c *CardView) string {
	switch c.State.Stage {
	case card.StageRegistered:
		return "درخواست کارت ثبت شده است. فعلاً کاری لازم نیست؛ رسید را نگه دارید."
	case card.StageApproved:
		return "مدارک تأیید شده و کارت در نوبت صدور است. فعلاً کاری لازم نیست."
	case card.StageDefective:
		return "درخواست نقص مدرک دارد و پیش نمی‌رود. به دفتری که درخواست داده‌اید بروید و مدارک را کامل کنید."
	case card.StageIssuing:
		return "کارت در دست چاپ است. فعلاً کاری لازم نیست."
	case card.StageRejected:
		return "این درخواست پذیرفته نشده است. به دفتری که درخواست داده‌اید بروید و علت را بپرسید."
	case card.StageDispatched:
		return "کارت در راه دفتر است. هنوز به دفتر نروید تا برسد."
	case card.StageReady:
		if c.Claimed {
			return "گفته‌اید که کارت را گرفته‌اید؛ دیگر یادآوری نمی‌کنیم."
		}
		return "کارت رسیده است. برای گرفتن آن به این دفتر بروید."
	case card.StageReturned:
		return "کارت در مهلت خود گرفته نشد و به مرکز برگشت. به دفتری که درخواست داده‌اید بروید و ارسال دوباره را بخواهید."
	case card.StageCollected:
		return "کارت تحویل داده شده است. اگر آن را نگرفته‌اید، از دفتر بپرسید."
	}
	return "معنی این مرحله را نمی‌دانیم. از دفتری که درخواست داده‌اید بپرسید."
}

// wishLine speaks of the office that the person chose, where it is another
// than the card's.
func wishLine(c *CardView) string {
	switch stage := c.State.Stage; {
	case c.Wish.Code == "" || c.Wish.Code == c.State.Office || c.Claimed, stage == card.StageCollected, stage == card.StageReturned:
		return ""
	case c.State.Office == "":
		return "دفتر دلخواه شما: " + OfficeName(c.Wish) + "\nدفتر تحویل را ثبت احوال تعیین می‌کند و شاید این نباشد."
	case stage == card.StageReady || stage == card.StageDispatched:
		return OtherOffice(c.Wish)
	}
	return ""
}

// OtherOffice says that the card is not at the office that the person chose.
func OtherOffice(wish card.Office) string {
	return "کارت به دفتر دلخواه شما نرفته است. دفتر دلخواه شما: " + OfficeName(wish)
}

// StillWaiting is the status of a pair of code and phone that no record fits.
// promised says that the person is told when one does.
func StillWaiting(nickname string, promised bool, p card.Platform) string {
	text := heading(nickname) + "هنوز کارتی با این کد و این شماره نیافتیم"
	if promised {
		text += "؛ اگر برسد خبر می‌دهیم"
	}
	return text + ".\n" + WhyNotFound(p)
}

// NoRecord is the status of a person of whom no record speaks any more.
func NoRecord(nickname string, p card.Platform) string {
	return heading(nickname) + "اکنون از این کارت اطلاعی نداریم.\n\n" + WhereToAsk(p)
}

// NotFollowed stands in for a status of somebody whom the chat does not follow
// any more.
func NotFollowed() string {
	return "این کارت دیگر در فهرست شما نیست. برای پرسیدن دوباره، «" + ButtonStatus + "» را بزنید."
}

// Unavailable says that nobody knows at the moment.
func Unavailable(p card.Platform) string {
	return "فعلاً به اطلاعات کارت‌ها دسترسی نداریم. چند دقیقهٔ دیگر دوباره بپرسید.\n\n" + WhereToAsk(p)
}

// CardUnavailable is Unavailable about one person among others.
func CardUnavailable(nickname string, p card.Platform) string {
	return heading(nickname) + "فعلاً به اطلاعات این کارت دسترسی نداریم. چند دقیقهٔ دیگر دوباره بپرسید.\n\n" + WhereToAsk(p)
}

// ChoosePerson asks whose card is meant; a button for each person stands
// beneath.
func ChoosePerson() string { return "کارت چه کسی؟" }

// sampleOffice is an office with all that can be known of one.
func sampleOffice() card.Office {
	return card.Office{
		Code: "12E4", Name: "پیشخوان ۱۲ ونک", Kind: card.Pishkhan, Province: "تهران", City: "تهران",
		Address: "خیابان ونک، پلاک ۱۰", Hours: "شنبه تا چهارشنبه ۸ تا ۱۴", Phone: "021-00000101",
	}
}

func statusSamples() []Sample {
	now := time.Date(2026, 11, 23, 10, 30, 0, 0, Tehran())
	since := time.Date(2026, 11, 20, 0, 0, 0, 0, Tehran())
	other := card.Office{Code: "77", Name: "پست مرکزی"}
	samples := []Sample{
		{Name: "ButtonMap", Text: ButtonMap},
		{Name: "ButtonNotCollected", Text: ButtonNotCollected},
		{Name: "OfficeName/named", Text: OfficeName(sampleOffice())},
		{Name: "OfficeName/code", Text: OfficeName(card.Office{Code: "12E4"})},
		{Name: "OfficeLines/all", Text: OfficeLines(sampleOffice())},
		{Name: "OfficeLines/city", Text: OfficeLines(card.Office{Code: "1", Name: "پست مرکزی", City: "قم"})},
		{Name: "OfficeLines/code", Text: OfficeLines(card.Office{Code: "12E4"})},
		{Name: "OtherOffice", Text: OtherOffice(other)},
	}
	view := func(s card.State, c CardView) StatusView {
		c.State, c.Since = s, since
		return StatusView{Cards: []CardView{c}, Fresh: now.Add(-time.Hour)}
	}
	add := func(name string, v StatusView) {
		samples = append(samples, Sample{Name: "Status/" + name, Text: Status(v, now)})
	}
	for _, stage := range append(card.Stages(), card.StageUnknown) {
		s := card.State{Stage: stage, AsOf: since}
		c := CardView{}
		switch {
		case stage.NeedsOffice():
			s.Office, c.Office = "12E4", sampleOffice()
		case stage.WaitsForHolder():
			s.Note = "عکس تازه لازم است"
		case stage == card.StageUnknown:
			s.Word = "در صف چاپ"
		}
		add(stage.String(), view(s, c))
	}
	ready := card.State{Stage: card.StageReady, Office: "12E4", AsOf: since}
	add("terms", view(ready, CardView{Office: sampleOffice(), Terms: sampleTerms()}))
	add("claimed", view(ready, CardView{Office: sampleOffice(), Claimed: true}))
	add("another office", view(ready, CardView{Office: sampleOffice(), Wish: other}))
	add("a wish", view(card.State{Stage: card.StageIssuing}, CardView{Wish: other}))
	offer := view(card.State{Stage: card.StageIssuing}, CardView{})
	offer.OfferNews = true
	add("news offered", offer)
	offer = view(ready, CardView{Office: sampleOffice()})
	offer.OfferReminder = true
	add("a reminder offered", offer)
	several := view(ready, CardView{Office: sampleOffice()})
	several.Nickname = "مامان"
	several.Cards = append(several.Cards, CardView{State: card.State{Stage: card.StageCollected}, Since: since})
	add("several", several)
	return append(samples,
		Sample{Name: "StillWaiting/telegram", Platform: card.Telegram, Text: StillWaiting("", true, card.Telegram)},
		Sample{Name: "StillWaiting/bale", Platform: card.Bale, Text: StillWaiting("مامان", false, card.Bale)},
		Sample{Name: "NoRecord", Platform: card.Telegram, Text: NoRecord("", card.Telegram)},
		Sample{Name: "NotFollowed", Text: NotFollowed()},
		Sample{Name: "CardUnavailable", Platform: card.Bale, Text: CardUnavailable("مامان", card.Bale)},
		Sample{Name: "Unavailable", Platform: card.Bale, Text: Unavailable(card.Bale)},
		Sample{Name: "ChoosePerson", Text: ChoosePerson()},
	)
}
