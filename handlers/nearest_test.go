package handlers

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"kartyar/card"
	"kartyar/desk/offices"
	"kartyar/locale"
)

// From where one is to the office on the map, as a reviewer reads it.
func TestNearestOffice(t *testing.T) {
	onBoth(t, func(t *testing.T, on card.Platform) {
		w := newWorld(t, on)
		w.knows(saraCode, saraPhone, "", card.State{Stage: card.StageIssuing})
		w.proves(saraPhone, saraCode)
		w.log.Reset()
		w.text("انتخاب دفتر").press("نزدیک‌ترین دفتر به من").says(locale.AskLocation())
		if b := w.menu.Rows[0][0]; !b.Location || b.Text != "فرستادن مکان من" {
			t.Errorf("the menu asks for %+v", b)
		}
		w.sends(35.7625, 51.4150).says("دفتر نمونهٔ ونک", "۷۲۰ متر", "۸ تا ۱۶", "میدان ونک")
		w.keepsSilentOf("کنسولگری", "اصفهان")
		if w.menu.Rows[0][0].Text != locale.ButtonStatus {
			t.Errorf("the main buttons are not back: %+v", w.menu)
		}
		w.press("دفتر نمونهٔ ونک").says("یادداشت شد")
		if got := w.person(saraCode).Followers[0].Office; got != "1" {
			t.Errorf("chosen is %q", got)
		}
		w.press("نقشهٔ دفتر").says("میدان ونک، پلاک ۱")
		if v := w.last[0].Venue; v == nil || v.Latitude != 35.7575 || w.last[0].Edit != 0 {
			t.Errorf("got %+v", w.last[0])
		}
		w.sends(48.3, 16.3).says("کنسولگری نمونه", "۱۲ کیلومتر").keepsSilentOf("ونک")
		w.sends(-41.3, 174.8).says(locale.NothingNear("")).press("استان دیگر").says("استان را انتخاب کنید")
		w.sends(0, 0).says(locale.BadLocation()).text("کاشان").press("دفتر نمونهٔ کاشان").says("یادداشت شد")
		golden(t, "nearest_"+string(on)+".txt", w.log.String())
	})
}

// Whoever sends a place without being asked gets a sensible answer.
func TestPlaceUnasked(t *testing.T) {
	w := newWorld(t, card.Bale)
	w.sends(35.7, 51.4).says("دفتر نمونهٔ ونک", "۶٫۵ کیلومتر", "مکان شما را نگه نداشتیم")
	if _, found := w.chatRow(); found {
		t.Error("a stranger's chat is kept")
	}
	if w.press("دفتر نمونهٔ ونک، ۶٫۵").says("میدان ونک"); w.last[0].Venue == nil || w.last[0].Edit != 0 {
		t.Errorf("no place on the map: %+v", w.last[0])
	}
	w.sends(-41.3, 174.8).says(locale.NothingAround(card.Bale)).sends(0, 0).says(locale.BadLocation())
	w.text("/start").sends(35.7, 51.4).says("دفتر نمونهٔ ونک")
	if b := w.menu.Rows[0][0]; !b.Contact {
		t.Errorf("the contact is not asked for any more: %+v", b)
	}
	w.knows(saraCode, saraPhone, "", card.State{Stage: card.StageIssuing})
	w.knows(mamanCode, saraPhone, "", card.State{Stage: card.StageIssuing})
	w.shares(saraPhone).sends(35.7, 51.4).says("دفتر نمونهٔ ونک").text(saraCode).says("در حال صدور")
	w.sends(35.7, 51.4).says("۶٫۵ کیلومتر").press("دفتر نمونهٔ ونک").says("یادداشت شد")
	w.text("/settings").press("افزودن یک نفر دیگر").text(mamanCode).text("خودم").text("مامان").text("بازگشت")
	w.sends(35.7, 51.4).says("کارت چه کسی").press("مامان").says(locale.AskLocation()).sends(35.7, 51.4).press("دفتر نمونهٔ ونک")
	if got := w.person(mamanCode).Followers[0].Office; got != "1" {
		t.Errorf("chosen is %q", got)
	}
}

// Nothing of a place outlives the answer.
func TestPlaceIsNotKept(t *testing.T) {
	w := newWorld(t, card.Telegram)
	w.knows(saraCode, saraPhone, "", card.State{Stage: card.StageIssuing})
	w.proves(saraPhone, saraCode).sends(35.812345, 51.498765)
	row, _ := w.chatRow()
	kept, err := cbor.Marshal(row)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range w.last {
		out, err := cbor.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		kept = append(kept, out...)
	}
	for _, v := range []float64{35.812345, 51.498765} {
		for _, mode := range []cbor.EncOptions{{}, {ShortestFloat: cbor.ShortestFloat16}} {
			encode, _ := mode.EncMode()
			if raw, _ := encode.Marshal(v); bytes.Contains(kept, raw) || strings.Contains(string(kept), "35.8") {
				t.Errorf("%v is kept", v)
			}
		}
	}
}

func TestPlacesThatAreNone(t *testing.T) {
	w := newWorld(t, card.Telegram)
	w.knows(saraCode, saraPhone, "", card.State{Stage: card.StageIssuing})
	w.proves(saraPhone, saraCode)
	for _, p := range [][2]float64{{0, 0}, {91, 51}, {35, 181}, {math.NaN(), 51}, {35, math.Inf(-1)}} {
		w.sends(p[0], p[1]).says(locale.BadLocation())
	}
	w.text(locale.ButtonSendLocation).says(locale.AskLocation()) // a client that has no such button
}

// A directory in which no place is known offers none.
func TestNoPlaceIsKnown(t *testing.T) {
	w := newWorld(t, card.Telegram)
	d := offices.New([]card.Office{{Code: "1", Name: "دفتر نمونه", Province: "قم", City: "قم"}})
	w.h.Offices = func() *offices.Directory { return d }
	w.knows(saraCode, saraPhone, "", card.State{Stage: card.StageIssuing})
	w.proves(saraPhone, saraCode).text("انتخاب دفتر")
	if _, offered := find(w.last[0], locale.ButtonNearest); offered {
		t.Error("the nearest of none is offered")
	}
	w.text(locale.ButtonSendLocation).says("استان را انتخاب کنید")
	w.sends(35.7, 51.4).says(locale.NothingNear(""))
}

// Who is nearer to a consulate than to any office is abroad.
func TestInReach(t *testing.T) {
	near := func(kind card.OfficeKind, km float64) offices.Near {
		return offices.Near{Office: card.Office{Code: string(kind), Kind: kind}, Metres: km * 1000}
	}
	for _, tt := range []struct {
		name string
		all  []offices.Near
		want string
	}{
		{"none", nil, ""},
		{"in a town", []offices.Near{near("post", 1), near("pishkhan", 2), near("consulate", 90)}, "post pishkhan"},
		{"in the desert", []offices.Near{near("post", 199), near("registry", 201)}, "post"},
		{"across the border", []offices.Near{near("consulate", 10), near("post", 160), near("post", 300)}, "consulate post"},
		{"far abroad", []offices.Near{near("consulate", 1499), near("consulate", 1501)}, "consulate"},
		{"nowhere", []offices.Near{near("consulate", 3000), near("post", 4000)}, ""},
		{"too many", []offices.Near{near("post", 1), near("post", 2), near("post", 3), near("post", 4), near("post", 5), near("post", 6)}, "post post post post post"},
	} {
		var got []string
		for _, o := range inReach(tt.all) {
			got = append(got, o.Code)
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, got, tt.want)
		}
	}
}
