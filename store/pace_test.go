package store_test

import (
	"context"
	"errors"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"kartyar/store"
)

// A list fills a store whose memory tables reach no file any more. It is held
// back before Badger would let nobody write: those who ask are served as before.
// The list's end does not wait for the store, and once tables have reached files
// there is room for lists again.
func TestListsWaitForTheStoreAndNobodyForLists(t *testing.T) {
	const memTable = 1 << 20
	s, err := store.OpenStuck(store.Options{Dir: filepath.Join(t.TempDir(), "data"), Key: testKey, Log: zerolog.Nop()}, memTable)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	listing, endList := context.WithCancel(ctx)
	ended := make(chan error)
	go func() {
		for id := int64(0); ; id++ {
			if err := s.UpdateOfList(listing, keeping(id, memTable/16)); err != nil {
				ended <- err
				return
			}
		}
	}()
	for stuck := false; !stuck; {
		if stuck, err = s.Stuck(ctx); err != nil {
			t.Fatalf("the store takes nothing more before lists are held back: %v", err)
		}
	}
	for id := int64(1 << 20); id < 1<<20+30; id++ {
		for _, update := range []func(context.Context, func(*store.Tx) error) error{s.Update, s.UpdateInBulk, s.UpdateGathered} {
			if err := update(ctx, keeping(id, 1<<10)); err != nil {
				t.Fatalf("while lists are held back: %v", err)
			}
		}
	}
	if stuck, err := s.Stuck(ctx); err != nil || !stuck {
		t.Fatalf("lists are not held back any more, and nothing was flushed: %v", err)
	}
	endList()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the list ended with %v", err)
	}
	if err := s.Unstick(); err != nil {
		t.Fatal(err)
	}
	if err := s.UpdateOfList(ctx, keeping(1<<30, 1)); err != nil {
		t.Errorf("there is room again: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// A list that writes the same few rows over and over fills no memory table. It is
// not held back for ever.
func TestListsThatFillNoTableGoOn(t *testing.T) {
	const memTable = 1 << 20
	s, err := store.OpenSmall(store.Options{Dir: filepath.Join(t.TempDir(), "data"), Key: testKey, Log: zerolog.Nop()}, memTable)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	again := func(tx *store.Tx) error { // more bytes than a commit has rows for
		for range memTable / 16 / 1024 {
			if err := tx.PutUpdate(store.Update{Seq: 1, Bot: aBot, Raw: make([]byte, 1024), Received: noon}); err != nil {
				return err
			}
		}
		return nil
	}
	for n := range 100 {
		if err := s.UpdateOfList(ctx, again); err != nil {
			t.Fatalf("piece %d of the list: %v", n, err)
		}
	}
	if err := s.CountUnflushed(ctx, 100*memTable); err != nil {
		t.Fatal(err)
	}
	if err := s.UpdateOfList(ctx, again); err != nil {
		t.Fatalf("more is counted than the tables hold: %v", err)
	}
}

// A list that is held back hears of the store's end, and none of it was done.
func TestListsEndWithTheStore(t *testing.T) {
	s := newStore(t)
	if err := s.HoldLists(t.Context()); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() {
		ended <- s.UpdateOfList(t.Context(), func(*store.Tx) error { return errors.New("it ran") })
	}()
	for !s.ListsWait() {
		runtime.Gosched()
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ended; !errors.Is(err, store.ErrClosed) {
		t.Errorf("the list ended with %v", err)
	}
}

// keeping returns a function that keeps an update of so many bytes.
func keeping(id int64, bytes int) func(*store.Tx) error {
	return func(tx *store.Tx) error {
		_, err := tx.Keep(&store.Update{Bot: aBot, ID: id, Raw: make([]byte, bytes), Received: noon})
		return err
	}
}
