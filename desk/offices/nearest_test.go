package offices

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kartyar/card"
)

func at(code string, lat, lon float64) card.Office {
	return card.Office{Code: code, Name: code, Latitude: lat, Longitude: lon, Located: true}
}

func TestNearest(t *testing.T) {
	d := New([]card.Office{
		at("tehran", 35.7575, 51.41), at("karaj", 35.8400, 50.9391), at("shiraz", 29.5918, 52.5837),
		at("fiji", -17.71, 178.06), at("samoa", -13.83, -171.76), {Code: "nowhere", Name: "nowhere"},
	})
	for _, tt := range []struct {
		name     string
		lat, lon float64
		n        int
		want     []string
	}{
		{"in the north of Tehran", 35.80, 51.43, 2, []string{"tehran", "karaj"}},
		{"all that are somewhere", 29.6, 52.5, 9, []string{"shiraz", "tehran", "karaj", "fiji", "samoa"}},
		{"across the date line", -15, -179.9, 2, []string{"fiji", "samoa"}},
		{"none asked for", 35, 51, 0, nil},
		{"not known where", 0, 0, 3, nil},
		{"not a number", math.NaN(), 51, 3, nil},
		{"endless", 35, math.Inf(1), 3, nil},
		{"above the pole", 90.1, 0, 3, nil},
		{"round the globe", 35, -180.1, 3, nil},
	} {
		var got []string
		for _, near := range d.Nearest(tt.lat, tt.lon, tt.n) {
			got = append(got, near.Code)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

// Known distances: Azadi to Ferdowsi square, Tehran to Shiraz, a quarter of the
// globe.
func TestDistance(t *testing.T) {
	for _, tt := range []struct{ lat1, lon1, lat2, lon2, want, within float64 }{
		{35.6997, 51.3380, 35.7017, 51.4186, 7283, 30},
		{35.6892, 51.3890, 29.5918, 52.5837, 687_000, 3000},
		{0, 0, 0, 90, math.Pi / 2 * earth, 1},
		{90, 0, -90, 57, math.Pi * earth, 1},
		{35, 51, 35, 51, 0, 1e-6},
	} {
		if got := distance(tt.lat1, tt.lon1, tt.lat2, tt.lon2); math.Abs(got-tt.want) > tt.within {
			t.Errorf("%v: got %.0f m", tt, got)
		}
	}
}

// Whatever the places are: nothing nearer is left out, the order rises, and the
// way back is as long.
func TestNearestProperties(t *testing.T) {
	lat, lon := rapid.Float64Range(-90, 90), rapid.Float64Range(-180, 180)
	rapid.Check(t, func(rt *rapid.T) {
		var all []card.Office
		for i := range rapid.IntRange(0, 30).Draw(rt, "offices") {
			o := at(fmt.Sprint(i), lat.Draw(rt, "lat"), lon.Draw(rt, "lon"))
			o.Located = rapid.IntRange(0, 4).Draw(rt, "located") > 0
			all = append(all, o)
		}
		y, x, n := lat.Draw(rt, "lat"), lon.Draw(rt, "lon"), rapid.IntRange(0, 8).Draw(rt, "n")
		near := New(all).Nearest(y, x, n)
		shown, last := map[string]bool{}, 0.0
		for _, o := range near {
			if !o.Located || o.Metres < last || o.Metres > math.Pi*earth {
				rt.Fatalf("%v after %v m", o, last)
			}
			if back := distance(o.Latitude, o.Longitude, y, x); math.Abs(back-o.Metres) > 1e-3 {
				rt.Fatalf("there %v m, back %v m", o.Metres, back)
			}
			last, shown[o.Code] = o.Metres, true
		}
		for _, o := range all {
			if o.Located && !shown[o.Code] && IsPoint(y, x) && (len(near) < n || distance(y, x, o.Latitude, o.Longitude) < last) {
				rt.Fatalf("%v is left out of %v", o, near)
			}
		}
	})
}

func BenchmarkNearest(b *testing.B) {
	all := many(5000)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range all {
		all[i].Latitude, all[i].Longitude, all[i].Located = 25+15*random.Float64(), 44+19*random.Float64(), true
	}
	d := New(all)
	for b.Loop() {
		if len(d.Nearest(35.7, 51.4, 5)) != 5 {
			b.Fatal("some are missing")
		}
	}
}
