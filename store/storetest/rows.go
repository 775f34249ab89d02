package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"kartyar/card"
	"kartyar/store"
)

func somebody() store.Person {
	return store.Person{
		Applications: []store.Application{{
			Record: card.Record{
				ID:    card.ApplicationID{Kind: card.ByReceipt, Key: card.ApplicationKey{1}},
				Known: card.State{Stage: card.StageReady, Office: "7", Shelf: "قفسهٔ ۳", AsOf: noon}, Unknown: card.State{Word: "؟", AsOf: noon.Add(-time.Hour)},
				Phone: card.PhoneKey{2}, PhoneAsOf: noon, Receipt: card.ReceiptKey{3}, ReceiptAsOf: noon,
			},
			Arrival: store.Arrival{Number: 2, Office: "7", At: noon}, Problem: 1, Claimed: 2, Undated: []store.RowHash{{4}, {5}},
		}},
		Followers: []store.Follower{{
			Chat: card.ChatKey{6}, Bot: aBot, Since: noon, Verified: noon, Phone: card.PhoneKey{2}, Office: "8", Notify: true,
			Told:  []store.Told{{Arrival: 2, Office: "7", At: noon, Ended: true, Problem: 1, Reminded: noon, Snoozed: noon}},
			Alert: store.Pending{Due: noon, Since: noon, Attempts: 3}, Reminder: noon,
			Invited: store.InviteKey{9},
		}, {Chat: card.ChatKey{7}, Bot: other, Blocked: true, Inviter: card.ChatKey{1}, Waiting: store.Waiting{
			Phones: [store.KeptWaiting]card.PhoneKey{{8}, {9}, {10}}, Receipts: [store.KeptWaiting]card.ReceiptKey{{8}},
		}}},
	}
}

func persons(_ *testing.T, b *bench) {
	key := b.store.Keyer().Person("0012345679")
	b.update(func(tx *store.Tx) error {
		if err := tx.PutPerson(key, somebody()); err != nil {
			return err
		}
		got, err := tx.Person(key)
		return errors.Join(err, differ("the function's own writing", got, somebody()))
	})
	b.always(func(tx *store.Tx) error {
		got, err := tx.Person(key)
		none, err2 := tx.Person(card.PersonKey{9})
		return errors.Join(err, err2, differ("a person", got, somebody()), differ("nobody", none.IsZero(), true))
	})
	b.update(func(tx *store.Tx) error {
		return errors.Join(tx.PutPerson(card.PersonKey{}, somebody()), tx.PutPerson(card.PersonKey{0xff, 0xff, 0xff}, somebody()))
	})
	b.always(func(tx *store.Tx) error {
		var all, later []card.PersonKey
		err := tx.Persons(card.PersonKey{}, func(key card.PersonKey, p store.Person, damaged error) (bool, error) {
			all = append(all, key)
			return len(all) < 3, errors.Join(damaged, differ("one of all", p, somebody()))
		})
		err2 := tx.Persons(key, func(key card.PersonKey, _ store.Person, _ error) (bool, error) {
			later = append(later, key)
			return false, nil
		})
		return errors.Join(err, err2, differ("all", all, []card.PersonKey{{}, key, {0xff, 0xff, 0xff}}), differ("from one on", later, []card.PersonKey{key}))
	})
	b.update(func(tx *store.Tx) error { return tx.PutPerson(key, store.Person{}) })
	b.always(func(tx *store.Tx) error {
		got, err := tx.Person(key)
		return errors.Join(err, differ("an emptied person", got.IsZero(), true))
	})
	b.update(func(tx *store.Tx) error {
		before := tx.PersonChanged(key)
		err := tx.PutPerson(key, somebody())
		return errors.Join(err, differ("changed", []bool{before, tx.PersonChanged(key)}, []bool{false, true}))
	})
}

