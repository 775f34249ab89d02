package locale

import (
	"slices"
	"strings"
	"sync"
)

// Intent is what somebody writes for whom a button would do.
type Intent uint8

// The intents.
const (
	IntentNone             Intent = iota // nothing that is known for sure
	IntentStatus                         // asks where a card is, or where its office is and when it is open
	IntentCollected                      // says that the card was collected
	IntentPerhapsCollected               // may say so: «گرفتم» is also said of what was understood
	IntentNotCollected                   // says that it was not
	IntentLater                          // wants a reminder
	IntentNews                           // wants to be told
	IntentNoNews                         // wants to be told no more
)

// IntentOf returns what a text wants. It counts only if all of its words are
// known, so that nobody is answered beside the point: a wrong «تحویل گرفتم» ends
// the reminders of a card that still lies there.
func IntentOf(typed string) Intent {
	all, text := intents(), oneWord.Replace(likened(cut(typed)))
	switch {
	case all.collected.has(text), all.collectedEnough.has(text):
		if strings.ContainsAny(typed, "?؟") {
			return IntentPerhapsCollected
		}
		return IntentCollected
	case all.perhaps.has(text), all.handed.has(text):
		return IntentPerhapsCollected
	case all.notCollected.has(text):
		return IntentNotCollected
	case all.noNews.has(text), all.unwanted.has(text):
		return IntentNoNews
	case all.later.has(text):
		return IntentLater
	case all.news.has(text):
		return IntentNews
	case all.own.has(text), all.card.has(text), all.whereabouts.has(text), all.when.has(text), all.whither.has(text), all.office.has(text):
		return IntentStatus
	}
	return IntentNone
}

// SpeaksOfCard reports whether a text asks, among other things, where the card of
// whoever writes is: it is then no question of other people's.
func SpeaksOfCard(typed string) bool {
	words := strings.Fields(likened(cut(typed)))
	all := intents()
	anyOf := func(known []string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(known, w) })
	}
	own := anyOf(all.ownCard) || slices.Contains(words, "کارت") && anyOf(all.holders)
	return own && !anyOf(all.otherCards) && (slices.ContainsFunc(words, asksWhere) || anyOf(all.alsoWhere))
}

// asksWhere reports whether a word of a text that speaks of a card says that its
// whereabouts are asked for.
func asksWhere(word string) bool { return isOneOf(word, intents().where) }

// oneWord writes the perfect as the simple past, which have one meaning here.
var oneWord = strings.NewReplacer("گرفته ام", "گرفتم", "گرفتهام", "گرفتم", "گرفته ایم", "گرفتیم", "گرفتهایم", "گرفتیم", "گرفته بودم", "گرفتم", "گرفته بودیم", "گرفتیم")

// Words that say nothing of what is wanted, and those of which many intents
// make use. None of them is «هنوز» or «نه»: these turn a meaning round.
const (
	polite = "سلام علیکم درود بخیر خسته نباشید لطفا لطفن ببخشید ببخشین خواهش ممنون ممنونم مرسی تشکر متشکر متشکرم سپاس سپاسگزارم خیلی بسیار با از شما " +
		"لطف لطفتون لطفتان دست دستتون دستتان درد نکنه نکند خدا شکر خداروشکر را رو و ام ی ای من ما بنده خودم آقا خانم جان عزیز دوست خب خوب "
	ofCard   = "ملی ملیم ملیمو هوشمند هوشمندم هوشمندمو جدید جدیدم "
	ownCards = "کارتم کارتمو کارتمون کارتمان کارتش کارتشو "
	holders  = "من ما بنده خودم مادرم پدرم مامانم بابام همسرم خانمم شوهرم پسرم دخترم برادرم خواهرم "
	asking   = "آیا یا نه خیر هنوز الان حالا اکنون امروز پس چرا چه چی چیه چیست چیس چطوره کی که می به در تو توی برای واسه است هست هستش نیست هستم دفتر " +
		"تحویل بگیرم گیرم میگیرم بدید بدین بدهید بگید بگین بگو بگویید بفرمایید بدانم بدونم ببینم بینم خواهم میخواهم میخوام خوام خواستم میخواستم " +
		"هم باید بالاخره بلاخره آخه دیگه دیگر این اون آن وقت وقتتون روز روزتون صبح عصر شب میشه میشود شود پیش کنم کردم میدن میدند میدهند دهند رفته رفت چیکار چکار کار کنیم دفتره تحویله بیام بیایم "
	whereWords = "کجاست کجاس رسیده رسیدهاست رسیدس نرسیده نرسید رسد رسه میرسد میرسه نمیرسه برسد برسه آمد آمده اومد اومده اومدش نیامد نیامده نیومد نیومده " +
		"آید میاید میاد نمیاد بیاید بیاد آماده آمادس آمادست حاضر حاضره وضعیت وضعیتش کو کوش صادر چاپ استعلام "
)

