package storetest

import (
	"context"
	"errors"
	"testing"

	"kartyar/card"
	"kartyar/guard"
	"kartyar/store"
)

// tries has parts of a function fail and panic within each other: what they
// wrote is gone, for reading, scanning and the hooks too, and the rest stays.
func tries(_ *testing.T, b *bench) {
	boom := errors.New("boom")
	var told []card.PersonKey
	b.store.OnCommit(func(c store.Commit) { told = append(told, c.Persons...) })
	put := func(tx *store.Tx, key byte, office string) error {
		return errors.Join(tx.PutPerson(card.PersonKey{key}, somebody()), tx.PutOffice(card.Office{Code: office}), tx.AddUpdate(&store.Update{Bot: card.Bot{ID: 1}, Received: noon}))
	}
	look := func(tx *store.Tx, persons []byte, offices int) error {
		var err error
		for key := range byte(6) {
			want := false
			for _, there := range persons {
				want = want || there == key
			}
			p, failed := tx.Person(card.PersonKey{key})
			err = errors.Join(err, failed, differ("a person is there", !p.IsZero(), want))
		}
		all, failed := tx.Offices()
		updates := 0
		unread := tx.Inbox(func(u store.Update, damaged error) error {
			updates++
			return errors.Join(damaged, differ("its place", u.Seq, uint64(updates)))
		})
		return errors.Join(err, failed, unread, differ("offices", len(all), offices), differ("updates", updates, len(persons)))
	}
	err := b.store.Update(context.Background(), func(tx *store.Tx) error {
		if err := put(tx, 1, "1"); err != nil {
			return err
		}
		failed := tx.Try(func(tx *store.Tx) error {
			if err := errors.Join(put(tx, 2, "2"), tx.DeleteOffice("1"), tx.Try(func(tx *store.Tx) error { return put(tx, 3, "2") })); err != nil {
				return err
			}
			return errors.Join(look(tx, []byte{1, 2, 3}, 1), boom)
		})
		var fell *guard.Panic
		if !errors.Is(failed, boom) || !errors.As(tx.Try(func(tx *store.Tx) error {
			_ = put(tx, 4, "1")
			panic("x")
		}), &fell) {
			b.t.Errorf("got %v and %v", failed, fell)
		}
		return errors.Join(look(tx, []byte{1}, 1), tx.Try(func(tx *store.Tx) error { return put(tx, 5, "5") }))
	})
	if err != nil {
		b.t.Fatal(err)
	}
	if len(told) != 2 || told[0] != (card.PersonKey{1}) || told[1] != (card.PersonKey{5}) {
		b.t.Errorf("the hooks heard of %v", told)
	}
	b.always(func(tx *store.Tx) error { return look(tx, []byte{1, 5}, 2) })
}