// readingAhead reads persons ahead, those that stand close together and those
// far apart, there or not, written meanwhile or not: Person says the same.
func readingAhead(_ *testing.T, b *bench) {
	key := func(n int) card.PersonKey { return card.PersonKey{byte(n >> 8), byte(n), 1} }
	written := func(n int) store.Person {
		p := somebody()
		p.Applications[0].Problem = uint32(n + 1)
		return p
	}
	const people, every = 3000, 3 // every third is there
	for first := 0; first < people; first += 300 {
		b.update(func(tx *store.Tx) (err error) {
			for n := first; n < first+300; n += every {
				err = errors.Join(err, tx.PutPerson(key(n), written(n)))
			}
			return errors.Join(err, tx.PutPerson(key(first), store.Person{}))
		})
	}
	want := func(n int) store.Person {
		if n%every != 0 || n%300 == 0 || n >= people {
			return store.Person{}
		}
		return written(n)
	}
	lists := map[string][]int{"none": nil, "one": {9}, "in disorder": {30, 60, 45, 33, 30, 300}, "twice": {3, 3, 6, 6}}
	for _, step := range []int{1, 2, 7, 29, 100, 450} {
		name := fmt.Sprintf("each %d.", step)
		for n := step % 5; n < people+20*step; n += step {
			lists[name] = append(lists[name], n)
		}
	}
	for name, list := range lists {
		var keys []card.PersonKey
		for _, n := range list {
			keys = append(keys, key(n))
		}
		look := func(tx *store.Tx, want func(int) store.Person) error {
			for _, n := range list {
				got, err := tx.Person(key(n))
				if err = errors.Join(err, differ(fmt.Sprintf("%s: person %d", name, n), got, want(n))); err != nil {
					return err
				}
			}
			return nil
		}
		b.always(func(tx *store.Tx) error { return errors.Join(tx.ReadAhead(keys), look(tx, want)) })
		errBack := errors.New("nothing of this is kept")
		err := b.store.Update(context.Background(), func(tx *store.Tx) error {
			err := tx.PutPerson(key(6), written(1000))
			err = errors.Join(err, tx.ReadAhead(keys), tx.PutPerson(key(9), store.Person{}), tx.PutPerson(key(10), written(2000)))
			err = errors.Join(err, look(tx, func(n int) store.Person {
				switch n {
				case 6:
					return written(1000)
				case 9:
					return store.Person{}
				case 10:
					return written(2000)
				}
				return want(n)
			}))
			return errors.Join(err, errBack)
		})
		if err == nil || err.Error() != errBack.Error() {
			b.t.Error(err)
		}
	}
}

func chats(_ *testing.T, b *bench) {
	mine, theirs := card.ChatKey{1}, card.ChatKey{2}
	want := store.Chat{
		Subscriber: card.Subscriber{Bot: aBot, Chat: -5}, Blocked: true, Phone: card.PhoneKey{1}, PhoneAt: noon,
		People: []store.Link{{Person: card.PersonKey{1}, Nickname: "مادر"}}, Session: []byte("x"),
	}
	b.update(func(tx *store.Tx) error {
		return errors.Join(tx.PutChat(mine, want), tx.PutChat(theirs, want),
			tx.PutSetAside(store.SetAside{Chat: mine, ID: 1, At: noon}), tx.PutSetAside(store.SetAside{Chat: theirs, ID: 2, At: noon}))
	})
	b.always(func(tx *store.Tx) error {
		got, found, err := tx.Chat(mine)
		_, ghost, err2 := tx.Chat(card.ChatKey{3})
		return errors.Join(err, err2, differ("a chat", got, want), differ("found", []bool{found, ghost}, []bool{true, false}))
	})
	b.update(func(tx *store.Tx) error { return tx.DeleteChat(mine) })
	b.always(func(tx *store.Tx) error {
		_, found, err := tx.Chat(mine)
		_, still, err2 := tx.Chat(theirs)
		var left []int64
		err3 := tx.SetAside(func(a store.SetAside) error { left = append(left, a.ID); return nil })
		return errors.Join(err, err2, err3, differ("found", []bool{found, still}, []bool{false, true}), differ("set aside", left, []int64{2}))
	})
}

