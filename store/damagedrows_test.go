package store_test

import (
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"kartyar/card"
	"kartyar/store"
	"kartyar/store/storetest"
)

// Who reads all rows of a kind is told which are damaged, and gets all others. A
// row of the inbox can then be dropped, once; its update is still known.
func TestReadingBesideDamagedRows(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := open(t, dir)
	rows := make([]store.Update, 3)
	update(t, s, func(tx *store.Tx) (err error) {
		for n := range rows {
			rows[n] = store.Update{Bot: aBot, ChatID: 1, ID: int64(n), Raw: []byte("x"), Received: noon}
			_, kept := tx.Keep(&rows[n])
			person := store.Person{Followers: []store.Follower{follower(false)}}
			err = errors.Join(err, kept, tx.PutPerson(card.PersonKey{byte(n)}, person))
		}
		return err
	})
	closeStore(t, s)
	storetest.Spoil(t, dir, 2, []byte{'i', 0, 0, 0, 0, 0, 0, 0, byte(rows[1].Seq)}, []byte{'p', 1})

	s = open(t, dir)
	defer s.Close()
	view(t, s, func(tx *store.Tx) error {
		place := uint64(0)
		inbox := tx.Inbox(func(u store.Update, damaged error) error {
			place++
			if is := errors.Is(damaged, store.ErrDamaged); u.Seq != place || is != (place == 2) || is != (u.ChatID == 0) {
				t.Errorf("row %d: %+v, %v", place, u, damaged)
			}
			return nil
		})
		var whole []byte
		persons := tx.Persons(card.PersonKey{}, func(key card.PersonKey, _ store.Person, damaged error) (bool, error) {
			if damaged == nil {
				whole = append(whole, key[0])
			}
			return true, nil
		})
		if !slices.Equal(whole, []byte{0, 2}) {
			t.Errorf("the persons %v are whole", whole)
		}
		return errors.Join(inbox, persons)
	})
	places := []uint64{rows[0].Seq, rows[1].Seq, 99}
	for _, want := range []int{1, 0} {
		update(t, s, func(tx *store.Tx) error {
			dropped, err := tx.DropDamagedUpdates(places)
			if dropped != want {
				t.Errorf("%d rows were dropped, not %d", dropped, want)
			}
			return err
		})
	}
	update(t, s, func(tx *store.Tx) error {
		_, found, err1 := tx.Update(rows[0].Seq)
		again := rows[1]
		kept, err2 := tx.Keep(&again)
		if !found || kept {
			t.Errorf("the sound row is there: %v; the damaged one's update is kept again: %v", found, kept)
		}
		return errors.Join(err1, err2)
	})
}
