package locale

import (
	"slices"
	"strings"
	"sync"
)

// What people write in place of pressing a button, and what is no question but
// politeness. A text counts only if all of its words are known here, so that
// nobody is answered beside the point.

// AsksForCard reports whether a text asks where the card of whoever writes is:
// «کارتم کجاست؟», or «کجاست؟» alone, for what else would be meant here.
func AsksForCard(typed string) bool {
	return vocabularies().card.holds(typed) || vocabularies().whereabouts.holds(typed)
}

// Greets reports whether a text is a greeting and nothing else.
func Greets(typed string) bool { return vocabularies().greeting.holds(typed) }

// Thanks reports whether a text is thanks and nothing else.
func Thanks(typed string) bool { return vocabularies().thanks.holds(typed) }

// SaysYes reports whether a text says that somebody has what they were asked for.
func SaysYes(typed string) bool { return vocabularies().yes.holds(typed) }

// SaysNo reports whether a text says that they do not.
func SaysNo(typed string) bool { return vocabularies().no.holds(typed) }

// vocabulary holds the texts that consist of its words and have one of each
// list of those that tell.
type vocabulary struct {
	telling [][]string
	others  []string
}

func vocabularyOf(others string, telling ...string) (v vocabulary) {
	for _, words := range telling {
		v.telling = append(v.telling, strings.Fields(likened(words)))
	}
	v.others = strings.Fields(likened(others))
	return v
}

func (v vocabulary) holds(text string) bool {
	told := make([]bool, len(v.telling))
	for word := range strings.FieldsSeq(likened(cut(text, 200))) {
		known := slices.Contains(v.others, word)
		for i, telling := range v.telling {
			if isOneOf(word, telling) {
				told[i], known = true, true
			}
		}
		if !known {
			return false
		}
	}
	return !slices.Contains(told, false)
}

// isOneOf forgives a long word one mistyped letter, but not its first, which
// makes no of yes: «ندارم» and «دارم».
func isOneOf(word string, words []string) bool {
	typed := []rune(word)
	return slices.ContainsFunc(words, func(w string) bool {
		known := []rune(w)
		return word == w || len(known) >= 5 && typed[0] == known[0] && typos(typed, known) <= 1
	})
}

var vocabularies = sync.OnceValue(func() (all struct{ card, whereabouts, greeting, thanks, yes, no vocabulary }) {
	all.card = vocabularyOf(
		"سلام لطفا ببخشید آیا هنوز الان چرا چه چی کی کِی به در تو از را رو برای که می من ما خودم ملی هوشمند است هست نیست دفتر پس تحویل بگیرم بدید بگید "+
			"بگویید بدانم بدونم ام ملیم ملی‌ام مادرم پدرم مامانم بابام همسرم خانمم شوهرم پسرم دخترم",
		"کارت کارتم کارتمو کارتمون کارتمان کارتش",
		"کجاست کجاس کجا رسید رسیده رسیدهاست نرسیده نرسید می‌رسد میرسد میرسه می‌رسه برسد برسه آمد آمده اومد اومده نیامد نیامده نیومد نیومده "+
			"می‌آید میاید میاد بیاد شد شده نشد نشده آماده حاضر وضعیت پیگیری خبر خبری ارسال کو کوش")
	all.whereabouts = vocabularyOf("سلام لطفا ببخشید پس مال من ما کی کِی چرا هنوز الان که آیا چی شد شده",
		"کجاست کجاس کو کوش وضعیت وضعیتم می‌رسد میرسد میرسه می‌رسه می‌آید میاید میاد نیامد نیامده نیومد نیومده نرسید نرسیده آماده حاضر")
	all.greeting = vocabularyOf("علیکم و به بر شما وقت وقتتون صبح ظهر عصر شب روز روزتون روزتان خوب خوبید خوبین خوبی هستید عرض ادب احترام خدمت آقا خانم جان دوست عزیز خیر",
		"سلام سلامعلیکم درود بخیر خسته نباشید")
	all.thanks = vocabularyOf("خیلی بسیار با از شما لطف لطفتون لطفتان کردید کردین دست درد خدا بده بدهد دمت دمتون و که خب باشه باشد چشم اوکی بله آقا خانم جان عزیز",
		"ممنون ممنونم متشکر متشکرم تشکر سپاس سپاسگزارم مرسی نکنه نکند خیرتون خیرتان خیرت گرم")
	all.yes = vocabularyOf("کد رهگیری رسید رسیدم را رو آن اون من", "بله آره اره بلی دارم دارمش")
	all.no = vocabularyOf("کد رهگیری رسید رسیدم را رو آن اون من الان دیگه دیگر", "نه خیر نخیر ندارم ندارمش نیست گم کردم کردمش شده نمی‌دانم نمیدونم نمی‌دونم")
	return all
})