func inbox(_ *testing.T, b *bench) {
	var seqs []uint64
	for id := range int64(3) {
		b.update(func(tx *store.Tx) error {
			u := store.Update{Bot: aBot, Chat: card.ChatKey{1}, ChatID: 5, ID: id, Raw: []byte(`{}`), Received: noon}
			kept, err := tx.Keep(&u)
			seqs = append(seqs, u.Seq)
			return errors.Join(err, differ("kept", kept, true))
		})
	}
	want := store.Update{
		Seq: seqs[1], Bot: aBot, Chat: card.ChatKey{1}, ChatID: 5, ID: 1, Raw: []byte(`{}`), Received: noon,
		Tries: 2, Handled: true, Replies: []store.Outgoing{{Body: []byte("b"), NotBefore: noon, Attempts: 1}}, Done: noon,
	}
	b.update(func(tx *store.Tx) error { return errors.Join(tx.PutUpdate(want), tx.DeleteUpdate(seqs[0])) })
	b.always(func(tx *store.Tx) error {
		got, found, err := tx.Update(seqs[1])
		_, gone, err2 := tx.Update(seqs[0])
		var order []uint64
		err3 := tx.Inbox(func(u store.Update, damaged error) error { order = append(order, u.Seq); return damaged })
		return errors.Join(err, err2, err3, differ("a row", got, want), differ("found", []bool{found, gone}, []bool{true, false}), differ("order", order, seqs[1:]))
	})
	b.update(func(tx *store.Tx) error {
		u := store.Update{Bot: aBot, ID: 9, Received: noon}
		_, err := tx.Keep(&u)
		return errors.Join(err, differ("after all others", u.Seq > seqs[2], true))
	})
}

func redelivery(_ *testing.T, b *bench) {
	keep := func(change func(*store.Update), want bool) {
		b.t.Helper()
		b.update(func(tx *store.Tx) error {
			u := store.Update{Bot: aBot, ID: 7, Raw: []byte("a"), Received: noon}
			change(&u)
			kept, err := tx.Keep(&u)
			return errors.Join(err, differ("kept", kept, want))
		})
	}
	keep(func(*store.Update) {}, true)
	keep(func(*store.Update) {}, false)
	b.reopen()
	keep(func(u *store.Update) { u.Received = noon.Add(store.Remembered) }, false)
	keep(func(u *store.Update) { u.Received = noon.Add(-store.Remembered) }, false) // the clock was set back
	keep(func(u *store.Update) { u.Raw = []byte("b") }, true)
	keep(func(u *store.Update) { u.ID = 6 }, true)
	keep(func(u *store.Update) { u.Bot = other }, true)
	keep(func(u *store.Update) { u.Flood = true }, true)
	keep(func(u *store.Update) { u.Flood = true }, true)
	forget := func(at time.Time) {
		b.update(func(tx *store.Tx) error { _, err := tx.ForgetSeen(at); return err })
	}
	forget(noon.Add(store.Remembered))
	keep(func(u *store.Update) { u.Received = noon.Add(store.Remembered) }, false)
	forget(noon.Add(4 * 24 * time.Hour))
	keep(func(u *store.Update) { u.Received = noon.Add(4 * 24 * time.Hour) }, true)
}

