package locale

import (
	"strings"

	"kartyar/card"
)

// Buttons of the questions that people ask.
const (
	ButtonQuestions     = "پرسش‌ها"
	ButtonMoreQuestions = "پرسش‌های دیگر"
)

// QuestionTitle is a question as a button carries it.
func QuestionTitle(q Question) string {
	switch q {
	case QuestionWho:
		return "چه کسی و کجا درخواست بدهد؟"
	case QuestionWay:
		return "کارت از چه مرحله‌هایی می‌گذرد؟"
	case QuestionBring:
		return "برای گرفتن کارت چه ببرم؟"
	case QuestionFee:
		return "هزینهٔ کارت چقدر است؟"
	case QuestionKept:
		return "کارت تا کی در دفتر می‌ماند؟"
	case QuestionCollector:
		return "چه کسی می‌تواند کارت را بگیرد؟"
	case QuestionSMS:
		return "چرا پیامک نیامد؟"
	case QuestionNumber:
		return "شماره‌ام عوض شده است"
	case QuestionLost:
		return "کارتم گم شده است"
	case QuestionAbroad:
		return "خارج از کشور هستم"
	}
	return ""
}

// QuestionFacts are what the operator said that answers depend on. What is not
// known is zero.
type QuestionFacts struct {
	Bring    []string
	Fee      string
	KeepDays int
	Varies   bool // another province may have it otherwise
}

// Answer answers a question: one idea, one next step, and the official way.
func Answer(q Question, f QuestionFacts, p card.Platform) string {
	return QuestionTitle(q) + "\n\n" + answer(q, f) + "\n\n" + official(q, p)
}

// official is where the registry itself answers. A code is dialled in Iran only.
func official(q Question, p card.Platform) string {
	text := "راه رسمی: سایت " + Isolate("NCR.IR")
	if q != QuestionAbroad {
		text += " یا شماره‌گیری " + USSD(p)
	}
	return text
}

func answer(q Question, f QuestionFacts) string {
	switch q {
	case QuestionWho:
		return "هر کس که ۱۵ سال یا بیشتر دارد درخواست می‌دهد.\n" +
			"به دفتر پیشخوان دولت، ادارهٔ پست یا ادارهٔ ثبت احوال بروید و رسید درخواست را نگه دارید.\n\n" +
			"برای دیدن نزدیک‌ترین دفترها، مکان خود را در همین گفت‌وگو بفرستید."
	case QuestionWay:
		return "مرحله‌ها به ترتیب: " + strings.Join(wayWords(), "، ") + ".\n" +
			"اگر مدرکی کم باشد، مرحله «" + StageName(card.StageDefective) + "» است و باید به دفتری بروید که درخواست داده‌اید.\n\n" +
			"برای دیدن مرحلهٔ کارت خود، «" + ButtonStatus + "» را بزنید."
	case QuestionBring:
		return Bring(f.Bring) + f.varies() + "\n\nپیش از رفتن، «" + ButtonStatus + "» را بزنید و ببینید کارت رسیده است یا نه."
	case QuestionFee:
		if f.Fee != "" {
			return Fee(f.Fee) + f.varies()
		}
		return "هزینه با زمان و استان فرق می‌کند و ما آن را نداریم. از دفتری که درخواست داده‌اید بپرسید.\n" +
			ServiceName + " خودش از شما پولی نمی‌گیرد."
	case QuestionKept:
		text := "مهلت در هر استان فرق می‌کند و ما آن را نداریم. از دفتر بپرسید و زودتر بروید."
		if f.KeepDays > 0 {
			text = "دفتر کارت را تا " + Number(f.KeepDays) + " روز پس از رسیدن نگه می‌دارد." + f.varies()
		}
		return text + "\nکارتی که گرفته نشود به مرکز برمی‌گردد.\n\n" +
			"برای این‌که همان روز رسیدن باخبر شوید، «" + ButtonSubscribe + "» را بزنید."
	case QuestionCollector:
		return "فقط صاحب کارت، چون در دفتر هویت و اثر انگشت او بررسی می‌شود.\n" +
			"اگر رفتن برای صاحب کارت سخت است، پیش از هر کاری از دفتر بپرسید."
	case QuestionSMS:
		return "پیامک به شماره‌ای می‌رود که در درخواست نوشته‌اید. شاید آن شماره عوض شده است، یا پیامک‌های انبوه و تبلیغاتی روی خط شما بسته است.\n" +
			"برای باز کردن آن در خط همراه اول، عدد " + Isolate("2") + " را به " + Isolate("8999") + " پیامک کنید. در خط‌های دیگر از پشتیبانی همان خط بپرسید.\n\n" +
			"«" + ButtonSubscribe + "» را بزنید تا بدون پیامک، همین‌جا خبر بدهیم."
	case QuestionNumber:
		return "خبر " + ServiceName + " به همین گفت‌وگو می‌آید و با عوض شدن شماره گم نمی‌شود.\n" +
			"اگر کارت با شمارهٔ تازه پیدا نشد، کد رهگیری رسید را بفرستید: «" + ButtonStatus + "» و سپس «" + ButtonHaveReceipt + "».\n" +
			"اگر رسید را ندارید، با مدارک خود به دفتری بروید که درخواست داده‌اید."
	case QuestionLost:
		return "باید درخواست تازه بدهید: به دفتر پیشخوان دولت، ادارهٔ پست یا ادارهٔ ثبت احوال بروید.\n" +
			"پس از آن، «" + ButtonStatus + "» مرحلهٔ درخواست تازه را هم نشان می‌دهد."
	case QuestionAbroad:
		return "درخواست و گرفتن کارت در خارج از کشور با کنسولگری است؛ مدارک و زمان را از همان کنسولگری بپرسید.\n" +
			ServiceName + " با شمارهٔ همراه خارجی هم کار می‌کند."
	}
	return ""
}

