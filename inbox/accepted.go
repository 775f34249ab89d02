package inbox

import (
	"context"
	"time"

	"kartyar/store"
)

// A row whose last reply was accepted is taken out, on disk, before anything else is
// sent to the chat. Those of one moment go in one commit: in that of the updates that
// are kept next, or in one of their own when none are soon. So no worker waits for
// the disk, and while many ask no answer takes a commit to go.

const (
	// noteLinger is how long such rows wait for a commit that is made anyway.
	noteLinger = 10 * time.Millisecond
	// unnotedMost is how many there may be: a kill has each reply said again, so however
	// long the disk takes no more are sent than that.
	unnotedMost = 256
)

// notes are the lanes whose first row is done with and not taken out, guarded by
// Inbox.mu.
type notes struct {
	waiting []*lane       // for a commit
	since   time.Time     // when the first of them began to
	unnoted int           // these, and those whose commit is under way
	soon    chan struct{} // says that there is one, or that there are many
	linger  time.Duration // noteLinger
}

// accept has the lane wait until its first row is taken out.
func (i *Inbox) accept(l *lane) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.notes.unnoted++
	i.notes.wait(l)
}

func (n *notes) wait(lanes ...*lane) {
	first := len(n.waiting) == 0
	if first {
		n.since = time.Now()
	}
	n.waiting = append(n.waiting, lanes...)
	if first || n.many() {
		select {
		case n.soon <- struct{}{}:
		default:
		}
	}
}

// many reports whether so many wait that the workers would soon have to.
func (n *notes) many() bool { return len(n.waiting) >= unnotedMost*3/4 }

// due returns the lanes that have waited long enough, or else after how long they
// will have; none and 0 when there are none.
func (n *notes) due(now time.Time) (lanes []*lane, in time.Duration) {
	if len(n.waiting) == 0 {
		return nil, 0
	}
	if in = n.linger - now.Sub(n.since); in > 0 && !n.many() {
		return nil, in
	}
	return n.take(), 0
}

// noteAccepted takes out what no other commit takes along, until over is closed.
func (i *Inbox) noteAccepted(ctx context.Context, over <-chan struct{}) {
	for {
		i.mu.Lock()
		lanes, in := i.notes.due(time.Now())
		i.mu.Unlock()
		if len(lanes) > 0 {
			i.noteLanes(ctx, lanes)
			continue
		}
		var later <-chan time.Time
		if in > 0 {
			later = time.After(in)
		}
		select {
		case <-later:
		case <-i.notes.soon:
		case <-over:
			i.mu.Lock()
			lanes := i.notes.take()
			i.mu.Unlock()
			if len(lanes) > 0 {
				last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastNote)
				defer cancel() // the grace may be over, and together they take one commit
				i.noteLanes(last, lanes)
			}
			return
		}
	}
}

// take returns the lanes that wait, for whom the caller makes a commit.
func (n *notes) take() []*lane {
	lanes := n.waiting
	n.waiting = nil
	return lanes
}

// noteLanes takes the rows of lanes out of the store.
func (i *Inbox) noteLanes(ctx context.Context, lanes []*lane) {
	if err := i.note(ctx, func(tx *store.Tx) error { return takeOut(tx, lanes) }); err != nil {
		i.notNoted(lanes, err)
		return
	}
	i.noted(lanes)
}

func takeOut(tx *store.Tx, lanes []*lane) error {
	for _, l := range lanes {
		if err := tx.DeleteUpdate(l.seq); err != nil {
			return err
		}
	}
	return nil
}

// noted lets lanes go on whose first rows are gone.
func (i *Inbox) noted(lanes []*lane) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.notes.unnoted -= len(lanes)
	for _, l := range lanes {
		i.next(l)
	}
	i.resume()
}

// notNoted has lanes come again later, whose rows the store would not take out.
func (i *Inbox) notNoted(lanes []*lane, err error) {
	waits := make([]time.Duration, len(lanes))
	for n, l := range lanes {
		waits[n] = i.storeFailed(l, err)
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.notes.unnoted -= len(lanes)
	for n, l := range lanes {
		i.park(l, waits[n])
	}
	i.resume()
}

// resume has the workers go on, who rested if too much was not noted. i.mu is held.
func (i *Inbox) resume() {
	for _, p := range i.pools {
		i.staff(p, len(p.ready))
	}
}

// remove takes the first of several replies out of its row, on disk before the
// next one is sent.
func (i *Inbox) remove(ctx context.Context, l *lane, h *handed) (wait time.Duration) {
	row := h.row // a copy: the row stays as it is if this is not noted
	row.Replies = row.Replies[1:]
	if err := i.note(ctx, func(tx *store.Tx) error { return tx.PutUpdate(row) }); err != nil {
		return i.storeFailed(l, err)
	}
	h.row.Replies = row.Replies
	if len(h.said) > 0 {
		h.said = h.said[1:]
	}
	l.accepted, l.fails = false, 0
	return 0
}

// noteLast takes out of the store the replies that were accepted while it had no
// room, and whose lanes wait for that: a message is not repeated because the
// program was asked to end, nor because the grace is over. Nobody else has such a
// lane any more.
func (i *Inbox) noteLast(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastNote)
	defer cancel()
	i.mu.Lock() // a Keep may be at its end
	var accepted []*lane
	for _, l := range i.lanes {
		if l.accepted {
			accepted = append(accepted, l)
		}
	}
	i.mu.Unlock()
	for _, l := range accepted {
		h, wait := i.handled(ctx, l)
		if wait == 0 && len(h.row.Replies) > 1 {
			wait = i.remove(ctx, l, h)
		} else if wait == 0 && i.note(ctx, func(tx *store.Tx) error { return tx.DeleteUpdate(l.seq) }) != nil {
			return
		}
		if wait > 0 {
			return // it has no room yet
		}
	}
}
