package inbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/fxamacker/cbor/v2"

	"kartyar/bot"
	"kartyar/card"
	"kartyar/guard"
	"kartyar/store"
)

// maxTries is how often in all an update is tried before it is set aside.
const maxTries = 3

// tryAgain is how long an update waits that failed once, twice.
var tryAgain = [maxTries - 1]time.Duration{time.Second, 5 * time.Second}

// reason is why an update could not be handled; it holds no content.
type reason string

const (
	undecodable reason = "undecodable"
	failed      reason = "error"
	panicked    reason = "panic"
)

// failure is an error of Decode or Handle, told from those of the store.
type failure struct {
	reason reason
	err    error
}

func (f *failure) Error() string { return string(f.reason) + ": " + f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// advance takes the lane's first row as far as it goes. It returns how long the
// lane has to wait; 0 when the row is done with. If its last reply was accepted just
// now, the row is still in the store.
func (i *Inbox) advance(ctx context.Context, s Sender, l *lane) (wait time.Duration) {
	if l.sending && !l.accepted {
		// Before the row is read: in an outage all lanes come by here.
		if wait := closed(s, l.chat, i.Now()); wait > 0 {
			return wait
		}
	}
	h := l.hand
	if h == nil {
		h, wait = i.handled(ctx, l)
	}
	for wait == 0 && len(h.row.Replies) > 0 {
		switch {
		case !l.accepted:
			wait = i.sendFirst(ctx, s, l, h)
		case len(h.row.Replies) == 1:
			return 0
		default:
			wait = i.remove(ctx, l, h)
		}
	}
	if wait == 0 {
		l.accepted = false // the row is gone already
	}
	return wait
}

// handled returns the lane's first row when it is handled, which this does
// unless it was done before. A row without replies is gone from the store.
func (i *Inbox) handled(ctx context.Context, l *lane) (h *handed, wait time.Duration) {
	now := i.Now()
	h = &handed{}
	unreadable := false
	var others []arrival
	err := i.Store.Update(ctx, func(tx *store.Tx) (err error) {
		var found bool
		h.row, found, err = tx.Update(l.seq)
		if unreadable = errors.Is(err, store.ErrDamaged); unreadable {
			return tx.DeleteUpdate(l.seq)
		}
		if err != nil || !found || h.row.Handled {
			return err
		}
		others, err = i.handle(tx, now, h)
		return err
	})
	why, stack := whose(err)
	switch {
	case err == nil && unreadable:
		i.Log.Error().Stringer("bot", l.key.bot).Uint64("row", l.seq).Msg("a row of the inbox is damaged; it is passed over and removed")
		return &handed{}, 0
	case err == nil:
		i.enqueue(others)
		if !l.sending {
			l.take(h, now)
			l.fails = 0
		}
		return h, 0
	case why != "":
		return i.tried(ctx, l, why, stack)
	}
	return nil, i.storeFailed(l, err)
}

// whose says why an update could not be handled, with the stack of a panic;
// empty when the error says nothing about the update.
func whose(err error) (why reason, stack []string) {
	if err == nil {
		return "", nil
	}
	var own *failure
	var fell *guard.Panic
	switch {
	case errors.As(err, &fell):
		return panicked, fell.Frames
	case errors.As(err, &own) && !isStores(err):
		return own.reason, nil
	}
	return "", nil
}

// handle does what a received row asks for: all of its effects are in tx, and
// the row is handled. It returns what is to be said in other chats.
func (i *Inbox) handle(tx *store.Tx, now time.Time, h *handed) (others []arrival, err error) {
	replies, err := i.replies(tx, now, h)
	if err != nil {
		return nil, err
	}
	if h.said, others, err = i.sayElsewhere(tx, now, replies); err != nil {
		return nil, err
	}
	return others, finish(tx, now, &h.row, h.said)
}

// replies does what the row asks for and returns what to say.
func (i *Inbox) replies(tx *store.Tx, now time.Time, h *handed) ([]bot.Reply, error) {
	if h.row.Flood {
		return []bot.Reply{i.Flood(floodOf(h.row))}, nil
	}
	if h.read == nil {
		u, err := i.Decode(h.row.Bot, bot.Raw{UpdateID: h.row.ID, Body: h.row.Raw})
		if err != nil {
			return nil, &failure{undecodable, err}
		}
		h.read = &u
	}
	replies, err := i.Handle(tx, now, *h.read)
	if err != nil {
		return nil, &failure{failed, err}
	}
	return replies, nil
}

// sayElsewhere gives each reply that is for another chat a handled row of its
// own there, and returns the others.
func (i *Inbox) sayElsewhere(tx *store.Tx, now time.Time, all []bot.Reply) (here []bot.Reply, others []arrival, err error) {
	if !slices.ContainsFunc(all, func(r bot.Reply) bool { return r.To != card.Subscriber{} }) {
		return all, nil, nil
	}
	for n := range all {
		r := &all[n]
		if r.To == (card.Subscriber{}) {
			here = append(here, *r)
			continue
		}
		out, err := outgoing(r)
		if err != nil {
			return nil, nil, err
		}
		row := store.Update{
			Bot: r.To.Bot, Chat: i.Store.Keyer().Chat(r.To), ChatID: r.To.Chat, Received: now,
			Handled: true, Done: now, Replies: []store.Outgoing{out},
		}
		if err := tx.AddUpdate(&row); err != nil {
			return nil, nil, err
		}
		if i.pools[row.Bot] != nil {
			others = append(others, arrived(row))
		}
	}
	return here, others, nil
}

// finish writes the row as handled, or sees that it is gone when nothing is to
// be said. What the person wrote is needed no longer and goes.
func finish(tx *store.Tx, now time.Time, row *store.Update, replies []bot.Reply) error {
	row.Handled, row.Done, row.Raw, row.Replies = true, now, nil, nil
	if len(replies) == 0 || row.ChatID == 0 {
		return tx.DeleteUpdate(row.Seq)
	}
	for n := range replies {
		out, err := outgoing(&replies[n])
		if err != nil {
			return err
		}
		row.Replies = append(row.Replies, out)
	}
	return tx.PutUpdate(*row)
}

// outgoing is a reply as it is kept. Its not-before time stands beside the
// body, cut upwards to the store's whole seconds, and is taken out of r. Of a
// status only the facts are kept: should another process send it, that renders it
// anew.
func outgoing(r *bot.Reply) (out store.Outgoing, err error) {
	if t := r.NotBefore; !t.IsZero() {
		out.NotBefore = t.Add(time.Second - time.Nanosecond).Truncate(time.Second)
	}
	r.NotBefore = time.Time{}
	if len(r.Shows) > 0 {
		// In its own place, since the encoder would have a copy made on the heap.
		said := *r
		*r = bot.Reply{Shows: r.Shows, Edit: r.Edit, Silent: r.Silent}
		defer func() { *r = said }()
	}
	if out.Body, err = cbor.Marshal(r); err != nil {
		return out, &failure{failed, fmt.Errorf("encoding a reply: %w", err)}
	}
	return out, nil
}

// tried notes that handling the lane's first row failed once more; the third
// time the row is set aside and answers that we are sorry.
func (i *Inbox) tried(ctx context.Context, l *lane, why reason, stack []string) (h *handed, wait time.Duration) {
	now := i.Now()
	var tries uint8
	var row store.Update
	err := i.Store.Update(ctx, func(tx *store.Tx) (err error) {
		var found bool
		if row, found, err = tx.Update(l.seq); err != nil || !found {
			return err
		}
		row.Tries++
		if tries = row.Tries; tries < maxTries {
			return tx.PutUpdate(row)
		}
		aside := store.SetAside{Bot: row.Bot, Chat: row.Chat, ID: row.ID, Raw: row.Raw, At: now, Reason: string(why)}
		if err := tx.PutSetAside(aside); err != nil {
			return err
		}
		return finish(tx, now, &row, []bot.Reply{i.Sorry()})
	})
	if err != nil {
		return nil, i.storeFailed(l, err)
	}
	i.tellTry(row, why, stack)
	l.fails = 0
	if tries > 0 && tries < maxTries {
		return nil, tryAgain[tries-1]
	}
	l.take(&handed{row: row}, now)
	return l.hand, 0
}

// handledAt returns when a row was handled, as a time that goes by the same
// clock as now: in a process it has a monotonic reading, so that what is
// subtracted from it later is what really passed. A row from a time to come,
// which a wrong clock wrote, was handled just now.
func handledAt(row store.Update, now time.Time) time.Time {
	return now.Add(-max(0, now.Sub(row.Done)))
}

// tellTry says which update failed and how, and nothing of what is in it: an
// error's text is left out, since nobody can vouch for it here.
func (i *Inbox) tellTry(row store.Update, why reason, stack []string) {
	if i.Tried != nil {
		i.Tried(string(why), row.Tries >= maxTries)
	}
	line, text := i.Log.Warn(), "an update could not be handled and is tried again"
	if row.Tries >= maxTries {
		line, text = i.Log.Error(), "an update could not be handled and is set aside"
	}
	line = line.Stringer("bot", row.Bot).Int64("update", row.ID).Str("reason", string(why)).Uint8("tries", row.Tries)
	if stack != nil {
		line = line.Strs("stack", stack)
	}
	line.Msg(text)
}

// storeFailed is for errors of the store, which are nobody's try: it returns
// when to come again.
func (i *Inbox) storeFailed(l *lane, err error) time.Duration {
	if !isStores(err) {
		i.Log.Error().Err(err).Stringer("bot", l.key.bot).Msg("the store refuses a row of the inbox; it is tried again")
	}
	return l.backOff()
}

const backOffMost = time.Minute

// backOff returns how long to wait after one more failure: 1 s, 2 s, 4 s … up
// to a minute.
func (l *lane) backOff() time.Duration {
	wait := min(time.Second<<min(l.fails, 6), backOffMost)
	l.fails++
	return wait
}
