package offices

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kartyar/card"
)

var sample = []card.Office{
	{Code: "12", Name: "دفتر پیشخوان ونک", Province: "تهران", City: "تهران", Address: "میدان ونک، خیابان ملاصدرا"},
	{Code: "13", Name: "دفتر پیشخوان ۱۰", Province: "تهران", City: "ری"},
	{Code: "14", Name: "دفتر پیشخوان ۲", Province: "تهران", City: "ری"},
	{Code: "Y1", Name: "ثبت احوال یزد", Province: "یزد", City: "یزد", Address: "خیابان کاشانی"},
	{Code: "G1", Name: "پست مرکزی", Province: "گیلان", City: "رشت"},
	{Code: "G2", Name: "پست مرکزی", Province: "گیلان", City: "لاهیجان"},
	{Code: "K1", Name: "پست کرمانشاه", Province: "كرمانشاه", City: "کرمانشاه"},
	{Code: "K2", Name: "ثبت احوال کرمانشاه", Province: "کرمانشاه", City: "کرمانشاه"},
}

func codes(all []card.Office) []string {
	var out []string
	for _, o := range all {
		out = append(out, o.Code)
	}
	return out
}

func TestBrowse(t *testing.T) {
	d := New(sample)
	if diff := cmp.Diff([]string{"تهران", "کرمانشاه", "گیلان", "یزد"}, fixed(d.Provinces())); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"تهران", "ری"}, d.Cities("تهران")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"14", "13"}, codes(d.In("تهران", "ري"))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"K1", "K2"}, codes(d.In("کرمانشاه", "کرمانشاه"))); diff != "" {
		t.Error(diff)
	}
	if d.Cities("ماه") != nil || len(d.In("ماه", "ماه")) > 0 {
		t.Error("something in a province that is none")
	}
	if o, known := d.ByCode("Y1"); !known || o.Name != "ثبت احوال یزد" {
		t.Errorf("got %v", o)
	}
}

// fixed writes the one odd name in the sample as the others.
func fixed(names []string) []string {
	for i := range names {
		if fold(names[i]) == "کرمانشاه" {
			names[i] = "کرمانشاه"
		}
	}
	return names
}

func TestResolve(t *testing.T) {
	d := New(sample)
	for text, want := range map[string]struct {
		code  string
		known bool
		err   error
	}{
		"12":               {"12", true, nil},
		"۰۰۱۲":             {"12", true, nil},
		"y-1":              {"Y1", true, nil},
		"دفتر پيشخوان ونك": {"12", true, nil},
		"ثبت‌احوال یزد":    {"Y1", true, nil},
		"پست مرکزی":        {"", false, ErrAmbiguous},
		"99":               {"99", false, nil},
		"THR-7":            {"THR7", false, nil},
		"QOM":              {"QOM", false, nil},
		"Qom Central":      {"", false, ErrNoSuch},
		"دفتر ۹۹":          {"", false, ErrNoSuch},
		"1.2E+11":          {"", false, card.ErrRounded},
		"":                 {"", false, ErrNoSuch},
	} {
		code, known, err := d.Resolve(text)
		if code != want.code || known != want.known || !errors.Is(err, want.err) || want.err == nil && err != nil {
			t.Errorf("%q: got %q, %v, %v", text, code, known, err)
		}
	}
}

func TestSearch(t *testing.T) {
	d := New(sample)
	for text, want := range map[string]string{
		"ونک": "12", "پیشخوان ونک": "12", "ونک پیشخوان": "12", "ونگ": "12", "پیسخوان ونک": "12", "پیشخوانونک": "12",
		"ملاصدرا": "12", "ملاسدرا": "12", "یزد": "Y1", "ثبت يزد": "Y1", "یزد احوال": "Y1", "کاشانی": "Y1",
		"رشت": "G1", "پست رشت": "G1", "پست لاهیحان": "G2", "لاهی": "G2", "کرمنشاه ثبت": "K2", "کرماتشاه پست": "K1",
		"۱۴": "14", "g2": "G2", "چابهار": "", "": "", "!": "",
	} {
		found := d.Search(text, 3)
		got := ""
		if len(found) > 0 {
			got = found[0].Code
		}
		if got != want {
			t.Errorf("%q: got %v, want %q first", text, codes(found), want)
		}
	}
	if got := len(d.Search("پست", 2)); got != 2 {
		t.Errorf("got %d offices, want the limit", got)
	}
}

