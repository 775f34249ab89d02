package inbox

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"kartyar/bot"
	"kartyar/card"
	"kartyar/guard"
	"kartyar/store"
)

// most is how many updates of a chat may wait; what it writes beyond them is a
// flood, which is counted and not kept.
const most = 200

const (
	// longest bounds what is kept of an update, in bytes: three times the longest
	// message that answers another of the longest. A longer one is cut, which
	// Decode then refuses, so that it is set aside.
	longest = 256 << 10
	// together is how many bytes of updates are kept in one commit; the store
	// takes a few times that.
	together = 1 << 20
)

// Keep makes a batch of a bot's updates durable and lets them be handled. It is
// what bot.Poll asks for: when it fails it is to be called again. Updates that
// were kept before are passed over. All of the batch is kept in one commit,
// unless it is of an unheard-of size. It waits until Run has read the inbox;
// store.ErrNoRoom when the disk is nearly full.
//
// Two calls for the same bot must not overlap.
func (i *Inbox) Keep(ctx context.Context, from card.Bot, batch []bot.Raw) error {
	select {
	case <-i.loaded:
	case <-ctx.Done():
		return fmt.Errorf("keeping updates before the inbox is read: %w", context.Cause(ctx))
	}
	if len(batch) == 0 {
		return nil
	}
	if i.pools[from] == nil {
		return fmt.Errorf("keeping updates of %v, which is none of the bots served here", from)
	}
	if err := i.Store.HasRoomForUpdates(); err != nil {
		return fmt.Errorf("keeping updates: %w", err)
	}
	for rows := i.rows(from, batch); len(rows) > 0; {
		n := fitting(rows)
		if err := i.keep(ctx, rows[:n]); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// fitting is how many of rows go into one commit, at least one.
func fitting(rows []*handed) (n int) {
	for size := 0; n < len(rows); n++ {
		if size += len(rows[n].row.Raw); size > together && n > 0 {
			break
		}
	}
	return n
}

// keep keeps rows in one commit.
func (i *Inbox) keep(ctx context.Context, rows []*handed) error {
	k := i.newKeeping(rows)
	err := i.Store.Update(ctx, k.keep)
	k.alight(err)
	if err != nil {
		return fmt.Errorf("keeping updates: %w", err)
	}
	i.enqueue(k.arrivals)
	i.answer(k.pressed) //nolint:contextcheck // an answer belongs to Run, not to the poll that kept the press
	for _, t := range k.tries {
		i.tellTry(t.row, t.why, t.stack)
	}
	for key, n := range k.dropped {
		i.Log.Warn().Stringer("bot", key.bot).Int("dropped", n).Msg("a chat writes more than can be handled; its updates beyond those that wait are not kept")
	}
	return nil
}

// rows are the inbox's rows of a batch. Each stands by itself, since one that
// waits to be sent would keep all of them in memory.
func (i *Inbox) rows(from card.Bot, batch []bot.Raw) []*handed {
	now := i.Now()
	rows := make([]*handed, len(batch))
	for n, raw := range batch {
		h := &handed{row: store.Update{Bot: from, ID: raw.UpdateID, Raw: raw.Body, Received: now}}
		if len(raw.Body) > longest {
			h.row.Raw = raw.Body[:longest]
		} else {
			h.read = i.decode(from, raw)
		}
		if chat, ok := i.chatOf(h.read, raw.Body); ok {
			h.row.ChatID = chat
			h.row.Chat = i.Store.Keyer().Chat(card.Subscriber{Bot: from, Chat: chat})
		}
		rows[n] = h
	}
	return rows
}

// decode is Decode, nil when it fails or panics: what it makes of the update
// then is seen when its turn comes.
func (i *Inbox) decode(from card.Bot, raw bot.Raw) *bot.Update {
	var read bot.Update
	err := guard.Run(func() (err error) {
		read, err = i.Decode(from, raw)
		return err
	})
	if err != nil {
		return nil
	}
	return &read
}

// chatOf is the chat of an update that was read, or else ChatOf, for which
// whatever it chokes on has no chat: here a panic would come back with each
// delivery of the batch.
func (i *Inbox) chatOf(read *bot.Update, raw []byte) (chat int64, ok bool) {
	if read != nil && read.From.Chat != 0 {
		return read.From.Chat, true
	}
	_ = guard.Run(func() error {
		chat, ok = i.ChatOf(raw)
		return nil
	})
	return chat, ok
}

// keeping is one commit of Keep. What comes from a chat of which nothing waits
// is handled in it at once: it is received and handled in one step, which saves
// it a commit of its own.
type keeping struct {
	*Inbox
	now    time.Time
	rows   []*handed
	room   map[laneKey]int    // how many more each lane takes; most when nothing waits in it
	floods map[laneKey]uint64 // its row that tells of a flood

	arrivals []arrival
	pressed  []store.Update
	tries    []try
	dropped  map[laneKey]int

	boarded bool
	lanes   []*lane // whose first rows are taken out in this commit
}

// try is an attempt at handling a row that failed.
type try struct {
	row   store.Update
	why   reason
	stack []string
}

func (i *Inbox) newKeeping(rows []*handed) *keeping {
	k := &keeping{
		Inbox: i, now: i.Now(), rows: rows, arrivals: make([]arrival, 0, len(rows)),
		room: make(map[laneKey]int, len(rows)), floods: map[laneKey]uint64{}, dropped: map[laneKey]int{},
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, h := range rows {
		key := laneKey{h.row.Bot, h.row.Chat}
		room := most
		if l := i.lanes[key]; l != nil {
			room -= len(l.queue)
			if l.flood != 0 {
				k.floods[key] = l.flood
			}
		}
		k.room[key] = room
	}
	return k
}

// keep is the commit. A dropped update is remembered as any other, so that
// delivered again it is neither counted twice nor handled after all. Updates
// whose chat could not be read are no one's flood and are all kept.
func (k *keeping) keep(tx *store.Tx) error {
	for _, h := range k.rows {
		row := &h.row
		taken, err := tx.Take(row)
		if err != nil {
			return err
		}
		if !taken {
			continue
		}
		if mayBeCallback(row.Raw) {
			k.pressed = append(k.pressed, *row)
		}
		key := laneKey{row.Bot, row.Chat}
		switch room := k.room[key]; {
		case room == most && k.handles(tx, h):
		case room <= 0 && row.Chat != (card.ChatKey{}):
			k.dropped[key]++
			if !inGroup(h.read) { // no group is told, which may be made to write so much for that
				err = k.count(tx, key, *row)
			}
		default:
			k.room[key]--
			k.arrivals = append(k.arrivals, arrived(*row))
			err = tx.PutUpdate(*row)
		}
		if err != nil {
			return err
		}
	}
	k.board()
	return takeOut(tx, k.lanes)
}

// board has the rows that are done with until now taken out in this commit. Run
// waits for it to end; from then on none are taken along.
func (k *keeping) board() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.stopping {
		return
	}
	k.riding.Add(1)
	k.boarded, k.lanes = true, k.notes.take()
}

// alight lets the lanes go on, or wait for another commit where this one failed.
func (k *keeping) alight(err error) {
	if !k.boarded {
		return
	}
	defer k.riding.Done()
	if err == nil {
		k.noted(k.lanes)
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.notes.wait(k.lanes...)
}

// handles handles a row of whose chat nothing waits; false when it is to be
// kept as it came. One that fails has had its first try.
func (k *keeping) handles(tx *store.Tx, h *handed) bool {
	row := h.row // as it came: handling it writes into it, also if that fails
	if row.Chat == (card.ChatKey{}) || tx.Written() > handledTogether || k.Now().Sub(k.now) > handlingMost {
		return false
	}
	var others []arrival
	err := tx.Try(func(tx *store.Tx) (err error) {
		if others, err = k.handle(tx, k.now, h); err == nil && tx.Written() > handledTogether {
			err = errTooMuch
		}
		return err
	})
	if err != nil {
		h.row = row
	}
	a := arrived(row)
	switch why, stack := whose(err); {
	case err == nil:
		if len(h.row.Replies) > 0 {
			a.hand = h
			k.arrivals = append(k.arrivals, a)
			k.room[laneKey{row.Bot, row.Chat}]--
		}
		k.arrivals = append(k.arrivals, others...)
		return true
	case why != "":
		row.Tries, a.wait = 1, tryAgain[0]
		if tx.PutUpdate(row) != nil {
			return false
		}
		k.tries = append(k.tries, try{row, why, stack})
		k.arrivals = append(k.arrivals, a)
		k.room[laneKey{row.Bot, row.Chat}]--
		return true
	}
	return false
}

// Beyond these updates are only kept, and handled each in its turn.
const (
	// handledTogether is how many bytes a commit may have when updates are
	// handled as they are kept, so that no batch is too large for a commit.
	handledTogether = 2 << 20
	// handlingMost is how long that may take: others wait to write meanwhile.
	handlingMost = 20 * time.Millisecond
)

var errTooMuch = errors.New("more than is written while updates are kept")

// inGroup reports whether somebody wrote in a chat that is not private.
func inGroup(u *bot.Update) bool {
	return u != nil && !u.Private && (u.Kind == bot.KindMessage || u.Kind == bot.KindEdited)
}

// count adds a dropped update to the lane's row that tells of the flood, which
// is made when there is none that still waits. Its Raw is the number, in
// decimal digits.
func (k *keeping) count(tx *store.Tx, key laneKey, dropped store.Update) error {
	if seq := k.floods[key]; seq != 0 {
		row, found, err := tx.Update(seq)
		if err != nil && !errors.Is(err, store.ErrDamaged) { // a damaged one is passed over, and here a new one made
			return err
		}
		if err == nil && found && !row.Handled {
			row.Raw = strconv.AppendInt(nil, int64(floodOf(row)+1), 10)
			return tx.PutUpdate(row)
		}
	}
	row := store.Update{
		Bot: dropped.Bot, Chat: dropped.Chat, ChatID: dropped.ChatID,
		Received: dropped.Received, Flood: true, Raw: []byte("1"),
	}
	if _, err := tx.Keep(&row); err != nil {
		return err
	}
	k.floods[key] = row.Seq
	k.arrivals = append(k.arrivals, arrived(row))
	return nil
}

// floodOf returns how many updates a row that tells of a flood stands for.
func floodOf(row store.Update) int {
	n, err := strconv.Atoi(string(row.Raw))
	if err != nil {
		return 0 // the store's values are sealed, so only a program's mistake
	}
	return n
}

const (
	tidyEvery    = time.Hour
	setAsideKept = 7 * 24 * time.Hour
)

// tidyHourly removes what has been remembered or set aside long enough.
func (i *Inbox) tidyHourly(ctx context.Context) {
	for {
		now := i.Now()
		if err := i.tidy(ctx, now); err != nil && ctx.Err() == nil {
			i.Log.Warn().Err(err).Msg("old rows could not be removed; it is tried again in an hour")
		}
		fired, stop := i.until(now.Add(tidyEvery))
		select {
		case <-ctx.Done():
			stop()
			return
		case <-fired:
		}
	}
}

// tidy sweeps until nothing old is left; a sweep takes a bounded number of
// rows.
func (i *Inbox) tidy(ctx context.Context, now time.Time) error {
	sweeps := []func(*store.Tx) (int, error){
		func(tx *store.Tx) (int, error) { return tx.DropOldSetAside(now.Add(-setAsideKept)) },
		func(tx *store.Tx) (int, error) { return tx.ForgetSeen(now) },
		func(tx *store.Tx) (int, error) { return tx.DropOldInvites(now) },
	}
	for _, sweep := range sweeps {
		for dropped := 1; dropped > 0; {
			err := i.Store.UpdateInBulk(ctx, func(tx *store.Tx) (err error) {
				dropped, err = sweep(tx)
				return err
			})
			if err != nil {
				return fmt.Errorf("removing old rows: %w", err)
			}
		}
	}
	return nil
}
