package locale

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// What people type, with their spelling.
func TestFindQuestions(t *testing.T) {
	tests := map[Question][]string{
		QuestionBring:     {"چه مدارکی لازم است؟", "چي بايد بيارم", "مدارک", "مدراک لازم", "شناسنامه لازمه؟", "برای تحویل کارت چه مدارکی ببرم"},
		QuestionSMS:       {"پیامک نیومد", "چرا پیامک نمیاد", "پیامک برام نیومده", "sms نیامد", "اس ام اس نرسید", "پیامکم نرسیده", "پیمک نیامد", "۸۹۹۹"},
		QuestionKept:      {"تا کی مهلت دارم", "مهلت تحویل", "تا کی تو دفتر میمونه", "کارتم برگشت خورده؟", "مهلتش چند روزه"},
		QuestionFee:       {"هزینه", "هزینه کارت چقدره", "حزینه کارت", "قیمت کارت ملی", "چند تومن میشه هزینش", "پول باید بدم؟", "هزینه‌ی صدور المثنی چقدر است"},
		QuestionCollector: {"پدرم میتونه کارتمو بگیره؟", "میشه مادرم تحویل بگیره", "با وکالت میشه گرفت", "وکالتنامه", "کس دیگری می‌تواند بگیرد"},
		QuestionNumber:    {"شماره ام عوض شده", "شمارم عوض شده", "خطم رو عوض کردم", "سیم‌کارتم را فروختم", "تغییر شماره", "شماره جدید"},
		QuestionWay:       {"مراحل صدور", "مرحله ها چیه", "پیگیری"},
		QuestionLost:      {"کارتم گم شده", "کارت ملی‌ام را گم کردم", "المثنی", "کارتمو دزدیدن", "مفقود شده", "کارت شکسته"},
		QuestionWho:       {"از چند سالگی باید بگیریم", "کجا باید ثبت نام کنم", "ثبت‌نام", "دخترم ۱۵ سالش شده درخواست بدهد"},
		QuestionAbroad:    {"خارج از کشورم", "ایرانیان خارج", "سفارت", "کنسولگري", "کنسلگری"},
	}
	for want, texts := range tests {
		for _, text := range texts {
			got, sure := FindQuestions(text)
			if len(got) == 0 || got[0] != want {
				var titles []string
				for _, q := range got {
					titles = append(titles, QuestionTitle(q))
				}
				t.Errorf("%q is taken for %q (sure: %v)", text, titles, sure)
			}
		}
	}
}

// A text that may be something else is not answered as if it were sure.
func TestFindQuestionsIsNotSure(t *testing.T) {
	for _, text := range []string{"", "سلام", "کارت ملی", "؟", "9990000050", "علی", "خوبی", "مامان", "asdf", "هوا چطور است", "ممنون از شما", "پیتزا می‌خواهم",
		"کارتم گم شده و شماره ام هم عوض شده", "امروز هوا خیلی خوب بود و با بچه‌ها رفتیم پارک بازی کردیم و بستنی خوردیم"} {
		if got, sure := FindQuestions(text); sure {
			t.Errorf("%q is surely %q", text, QuestionTitle(got[0]))
		}
	}
	got, _ := FindQuestions("کارتم گم شده و شماره ام هم عوض شده")
	if !slices.Contains(got, QuestionLost) || !slices.Contains(got, QuestionNumber) {
		t.Errorf("two questions at once: %v", got)
	}
}

// Each title finds its question, for sure, also with a letter left out of one
// word.
func TestTitlesAreFound(t *testing.T) {
	for _, q := range Questions() {
		title := QuestionTitle(q)
		if n := utf8.RuneCountInString(title); n == 0 || n > maxLabel {
			t.Errorf("%q has %d characters for a button", title, n)
		}
		words := strings.Fields(title)
		for i, w := range words {
			typed := slices.Clone(words)
			if runes := []rune(w); len(runes) > 5 {
				typed[i] = string(slices.Delete(runes, 2, 3))
			}
			if got, _ := FindQuestions(strings.Join(typed, " ")); len(got) == 0 || got[0] != q {
				t.Errorf("%q finds %v", strings.Join(typed, " "), got)
			}
		}
	}
}

func FuzzFindQuestions(f *testing.F) {
	f.Add("کارتم گم شده")
	f.Add("ﷺ\u200c8999")
	f.Fuzz(func(t *testing.T, typed string) {
		got, sure := FindQuestions(typed)
		if len(got) > 4 || sure && len(got) == 0 {
			t.Errorf("%v, %v", got, sure)
		}
	})
}
