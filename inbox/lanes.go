package inbox

import (
	"container/heap"
	"time"

	"kartyar/bot"
	"kartyar/card"
	"kartyar/store"
)

// laneKey names a lane: a chat of a bot, or all updates of a bot whose chat
// could not be read.
type laneKey struct {
	bot  card.Bot
	chat card.ChatKey
}

// lane is the rows of one chat in their order; the first is in hand. The
// fields down to busy are guarded by Inbox.mu, the others belong to whichever
// worker has the lane, and then to whoever notes that its row is done with.
type lane struct {
	key   laneKey
	chat  int64
	queue []uint64  // the rows' places in the store
	room  [1]uint64 // for queue: as a rule no other row comes before the first is done with
	flood uint64    // the latest row that tells of a flood; 0 when there was none
	busy  bool      // ready, in a worker's hands, waiting to be noted or parked

	seq     uint64  // the first row
	hand    *handed // the row itself, when it was handled just now; nil has it read
	sending bool    // it is handled
	// since is when it was handled, by a clock that nobody sets: a leap of the
	// wall clock makes no reply old.
	since    time.Time
	accepted bool // its first reply is done with and still in the row
	fails    int  // outages and refusals of the store in a row

	due time.Time // while parked
}

// handed is a row in memory, handled or about to be.
type handed struct {
	row  store.Update
	read *bot.Update // what it asks for; nil while it has not been read
	said []bot.Reply // its replies, as they were before they were encoded
}

// arrival is a row on its way into its lane.
type arrival struct {
	seq   uint64
	key   laneKey
	chat  int64
	flood bool
	hand  *handed       // when it is handled already and nothing stands before it
	wait  time.Duration // before it is tried again, when it failed once
}

func arrived(row store.Update) arrival {
	return arrival{
		seq: row.Seq, key: laneKey{row.Bot, row.Chat}, chat: row.ChatID, flood: row.Flood,
	}
}

// pool is the workers of one bot, guarded by Inbox.mu. A worker lives while
// there is work.
type pool struct {
	sender  Sender
	workers int
	ready   []*lane // in order of arrival

	answerers int
	pressed   []store.Update // callbacks to be answered
}

// enqueue puts rows at the end of their lanes.
func (i *Inbox) enqueue(arrivals []arrival) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, a := range arrivals {
		l := i.lanes[a.key]
		if l == nil {
			l = &lane{key: a.key, chat: a.chat}
			l.queue = l.room[:0]
			i.lanes[a.key] = l
		}
		l.queue = append(l.queue, a.seq)
		if a.flood {
			l.flood = a.seq
		}
		if l.busy {
			continue
		}
		l.busy = true
		if a.hand != nil {
			l.take(a.hand, i.Now())
			if len(i.pools[a.key.bot].ready) >= handsMost {
				l.hand = nil
			}
		}
		if a.wait > 0 {
			i.park(l, a.wait)
		} else {
			i.ready(l)
		}
	}
}

// handsMost bounds the handled rows in memory that wait for a worker, and those
// that wait for their time, of some 3 KB each; the lanes beyond them read theirs
// when their turn comes.
const handsMost = 8192

// take has the lane go on with a row that was handled just now.
func (l *lane) take(h *handed, now time.Time) {
	l.hand, l.sending, l.since = h, true, handledAt(h.row, now)
}

// ready finds the lane a worker. i.mu is held.
func (i *Inbox) ready(l *lane) {
	p := i.pools[l.key.bot]
	p.ready = append(p.ready, l)
	i.staff(p, 1)
}

// staff begins up to n further workers. i.mu is held.
func (i *Inbox) staff(p *pool, n int) {
	for n = min(n, i.Workers-p.workers); n > 0 && !i.rests(); n-- {
		p.workers++
		i.hands.Go(func() { i.work(p) })
	}
}

// rests reports whether nothing more is begun. i.mu is held.
func (i *Inbox) rests() bool { return i.stopping || i.notes.unnoted >= unnotedMost }

// work is a worker: it takes ready lanes, one row at a time.
func (i *Inbox) work(p *pool) {
	for l := i.take(p); l != nil; l = i.take(p) {
		if wait := i.advance(i.ctx, p.sender, l); wait == 0 && l.accepted {
			i.accept(l)
		} else {
			i.put(l, wait)
		}
	}
}

// take returns the next ready lane; nil ends the worker.
func (i *Inbox) take(p *pool) *lane {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.rests() || len(p.ready) == 0 {
		p.workers--
		return nil
	}
	l := p.ready[0]
	p.ready = p.ready[1:]
	l.seq = l.queue[0]
	return l
}

// put gives a lane back: parked when it has to wait, or else without its first
// row.
func (i *Inbox) put(l *lane, wait time.Duration) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if wait > 0 {
		i.park(l, wait)
		return
	}
	i.next(l)
}

// next has the lane go on behind its first row, ready for whichever worker comes to
// take it. i.mu is held.
func (i *Inbox) next(l *lane) {
	if l.flood == l.queue[0] {
		l.flood = 0
	}
	l.queue = l.queue[1:]
	l.hand, l.sending, l.accepted, l.fails = nil, false, false, 0
	if len(l.queue) == 0 {
		l.busy = false
		delete(i.lanes, l.key)
		return
	}
	p := i.pools[l.key.bot]
	p.ready = append(p.ready, l)
}

// park lets a lane wait. i.mu is held.
func (i *Inbox) park(l *lane, wait time.Duration) {
	if l.hand != nil && i.inHand < handsMost {
		i.inHand++
	} else {
		l.hand = nil
	}
	l.due = i.Now().Add(wait)
	heap.Push(&i.parked, l)
	if i.parked[0] == l {
		select {
		case i.wake <- struct{}{}:
		default:
		}
	}
}

// unpark makes ready what has waited long enough, and returns when the next
// lane has.
func (i *Inbox) unpark() (next time.Time, ok bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	now := i.Now()
	for len(i.parked) > 0 && !i.parked[0].due.After(now) {
		l := heap.Pop(&i.parked).(*lane)
		if l.hand != nil {
			i.inHand--
		}
		i.ready(l)
	}
	if len(i.parked) == 0 {
		return time.Time{}, false
	}
	return i.parked[0].due, true
}

// parking is a heap of parked lanes, the one that is due first on top.
type parking []*lane

func (p parking) Len() int           { return len(p) }
func (p parking) Less(a, b int) bool { return p[a].due.Before(p[b].due) }
func (p parking) Swap(a, b int)      { p[a], p[b] = p[b], p[a] }

// Push is heap.Interface's.
func (p *parking) Push(l any) { *p = append(*p, l.(*lane)) }

// Pop is heap.Interface's.
func (p *parking) Pop() any {
	last := len(*p) - 1
	l := (*p)[last]
	(*p)[last] = nil
	*p = (*p)[:last]
	return l
}
