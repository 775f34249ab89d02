package alert

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"testing"

	"github.com/dgraph-io/badger/v4"

	"kartyar/card"
	"kartyar/store"
)

// spoiled is a store in which ali's row cannot be read. Chat 1 follows him and
// sara, chat 2 follows him; all are to be told.
func spoiled(t *testing.T) *store.Store {
	t.Helper()
	opt := store.Options{Dir: filepath.Join(t.TempDir(), "data"), Key: bytes.Repeat([]byte{7}, store.KeySize)}
	s, err := store.Open(opt)
	if err != nil {
		t.Fatal(err)
	}
	inStore(t, s, func(w *world) {
		w.follow(ali, 1)
		w.follow(sara, 1)
		w.follow(ali, 2)
		w.ready(ali, "7")
		w.ready(sara, "7")
	})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := badger.Open(badger.DefaultOptions(opt.Dir).WithLogger(nil))
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(txn *badger.Txn) error {
		return txn.Set(append([]byte("p"), ali[:]...), []byte("not what was written"))
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	if s, err = store.Open(opt); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	inStore(t, s, func(w *world) {
		if _, err := w.tx.Person(ali); !errors.Is(err, store.ErrDamaged) {
			t.Fatalf("the row is read: %v", err)
		}
	})
	return s
}

// inStore runs fn in a commit.
func inStore(t *testing.T, s *store.Store, fn func(w *world)) {
	t.Helper()
	err := s.Update(context.Background(), func(tx *store.Tx) error {
		fn(&world{t: t, tx: tx, now: day0, rules: Rules{ReminderDays: []int{3}, Quiet: Quiet{From: 21, To: 8}}})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func pairs(rows []store.Due) (all []string) {
	for _, d := range rows {
		all = append(all, string([]byte{'0' + d.Person[1], '0' + d.Chat[1]}))
	}
	return all
}

// Whoever wants their data deleted is not told to wait for a row to be mended.
func TestForgettingBesideADamagedRow(t *testing.T) {
	s := spoiled(t)
	inStore(t, s, func(w *world) {
		_, err := w.rules.ForgetChat(w.tx, w.now, chat(1))
		must(err)
	})
	inStore(t, s, func(w *world) {
		if _, found, _ := w.tx.Chat(chat(1)); found || w.person(sara).Follower(chat(1)) != nil {
			t.Error("something of the chat is left")
		}
		if left := pairs(w.rows(store.Alerts)); len(left) != 1 || left[0] != "12" {
			t.Errorf("alerts of persons and chats %v are left; want that of the other chat alone", left)
		}
	})
}

func TestErasingADamagedRow(t *testing.T) {
	s := spoiled(t)
	inStore(t, s, func(w *world) {
		erased, err := w.rules.ErasePerson(w.tx, w.now, ali)
		must(err)
		if erased != (Erased{Alerts: 2, Unreadable: true}) {
			t.Errorf("erased %+v", erased)
		}
	})
	inStore(t, s, func(w *world) {
		if !w.person(ali).IsZero() {
			t.Error("the row is left")
		}
		if left := pairs(w.rows(store.Alerts)); len(left) != 1 || left[0] != "21" {
			t.Errorf("alerts of persons and chats %v are left; want sara's alone", left)
		}

		_, err := w.rules.Unfollow(w.tx, w.now, ali, chat(2))
		must(err)
		// the chat's end of the link
		w.apply(row(ali, card.StageReady, "8", w.now)) // a later list begins anew
	})
}
