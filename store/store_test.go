package store_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"kartyar/card"
	"kartyar/guard"
	"kartyar/store"
	"kartyar/store/storetest"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(victimDir); dir != "" {
		beVictim(dir)
		return
	}
	// Where nothing may depend on the machine's zone, let it not be UTC.
	time.Local = time.FixedZone("+0330", 12600)
	// Badger leaves these two behind when it refuses to open; one that was not
	// closed leaves others too.
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/dgraph-io/badger/v4.(*DB).monitorCache"),
		goleak.IgnoreAnyFunction("github.com/dgraph-io/ristretto/v2/z.(*AllocatorPool).freeupAllocators"))
}

var (
	testKey = bytes.Repeat([]byte{7}, store.KeySize)
	noon    = time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC)
	aBot    = card.Bot{Platform: card.Telegram, ID: 42}
)

func open(t testing.TB, dir string) *store.Store {
	t.Helper()
	s, err := store.Open(store.Options{Dir: dir, Key: testKey})
	if err != nil {
		t.Fatalf("opening the store: %v", err)
	}
	return s
}

func newStore(t testing.TB) *store.Store {
	s := open(t, filepath.Join(t.TempDir(), "data"))
	t.Cleanup(func() { s.Close() })
	return s
}

func update(t testing.TB, s *store.Store, fn func(tx *store.Tx) error) {
	t.Helper()
	if err := s.Update(context.Background(), fn); err != nil {
		t.Fatalf("updating: %v", err)
	}
}

func view(t testing.TB, s *store.Store, fn func(tx *store.Tx) error) {
	t.Helper()
	if err := s.View(context.Background(), fn); err != nil {
		t.Fatalf("viewing: %v", err)
	}
}

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T, place string) *store.Store { return open(t, filepath.Join(place, "data")) })
}

func TestPersonSurvivesReopening(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := open(t, dir)
	key := s.Keyer().Person("0012345679")
	want := store.Person{
		Applications: []store.Application{{Record: card.Record{Known: card.State{Stage: card.StageReady, Office: "7", AsOf: noon}}}},
		Followers:    []store.Follower{{Bot: aBot, Verified: noon, Told: []store.Told{{Arrival: 3, At: noon}}}},
	}
	update(t, s, func(tx *store.Tx) error { return tx.PutPerson(key, want) })
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	defer s.Close()
	view(t, s, func(tx *store.Tx) error {
		got, err := tx.Person(key)
		if err != nil {
			return err
		}
		if got.Applications[0].Record.Known.Office != "7" || !got.Followers[0].Verified.Equal(noon) || got.Followers[0].Told[0].Arrival != 3 {
			t.Errorf("got %+v", got)
		}
		return nil
	})
}