func outbox(_ *testing.T, b *bench) {
	due := func(after time.Duration, person byte) store.Due {
		return store.Due{Bot: aBot, Class: store.Alerts, At: noon.Add(after), Person: card.PersonKey{person}, Chat: card.ChatKey{1}}
	}
	rows := []store.Due{due(-time.Hour, 3), due(0, 1), due(0, 2), due(time.Hour, 1)}
	elsewhere := []store.Due{due(0, 9), due(0, 9)}
	elsewhere[0].Bot, elsewhere[1].Class = other, store.Reminders
	b.update(func(tx *store.Tx) (err error) {
		for _, d := range []store.Due{rows[2], rows[0], elsewhere[0], rows[3], elsewhere[1], rows[1]} {
			err = errors.Join(err, tx.PutDue(d))
		}
		return err
	})
	read := func(tx *store.Tx, from store.Due, until time.Time, most int) (got []store.Due, err error) {
		err = tx.Due(from, until, func(d store.Due) bool { got = append(got, d); return len(got) < most })
		return got, err
	}
	b.always(func(tx *store.Tx) error {
		all, err1 := read(tx, store.Due{Bot: aBot, Class: store.Alerts}, noon.Add(time.Hour), 9)
		some, err2 := read(tx, rows[2], noon, 9)
		first, err3 := read(tx, store.Due{Bot: aBot, Class: store.Alerts}, noon, 1)
		reminders, err4 := read(tx, store.Due{Bot: aBot, Class: store.Reminders}, noon, 9)
		bots, err5 := tx.Bots()
		return errors.Join(err1, err2, err3, err4, err5, differ("all", all, rows), differ("from the third, until noon", some, rows[2:3]),
			differ("the first", first, rows[:1]), differ("reminders", reminders, elsewhere[1:]), differ("bots", bots, []card.Bot{other, aBot}))
	})
	b.update(func(tx *store.Tx) error { return tx.DeleteDue(rows[1]) })
	b.always(func(tx *store.Tx) error {
		left, err := read(tx, rows[1], noon.Add(time.Hour), 9)
		return errors.Join(err, differ("left", left, rows[2:]))
	})
	b.update(func(tx *store.Tx) error {
		dropped, err := tx.DropDues(func(d store.Due) bool { return d == rows[2] || d == elsewhere[1] })
		return errors.Join(err, differ("dropped", dropped, 2))
	})
	b.always(func(tx *store.Tx) error {
		left, err1 := read(tx, store.Due{Bot: aBot, Class: store.Alerts}, noon.Add(time.Hour), 9)
		reminders, err2 := read(tx, store.Due{Bot: aBot, Class: store.Reminders}, noon, 9)
		return errors.Join(err1, err2, differ("left", left, append(rows[:1:1], rows[3:]...)), differ("reminders", reminders, []store.Due(nil)))
	})
}

func guesses(_ *testing.T, b *bench) {
	kinds := []store.GuessKind{store.GuessByChat, store.GuessByPhone, store.GuessByUser, store.GuessOfReceipt}
	b.update(func(tx *store.Tx) (err error) {
		for i, kind := range kinds {
			err = errors.Join(err, tx.PutGuesses(kind, [16]byte{1}, store.Guesses{noon, noon.Add(time.Duration(i) * time.Hour)}))
		}
		return errors.Join(err, tx.PutGuesses(kinds[0], [16]byte{1}, nil))
	})
	b.always(func(tx *store.Tx) (err error) {
		for i, kind := range kinds {
			want := store.Guesses{noon, noon.Add(time.Duration(i) * time.Hour)}
			if i == 0 {
				want = nil
			}
			got, failed := tx.Guesses(kind, [16]byte{1})
			err = errors.Join(err, failed, differ(string(kind), got, want))
		}
		return err
	})
}

func offices(_ *testing.T, b *bench) {
	want := []card.Office{{Code: "1", Name: "دفتر یک"}, {Code: "12", Name: "دفتر دوازده"}, {Code: "2"}}
	b.update(func(tx *store.Tx) error {
		err := errors.Join(tx.PutOffice(want[2]), tx.PutOffice(want[0]), tx.PutOffice(card.Office{Code: "3"}))
		return errors.Join(err, tx.PutOffice(want[1]), tx.DeleteOffice("3"))
	})
	b.always(func(tx *store.Tx) error {
		got, err := tx.Offices()
		return errors.Join(err, differ("offices", got, want))
	})
	b.update(func(tx *store.Tx) error {
		err := errors.Join(tx.DeleteOffice("1"), tx.PutOffice(card.Office{Code: "0"}))
		got, err2 := tx.Offices()
		return errors.Join(err, err2, differ("what the function left", got, append([]card.Office{{Code: "0"}}, want[1:]...)))
	})
}

