package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kartyar/card"
	"kartyar/store"
)

// restore restores into a place and opens what is there then.
func restore(t testing.TB, dir string, file, ledger []byte) (*store.Restoring, *store.Store) {
	t.Helper()
	r, err := begin(dir, file, ledger)
	if err != nil {
		t.Fatalf("restoring: %v", err)
	}
	if err := r.Finish(); err != nil {
		t.Fatalf("finishing the restore: %v", err)
	}
	s := open(t, dir)
	t.Cleanup(func() { s.Close() })
	return r, s
}

func begin(dir string, file, ledger []byte) (*store.Restoring, error) {
	return store.BeginRestore(context.Background(), store.Options{Dir: dir, Key: testKey}, bytes.NewReader(file), ledger)
}

func somewhere(t testing.TB) string { return filepath.Join(t.TempDir(), "place", "data") }

// nothing asks that a place is as empty as it was.
func nothing(t testing.TB, dir string) {
	t.Helper()
	left, err := filepath.Glob(dir + "*")
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func follower(held bool) store.Follower {
	return store.Follower{Chat: card.ChatKey{1}, Bot: aBot, Verified: noon, Notify: true, Alert: store.Pending{Due: noon, Since: noon}, Held: held}
}

func TestRestored(t *testing.T) {
	s := newStore(t)
	office := card.Office{Code: "7", Name: strings.Repeat("دفتر", 1<<18)} // 2 MiB: a big value
	person := store.Person{Followers: []store.Follower{follower(false)}}
	due := store.Due{Bot: aBot, Class: store.Alerts, At: noon, Person: card.PersonKey{1}, Chat: card.ChatKey{1}}
	received := store.Update{Bot: aBot, Chat: card.ChatKey{1}, ID: 5, Raw: []byte("received"), Received: noon}
	handled := store.Update{Bot: aBot, Chat: card.ChatKey{1}, ID: 6, Raw: []byte("handled"), Received: noon, Handled: true}
	update(t, s, func(tx *store.Tx) error {
		_, err1 := tx.Keep(&received)
		_, err2 := tx.Keep(&handled)
		return errors.Join(err1, err2, tx.PutOffice(office), tx.PutPerson(card.PersonKey{1}, person), tx.PutDue(due),
			tx.PutChat(card.ChatKey{1}, store.Chat{Phone: card.PhoneKey{3}, Session: []byte("a session")}),
			tx.PutNote("a note", "kept"))
	})
	r, restored := restore(t, somewhere(t), backup(t, s), nil)
	if r.Unanswered != 2 {
		t.Errorf("%d updates were dropped", r.Unanswered)
	}
	if bytes.Equal(s.Subkey("x"), restored.Subkey("x")) {
		t.Error("what was sealed for the old store is good for the new one")
	}
	if !bytes.Equal(fmt.Append(nil, s.Keyer().Person("0012345679")), fmt.Append(nil, restored.Keyer().Person("0012345679"))) {
		t.Error("people are known under other keys")
	}
	update(t, restored, func(tx *store.Tx) error {
		offices, err1 := tx.Offices()
		p, err2 := tx.Person(card.PersonKey{1})
		c, _, err3 := tx.Chat(card.ChatKey{1})
		var note string
		_, err4 := tx.Note("a note", &note)
		rows := map[store.Class]int{}
		for _, class := range []store.Class{store.Alerts, store.HeldAlerts} {
			err4 = errors.Join(err4, tx.Due(store.Due{Bot: aBot, Class: class}, noon.Add(time.Hour), func(d store.Due) bool {
				rows[class]++
				return true
			}))
		}
		waiting := 0
		err5 := tx.Inbox(func(_ store.Update, damaged error) error { waiting++; return damaged })
		again, err6 := tx.Keep(&received)
		done, err7 := tx.Keep(&handled)
		for what, diff := range map[string]string{
			"offices": cmp.Diff(offices, []card.Office{office}), "person": cmp.Diff(p, store.Person{Followers: []store.Follower{follower(true)}}),
			"chat": cmp.Diff(c, store.Chat{Phone: card.PhoneKey{3}}), "note": cmp.Diff(note, "kept"),
			"outbox": cmp.Diff(rows, map[store.Class]int{store.HeldAlerts: 1}), "inbox": cmp.Diff(waiting, 0),
			"what was not handled is kept when it comes again": cmp.Diff(again, true), "what was is not": cmp.Diff(done, false),
		} {
			if diff != "" {
				t.Errorf("%s: %s", what, diff[:min(len(diff), 400)])
			}
		}
		return errors.Join(err1, err2, err3, err4, err5, err6, err7)
	})
}

func TestRestoreIntoEmptyPlacesOnly(t *testing.T) {
	whole := small(t)
	tests := []struct {
		name string
		make func(t *testing.T, dir string)
		want error
	}{
		{"a store that is open", func(t *testing.T, dir string) { s := open(t, dir); t.Cleanup(func() { s.Close() }) }, store.ErrInUse},
		{"a store", func(t *testing.T, dir string) { closeStore(t, open(t, dir)) }, store.ErrNotEmpty},
		{"files", func(t *testing.T, dir string) { write(t, filepath.Join(dir, "file"), "x") }, store.ErrNotEmpty},
		{"a mark alone", func(t *testing.T, dir string) {
			closeStore(t, open(t, dir))
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
		}, store.ErrNotEmpty},
		{"a file in place of the directory", func(t *testing.T, dir string) { write(t, dir, "x") }, store.ErrNotDirectory},
		{"a ledger", func(t *testing.T, dir string) { write(t, dir+".erased", "x") }, store.ErrLedgerThere},
		{"an empty directory", func(t *testing.T, dir string) { _ = os.MkdirAll(dir, 0o700) }, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := somewhere(t)
			tt.make(t, dir)
			r, err := begin(dir, whole, nil)
			if !errors.Is(err, tt.want) {
				t.Fatalf("got %v, want %v", err, tt.want)
			}
			if err == nil {
				if err := r.Finish(); err != nil {
					t.Fatal(err)
				}
				closeStore(t, open(t, dir))
			}
		})
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}
}

