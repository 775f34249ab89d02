package locale

import (
	"testing"

	"kartyar/card"
)

func TestDistance(t *testing.T) {
	for metres, want := range map[float64]string{
		0: "کمتر از ۵۰ متر", 44: "کمتر از ۵۰ متر", 45: "۵۰ متر", 853: "۸۵۰ متر", 994: "۹۹۰ متر",
		995: "۱ کیلومتر", 1000: "۱ کیلومتر", 3241: "۳٫۲ کیلومتر", 9949: "۹٫۹ کیلومتر", 9951: "۱۰ کیلومتر",
		132_400: "۱۳۲ کیلومتر", 1_234_567: "۱٬۲۳۵ کیلومتر",
	} {
		if got := Distance(metres); got != want {
			t.Errorf("%v m: %q, want %q", metres, got, want)
		}
	}
}

func TestVenueAddressIsNeverEmpty(t *testing.T) {
	for want, o := range map[string]card.Office{
		"تهران، ونک": {City: "تهران", Address: "ونک"}, "ونک": {Address: "ونک"}, "تهران": {City: "تهران"}, "پست": {Name: "پست"},
	} {
		if got := VenueAddress(o); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