func TestRefusals(t *testing.T) {
	tests := []struct {
		name string
		harm func(t *testing.T, dir string)
		key  []byte
		want error
	}{
		{"wrong key", func(*testing.T, string) {}, bytes.Repeat([]byte{8}, store.KeySize), store.ErrWrongKey},
		{"short key", func(*testing.T, string) {}, []byte("short"), store.ErrWrongKey},
		{"emptied", func(t *testing.T, dir string) { remove(t, dir) }, testKey, store.ErrMissing},
		{"no manifest", func(t *testing.T, dir string) { remove(t, filepath.Join(dir, "MANIFEST")) }, testKey, store.ErrMissing},
		{"no mark", func(t *testing.T, dir string) { remove(t, dir+".mark") }, testKey, store.ErrForeign},
		{"damaged mark", func(t *testing.T, dir string) {
			if err := os.WriteFile(dir+".mark", []byte("nonsense"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, testKey, store.ErrDamaged},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			s := open(t, dir)
			update(t, s, func(tx *store.Tx) error { return tx.PutOffice(card.Office{Code: "1"}) })
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			tt.harm(t, dir)
			s, err := store.Open(store.Options{Dir: dir, Key: tt.key})
			if err == nil {
				s.Close()
			}
			if !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
}

func TestSecondOpenIsRefused(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := open(t, dir)
	defer s.Close()
	if _, err := store.Open(store.Options{Dir: dir, Key: testKey}); !errors.Is(err, store.ErrInUse) {
		t.Errorf("got %v, want %v", err, store.ErrInUse)
	}
}

// What is cleared is rewritten first, which takes room.
func TestNothingIsClearedWithoutRoom(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := open(t, dir)
	update(t, s, func(tx *store.Tx) error { return tx.Erasing(store.ErasedPerson, [16]byte{1}, noon) })
	free, err := s.Free()
	if err != nil {
		t.Fatal(err)
	}
	closeStore(t, s)
	// Twice what is free: less than lists need, and more than writes do.
	s, err = store.Open(store.Options{Dir: dir, Key: testKey, Reserve: 2 * free})
	if err != nil {
		t.Fatal(err)
	}
	defer closeStore(t, s)
	if err := s.ClearErased(t.Context()); !errors.Is(err, store.ErrNoRoom) {
		t.Errorf("cleared: %v", err)
	}
}

func TestFailedFunctionsWriteNothing(t *testing.T) {
	s := newStore(t)
	key := s.Keyer().Person("0012345679")
	boom := errors.New("boom")
	write := func(tx *store.Tx) error {
		return tx.PutPerson(key, store.Person{Followers: []store.Follower{{Bot: aBot}}})
	}
	if err := s.Update(context.Background(), func(tx *store.Tx) error { return errors.Join(write(tx), boom) }); !errors.Is(err, boom) {
		t.Errorf("got %v, want %v", err, boom)
	}
	var panicked *guard.Panic
	if err := s.Update(context.Background(), func(tx *store.Tx) error { write(tx); panic("private") }); !errors.As(err, &panicked) || bytes.Contains([]byte(err.Error()), []byte("private")) {
		t.Errorf("got %v, want a Panic without its value", err)
	}
	view(t, s, func(tx *store.Tx) error {
		p, err := tx.Person(key)
		if !p.IsZero() {
			t.Errorf("a failed function left %+v", p)
		}
		return err
	})
}

func TestClearErasedTakesBytesOffTheDisk(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := open(t, dir)
	defer s.Close()
	key := s.Keyer().Person("0012345679")
	update(t, s, func(tx *store.Tx) error {
		return tx.PutPerson(key, store.Person{Followers: []store.Follower{{Bot: aBot}}})
	})
	if !onDisk(t, dir, key[:]) {
		t.Fatal("the row's key is not on the disk; the test can see nothing")
	}
	update(t, s, func(tx *store.Tx) error {
		return errors.Join(tx.Erasing(store.ErasedPerson, key, noon), tx.PutPerson(key, store.Person{}))
	})
	if err := s.ClearErased(context.Background()); err != nil {
		t.Fatal(err)
	}
	if onDisk(t, dir, key[:]) {
		t.Error("the erased row's key is still on the disk")
	}
}

// A ledger that is gone is begun anew; that is said, and what is erased after it
// leaves the disk all the same.
func TestLostLedgerIsMissed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	var log bytes.Buffer
	s := open(t, dir)
	key := s.Keyer().Person("0012345679")
	erase := func(other byte) {
		t.Helper()
		update(t, s, func(tx *store.Tx) error {
			return errors.Join(tx.Erasing(store.ErasedPerson, key, noon), tx.PutPerson(key, store.Person{}), tx.PutOffice(card.Office{Code: string('a' + rune(other))}))
		})
		if err := s.ClearErased(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	erase(1)
	erase(2)
	closeStore(t, s)
	reopen := func() {
		t.Helper()
		var err error
		if s, err = store.Open(store.Options{Dir: dir, Key: testKey, Log: zerolog.New(&log)}); err != nil {
			t.Fatal(err)
		}
	}
	reopen()
	if log.Len() > 0 {
		t.Errorf("said of a whole ledger: %s", &log)
	}
	closeStore(t, s)
	if err := os.Remove(dir + ".erased"); err != nil {
		t.Fatal(err)
	}
	reopen()
	defer s.Close()
	if !strings.Contains(log.String(), `"entries":2`) || !strings.Contains(log.String(), "has lost entries") {
		t.Errorf("said of a ledger that is gone: %s", &log)
	}
	update(t, s, func(tx *store.Tx) error {
		return tx.PutPerson(key, store.Person{Followers: []store.Follower{{Bot: aBot}}})
	})
	erase(3)
	if onDisk(t, dir, key[:]) {
		t.Error("what was erased after the loss is still on the disk")
	}
}

// A function whose rows do not fit beside those of the ones before it is
// committed after them, and whole: a crash between the two commits must leave all
// of it or nothing.
func TestWhatDoesNotFitIsCommittedWhole(t *testing.T) {
	const memTable = 1 << 20 // of which a commit takes an eighth
	for _, rows := range []struct{ before, after int }{{20, 45}, {50, 20}} {
		s, err := store.OpenSmall(store.Options{Dir: filepath.Join(t.TempDir(), "data"), Key: testKey}, memTable)
		if err != nil {
			t.Fatal(err)
		}
		put := func(tx *store.Tx, from string, number int) (err error) {
			for n := range number {
				err = errors.Join(err, tx.PutOffice(card.Office{Code: from + string(rune('A'+n)), Address: strings.Repeat("x", 2000)}))
			}
			return err
		}
		count := func(from string) (n int) {
			view(t, s, func(tx *store.Tx) error {
				offices, err := tx.Offices()
				for _, o := range offices {
					if strings.HasPrefix(o.Code, from) {
						n++
					}
				}
				return err
			})
			return n
		}
		var seen []int // of the second's rows, after each commit
		s.OnCommit(func(store.Commit) { seen = append(seen, count("b")) })
		queued, ended := make(chan struct{}), make(chan error)
		go func() {
			ended <- s.Update(context.Background(), func(tx *store.Tx) error {
				go func() {
					ended <- s.Update(context.Background(), func(tx *store.Tx) error { return put(tx, "b", rows.after) })
				}()
				<-queued
				return put(tx, "a", rows.before)
			})
		}()
		for !s.Waits() {
			runtime.Gosched()
		}
		close(queued)
		if err := errors.Join(<-ended, <-ended); err != nil {
			t.Errorf("%+v: %v", rows, err)
		}
		closeStore(t, s)
		if want := []int{0, rows.after}; !slices.Equal(seen, want) {
			t.Errorf("%+v: after each commit there were %v of the second's rows, want %v", rows, seen, want)
		}
	}
}

func onDisk(t *testing.T, dir string, needle []byte) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(content, needle) {
			return true
		}
	}
	return false
}

// A person who is read into room that is used again is who was written, whoever
// was read before.
func TestReadPersonIsPerson(t *testing.T) {
	s, err := store.Open(store.Options{Dir: filepath.Join(t.TempDir(), "data"), Key: testKey})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	full := store.Person{
		Applications: []store.Application{{Problem: 3, Claimed: 2, Arrival: store.Arrival{Number: 2, Office: "7", At: noon}, Undated: []store.RowHash{{1}}}, {Problem: 1}},
		Followers:    []store.Follower{{Chat: card.ChatKey{1}, Bot: aBot, Since: noon, Office: "7", Told: []store.Told{{Arrival: 2, At: noon}}}},
	}
	bare := store.Person{Applications: []store.Application{{Problem: 1}}, Followers: []store.Follower{{Chat: card.ChatKey{2}, Bot: aBot}}}
	all := []store.Person{full, bare, {}, full}
	err = s.Update(t.Context(), func(tx *store.Tx) error {
		var room store.Person
		for n, p := range all {
			key := card.PersonKey{byte(n + 1)}
			if err := tx.PutPerson(key, p); err != nil {
				return err
			}
			if err := tx.ReadPerson(key, &room); err != nil {
				return err
			}
			want, err := tx.Person(key)
			if err != nil {
				return err
			}
			if diff := cmp.Diff(want, room, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("person %d: %s", n, diff)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
