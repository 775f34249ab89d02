package locale

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"sync"
)

// Question is one of the questions that people ask. The numbers are in buttons
// that people keep for years: add, do not renumber.
type Question uint8

// The questions.
const (
	QuestionWho       Question = iota + 1 // who can apply, and where
	QuestionWay                           // the stages
	QuestionBring                         // the papers
	QuestionFee                           // what it costs
	QuestionKept                          // how long the office keeps it
	QuestionCollector                     // who can collect
	QuestionSMS                           // why no SMS came
	QuestionNumber                        // the phone number has changed
	QuestionLost                          // the card is lost
	QuestionAbroad                        // those outside the country
)

// Questions lists the questions in the order in which they are shown, the most
// asked first.
func Questions() []Question {
	return []Question{
		QuestionBring, QuestionSMS, QuestionKept, QuestionFee, QuestionCollector,
		QuestionNumber, QuestionWay, QuestionLost, QuestionWho, QuestionAbroad,
	}
}

// questionKeywords are words by which people ask beyond those of the title.
func questionKeywords(q Question) string {
	switch q {
	case QuestionWho:
		return "درخواست ثبت نام ثبتنام نوبت سن سال ساله سالگی پانزده 15 شرایط اقدام صدور اولین اول بار نوجوان بچه فرزند پیشخوان پست احوال گرفتن"
	case QuestionWay:
		return "مراحل مرحله وضعیت پیگیری روند چاپ صادر صدور طول زمان آماده کی حاضر رهگیری نقص"
	case QuestionBring:
		return "مدارک مدرک شناسنامه رسید همراه بیارم بیاورم لازم نیاز چیا تحویل ببریم بردن عکس"
	case QuestionFee:
		return "هزینه قیمت پول مبلغ تومان ریال تعرفه پرداخت واریز رایگان چقدر کارمزد گران خرج"
	case QuestionKept:
		return "مهلت روز دیر ماندن بماند میمونه نگه برگشت برمی‌گردد عودت مرجوع فرصت وقت سوخت باطل تاریخ"
	case QuestionCollector:
		return "وکالت وکیل نماینده پدر مادر پدرم مادرم همسر همسرم برادر خواهر پسر دختر دیگری کس جای بجای سالمند بیمار انگشت اثر تحویل نفر خودم خودش بگیره"
	case QuestionSMS:
		return "پیامک پیام اس ام اس اسمس sms مسیج نرسید نیومد نیامده نمیاد نیومده مسدود بلاک تبلیغاتی انبوه 8999 همراه اول ایرانسل رایتل"
	case QuestionNumber:
		return "شماره تلفن موبایل سیمکارت سیم خط عوض تغییر جدید واگذار فروختم سوخته قدیمی"
	case QuestionLost:
		return "گم مفقود مفقودی دزدی دزدیده سرقت المثنی المثنا شکسته خراب آسیب تعویض سوخته جدید دوباره پیدا"
	case QuestionAbroad:
		return "خارج کشور کنسولگری سفارت سفارتخانه مقیم مهاجر ایرانی خارجه آلمان کانادا ترکیه آمریکا اروپا"
	}
	return ""
}

// questionNoise are words that say nothing of what is asked.
const questionNoise = "من تو ما شما او این آن که چه چی چیه چیست را رو از به در با برای تا و یا هم اگر آیا است هست هستم هستیم " +
	"شد شده شود می نمی باید کنم کند کنید کنیم کردم کرده بکنم چطور چطوری چگونه چرا کارت کارتم کارتمو کارتش ملی هوشمند ام ای لطفا سلام " +
	"ممنون بدهد بدم بدهم چند می‌تواند توانم میتونم تونم میشه نیست دارم دارد داره خود نه بله ها های هایی اند یک یه رفتم بگیرم پیش"

// found is a question that a text may mean, and how likely.
type found struct {
	question Question
	score    float64
	words    []float64 // of which it is the sum, by the words of the text
}

// How much a typed word counts by how it is like one of the question's, and
// where that stands.
const (
	sameWord     = 1.0
	begunWord    = 0.8 // one begins with the other: an ending
	mistypedWord = 0.65
	inAnswer     = 0.25 // of that, where the word stands in the answer alone
)

