// Package storetest is the suite that any store must pass: what is written is
// found again, by the next function and after a restart; a function is written
// whole or not at all; functions run one after the other.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kartyar/card"
	"kartyar/guard"
	"kartyar/store"
)

// Open opens the store at a place, which it makes if need be. Opened again,
// the place holds what was written there.
type Open func(t *testing.T, place string) *store.Store

// Run tests the stores that open opens.
func Run(t *testing.T, open Open) {
	for name, test := range map[string]func(*testing.T, *bench){
		"persons": persons, "reading ahead": readingAhead, "chats": chats, "inbox": inbox, "redelivery": redelivery, "redelivered": redelivered, "hearing": hearing, "outbox": outbox,
		"guesses": guesses, "offices": offices, "notes": notes, "invites": invites, "operators": operators, "bots": namedBots, "set aside": setAside, "times": times,
		"all or nothing": allOrNothing, "tries": tries, "remembered chats": rememberedChats, "one after the other": oneAfterTheOther, "views": views,
		"hooks": hooks, "subkeys": subkeys, "closing": closing,
	} {
		t.Run(name, func(t *testing.T) {
			b := &bench{t: t, open: open, place: t.TempDir()}
			b.store = open(t, b.place)
			defer func() { b.close() }()
			test(t, b)
		})
	}
}

// bench is one store under test.
type bench struct {
	t     *testing.T
	open  Open
	place string
	store *store.Store
}

func (b *bench) close() {
	if err := b.store.Close(); err != nil {
		b.t.Errorf("closing: %v", err)
	}
}

func (b *bench) reopen() {
	b.close()
	b.store = b.open(b.t, b.place)
}

func (b *bench) update(fn func(tx *store.Tx) error) {
	b.t.Helper()
	if err := b.store.Update(context.Background(), fn); err != nil {
		b.t.Fatalf("updating: %v", err)
	}
}

// always looks within the function that follows, in a View and after a restart.
func (b *bench) always(look func(tx *store.Tx) error) {
	b.t.Helper()
	b.update(look)
	for range 2 {
		if err := b.store.View(context.Background(), look); err != nil {
			b.t.Fatalf("viewing: %v", err)
		}
		b.reopen()
	}
}

var (
	noon  = time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC)
	aBot  = card.Bot{Platform: card.Telegram, ID: 42}
	other = card.Bot{Platform: card.Bale, ID: 42}
)

func differ(what string, got, want any) error {
	if d := cmp.Diff(want, got); d != "" {
		return fmt.Errorf("%s (-want +got):\n%s", what, d)
	}
	return nil
}

func allOrNothing(_ *testing.T, b *bench) {
	boom := errors.New("boom")
	write := func(tx *store.Tx, key byte) error {
		return errors.Join(tx.PutPerson(card.PersonKey{key}, somebody()), tx.PutOffice(card.Office{Code: string('0' + rune(key))}))
	}
	err := b.store.Update(context.Background(), func(tx *store.Tx) error { return errors.Join(write(tx, 1), boom) })
	if !errors.Is(err, boom) {
		b.t.Errorf("got %v", err)
	}
	var panicked *guard.Panic
	err = b.store.Update(context.Background(), func(tx *store.Tx) error {
		if err := write(tx, 2); err != nil {
			return err
		}
		panic("x")
	})
	if !errors.As(err, &panicked) {
		b.t.Errorf("got %v", err)
	}
	if err := b.store.View(context.Background(), func(tx *store.Tx) error { return write(tx, 3) }); err == nil {
		b.t.Error("a View wrote")
	}
	b.always(func(tx *store.Tx) (err error) {
		for key := range byte(4) {
			p, failed := tx.Person(card.PersonKey{key})
			err = errors.Join(err, failed, differ("written", p.IsZero(), true))
		}
		all, failed := tx.Offices()
		return errors.Join(err, failed, differ("offices", len(all), 0))
	})
}