func TestSortOrder(t *testing.T) {
	want := []string{"آبادان", "ارومیه", "بم", "پاوه", "تهران", "چابهار", "دفتر ۲", "دفتر ۱۰", "دفتر الف", "زنجان", "ژاورود", "کرج", "گرگان", "یزد", "Paris"}
	got := slices.Clone(want)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(got), func(i, j int) { got[i], got[j] = got[j], got[i] })
	sorted(got, func(s string) string { return s }, func(a, b string) int { return 0 })
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

var (
	places = []string{"ونک", "تجریش", "صادقیه", "نارمک", "شهرک غرب", "پونک", "جنت آباد", "میرداماد", "سعادت آباد", "نیاوران", "گلستان", "مهرشهر", "فردیس", "ولیعصر", "انقلاب"}
	towns  = []string{"تهران", "مشهد", "اصفهان", "شیراز", "تبریز", "کرج", "اهواز", "قم", "رشت", "کرمانشاه", "زاهدان", "همدان", "یزد", "اردبیل", "بندرعباس", "زنجان", "گرگان", "ساری"}
)

// many makes a directory of n offices that are told apart by place, town and
// number.
func many(n int) []card.Office {
	kinds := []string{"دفتر پیشخوان دولت", "اداره پست", "اداره ثبت احوال"}
	all := make([]card.Office, n)
	for i := range all {
		town := towns[i%len(towns)]
		all[i] = card.Office{
			Code:     fmt.Sprintf("%d", 10000+i),
			Name:     fmt.Sprintf("%s %s %d", kinds[i%3], places[i/len(towns)%len(places)], i/len(towns)/len(places)),
			Province: town, City: town,
			Address: fmt.Sprintf("%s، خیابان %s، پلاک %d", town, places[(i*7)%len(places)], i%200),
		}
	}
	return all
}

// Two typos in a word and any order of the words still find the office's place
// and town.
func TestSearchSurvivesTypos(t *testing.T) {
	d := New(many(5000))
	letters := []rune("ابپتجدرسشعفکلمنوهی")
	rapid.Check(t, func(rt *rapid.T) {
		o := rapid.SampledFrom(d.offices).Draw(rt, "office")
		place := []rune(rapid.SampledFrom([]string{"تجریش", "صادقیه", "میرداماد", "نیاوران", "گلستان", "ولیعصر"}).Draw(rt, "place"))
		typo := slices.Clone(place)
		for range rapid.IntRange(0, 2).Draw(rt, "typos") {
			typo[rapid.IntRange(0, len(typo)-1).Draw(rt, "where")] = rapid.SampledFrom(letters).Draw(rt, "letter")
		}
		typed, meant := newTyped(searched(string(typo))), searched(string(place))
		like, other := 0.0, 0.0
		for i := range d.index.words {
			if w := &d.index.words[i]; string(w.runes) == meant {
				like = typed.like(w)
			} else {
				other = max(other, typed.like(w))
			}
		}
		if like <= other {
			return // it may as well be, or begin, that word
		}
		query := string(typo) + " " + o.City
		if rapid.Bool().Draw(rt, "turned") {
			query = o.City + " " + string(typo)
		}
		found := d.Search(query, 5)
		if len(found) == 0 {
			rt.Fatalf("%q finds nothing", query)
		}
		if first := fold(found[0].Name + " " + found[0].City + " " + found[0].Address); !contains(first, string(place)) || !contains(first, o.City) {
			rt.Fatalf("%q finds %q", query, first)
		}
	})
}

func contains(text, word string) bool { return slices.Contains(strings.Fields(text), word) }

func BenchmarkSearch(b *testing.B) {
	d := New(many(5000))
	for b.Loop() {
		if len(d.Search("دفتر پیشخوان میرداماذ شیراز", 10)) == 0 {
			b.Fatal("nothing found")
		}
	}
}

func BenchmarkNew(b *testing.B) {
	all := many(5000)
	for b.Loop() {
		New(all)
	}
}
