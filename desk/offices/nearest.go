package offices

import (
	"math"
	"slices"

	"kartyar/card"
)

// Near is an office and how far it is, in metres.
type Near struct {
	card.Office
	Metres float64
}

// Nearest returns at most n offices by their distance from a point in degrees,
// the nearest first; of equals, in the order of the directory. Offices of which
// it is not known where they are are left out; a point that is none has none
// near it.
func (d *Directory) Nearest(lat, lon float64, n int) []Near {
	if !IsPoint(lat, lon) || n <= 0 {
		return nil
	}
	var near []Near
	for i := range d.offices {
		o := &d.offices[i]
		if !o.Located {
			continue
		}
		metres := distance(lat, lon, o.Latitude, o.Longitude)
		if len(near) == n && metres >= near[n-1].Metres {
			continue
		}
		at, _ := slices.BinarySearchFunc(near, metres, func(o Near, metres float64) int {
			if o.Metres <= metres {
				return -1
			}
			return 1
		})
		near = slices.Insert(near[:min(len(near), n-1)], at, Near{*o, metres})
	}
	return near
}

// IsPoint reports whether these are degrees on the globe. 0, 0 is what a phone
// sends that does not know where it is.
func IsPoint(lat, lon float64) bool {
	return math.Abs(lat) <= 90 && math.Abs(lon) <= 180 && (lat != 0 || lon != 0) // none of it holds for NaN
}

// earth is the mean radius of the earth, in metres (IUGG).
const earth = 6_371_008.8

// distance is how far apart two points are, in metres, by the haversine
// formula: within half a percent of the truth.
func distance(lat1, lon1, lat2, lon2 float64) float64 {
	const degree = math.Pi / 180
	across := math.Sin((lat2 - lat1) * degree / 2)
	along := math.Sin((lon2 - lon1) * degree / 2)
	h := across*across + math.Cos(lat1*degree)*math.Cos(lat2*degree)*along*along
	return 2 * earth * math.Asin(math.Min(1, math.Sqrt(h)))
}
