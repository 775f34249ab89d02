package picture

import (
	"image"
	"image/color"
	"image/draw"

	"golang.org/x/image/vector"
)

// The colours. Each text on its ground has a contrast of 7:1 at least (WCAG
// 2.2, 1.4.6); shapes and words say what the colours say.
var (
	white     = color.RGBA{0xff, 0xff, 0xff, 0xff}
	black     = color.RGBA{0x17, 0x21, 0x2b, 0xff}
	grey      = color.RGBA{0x46, 0x52, 0x5d, 0xff}
	green     = color.RGBA{0x0f, 0x5c, 0x56, 0xff}
	paleGreen = color.RGBA{0xe2, 0xf1, 0xef, 0xff}
	brown     = color.RGBA{0x7a, 0x41, 0x00, 0xff}
	paleBrown = color.RGBA{0xff, 0xf1, 0xd6, 0xff}
)

// ink is a colour on a ground of one colour.
type ink uint8

// The inks.
const (
	greenOnWhite ink = iota
	brownOnWhite
	greyOnWhite
	blackOnWhite
	whiteOnGreen
	whiteOnBrown
	whiteOnGrey
	paleGreenOnWhite
	paleBrownOnWhite
	blackOnPaleGreen
	blackOnPaleBrown
	inks = iota
)

// shades is how many steps an edge has between ground and ink. With few inks
// the whole picture has a palette, which makes it small.
const shades = 16

func palette() color.Palette {
	pairs := [inks][2]color.RGBA{
		greenOnWhite: {white, green}, brownOnWhite: {white, brown}, greyOnWhite: {white, grey}, blackOnWhite: {white, black},
		whiteOnGreen: {green, white}, whiteOnBrown: {brown, white}, whiteOnGrey: {grey, white},
		paleGreenOnWhite: {white, paleGreen}, paleBrownOnWhite: {white, paleBrown},
		blackOnPaleGreen: {paleGreen, black}, blackOnPaleBrown: {paleBrown, black},
	}
	var p color.Palette
	for _, pair := range pairs {
		for i := range shades {
			mix := func(from, to uint8) uint8 { return uint8((int(from)*(shades-1-i) + int(to)*i) / (shades - 1)) }
			p = append(p, color.RGBA{mix(pair[0].R, pair[1].R), mix(pair[0].G, pair[1].G), mix(pair[0].B, pair[1].B), 0xff})
		}
	}
	return p
}

// canvas is a picture being drawn; it begins white.
type canvas struct {
	*image.Paletted
	hand *hand
}

func (h *hand) canvas(width, height int) canvas {
	return canvas{image.NewPaletted(image.Rect(0, 0, width, height), palette()), h}
}

// fill draws a shape, given by its outline relative to the area's corner. The
// area must have the ink's ground.
func (c canvas) fill(i ink, area image.Rectangle, outline func(*vector.Rasterizer)) {
	w, h := area.Dx(), area.Dy()
	if len(c.hand.mask) < w*h {
		c.hand.mask = make([]uint8, w*h)
	}
	mask := &image.Alpha{Pix: c.hand.mask[:w*h], Stride: w, Rect: image.Rect(0, 0, w, h)}
	r := &c.hand.raster
	r.Reset(w, h)
	r.DrawOp = draw.Src
	outline(r)
	r.Draw(mask, mask.Rect, image.Opaque, image.Point{})
	on := area.Intersect(c.Rect)
	for y := on.Min.Y; y < on.Max.Y; y++ {
		from := mask.Pix[(y-area.Min.Y)*w:]
		to := c.Pix[c.PixOffset(0, y):]
		for x := on.Min.X; x < on.Max.X; x++ {
			if shade := int(from[x-area.Min.X]) * shades / 256; shade > 0 {
				to[x] = uint8(int(i)*shades + shade)
			}
		}
	}
}

// write draws a line of text whose right end is at right, in the line that
// begins at top.
func (c canvas) write(i ink, l textLine, right, top int) {
	const margin = 8 // some glyphs reach beyond their advance
	w := int(l.width) + 1
	area := image.Rect(right-w-margin, top-margin, right+margin, top+l.height()+margin)
	c.fill(i, area, func(r *vector.Rasterizer) {
		l.outline(r, margin+float32(w)-l.width, float32(margin+l.size*9/8))
	})
}

// around returns the square about a point.
func around(x, y, reach int) image.Rectangle { return image.Rect(x-reach, y-reach, x+reach, y+reach) }

func (c canvas) disc(i ink, x, y, radius int) {
	c.fill(i, around(x, y, radius+1), func(r *vector.Rasterizer) { circle(r, float32(radius)+1, float32(radius)) })
}

// circle adds a circle about (at, at): four cubic curves, which are off by less
// than a thousandth of its radius.
func circle(r *vector.Rasterizer, at, radius float32) {
	k := radius * 0.5523
	r.MoveTo(at+radius, at)
	r.CubeTo(at+radius, at+k, at+k, at+radius, at, at+radius)
	r.CubeTo(at-k, at+radius, at-radius, at+k, at-radius, at)
	r.CubeTo(at-radius, at-k, at-k, at-radius, at, at-radius)
	r.CubeTo(at+k, at-radius, at+radius, at-k, at+radius, at)
	r.ClosePath()
}

func (c canvas) polygon(i ink, area image.Rectangle, points ...float32) {
	c.fill(i, area, func(r *vector.Rasterizer) {
		r.MoveTo(points[0], points[1])
		for n := 2; n < len(points); n += 2 {
			r.LineTo(points[n], points[n+1])
		}
		r.ClosePath()
	})
}

func (c canvas) box(i ink, area image.Rectangle) {
	w, h := float32(area.Dx()), float32(area.Dy())
	c.polygon(i, area, 0, 0, w, 0, w, h, 0, h)
}

// panel is a box with round corners.
func (c canvas) panel(i ink, area image.Rectangle) {
	const round = 20
	w, h := float32(area.Dx()), float32(area.Dy())
	c.fill(i, area, func(r *vector.Rasterizer) {
		r.MoveTo(round, 0)
		r.LineTo(w-round, 0)
		r.QuadTo(w, 0, w, round)
		r.LineTo(w, h-round)
		r.QuadTo(w, h, w-round, h)
		r.LineTo(round, h)
		r.QuadTo(0, h, 0, h-round)
		r.LineTo(0, round)
		r.QuadTo(0, 0, round, 0)
		r.ClosePath()
	})
}

func (c canvas) diamond(i ink, x, y, reach int) {
	f := float32(reach)
	c.polygon(i, around(x, y, reach), f, 0, 2*f, f, f, 2*f, 0, f)
}

// tick is a check mark in the middle of a disc.
func (c canvas) tick(i ink, x, y int) {
	c.polygon(i, around(x, y, 16), 6, 17, 9.5, 13.5, 14, 18, 23, 9, 26.5, 12.5, 14, 25)
}
