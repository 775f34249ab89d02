package locale

import "kartyar/card"

// ServiceName is what the service calls itself, in alerts above all.
const ServiceName = "کارت‌یار"

// StageName names a stage. A word of the feed that no map explains is shown by
// [StageAsGiven].
func StageName(s card.Stage) string {
	switch s {
	case card.StageRegistered:
		return "ثبت درخواست"
	case card.StageApproved:
		return "تأیید مدارک"
	case card.StageDefective:
		return "نقص مدرک"
	case card.StageIssuing:
		return "در حال صدور"
	case card.StageRejected:
		return "رد درخواست"
	case card.StageDispatched:
		return "ارسال به دفتر"
	case card.StageReady:
		return "آمادهٔ تحویل در دفتر"
	case card.StageReturned:
		return "برگشت به مرکز"
	case card.StageCollected:
		return "تحویل شده"
	}
	return "مرحلهٔ نامعلوم"
}

// StageAsGiven names the stage of a state: its name, or the feed's own word
// where the stage is unknown, never a guess.
func StageAsGiven(s card.State) string {
	if s.Stage == card.StageUnknown && s.Word != "" {
		return Name(s.Word)
	}
	return StageName(s.Stage)
}

// OfficeKindName names a kind of office; the empty kind is just an office.
func OfficeKindName(k card.OfficeKind) string {
	switch k {
	case card.Pishkhan:
		return "دفتر پیشخوان دولت"
	case card.Post:
		return "ادارهٔ پست"
	case card.Registry:
		return "ادارهٔ ثبت احوال"
	case card.Consulate:
		return "کنسولگری"
	}
	return "دفتر"
}

// PlatformName names a messenger.
func PlatformName(p card.Platform) string {
	switch p {
	case card.Telegram:
		return "تلگرام"
	case card.Bale:
		return "بله"
	}
	return "پیام‌رسان"
}

func wordSamples() []Sample {
	samples := []Sample{{Name: "ServiceName", Text: ServiceName}}
	for _, s := range append(card.Stages(), card.StageUnknown) {
		samples = append(samples, Sample{Name: "StageName/" + s.String(), Text: StageName(s)})
	}
	samples = append(samples,
		Sample{Name: "StageAsGiven/ready", Text: StageAsGiven(card.State{Stage: card.StageReady})},
		Sample{Name: "StageAsGiven/word", Text: StageAsGiven(card.State{Word: "در صف چاپ (2)"})})
	for _, k := range []card.OfficeKind{card.Pishkhan, card.Post, card.Registry, card.Consulate, ""} {
		samples = append(samples, Sample{Name: "OfficeKindName/" + string(k), Text: OfficeKindName(k)})
	}
	for _, p := range []card.Platform{card.Telegram, card.Bale, ""} {
		samples = append(samples, Sample{Name: "PlatformName/" + string(p), Text: PlatformName(p)})
	}
	return samples
}