// FindQuestions returns the questions that a typed text may mean, the likeliest
// first, at most four. sure says that the first is meant: its words are a good
// part of the text, no other comes near or has words of its own there, and the
// text does not ask for the card of whoever writes ([SpeaksOfCard]).
func FindQuestions(typed string) (questions []Question, sure bool) {
	words, status := questionWords(cut(typed)), SpeaksOfCard(typed)
	if status {
		words = slices.DeleteFunc(words, asksWhere)
	}
	if len(words) == 0 {
		return nil, false
	}
	scores := scoresOf(words)
	var all []found
	for i, q := range Questions() {
		if score := sum(scores[i]); score > 0.5 {
			all = append(all, found{q, score, scores[i]})
		}
	}
	slices.SortStableFunc(all, func(a, b found) int { return cmp.Compare(b.score, a.score) })
	all = slices.DeleteFunc(all, func(f found) bool { return f.score < all[0].score/2 && !f.speaksBeyond(all[0]) })
	all = all[:min(4, len(all))]
	for _, f := range all {
		questions = append(questions, f.question)
	}
	if len(all) == 0 || status || all[0].score < 0.4*float64(len(words)) {
		return questions, false
	}
	for _, f := range all[1:] {
		if all[0].score < 1.5*f.score || f.speaksBeyond(all[0]) {
			return questions, false
		}
	}
	return questions, true
}

// speaksBeyond reports whether f has words in the text that first has not.
func (f found) speaksBeyond(first found) bool {
	for i, score := range f.words {
		if score > inAnswer && first.words[i] <= inAnswer {
			return true
		}
	}
	return false
}

// cut returns as much of a text as is looked at.
func cut(s string) string {
	const most = 200
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most])
	}
	return s
}

// scoresOf returns for each question how much each word speaks for it. A word
// that speaks for several speaks less for each.
func scoresOf(words []string) [][]float64 {
	table := questionTable()
	scores := make([][]float64, len(table))
	for _, w := range words {
		matching := 0
		for i, entry := range table {
			score := max(likest(w, entry.words), inAnswer*likest(w, entry.answer))
			if score > inAnswer {
				matching++
			}
			scores[i] = append(scores[i], score)
		}
		for i := range table {
			scores[i][len(scores[i])-1] /= math.Sqrt(float64(max(matching, 1)))
		}
	}
	return scores
}

func sum(scores []float64) (total float64) {
	for _, s := range scores {
		total += s
	}
	return total
}

// questionEntry is what is searched of a question.
type questionEntry struct{ words, answer []string }

// questionTable is in the order of Questions.
var questionTable = sync.OnceValue(func() (table []questionEntry) {
	for _, q := range Questions() {
		table = append(table, questionEntry{
			words:  questionWords(QuestionTitle(q) + " " + questionKeywords(q)),
			answer: questionWords(answer(q, QuestionFacts{})),
		})
	}
	return table
})

var noise = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{}
	for word := range strings.FieldsSeq(likened(questionNoise)) {
		all[word] = true
	}
	return all
})

// questionWords are the words of a text that say what is asked.
func questionWords(text string) (words []string) {
	for word := range strings.FieldsSeq(likened(text)) {
		if !noise()[word] && !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	return words
}

// alikeLetters writes letters that people take for each other as one.
var alikeLetters = strings.NewReplacer("ئ", "ی", "آ", "ا", "ء", "", "ث", "س", "ص", "س", "ط", "ت", "ذ", "ز", "ض", "ز", "ظ", "ز", "ح", "ه")

func likened(text string) string { return alikeLetters.Replace(Fold(text)) }

// likest returns how like w is to the likest of some words, from 0 to 1.
func likest(w string, words []string) (best float64) {
	typed := []rune(w)
	for _, word := range words {
		known := []rune(word)
		short, long := min(len(typed), len(known)), max(len(typed), len(known))
		switch {
		case w == word:
			return sameWord
		case short >= 3 && long-short <= 4 && (strings.HasPrefix(w, word) || strings.HasPrefix(word, w)):
			best = max(best, begunWord)
		case short >= 4 && typos(typed, known) <= (short-1)/3:
			best = max(best, mistypedWord)
		}
	}
	return best
}

// typos returns how many letters were left out, put in, mistaken or swapped
// with their neighbour (the optimal string alignment distance).
func typos(a, b []rune) int {
	if len(a)-len(b) > 2 || len(b)-len(a) > 2 {
		return max(len(a), len(b))
	}
	var before []int
	last := make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range a {
		row := make([]int, len(b)+1)
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(row[j]+1, last[j+1]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
