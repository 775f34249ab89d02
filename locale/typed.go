package locale

import (
	"slices"
	"strings"
	"sync"
)

// What people write that is no question but politeness, or a bare yes or no. A
// text counts only if all of its words are known here.

// Greets reports whether a text is a greeting and nothing else.
func Greets(typed string) bool { return vocabularies().greeting.holds(typed) }

// Thanks reports whether a text is thanks and nothing else.
func Thanks(typed string) bool { return vocabularies().thanks.holds(typed) }

// SaysYes reports whether a text says that somebody has what they were asked for.
func SaysYes(typed string) bool { return vocabularies().yes.holds(typed) }

// SaysNo reports whether a text says that they do not.
func SaysNo(typed string) bool { return vocabularies().no.holds(typed) }

// KeepsName reports whether a text, in place of a name, says that the present
// one will do.
func KeepsName(typed string) bool { return vocabularies().keepsName.holds(typed) }

// SoundsAsked reports whether a text asks something, or speaks of what no name
// does: it is not what somebody is called.
func SoundsAsked(typed string) bool {
	return strings.ContainsAny(typed, "?؟") || slices.ContainsFunc(strings.Fields(likened(cut(typed))), func(word string) bool {
		return slices.Contains(vocabularies().asked, word)
	})
}

// IsListNumber reports whether a text is a number by which people mean something
// of a list that they were shown.
func IsListNumber(typed string) bool {
	folded := Fold(typed)
	return len(folded) == 1 && folded >= "1" && folded <= "9"
}

// vocabulary holds the texts that consist of its words and have one of each
// list of those that tell.
type vocabulary struct {
	telling  [][]string
	others   []string
	verbatim bool // no letter of a telling word may be mistyped
}

func vocabularyOf(others string, telling ...string) (v vocabulary) {
	for _, words := range telling {
		v.telling = append(v.telling, strings.Fields(likened(words)))
	}
	v.others = strings.Fields(likened(others))
	return v
}

// exact returns v for words of which a letter makes the opposite or another's
// deed: «گرفتم», «گرفتن» and «گرفته».
func (v vocabulary) exact() vocabulary {
	v.verbatim = true
	return v
}

func (v vocabulary) holds(text string) bool { return v.has(likened(cut(text))) }

// has is holds for a text that is likened already.
func (v vocabulary) has(text string) bool {
	told := make([]bool, len(v.telling))
	for word := range strings.FieldsSeq(text) {
		known := slices.Contains(v.others, word)
		for i, telling := range v.telling {
			if slices.Contains(telling, word) || !v.verbatim && isOneOf(word, telling) {
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
// makes no of yes: «ندارم» and «دارم». «رسید» is no «رسیده»: it is the receipt, too.
func isOneOf(word string, words []string) bool {
	typed := []rune(word)
	return slices.ContainsFunc(words, func(w string) bool {
		known := []rune(w)
		return word == w || word != "رسید" && len(known) >= 5 && typed[0] == known[0] && typos(typed, known) <= 1
	})
}

var vocabularies = sync.OnceValue(func() (all struct {
	greeting, thanks, yes, no, keepsName vocabulary

	asked []string
}) {
	all.greeting = vocabularyOf("علیکم و به بر شما وقت وقتتون صبح ظهر عصر شب روز روزتون روزتان خوب خوبید خوبین خوبی هستید عرض ادب احترام خدمت آقا خانم جان دوست عزیز خیر",
		"سلام سلامعلیکم درود بخیر خسته نباشید")
	all.thanks = vocabularyOf("خیلی بسیار با از شما لطف لطفتون لطفتان کردید کردین دست درد خدا بده بدهد دمت دمتون و که خب باشه باشد چشم اوکی بله آقا خانم جان عزیز",
		"ممنون ممنونم متشکر متشکرم تشکر سپاس سپاسگزارم مرسی نکنه نکند خیرتون خیرتان خیرت گرم")
	all.yes = vocabularyOf("کد رهگیری رسید رسیدم را رو آن اون من", "بله آره اره بلی دارم دارمش")
	all.no = vocabularyOf("کد رهگیری رسید رسیدم را رو آن اون من الان دیگه دیگر ممنون ممنونم مرسی متشکرم", "نه خیر نخیر ندارم ندارمش نیست گم کردم کردمش شده نمی‌دانم نمیدونم نمی‌دونم")
	all.keepsName = vocabularyOf("همین همان این نام اسم خوب است هست دیگه دیگر لازم فرقی مهم نمی ممنون مرسی خیلی عالی عالیه را رو", "باشه باشد بله آره اره اوکی خوبه خوب نه نخیر خیر نیست نمیکنه نمی‌کند "+
		"نمیخوام نمیخواهم خواهم خوام بیخیال همین کافیه ندارم نمیدونم دانم دونم")
	all.asked = strings.Fields(likened("چرا چه چی چیه چیست چطور چطوری چگونه کجا کجاست کی آیا چقدر چند کدام کدوم میشه کارت کارتم کارتمو پیامک پیام مدارک مدرک مدارکم هزینه قیمت گم عوض مهلت المثنی"))
	return all
})
