// Package picture draws the way of a card as a PNG, in Persian and from right
// to left. It draws what a [locale.Way] says and nothing else.
//
// The font is Vazirmatn 33 under the SIL Open Font License, which stands
// beside it.
package picture

import (
	"bytes"
	_ "embed"
	"fmt"
	"image/png"
	"runtime"

	"github.com/go-text/typesetting/font"
	lru "github.com/hashicorp/golang-lru/v2"

	"kartyar/locale"
)

var (
	//go:embed font/Vazirmatn-Regular.ttf
	regularTTF []byte
	//go:embed font/Vazirmatn-Bold.ttf
	boldTTF []byte
)

// remembered is how many pictures are kept, of some 20 KB each: a card that
// many ask after at once is drawn once, and so is a send that is repeated.
const remembered = 128

// Drawer draws pictures. Its methods may be used by many goroutines; no more of
// them draw at the same time than there are processors, so that its memory is
// bounded.
type Drawer struct {
	hands chan *hand
	drawn *lru.Cache[string, []byte]
}

// New reads the fonts.
func New() (*Drawer, error) {
	regular, err := font.ParseTTF(bytes.NewReader(regularTTF))
	if err != nil {
		return nil, fmt.Errorf("reading the font: %w", err)
	}
	bold, err := font.ParseTTF(bytes.NewReader(boldTTF))
	if err != nil {
		return nil, fmt.Errorf("reading the bold font: %w", err)
	}
	drawn, err := lru.New[string, []byte](remembered)
	if err != nil {
		return nil, fmt.Errorf("making room for pictures: %w", err)
	}
	d := &Drawer{hands: make(chan *hand, runtime.GOMAXPROCS(0)), drawn: drawn}
	for range cap(d.hands) {
		d.hands <- newHand(regular.Font, bold.Font)
	}
	return d, nil
}

// PNG draws the way whose facts these are, see [locale.Way.Facts]. The picture
// is shared and must not be changed.
func (d *Drawer) PNG(facts []byte) ([]byte, error) {
	if b, ok := d.drawn.Get(string(facts)); ok {
		return b, nil
	}
	w, err := locale.WayOf(facts)
	if err != nil {
		return nil, fmt.Errorf("drawing a way: %w", err)
	}
	h := <-d.hands
	defer func() { d.hands <- h }()
	var out bytes.Buffer
	if err := png.Encode(&out, h.draw(w)); err != nil {
		return nil, fmt.Errorf("drawing a way: %w", err)
	}
	d.drawn.Add(string(facts), out.Bytes())
	return out.Bytes(), nil
}
