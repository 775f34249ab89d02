package manifest

import (
	"kartyar/card"
	"kartyar/desk/table"
)

// shown are the Persian words of the stages, as the program itself shows them.
var shown = map[card.Stage]string{
	card.StageRegistered: "ثبت درخواست",
	card.StageApproved:   "تأیید مدارک",
	card.StageIssuing:    "در حال صدور",
	card.StageDispatched: "ارسال به دفتر",
	card.StageReady:      "آمادهٔ تحویل در دفتر",
	card.StageCollected:  "تحویل شده",
	card.StageDefective:  "نقص مدرک",
	card.StageRejected:   "رد درخواست",
	card.StageReturned:   "برگشت به مرکز",
}

// variants are other spellings and forms of the shown words, and no more: what
// a feed's word means is for the operator to say.
var variants = map[card.Stage][]string{
	card.StageRegistered: {"ثبت درخواست شد", "درخواست ثبت شد", "درخواست ثبت شده", "ثبت شده", "ثبت شد"},
	card.StageApproved:   {"تائید مدارک", "مدارک تأیید شد", "مدارک تائید شد", "تأیید شده", "تائید شده", "تأیید شد", "تائید شد"},
	card.StageIssuing:    {"در دست صدور", "درحال صدور"},
	card.StageDispatched: {"ارسال شده به دفتر", "ارسال شد به دفتر", "به دفتر ارسال شد", "به دفتر ارسال شده"},
	card.StageReady:      {"آماده تحویل", "آماده تحویل در دفتر", "آماده", "اماده تحویل", "اماده تحویل در دفتر", "اماده"},
	card.StageCollected:  {"تحویل شد", "تحویل داده شد", "تحویل داده شده", "تحویل گرفته شد", "تحویل گرفته شده"},
	card.StageDefective:  {"نقص مدارک", "دارای نقص مدرک", "دارای نقص مدارک"},
	card.StageRejected:   {"درخواست رد شد", "رد شده", "رد شد"},
	card.StageReturned:   {"برگشت داده شد به مرکز", "برگشت داده شده به مرکز", "برگشت شده به مرکز", "به مرکز برگشت", "برگشتی به مرکز"},
}

// stageWords returns the stage that each word means, by table.Key. The
// operator's words stand above the variants, and below the program's own words.
func stageWords(operators map[string]card.Stage) map[string]card.Stage {
	words := map[string]card.Stage{}
	for s, all := range variants {
		for _, word := range all {
			words[table.Key(word)] = s
		}
	}
	for word, s := range operators {
		words[table.Key(word)] = s
	}
	for word, s := range OwnWords() {
		words[table.Key(word)] = s
	}
	delete(words, "")
	return words
}

// OwnWords are the program's own words for stages, English and Persian, which
// an operator's map cannot give another meaning.
func OwnWords() map[string]card.Stage {
	words := map[string]card.Stage{}
	for _, s := range card.Stages() {
		words[s.String()], words[shown[s]] = s, s
	}
	return words
}
