package handlers

import (
	"strconv"
	"time"

	"kartyar/bot"
	"kartyar/card"
	"kartyar/locale"
)

// place returns the office of a code; one that is not in the directory has
// nothing but its code, and the empty code is the zero Office.
func (h *Handlers) place(code string) card.Office {
	if o, known := h.Offices().ByCode(code); known {
		return o
	}
	return card.Office{Code: code}
}

// terms are how cards that arrived then are collected at an office.
func (h *Handlers) terms(o card.Office, arrived time.Time) locale.Terms {
	t := h.Settings().Terms(o.Province)
	return locale.Terms{Bring: t.Bring, Fee: t.Fee, Until: t.KeptUntil(arrived, locale.Tehran())}
}

// officeLabel is what a button calls an office.
func officeLabel(o card.Office) string {
	if o.Name == "" {
		return o.Code
	}
	return o.Name
}

// mapButton leads to an office on a map; nothing when it is not known where it
// is.
func mapButton(o card.Office) []bot.Button {
	if !o.Located {
		return nil
	}
	return row(mapLink(o))
}

// mapLink leads to an office that is known where it is. Balad is an Iranian map:
// it opens without a filter breaker, and as an app on the phones of those who
// have it. It knows no other country, so that a consulate is shown by
// OpenStreetMap.
func mapLink(o card.Office) bot.Button {
	var room [192]byte // the address is written there, and taken from there once
	url := room[:0]
	if o.Kind == card.Consulate {
		url = appendDegrees(append(url, "https://www.openstreetmap.org/?mlat="...), o.Latitude)
		url = appendDegrees(append(url, "&mlon="...), o.Longitude)
		url = appendDegrees(append(url, "#map=17/"...), o.Latitude)
		url = appendDegrees(append(url, '/'), o.Longitude)
	} else {
		url = appendDegrees(append(url, "https://balad.ir/location?latitude="...), o.Latitude)
		url = appendDegrees(append(url, "&longitude="...), o.Longitude)
		url = append(url, "&zoom=16"...)
	}
	return bot.Button{Text: locale.ButtonMap, URL: string(url)}
}

// mapButtons shows an office on a map: as a message that any map on the phone
// opens, and as a link; nothing when it is not known where it is. The first
// leaves the message standing that it is under.
func (h *Handlers) mapButtons(chat card.ChatKey, o card.Office) []bot.Button {
	if !o.Located {
		return nil
	}
	return row(bot.Button{Text: locale.ButtonPin, Data: h.seal.data(chat, pressPin(o))}, mapLink(o))
}

// pressPin returns a button that shows an office on a map.
func pressPin(o card.Office) press {
	return press{Action: actMap, Choice: keepMessage, Province: placeHash(o.Province), City: placeHash(o.City), Office: officeHash(o.Code)}
}

// showMap sends the office of the pressed button as a place on the map.
func (t *turn) showMap() error {
	o, known := t.officePressed()
	if !known || !o.Located {
		return t.stale() // the directory has changed meanwhile
	}
	t.say(bot.Reply{Text: locale.OfficeLines(o), Keyboard: inline(mapButton(o)), Venue: &bot.Venue{
		Title: locale.Label(officeLabel(o)), Address: locale.VenueAddress(o), Latitude: o.Latitude, Longitude: o.Longitude,
	}})
	return nil
}

// appendDegrees writes an angle with five decimals, which is a metre.
func appendDegrees(b []byte, v float64) []byte { return strconv.AppendFloat(b, v, 'f', 5, 64) }
