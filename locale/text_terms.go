package locale

import "time"

// Terms are how cards are collected at an office, as far as the operator said.
type Terms struct {
	Bring []string  // the papers to bring; none when only what holds everywhere is known
	Fee   string    // what it costs; empty when not known
	Until time.Time // the last day on which the card stays there; zero when not known
}

// Bring says who can collect and what they must bring.
func Bring(papers []string) string { return string(appendBring(nil, papers)) }

func appendBring(b []byte, papers []string) []byte {
	if len(papers) == 0 {
		return append(b, "فقط صاحب کارت می‌تواند آن را بگیرد. کارت قبلی یا شناسنامه و رسید درخواست را همراه ببرید؛ در دفتر، هویت و اثر انگشت بررسی می‌شود."...)
	}
	b = append(b, "فقط صاحب کارت می‌تواند آن را بگیرد؛ در دفتر، هویت و اثر انگشت بررسی می‌شود.\nهمراه ببرید: "...)
	for i, paper := range papers {
		if i > 0 {
			b = append(b, "؛ "...)
		}
		b = appendPassage(b, paper)
	}
	return b
}

// Fee says what collecting costs.
func Fee(fee string) string { return string(appendFee(nil, fee)) }

func appendFee(b []byte, fee string) []byte {
	return add(appendPassage(append(b, "هزینه: "...), fee), "\n", ServiceName, " خودش از شما پولی نمی‌گیرد.")
}

// KeptUntil says until which day a card, or each of several, stays at its
// office.
func KeptUntil(until time.Time, several bool, now time.Time) string {
	return string(appendKeptUntil(nil, until, several, now))
}

func appendKeptUntil(b []byte, until time.Time, several bool, now time.Time) []byte {
	stays, goes, one := "می‌ماند", "می‌شود", "کارت"
	if several {
		stays, goes, one = "می‌مانند", "می‌شوند", "کارت‌ها"
	}
	switch day := dayNumber(until) - dayNumber(now); {
	case day < 0:
		return append(appendDate(add(b, "مهلت ماندن ", one, " در دفتر "), until), " بود. پیش از رفتن، از دفتر بپرسید."...)
	case day == 0:
		return add(b, "امروز آخرین روزی است که ", one, " در دفتر ", stays, ".")
	}
	return add(appendDate(append(b, "تا "...), until), " در دفتر ", stays, " و پس از آن به مرکز برگردانده ", goes, ".")
}

// appendCollecting appends the paragraph of what to bring and what it costs.
func (t Terms) appendCollecting(b []byte) []byte {
	b = appendBring(b, t.Bring)
	if t.Fee == "" {
		return b
	}
	return appendFee(append(b, '\n'), t.Fee)
}

// sampleTerms are terms of which everything is known.
func sampleTerms() Terms {
	return Terms{
		Bring: []string{"کارت قبلی یا شناسنامه", "رسید درخواست", "رسید پرداخت"}, Fee: "۶۰ هزار تومان، فقط با کارت بانکی",
		Until: time.Date(2027, 1, 20, 0, 0, 0, 0, Tehran()),
	}
}

func termsSamples() []Sample {
	terms := sampleTerms()
	now := terms.Until.AddDate(0, -1, 0)
	return []Sample{
		{Name: "Bring/unset", Text: Bring(nil)},
		{Name: "Bring/set", Text: Bring(terms.Bring)},
		{Name: "Fee", Text: Fee(terms.Fee)},
		{Name: "KeptUntil/one", Text: KeptUntil(terms.Until, false, now)},
		{Name: "KeptUntil/several", Text: KeptUntil(terms.Until, true, now)},
		{Name: "KeptUntil/today", Text: KeptUntil(terms.Until, false, terms.Until.Add(10*time.Hour))},
		{Name: "KeptUntil/today, several", Text: KeptUntil(terms.Until, true, terms.Until)},
		{Name: "KeptUntil/over", Text: KeptUntil(terms.Until, false, terms.Until.AddDate(0, 0, 1))},
		{Name: "KeptUntil/over, several", Text: KeptUntil(terms.Until, true, terms.Until.AddDate(0, 0, 1))},
	}
}