func ledgerOf(t *testing.T, dir string) []byte {
	t.Helper()
	content, err := os.ReadFile(dir + ".erased")
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// An old backup meets all erasures that came after it, those of the stores
// included that were restored since; and no other store's.
func TestErasuresAfterTheBackup(t *testing.T) {
	dir := somewhere(t)
	s := open(t, dir)
	erase := func(s *store.Store, n byte) {
		update(t, s, func(tx *store.Tx) error {
			return errors.Join(tx.Erasing(store.ErasedPerson, [16]byte{n}, noon), tx.PutNote(fmt.Sprint(n), n))
		})
	}
	keys := func(r *store.Restoring) (keys []byte) {
		for _, e := range r.Erasures {
			keys = append(keys, e.Key[0])
		}
		return keys
	}
	erase(s, 1)
	first := backup(t, s)
	erase(s, 2)
	second := backup(t, s)
	erase(s, 3)
	closeStore(t, s)
	lost := ledgerOf(t, dir)

	dir2 := somewhere(t)
	r, s2 := restore(t, dir2, second, lost)
	if got := keys(r); !bytes.Equal(got, []byte{3}) {
		t.Errorf("after the second backup: %v", got)
	}
	erase(s2, 4)
	third := backup(t, s2)
	erase(s2, 5)
	lost2 := ledgerOf(t, dir2)
	for want, file := range map[string][]byte{"\x02\x03\x04\x05": first, "\x03\x04\x05": second, "\x05": third} {
		r, err := begin(somewhere(t), file, lost2)
		if err != nil {
			t.Fatal(err)
		}
		if got := keys(r); string(got) != want {
			t.Errorf("got %v, want %v", got, []byte(want))
		}
		if err := r.Abort(); err != nil {
			t.Error(err)
		}
	}
	other := somewhere(t)
	closeStore(t, open(t, other))
	for name, tt := range map[string]struct {
		ledger []byte
		want   error
	}{
		"another store's":          {ledgerOf(t, other), store.ErrLedgerForeign},
		"an older copy":            {lost[:bytes.IndexByte(lost, '\n')+1], store.ErrLedgerForeign},
		"of before the restore":    {lost, store.ErrLedgerForeign},
		"damaged":                  {bytes.Replace(lost2, []byte("person"), []byte("porson"), 1), store.ErrLedgerDamaged},
		"no ledger":                {[]byte("national_code\n"), store.ErrLedgerDamaged},
		"nothing that can be read": {[]byte("x"), store.ErrLedgerDamaged},
	} {
		place := somewhere(t)
		if _, err := begin(place, third, tt.ledger); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v", name, err)
		}
		nothing(t, place)
	}
}

