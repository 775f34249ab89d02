package desk

import (
	"context"
	"io"
	"time"
)

// workMost is how long a list is worked on before it gives way. Whoever asks has
// several turns on the way to an answer, and may wait so long for each.
const workMost = 250 * time.Microsecond

// giveWay lets those go first who ask while a list is taken in. It costs next to
// nothing and is called every few dozen rows.
func (im *importing) giveWay(ctx context.Context) {
	worked := time.Since(im.rested)
	if worked < workMost {
		return
	}
	im.opt.Store.GiveWay(ctx, worked)
	im.rest()
}

// rest notes that until now somebody else was waited for.
func (im *importing) rest() { im.rested = time.Now() }

// givingWay is a reader whose caller gives way between what it reads.
type givingWay struct {
	io.Reader
	ctx context.Context
	im  *importing
}

// Read lets others go first, then reads.
func (r givingWay) Read(p []byte) (n int, err error) {
	r.im.giveWay(r.ctx)
	defer r.im.rest()
	return r.Reader.Read(p)
}
