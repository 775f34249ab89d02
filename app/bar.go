package app

import (
	"io"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"kartyar/desk"
)

// bar is the progress bar of one file, drawn on a terminal only. A nil bar
// draws nothing.
type bar struct {
	all  *mpb.Progress
	bar  *mpb.Bar
	name string // of the step being drawn
	file string
}

// newBar returns the bar of a file; nil when nobody would see it.
func newBar(out io.Writer, file string) *bar {
	if !isTerminal(out) {
		return nil
	}
	return &bar{all: mpb.New(mpb.WithOutput(out), mpb.WithWidth(60)), file: file}
}

// draw shows how far a step is.
func (b *bar) draw(name string, done, total int64) {
	if b == nil || b.all == nil {
		return
	}
	if b.name != name {
		b.end()
		b.name = name
		b.bar = b.all.AddBar(total, mpb.BarRemoveOnComplete(),
			mpb.PrependDecorators(decor.Name(b.file+": "+name+" ")),
			mpb.AppendDecorators(decor.Percentage(), decor.Elapsed(decor.ET_STYLE_GO, decor.WCSyncSpace)))
	}
	b.bar.SetTotal(total, false)
	b.bar.SetCurrent(done)
}

// step shows what the store's end tells.
func (b *bar) step(p progress) {
	switch p.Step {
	case desk.Counting:
		b.draw("counting", int64(p.Done), int64(p.Total))
	case desk.Applying:
		b.draw("applying", int64(p.Done), int64(p.Total))
	}
}

// reading returns file, whose reading the bar shows; size is in bytes, 0 when it
// is not known.
func (b *bar) reading(file io.Reader, size int64) io.Reader {
	if b == nil || size <= 0 {
		return file
	}
	b.draw("sending", 0, size)
	return b.bar.ProxyReader(file)
}

func (b *bar) end() {
	if b.bar != nil {
		b.bar.Abort(true)
		b.bar = nil
	}
}

// close takes the bar off the terminal; it may be called twice.
func (b *bar) close() {
	if b == nil || b.all == nil {
		return
	}
	b.end()
	b.all.Wait()
	b.all = nil
}
