package inbox

import (
	"context"
	"errors"
	"time"

	"github.com/fxamacker/cbor/v2"

	"kartyar/bot"
	"kartyar/store"
)

const (
	// keptFor is how old a reply may become: then nobody waits for it.
	keptFor = 24 * time.Hour
	// freshFor is how late a status may leave as it was rendered, if the same
	// process sends it: by then its person may be erased, or, after a restart, an
	// alert have overtaken it.
	freshFor = 2 * time.Second
	// watchedFor is how long a person looks at the message whose button they pressed: a
	// change of it makes no sound, and what is said later is a message of its own.
	watchedFor = 10 * time.Second
	// pictureTries is how often a reply is tried with its picture.
	pictureTries = 4
)

// closed returns how long after now nothing may go to the chat.
func closed(g Gate, chat int64, now time.Time) time.Duration {
	if ok, wait := g.Available(now); !ok {
		return max(wait, time.Millisecond)
	}
	return g.ChatWait(chat, now)
}

// sendFirst sends the row's first reply. It returns how long the lane has to wait
// before that can go on; 0 when it was accepted, or is to be tried again at once.
func (i *Inbox) sendFirst(ctx context.Context, s Sender, l *lane, h *handed) (wait time.Duration) {
	row := &h.row
	now := i.Now()
	age := now.Sub(l.since)
	if age >= keptFor {
		return i.expire(ctx, l, row)
	}
	if wait := max(heldBack(row)-age, closed(s, row.ChatID, now)); wait > 0 {
		return wait
	}
	var said struct {
		ok   bool
		wait time.Duration
	}
	_, err := s.SendInTurn(ctx, bot.ClassReply, row.ChatID, func(ctx context.Context) (bot.Reply, error) {
		r, ok, wait := i.render(ctx, l, h, i.Now())
		said.ok, said.wait = ok, wait
		if wait > 0 || !ok {
			return bot.Reply{}, errUnsaid
		}
		return r, nil
	})
	if !errors.Is(err, errUnsaid) {
		return i.sent(ctx, l, row, err)
	}
	l.accepted = !said.ok && said.wait <= 0
	return said.wait
}

// errUnsaid ends a send when there is nothing that could be said.
var errUnsaid = errors.New("there is nothing to say")

// heldBack is how long after it was handled a row's first reply may not leave.
func heldBack(row *store.Update) time.Duration {
	if t := row.Replies[0].NotBefore; !t.IsZero() {
		return t.Sub(row.Done)
	}
	return 0
}

// render returns the row's first reply as it is to be sent: anew, when it
// shows a status and is late. If that fails the old one goes: it says of when
// it is; of one that is not in memory any more only the facts are left, so its
// person is asked to ask again. ok is false when it cannot be read and has to be
// left out.
func (i *Inbox) render(ctx context.Context, l *lane, h *handed, now time.Time) (r bot.Reply, ok bool, wait time.Duration) {
	row := &h.row
	if len(h.said) > 0 {
		r = h.said[0]
	} else if r, ok = readReply(row.Replies[0].Body); !ok {
		i.logDrop(row, "unreadable", nil)
		return r, false, 0
	}
	if now.Sub(l.since) > watchedFor {
		r.Edit = 0
	}
	if len(r.Shows) > 0 && (len(h.said) == 0 || now.Sub(l.since) > freshFor) {
		if r, wait = i.anew(ctx, l, row, now, r); wait > 0 {
			return r, false, wait
		}
	}
	// On a network that lets no upload through, the text may still pass.
	if l.fails >= pictureTries {
		r.Picture = nil
	}
	return r, true, 0
}

func readReply(body []byte) (r bot.Reply, ok bool) {
	err := cbor.Unmarshal(body, &r)
	return r, err == nil
}

// anew renders a late status anew.
func (i *Inbox) anew(ctx context.Context, l *lane, row *store.Update, now time.Time, old bot.Reply) (r bot.Reply, wait time.Duration) {
	err := i.Store.Update(ctx, func(tx *store.Tx) (err error) {
		if r, err = i.Renew(tx, now, row.Chat, old); err != nil {
			return &failure{failed, err}
		}
		return nil
	})
	if err == nil {
		return r, 0
	}
	why, stack := whose(err)
	if why == "" {
		return old, i.storeFailed(l, err)
	}
	i.logStale(row, why, stack)
	if old.Text == "" {
		return i.Sorry(), 0
	}
	return old, 0
}

// sent decides by the outcome of a send. A refused reply is left out, for it would
// be refused for ever.
func (i *Inbox) sent(ctx context.Context, l *lane, row *store.Update, err error) (wait time.Duration) {
	if err == nil {
		l.accepted, l.fails = true, 0
		return 0
	}
	if ctx.Err() != nil {
		return l.backOff()
	}
	var e *bot.Error
	if !errors.As(err, &e) {
		e = &bot.Error{Kind: bot.Refused}
	}
	switch e.Kind {
	case bot.Limited:
		return max(e.RetryAfter, time.Second)
	case bot.Blocked:
		return i.blocked(ctx, l, row)
	case bot.Refused:
		if err := i.giveUp(ctx, i.Store.Update, row, func(g *givingUp) error { return g.lost(row.Replies[:1]) }); err != nil {
			return i.storeFailed(l, err)
		}
		i.logDrop(row, "refused", e)
		l.accepted = true
		return 0
	}
	// An outage, or a chat that forbids the bot and does not say why. Or a token that
	// is no longer good: Poll says so and ends the program, and the replies wait for
	// the next one.
	if e.RetryAfter > 0 {
		return e.RetryAfter // not even tried
	}
	return l.backOff()
}

// logDrop says that a reply will not be sent; e, when there is one, holds no
// content by its own promise.
func (i *Inbox) logDrop(row *store.Update, why string, e *bot.Error) {
	line := i.Log.Warn().Stringer("bot", row.Bot).Int64("update", row.ID).Str("reason", why).Int("replies", len(row.Replies))
	if e != nil {
		line = line.Str("method", e.Method).Int("code", e.Code).Str("description", e.Description)
	}
	line.Msg("a reply is given up")
}

func (i *Inbox) logStale(row *store.Update, why reason, stack []string) {
	line := i.Log.Warn().Stringer("bot", row.Bot).Int64("update", row.ID).Str("reason", string(why))
	if stack != nil {
		line = line.Strs("stack", stack)
	}
	line.Msg("a late status could not be rendered anew and goes as it was")
}
