package bench

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"kartyar/card"
	"kartyar/desk/offices"
)

// countryOffices are as many offices as the country has, told apart by place,
// town and number.
func countryOffices() *offices.Directory {
	places := []string{"ونک", "تجریش", "صادقیه", "نارمک", "شهرک غرب", "پونک", "جنت آباد", "میرداماد", "سعادت آباد", "نیاوران", "گلستان", "مهرشهر", "فردیس", "ولیعصر", "انقلاب"}
	towns := []string{"تهران", "مشهد", "اصفهان", "شیراز", "تبریز", "کرج", "اهواز", "قم", "رشت", "کرمانشاه", "زاهدان", "همدان", "یزد", "اردبیل", "بندرعباس", "زنجان", "گرگان", "ساری"}
	kinds := []string{"دفتر پیشخوان دولت", "اداره پست", "اداره ثبت احوال"}
	random := rand.New(rand.NewPCG(1, 2))
	all := make([]card.Office, 5000)
	for i := range all {
		town, place := towns[i%len(towns)], places[i/len(towns)%len(places)]
		all[i] = card.Office{
			Code: fmt.Sprint(10000 + i), Name: fmt.Sprintf("%s %s %d", kinds[i%3], place, i/len(towns)/len(places)), Province: town, City: town,
			Address:  fmt.Sprintf("%s، خیابان %s، پلاک %d", town, places[(i*7)%len(places)], i%200),
			Latitude: 25 + 15*random.Float64(), Longitude: 44 + 19*random.Float64(), Located: true,
		}
	}
	return offices.New(all)
}

// BenchmarkOfficeSearch looks for offices of a place and a town that are typed
// with two letters wrong, and in the first case three.
func BenchmarkOfficeSearch(b *testing.B) {
	d := countryOffices()
	for _, c := range []struct{ name, typed, place, town string }{
		{"3-words", "پیشخوان میردامات شیزار", "میرداماد", "شیراز"},
		{"6-words", "اداره ثیت احوال سعادت آباد کرنج", "سعادت آباد", "کرج"},
		{"7-words", "اداره ثبت احوال نیاوزام بندرعباس پلاک ۱۲۰", "نیاوران", "بندرعباس"},
	} {
		b.Run(c.name, func(b *testing.B) {
			before := cpu(b)
			for b.Loop() {
				found := d.Search(c.typed, 10)
				if len(found) == 0 || found[0].City != c.town || !strings.Contains(found[0].Name+found[0].Address, c.place) {
					b.Fatalf("found %v", found)
				}
			}
			measured(b, b.N, "search", before)
		})
	}
}

// BenchmarkOfficeNearest looks for the five nearest.
func BenchmarkOfficeNearest(b *testing.B) {
	d := countryOffices()
	before := cpu(b)
	for b.Loop() {
		if len(d.Nearest(35.7, 51.4, 5)) != 5 {
			b.Fatal("some are missing")
		}
	}
	measured(b, b.N, "search", before)
}
