package locale

import (
	"strings"
	"time"
)

// Terms are how cards are collected at an office, as far as the operator said.
type Terms struct {
	Bring []string  // the papers to bring; none when only what holds everywhere is known
	Fee   string    // what it costs; empty when not known
	Until time.Time // the last day on which the card stays there; zero when not known
}

// Bring says who can collect and what they must bring.
func Bring(papers []string) string {
	if len(papers) == 0 {
		return "فقط صاحب کارت می‌تواند آن را بگیرد. کارت قبلی یا شناسنامه و رسید درخواست را همراه ببرید؛ در دفتر، هویت و اثر انگشت بررسی می‌شود."
	}
	return "فقط صاحب کارت می‌تواند آن را بگیرد؛ در دفتر، هویت و اثر انگشت بررسی می‌شود.\nهمراه ببرید: " + passages(papers)
}

func passages(texts []string) string {
	shown := make([]string, len(texts))
	for i, text := range texts {
		shown[i] = Passage(text)
	}
	return strings.Join(shown, "؛ ")
}

// Fee says what collecting costs.
func Fee(fee string) string {
	return "هزینه: " + Passage(fee) + "\n" + ServiceName + " خودش از شما پولی نمی‌گیرد."
}

// KeptUntil says until which day a card, or each of several, stays at its
// office.
func KeptUntil(until time.Time, several bool, now time.Time) string {
	stays, goes, one := "می‌ماند", "می‌شود", "کارت"
	if several {
		stays, goes, one = "می‌مانند", "می‌شوند", "کارت‌ها"
	}
	switch day := dayNumber(until) - dayNumber(now); {
	case day < 0:
		return "مهلت ماندن " + one + " در دفتر " + Date(until) + " بود. پیش از رفتن، از دفتر بپرسید."
	case day == 0:
		return "امروز آخرین روزی است که " + one + " در دفتر " + stays + "."
	}
	return "تا " + Date(until) + " در دفتر " + stays + " و پس از آن به مرکز برگردانده " + goes + "."
}

// collecting is the paragraph of what to bring and what it costs.
func (t Terms) collecting() string {
	if t.Fee == "" {
		return Bring(t.Bring)
	}
	return Bring(t.Bring) + "\n" + Fee(t.Fee)
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