func (f QuestionFacts) varies() string {
	if !f.Varies {
		return ""
	}
	return "\nدر بعضی استان‌ها جور دیگری است؛ از دفتر بپرسید."
}

// wayWords are the stages of a card that meets no obstacle.
func wayWords() (names []string) {
	for _, s := range []card.Stage{card.StageRegistered, card.StageApproved, card.StageIssuing, card.StageDispatched, card.StageReady, card.StageCollected} {
		names = append(names, StageName(s))
	}
	return names
}

// ChooseQuestion stands above the list of questions.
func ChooseQuestion() string {
	return "پرسش خود را انتخاب کنید، یا آن را کوتاه بنویسید."
}

// QuestionsFound stands above those that a typed text may mean.
func QuestionsFound() string { return "شاید پرسش شما یکی از این‌ها باشد:" }

// NoQuestionFound says that a typed text is none of the questions; the list
// stands beneath.
func NoQuestionFound(p card.Platform) string {
	return "پاسخ این پرسش را نداریم. یکی از این پرسش‌ها را انتخاب کنید، یا با چند کلمهٔ دیگر بنویسید.\n\n" + WhereToAsk(p)
}

func questionSamples() []Sample {
	samples := []Sample{
		{Name: "ButtonQuestions", Text: ButtonQuestions},
		{Name: "ButtonMoreQuestions", Text: ButtonMoreQuestions},
		{Name: "ChooseQuestion", Text: ChooseQuestion()},
		{Name: "QuestionsFound", Text: QuestionsFound()},
		{Name: "NoQuestionFound/telegram", Platform: card.Telegram, Text: NoQuestionFound(card.Telegram)},
		{Name: "NoQuestionFound/bale", Platform: card.Bale, Text: NoQuestionFound(card.Bale)},
	}
	terms := sampleTerms()
	known := QuestionFacts{Bring: terms.Bring, Fee: terms.Fee, KeepDays: 60, Varies: true}
	for _, q := range Questions() {
		name := QuestionTitle(q)
		samples = append(samples,
			Sample{Name: "QuestionTitle/" + name, Text: QuestionTitle(q)},
			Sample{Name: "Answer/telegram, " + name, Platform: card.Telegram, Text: Answer(q, QuestionFacts{}, card.Telegram)},
			Sample{Name: "Answer/bale, " + name, Platform: card.Bale, Text: Answer(q, known, card.Bale)})
	}
	return samples
}
