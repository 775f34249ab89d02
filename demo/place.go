package demo

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// point reads the point that latitude and longitude name.
func (c *call) point() (*wireLocation, *apiError) {
	lat, err := degrees(c.args["latitude"], 90)
	lon, wrong := degrees(c.args["longitude"], 180)
	switch {
	case c.args["latitude"] == "", c.args["longitude"] == "":
		return nil, bad("latitude or longitude is empty")
	case err != nil, wrong != nil:
		return nil, bad("wrong coordinates")
	}
	return &wireLocation{lat, lon}, nil
}

// degrees reads an angle up to limit either way.
func degrees(s string, limit float64) (float64, error) {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, err
	}
	if !(math.Abs(v) <= limit) { // nor is NaN
		return 0, strconv.ErrRange
	}
	return v, nil
}

func (p *wireLocation) String() string {
	return strconv.FormatFloat(p.Latitude, 'f', 5, 64) + ", " + strconv.FormatFloat(p.Longitude, 'f', 5, 64)
}

func sendLocation(c *call) (any, *apiError) {
	point, refusal := c.point()
	if refusal != nil {
		return nil, refusal
	}
	return c.send(&message{location: point}, point.String())
}

func sendVenue(c *call) (any, *apiError) {
	point, refusal := c.point()
	if refusal != nil {
		return nil, refusal
	}
	title, address := c.args["title"], c.args["address"]
	switch {
	case !utf8.ValidString(title), !utf8.ValidString(address):
		return nil, bad("strings must be encoded in UTF-8")
	case strings.TrimSpace(title) == "":
		return nil, bad("title must be non-empty")
	case strings.TrimSpace(address) == "":
		return nil, bad("address must be non-empty")
	}
	return c.send(&message{location: point, venue: &wireVenue{*point, title, address}}, title+"\n"+address+"\n"+point.String())
}

// samplePlace reads a point as the page sends it, "35.7, 51.4".
func samplePlace(typed string) (*wireLocation, bool) {
	north, east, _ := strings.Cut(typed, ",")
	lat, err := degrees(strings.TrimSpace(north), 90)
	lon, wrong := degrees(strings.TrimSpace(east), 180)
	return &wireLocation{lat, lon}, err == nil && wrong == nil
}
