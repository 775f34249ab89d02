package inbox

import (
	"context"
	"errors"
	"time"

	"kartyar/guard"
	"kartyar/store"
)

// expire gives up what is left of a row whose replies are too old.
func (i *Inbox) expire(ctx context.Context, l *lane, row *store.Update) (wait time.Duration) {
	err := i.giveUp(ctx, i.Store.UpdateInBulk, row, func(g *givingUp) error {
		if err := g.lost(row.Replies); err != nil {
			return err
		}
		return g.tx.DeleteUpdate(row.Seq)
	})
	if err != nil {
		return i.storeFailed(l, err)
	}
	i.logDrop(row, "too old", nil)
	row.Replies = nil
	return 0
}

// blocked gives up what is left of a row whose chat refuses us, and notes that
// it does, in one commit.
func (i *Inbox) blocked(ctx context.Context, l *lane, row *store.Update) (wait time.Duration) {
	now := i.Now()
	err := i.giveUp(ctx, i.Store.Update, row, func(g *givingUp) error {
		if err := g.note(func(tx *store.Tx) error { return i.Blocked(tx, now, row.Chat) }); err != nil {
			return err
		}
		if err := g.lost(row.Replies); err != nil {
			return err
		}
		return g.tx.DeleteUpdate(row.Seq)
	})
	if err != nil {
		return i.storeFailed(l, err)
	}
	row.Replies = nil
	return 0
}

// givingUp is a commit in which replies of a row are given up. What is to be
// noted of that may be about somebody whose own row is damaged, and then can
// never be: the replies go all the same, or the chat would wait for ever.
type givingUp struct {
	inbox   *Inbox
	tx      *store.Tx
	row     *store.Update
	unnoted []error
}

// giveUp runs fn in a commit and says, once it is on disk, what could not be
// noted. Its error is the store's.
func (i *Inbox) giveUp(ctx context.Context, update func(context.Context, func(*store.Tx) error) error, row *store.Update, fn func(*givingUp) error) error {
	g := &givingUp{inbox: i, row: row}
	err := update(ctx, func(tx *store.Tx) error {
		g.tx = tx
		return fn(g)
	})
	if err != nil {
		return err
	}
	for _, cause := range g.unnoted {
		i.logUnnoted(row, cause)
	}
	return nil
}

// note runs fn. Where it fails over what is damaged, or panics, which the next
// time it would again, nothing of it is kept and the rest goes on.
func (g *givingUp) note(fn func(*store.Tx) error) error {
	err := g.tx.Try(fn)
	var fell *guard.Panic
	if errors.Is(err, store.ErrDamaged) || errors.As(err, &fell) {
		g.unnoted = append(g.unnoted, err)
		return nil
	}
	return err
}

// lost notes that these of the row's replies will never be said. A reply that
// cannot be read says nothing to anybody.
func (g *givingUp) lost(replies []store.Outgoing) error {
	i := g.inbox
	for _, out := range replies {
		r, ok := readReply(out.Body)
		if i.Lost == nil || !ok || len(r.Shows) == 0 {
			continue
		}
		err := g.note(func(tx *store.Tx) error { return i.Lost(tx, i.Now(), g.row.Chat, r, g.row.Done) })
		if err != nil {
			return err
		}
	}
	return nil
}

// logUnnoted says why what became of a reply could not be noted, and nothing
// else of the error: nobody can vouch for its text here.
func (i *Inbox) logUnnoted(row *store.Update, cause error) {
	line := i.Log.Error().Stringer("bot", row.Bot).Int64("update", row.ID)
	why := "that a reply was given up cannot be noted, since whom it is about is damaged in the store; restore a backup"
	var fell *guard.Panic
	if errors.As(cause, &fell) {
		line = line.Strs("stack", fell.Frames)
		why = "that a reply was given up cannot be noted, since the program fails at it; report it with this line"
	}
	line.Msg(why)
}
