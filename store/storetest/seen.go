package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kartyar/card"
	"kartyar/store"
)

// delivered is an update as a platform delivers it.
type delivered struct {
	from card.Bot
	id   int64
	body byte
}

// redelivered has updates come in any order of their ids, again and again, in
// functions that fail or do not and over restarts: each is taken once.
func redelivered(t *testing.T, b *bench) {
	taken := map[delivered]bool{}
	boom := errors.New("boom")
	rapid.Check(t, func(t *rapid.T) {
		if rapid.IntRange(0, 9).Draw(t, "restart") == 0 {
			b.reopen()
		}
		batch := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) delivered {
			return delivered{
				rapid.SampledFrom([]card.Bot{aBot, other}).Draw(t, "bot"),
				rapid.Int64Range(-2, 40).Draw(t, "id"), rapid.ByteRange(0, 1).Draw(t, "body"),
			}
		}), 1, 5).Draw(t, "updates")
		fails := rapid.Bool().Draw(t, "fails")
		now := map[delivered]bool{}
		err := b.store.Update(context.Background(), func(tx *store.Tx) error {
			for _, d := range batch {
				got, err := tx.Take(&store.Update{Bot: d.from, ID: d.id, Raw: []byte{d.body}, Received: noon})
				if err := errors.Join(err, differ("taken", got, !taken[d] && !now[d])); err != nil {
					return err
				}
				now[d] = true
			}
			if fails {
				return boom
			}
			return nil
		})
		switch {
		case err == nil:
			for d := range now {
				taken[d] = true
			}
		case !errors.Is(err, boom):
			t.Fatal(err)
		}
	})
}

// hearing asks when chats wrote last, in this process.
func hearing(_ *testing.T, b *bench) {
	mine := card.ChatKey{1}
	since := func(chat card.ChatKey, t time.Time, want bool) error {
		var got bool
		b.update(func(tx *store.Tx) error { got = tx.HeardSince(chat, t); return nil })
		return differ("heard since "+t.String(), got, want)
	}
	hear := func(chat card.ChatKey, t time.Time) {
		b.update(func(tx *store.Tx) error { tx.Hear(chat, t); return nil })
	}
	err := since(mine, noon.AddDate(-1, 0, 0), false)
	hear(mine, noon)
	err = errors.Join(err, since(mine, noon, true), since(mine, noon.Add(1), false), since(card.ChatKey{2}, noon, false))
	b.update(func(tx *store.Tx) error {
		for n := range 200_000 {
			tx.Hear(card.ChatKey{9, byte(n), byte(n >> 8), byte(n >> 16)}, noon.Add(time.Hour))
		}
		return nil
	})
	// So many others wrote that it is not known any more, and it may be.
	err = errors.Join(err, since(mine, noon.Add(1), true), since(mine, noon.Add(time.Hour+1), false))
	b.reopen()
	if err := errors.Join(err, since(mine, noon, false)); err != nil {
		b.t.Error(err)
	}
}