var intents = sync.OnceValue(func() (all struct {
	collected, collectedEnough, perhaps, handed, notCollected, noNews, unwanted, later, news, own, card, whereabouts, when, whither, office vocabulary

	ownCard, holders, otherCards, where, alsoWhere []string
}) {
	words := func(s string) []string { return strings.Fields(likened(s)) }
	all.ownCard, all.holders, all.where = words(ownCards), words(holders), words(whereWords+"کجا")
	all.alsoWhere = words("برگشته برگشت عودت") // of which a question speaks, too
	all.otherCards = words("بانک بانکی بانکم اعتباری عابر عابربانک سوخت بنزین هدیه دانشجویی خدمت پایان گواهینامه بیمه مترو اتوبوس یارانه ماشین خودرو سیم شارژ")

	const took = "گرفتم گرفتمش گرفتیم گرفتیمش"
	const after = polite + ofCard + "بله آره اره باشه دیروز امروز صبح الان حالا همین تازه دیگه دیگر رفتم دفتر بالاخره الحمدلله "
	all.collected = vocabularyOf(after, took, ownCards+"کارت تحویل").exact()
	// Of a message it is said, too, that it was received.
	all.collectedEnough = vocabularyOf(after+"پیام پیامک یادآوری خبرم", took, ownCards+"کارت تحویل", "نده ندهید ندید نکن نکنید نفرست نفرستید").exact()
	all.perhaps = vocabularyOf(after+ownCards+holders+"کارت تحویل چشم اوکی", took).exact()
	all.handed = vocabularyOf(after+ownCards+holders+"کارت تحویل به بهم است هست", "دستم دستمه دستمون تحویلم دادند دادن", "رسید رسیده دستمه دادند دادن است هست").exact()
	all.notCollected = vocabularyOf(polite+ofCard+ownCards+"کارت تحویل هنوز نه خیر نخیر که الان از دفتر ولی متاسفانه آن اون", "نگرفتم نگرفتمش نگرفتیم نگرفتیمش").exact()

	all.noNews = vocabularyOf(polite+"دیگه دیگر به بهم برام برایم برای هیچ کارت کارتم این که نمیخوام میشه میشود", "پیام پیامی پیامک پیغام خبر خبرم خبری اطلاع یادآوری یادم مزاحم",
		"نده ندهید ندید ندین نکن نکنید نکنین نفرست نفرستید نفرستین نشو نشوید نشید نشین نیار نیارید ننداز نندازید").exact()
	all.unwanted = vocabularyOf(polite+"دیگه دیگر به بهم برام برایم که هیچ این کارت کارتم بده بدید بدین بدهید بفرستید بفرستین بیاد بیاید کنید کنین", "پیام پیامی پیامک پیغام خبر خبری یادآوری", "نمی نمیخواهم نمیخوام نمیخوایم نمیخواهیم",
		"خواهم خوام خواهیم نمیخواهم نمیخوام نمیخوایم نمیخواهیم").exact()
	all.later = vocabularyOf(polite+"بعد بعدا بعدن فردا پسفردا پس چند روز هفته یک یه دیگه دیگر دوباره به بهم باز کارت کارتم", "یادم یادآوری یادآور یاد",
		"بینداز بنداز بندازید بندازین بیندازید بیار بیاور بیارید بیاورید بیارین کن کنید کنین بده بدهید بدید")
	all.news = vocabularyOf(polite+ofCard+ownCards+holders+"کارت به بهم ما وقتی هروقت هر وقت زمان موقع اگر اگه تا رسید رسیده برسد برسه آمد اومد بیاد آماده شد شده حاضر بود هم همینجا که دفتر در "+
		"آیا میشه میشود کجاست وضعیت این", "خبر خبرم خبری خبردار اطلاع مطلع مطلعم پیام پیامی پیامک پیغام", "کن کنید کنین بکنید بده بدید بدین بدهید بدی دهید")

	all.own = vocabularyOf(polite+asking+ofCard+holders+"کارت بروم برم مراجعه کنم برد بگیریم خبر خبری پیگیر مرحله مرحلهای", ownCards,
		whereWords+"کجا رسید شد شده نشد نشده پیگیری خبر خبری ارسال کی کدام کدوم کدومه مرحله مرحلش")
	all.card = vocabularyOf(polite+asking+ofCard+holders, "کارت", whereWords+"کجا رسید شد شده نشد نشده پیگیری خبر خبری ارسال کی مرحله")
	all.whereabouts = vocabularyOf(polite+"پس مال کی هنوز الان که آیا یا نه خیر چرا چی چیه چیست شد شده می میشه کنم ببینم ملی هوشمندم باید بالاخره",
		whereWords+"وضعیتم")
	all.when = vocabularyOf(polite+"می تونم میتونم توانم میتوانم باید برم بروم تحویل ملی هوشمندم پس که", "کی", "گیرم میگیرم بگیرم")
	all.whither = vocabularyOf(polite+"باید الان حالا پس به برای کدام کدوم دفتر تحویل گرفتن کارت کارتم کنم می تونم میتونم بگیرم", "کجا", "برم بروم بیام بیایم مراجعه")
	all.office = vocabularyOf(polite+"تا کی چه چند کار کاری کاریش است هست هستش امروز فردا جمعه پنجشنبه شنبه روز روزها صبح عصر این اون آن چیه چیست کدام کدوم به بدید بدهید بده بگید میشه میشود ساعت کارت کارتم تحویل",
		"دفتر دفترش دفتره دفترتون", "باز بازه بازند بسته ساعت ساعتش تعطیل تعطیله آدرس آدرسش نشانی نشانیش تلفن تلفنش کجاست کجاس")
	return all
})
