package picture

import (
	"slices"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// hand is what one picture at a time is drawn with; neither faces nor shapers
// may be shared between goroutines.
type hand struct {
	regular, bold *font.Face
	segmenter     shaping.Segmenter
	shaper        shaping.HarfbuzzShaper
	wrapper       shaping.LineWrapper
	raster        vector.Rasterizer
	mask          []uint8
}

func newHand(regular, bold *font.Font) *hand {
	return &hand{regular: font.NewFace(regular), bold: font.NewFace(bold)}
}

// lettering is how a text looks.
type lettering struct {
	bold bool
	size int // pixels
}

// height is that of a line; Persian needs more than Latin.
func (l lettering) height() int { return l.size * 8 / 5 }

// glyph is a glyph in its place: pixels from the line's left end and its
// baseline.
type glyph struct {
	id   font.GID
	x, y float32
}

// textLine is one line of a text, ready to be drawn.
type textLine struct {
	lettering
	face   *font.Face
	glyphs []glyph
	width  float32
}

// set breaks a text into lines no wider than width and puts their glyphs in
// place. The text's direction is from right to left; what is in it keeps its
// own.
func (h *hand) set(text string, l lettering, width int) []textLine {
	face := h.regular
	if l.bold {
		face = h.bold
	}
	runes := []rune(text)
	input := shaping.Input{
		Text: runes, RunEnd: len(runes), Direction: di.DirectionRTL, Face: face,
		Size: fixed.I(l.size), Language: language.NewLanguage("fa"),
	}
	var runs []shaping.Output
	for _, run := range h.segmenter.Split(input, oneFace{face}) {
		runs = append(runs, h.shaper.Shape(run))
	}
	wrapped, _ := h.wrapper.WrapParagraph(shaping.WrapConfig{Direction: di.DirectionRTL}, width, runes, shaping.NewSliceIterator(runs))
	var lines []textLine
	for _, line := range wrapped {
		lines = append(lines, place(line, l, face))
	}
	return lines
}

// oneFace has every character drawn in one font.
type oneFace struct{ face *font.Face }

func (f oneFace) ResolveFace(rune) *font.Face { return f.face }

// place orders the runs of a line as they are seen, which is not as they are
// read.
func place(line shaping.Line, l lettering, face *font.Face) textLine {
	out := textLine{lettering: l, face: face}
	seen := slices.SortedFunc(slices.Values(line), func(a, b shaping.Output) int { return int(a.VisualIndex - b.VisualIndex) })
	for _, run := range seen {
		for _, g := range run.Glyphs {
			out.glyphs = append(out.glyphs, glyph{id: g.GlyphID, x: out.width + pixels(g.XOffset), y: -pixels(g.YOffset)})
			out.width += pixels(g.Advance)
		}
	}
	return out
}

func pixels(v fixed.Int26_6) float32 { return float32(v) / 64 }

// outline adds the line's glyphs to r, with its left end and its baseline at x
// and y.
func (l textLine) outline(r *vector.Rasterizer, x, y float32) {
	scale := float32(l.size) / float32(l.face.Upem())
	for _, g := range l.glyphs {
		outline, ok := l.face.GlyphDataOutline(g.id)
		if !ok {
			continue // a space
		}
		at := func(p opentype.SegmentPoint) (float32, float32) { return x + g.x + p.X*scale, y + g.y - p.Y*scale }
		for _, s := range outline.Segments {
			ax, ay := at(s.Args[0])
			bx, by := at(s.Args[1])
			cx, cy := at(s.Args[2])
			switch s.Op {
			case opentype.SegmentOpMoveTo:
				r.ClosePath()
				r.MoveTo(ax, ay)
			case opentype.SegmentOpLineTo:
				r.LineTo(ax, ay)
			case opentype.SegmentOpQuadTo:
				r.QuadTo(ax, ay, bx, by)
			case opentype.SegmentOpCubeTo:
				r.CubeTo(ax, ay, bx, by, cx, cy)
			}
		}
		r.ClosePath()
	}
}