// A ledger that was lost and begun anew may have more entries than the backup
// counted, and all of them came after it.
func TestErasuresOfALedgerBegunAnew(t *testing.T) {
	dir := somewhere(t)
	s := open(t, dir)
	erase := func(who byte) {
		update(t, s, func(tx *store.Tx) error { return tx.Erasing(store.ErasedPerson, [16]byte{who}, noon) })
		update(t, s, func(tx *store.Tx) error { return tx.PutOffice(card.Office{Code: string('0' + rune(who))}) })
	}
	erase(1)
	erase(2)
	file := backup(t, s)
	closeStore(t, s)
	if err := os.Remove(dir + ".erased"); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	for who := byte(3); who < 7; who++ {
		erase(who)
	}
	closeStore(t, s)
	r, err := begin(somewhere(t), file, ledgerOf(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Erasures) != 4 {
		t.Errorf("%d of 4 erasures after the backup are known", len(r.Erasures))
	}
	if err := r.Abort(); err != nil {
		t.Error(err)
	}
}

// A restore that was killed while it copied is begun anew; one that was killed
// while it moved its files is brought to its end; and no store is made in a
// place where one is unfinished.
func TestKilledRestore(t *testing.T) {
	whole := small(t)
	t.Run("while it copied", func(t *testing.T) {
		dir := somewhere(t)
		write(t, filepath.Join(dir+".restoring", "store", "000001.vlog"), "half")
		refused(t, dir, store.ErrUnfinished)
		if done, err := store.FinishRestore(dir); done || err != nil {
			t.Errorf("%v %v", done, err)
		}
		restore(t, dir, whole, nil)
	})
	made := somewhere(t)
	_, s := restore(t, made, whole, nil)
	closeStore(t, s)
	for moved := range 4 {
		t.Run(fmt.Sprintf("with %d files moved", moved), func(t *testing.T) {
			dir := somewhere(t)
			place := dir + ".restoring"
			write(t, filepath.Join(place, "store.erased"), string(ledgerOf(t, made)))
			copyDir(t, made, filepath.Join(place, "store"))
			copyFile(t, made+".mark", filepath.Join(place, "ready.mark"))
			for _, move := range [][2]string{{"store", dir}, {"store.erased", dir + ".erased"}, {"ready.mark", dir + ".mark"}}[:moved] {
				from := filepath.Join(place, move[0])
				do := os.Rename
				if move[0] == "ready.mark" {
					do = os.Link
				} else if moved < 3 {
					refused(t, dir, store.ErrUnfinished)
				}
				if err := do(from, move[1]); err != nil {
					t.Fatal(err)
				}
			}
			if done, err := store.FinishRestore(dir); !done || err != nil {
				t.Fatalf("%v %v", done, err)
			}
			closeStore(t, open(t, dir))
			if _, err := os.Stat(place); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("DIR.restoring: %v", err)
			}
		})
	}
}

func TestNoNewStoreForWhoNeedsOne(t *testing.T) {
	dir := somewhere(t)
	if _, err := store.Open(store.Options{Dir: dir, Key: testKey, Existing: true}); !errors.Is(err, store.ErrNone) {
		t.Errorf("got %v", err)
	}
	nothing(t, dir)
}