func notes(_ *testing.T, b *bench) {
	type remembered struct{ At time.Time }
	b.update(func(tx *store.Tx) error {
		err := errors.Join(tx.PutNote("one", remembered{noon}), tx.PutNote("two", 2), tx.PutNote("three", 3))
		return errors.Join(err, tx.PutNote("two", "2"), tx.DeleteNote("three"), tx.DeleteNote("never there"))
	})
	b.always(func(tx *store.Tx) error {
		var one remembered
		var two string
		foundOne, err := tx.Note("one", &one)
		foundTwo, err2 := tx.Note("two", &two)
		three, err3 := tx.Note("three", nil)
		got := []any{foundOne, one, foundTwo, two, three}
		return errors.Join(err, err2, err3, differ("notes", got, []any{true, remembered{noon}, true, "2", false}))
	})
}

func setAside(_ *testing.T, b *bench) {
	old := store.SetAside{Bot: aBot, ID: 1, Raw: []byte("x"), At: noon, Reason: "r"}
	young := old
	young.ID, young.At = 2, noon.Add(time.Hour)
	b.update(func(tx *store.Tx) error { return errors.Join(tx.PutSetAside(old), tx.PutSetAside(young)) })
	b.update(func(tx *store.Tx) error {
		n, err := tx.DropOldSetAside(young.At)
		return errors.Join(err, differ("dropped", n, 1))
	})
	b.always(func(tx *store.Tx) error {
		var left []store.SetAside
		err := tx.SetAside(func(a store.SetAside) error { left = append(left, a); return nil })
		return errors.Join(err, differ("left", left, []store.SetAside{young}))
	})
}

// times come back in UTC, wherever the program runs, so that equal instants are
// equal values.
func times(_ *testing.T, b *bench) {
	local := noon.In(time.FixedZone("", 12600))
	var update store.Update
	b.update(func(tx *store.Tx) error {
		p := somebody()
		p.Followers[0].Since = local
		update = store.Update{Bot: aBot, Received: local, Done: local, Replies: []store.Outgoing{{NotBefore: local}}}
		_, err := tx.Keep(&update)
		return errors.Join(err, tx.PutPerson(card.PersonKey{1}, p), tx.PutChat(card.ChatKey{1}, store.Chat{PhoneAt: local}),
			tx.PutSetAside(store.SetAside{At: local}), tx.PutGuesses(store.GuessByChat, [16]byte{1}, store.Guesses{local}))
	})
	b.always(func(tx *store.Tx) error {
		p, err1 := tx.Person(card.PersonKey{1})
		c, _, err2 := tx.Chat(card.ChatKey{1})
		u, _, err3 := tx.Update(update.Seq)
		g, err4 := tx.Guesses(store.GuessByChat, [16]byte{1})
		var a store.SetAside
		err5 := tx.SetAside(func(found store.SetAside) error { a = found; return nil })
		return errors.Join(err1, err2, err3, err4, err5, inUTC("row", reflect.ValueOf([]any{p, c, u, g, a})),
			differ("the record as a value", p.Applications[0].Record == somebody().Applications[0].Record, true))
	})
}

// inUTC walks through all times in v.
func inUTC(path string, v reflect.Value) (err error) {
	if v.Type() == reflect.TypeFor[time.Time]() {
		if at := v.Interface().(time.Time); at.Location() != time.UTC {
			return fmt.Errorf("%s is in the zone %v", path, at.Location())
		}
		return nil
	}
	switch v.Kind() {
	case reflect.Interface:
		return inUTC(path, v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			err = errors.Join(err, inUTC(path+"."+v.Type().Field(i).Name, v.Field(i)))
		}
	case reflect.Slice:
		for i := range v.Len() {
			err = errors.Join(err, inUTC(path, v.Index(i)))
		}
	}
	return err
}