// oneAfterTheOther counts, from many goroutines, in one row.
func oneAfterTheOther(_ *testing.T, b *bench) {
	const writers, each = 16, 20
	key := card.ChatKey{1}
	var all sync.WaitGroup
	for n := range writers {
		all.Go(func() {
			update := b.store.Update
			switch n % 4 {
			case 1:
				update = b.store.UpdateInBulk
			case 2:
				update = b.store.UpdateGathered
			case 3:
				update = b.store.UpdateOfList
			}
			for range each {
				err := update(context.Background(), func(tx *store.Tx) error {
					c, _, err := tx.Chat(key)
					c.Subscriber.Chat++
					return errors.Join(err, tx.PutChat(key, c))
				})
				if err != nil {
					b.t.Error(err)
				}
			}
		})
	}
	all.Wait()
	b.always(func(tx *store.Tx) error {
		c, _, err := tx.Chat(key)
		return errors.Join(err, differ("counted", c.Subscriber.Chat, int64(writers*each)))
	})
}

// views see one state, whatever is written meanwhile.
func views(_ *testing.T, b *bench) {
	count := func(tx *store.Tx) int {
		all, err := tx.Offices()
		if err != nil {
			b.t.Error(err)
		}
		return len(all)
	}
	err := b.store.View(context.Background(), func(tx *store.Tx) error {
		before := count(tx)
		b.update(func(tx *store.Tx) error { return tx.PutOffice(card.Office{Code: "1"}) })
		return differ("seen", []int{before, count(tx)}, []int{0, 0})
	})
	if err != nil {
		b.t.Error(err)
	}
}

func hooks(_ *testing.T, b *bench) {
	var heard []store.Commit
	b.store.OnCommit(func(c store.Commit) { heard = append(heard, c) })
	d := store.Due{Bot: aBot, Class: store.Alerts, At: noon, Person: card.PersonKey{1}, Chat: card.ChatKey{1}}
	b.update(func(tx *store.Tx) error { return errors.Join(tx.PutPerson(d.Person, somebody()), tx.PutDue(d)) })
	_ = b.store.Update(context.Background(), func(tx *store.Tx) error {
		return errors.Join(tx.PutDue(d), errors.New("no"))
	})
	want := []store.Commit{{Persons: []card.PersonKey{d.Person}, Due: []store.Due{d}}}
	if err := differ("heard before the writer", heard, want); err != nil {
		b.t.Error(err)
	}
}

func subkeys(_ *testing.T, b *bench) {
	one, two := b.store.Subkey("one"), b.store.Subkey("two")
	b.reopen()
	elsewhere := b.open(b.t, b.t.TempDir())
	defer func() {
		if err := elsewhere.Close(); err != nil {
			b.t.Errorf("closing: %v", err)
		}
	}()
	if err := differ("the same, others, elsewhere", []bool{
		string(one) == string(b.store.Subkey("one")), string(one) == string(two), string(one) == string(elsewhere.Subkey("one")),
	}, []bool{true, false, false}); err != nil {
		b.t.Error(err)
	}
}

// closing: every Update either says that it was written, and then it was, or
// that the store is closed.
func closing(_ *testing.T, b *bench) {
	var all sync.WaitGroup
	var mu sync.Mutex
	written := map[string]bool{}
	started := make(chan struct{}, 64)
	for n := range 8 {
		all.Go(func() {
			for i := 0; ; i++ {
				code := fmt.Sprintf("%d.%d", n, i)
				err := b.store.Update(context.Background(), func(tx *store.Tx) error { return tx.PutOffice(card.Office{Code: code}) })
				if err != nil {
					if !errors.Is(err, store.ErrClosed) {
						b.t.Errorf("got %v", err)
					}
					return
				}
				mu.Lock()
				written[code] = true
				mu.Unlock()
				select {
				case started <- struct{}{}:
				default:
				}
			}
		})
		all.Go(func() {
			for {
				err := b.store.View(context.Background(), func(tx *store.Tx) error { _, err := tx.Offices(); return err })
				if errors.Is(err, store.ErrClosed) {
					return
				}
				if err != nil {
					b.t.Errorf("got %v", err)
					return
				}
			}
		})
	}
	for range 20 {
		<-started
	}
	b.close()
	all.Wait()
	b.store = b.open(b.t, b.place)
	b.update(func(tx *store.Tx) error {
		found, err := tx.Offices()
		for _, o := range found {
			delete(written, o.Code)
		}
		return errors.Join(err, differ("lost", len(written), 0))
	})
}
