package picture

import (
	"image"

	"kartyar/locale"
)

// The measures, in pixels. A small phone shows the picture at half of its
// width, the smallest letters at 14 pixels.
const (
	width     = 720
	band      = 104 // the title's height
	lineX     = 664 // the middle of the line of steps
	textRight = 612
	asideIn   = 44 // how far a step off the straight way is set in
	textLeft  = 44
	stepGap   = 28
	pad       = 20 // of the panel about where the card is
)

var (
	titleLetters  = lettering{bold: true, size: 44}
	nameLetters   = lettering{bold: true, size: 34}
	statusLetters = lettering{size: 28}
	saysLetters   = lettering{size: 30}
)

// block is a step with its lines set.
type block struct {
	locale.Step
	top    int
	height int
	lines  []textLine
}

// isHere reports whether the card is at the step.
func (b block) isHere() bool { return b.Kind == locale.StepHere || b.Kind == locale.StepEnd }

// right is where the step's lines begin.
func (b block) right() int {
	if b.Aside {
		return textRight - asideIn
	}
	return textRight
}

// markX and markY are the middle of the step's mark: beside its name.
func (b block) markX() int { return lineX - (textRight - b.right()) }

func (b block) markY() int {
	y := b.top + nameLetters.height()/2
	if b.isHere() {
		y += pad
	}
	return y
}

// draw draws a way.
func (h *hand) draw(w locale.Way) *image.Paletted {
	y := band + stepGap
	var blocks []block
	for _, s := range w.Steps {
		b := h.setStep(s, y)
		blocks = append(blocks, b)
		y += b.height + stepGap
	}
	fresh := h.set(w.Fresh, statusLetters, width-2*textLeft)
	height := y + stepGap + len(fresh)*statusLetters.height() + stepGap/2

	c := h.canvas(width, height)
	c.box(greenOnWhite, image.Rect(0, 0, width, band))
	c.writeAll(whiteOnGreen, h.set(w.Title, titleLetters, width-2*textLeft), width-textLeft, (band-titleLetters.height())/2)
	for i, b := range blocks {
		if i > 0 {
			c.join(blocks[i-1], b)
		}
	}
	for _, b := range blocks {
		c.step(b)
	}
	c.box(greyOnWhite, image.Rect(textLeft, y, width-textLeft, y+2))
	c.writeAll(blackOnWhite, fresh, width-textLeft, y+stepGap)
	return c.Paletted
}

// setStep sets a step's lines below top.
func (h *hand) setStep(s locale.Step, top int) block {
	b := block{Step: s, top: top}
	room := b.right() - textLeft
	b.lines = append(h.set(s.Name, nameLetters, room), h.set(s.Status, statusLetters, room)...)
	for _, says := range s.Says {
		b.lines = append(b.lines, h.set(says, saysLetters, room)...)
	}
	for _, l := range b.lines {
		b.height += l.height()
	}
	if b.isHere() {
		b.height += 2 * pad
	}
	return b
}

// step draws a step: its mark and its lines, on a panel where the card is.
func (c canvas) step(b block) {
	y, text, quiet := b.top, blackOnWhite, greyOnWhite
	if b.isHere() {
		panel, on := paleGreenOnWhite, blackOnPaleGreen
		if b.Aside {
			panel, on = paleBrownOnWhite, blackOnPaleBrown
		}
		c.panel(panel, image.Rect(textLeft-pad, b.top, b.right()+pad, b.top+b.height))
		y, text, quiet = y+pad, on, on
	}
	c.mark(b)
	for _, l := range b.lines {
		i := text
		if l.lettering == statusLetters || b.Kind == locale.StepNext {
			i = quiet
		}
		c.write(i, l, b.right(), y)
		y += l.height()
	}
}

// mark draws what tells the kinds of steps apart without colour: a ticked disc
// is passed, a ring with a core is where the card is, an empty ring is to come,
// a diamond is off the straight way.
func (c canvas) mark(b block) {
	x, y := b.markX(), b.markY()
	switch {
	case b.Aside && b.Kind == locale.StepHere:
		c.diamond(brownOnWhite, x, y, 28)
		c.diamond(whiteOnBrown, x, y, 20)
		c.diamond(brownOnWhite, x, y, 12)
	case b.Aside:
		c.diamond(brownOnWhite, x, y, 20)
	case b.Kind == locale.StepHere:
		c.disc(greenOnWhite, x, y, 25)
		c.disc(whiteOnGreen, x, y, 19)
		c.disc(greenOnWhite, x, y, 12)
	case b.Kind == locale.StepNext:
		c.disc(greyOnWhite, x, y, 17)
		c.disc(whiteOnGrey, x, y, 13)
	default:
		c.disc(greenOnWhite, x, y, 20)
		c.tick(whiteOnGreen, x, y)
	}
}

// join draws the line between two steps: whole where the card has gone, broken
// where it is still to go.
func (c canvas) join(from, to block) {
	const thick = 4
	if to.Kind == locale.StepNext {
		for y := from.markY(); y < to.markY(); y += 18 {
			c.box(greyOnWhite, image.Rect(lineX-thick/2, y, lineX+thick/2, min(y+9, to.markY())))
		}
	} else {
		c.box(greenOnWhite, image.Rect(lineX-thick/2, from.markY(), lineX+thick/2, to.markY()))
	}
	if to.Aside {
		c.box(brownOnWhite, image.Rect(to.markX(), to.markY()-thick/2, lineX+thick/2, to.markY()+thick/2))
	}
}

func (c canvas) writeAll(i ink, lines []textLine, right, top int) {
	for _, l := range lines {
		c.write(i, l, right, top)
		top += l.height()
	}
}
