package lookup_test

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"kartyar/card"
	"kartyar/lookup"
	"kartyar/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC)

func newStore(t testing.TB) *store.Store {
	t.Helper()
	s, err := store.Open(store.Options{Dir: filepath.Join(t.TempDir(), "data"), Key: bytes.Repeat([]byte{7}, store.KeySize)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func person(all ...store.Application) store.Person { return store.Person{Applications: all} }

func application(kind card.IDKind, id byte, s card.State) store.Application {
	return store.Application{Record: card.Record{ID: card.ApplicationID{Kind: kind, Key: card.ApplicationKey{id}}, Known: s}}
}

// later is an application of which one more row came.
func later(a store.Application, s card.State) store.Application {
	a.Record = a.Record.Merge(card.Row{ID: a.Record.ID, State: s})
	return a
}

func at(stage card.Stage, office string, hours int) card.State {
	return card.State{Stage: stage, Office: office, AsOf: noon.Add(time.Duration(hours) * time.Hour)}
}

// Whatever is written, looked up, failed or remembered, in whatever order: the
// answer is what the transaction sees.
func TestPersonIsWhatTheTransactionSees(t *testing.T) {
	s := newStore(t)
	rapid.Check(t, func(t *rapid.T) {
		l := lookup.New(s, 2) // small, so that rows leave it too
		boom := errors.New("boom")
		for range rapid.IntRange(1, 20).Draw(t, "updates") {
			fails := rapid.Bool().Draw(t, "fails")
			err := s.Update(context.Background(), func(tx *store.Tx) error {
				for range rapid.IntRange(1, 4).Draw(t, "steps") {
					key := card.PersonKey{rapid.Byte().Draw(t, "person") % 3}
					if rapid.Bool().Draw(t, "writes") {
						hours := rapid.IntRange(0, 1000).Draw(t, "hours")
						if err := tx.PutPerson(key, person(application(card.Unnamed, 0, at(card.StageReady, "1", hours)))); err != nil {
							return err
						}
					}
					got, err := l.Person(tx, key)
					if err != nil {
						return err
					}
					want, err := tx.Person(key)
					if err != nil {
						return err
					}
					if len(got.Applications) != len(want.Applications) || len(want.Applications) > 0 &&
						!got.Applications[0].Record.Known.AsOf.Equal(want.Applications[0].Record.Known.AsOf) {
						t.Fatalf("got %+v, want %+v", got, want)
					}
				}
				if fails {
					return boom
				}
				return nil
			})
			if err != nil && !errors.Is(err, boom) {
				t.Fatal(err)
			}
		}
	})
}

func TestUnavailableIsNotNotFound(t *testing.T) {
	s := newStore(t)
	l := lookup.New(s, 10)
	var over *store.Tx
	err := s.View(context.Background(), func(tx *store.Tx) error {
		over = tx
		answer, err := l.Status(tx, card.PersonKey{1})
		if len(answer.Cards) != 0 || !answer.Fresh.IsZero() {
			t.Errorf("an unknown person has %+v", answer)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	// A transaction that is over reads nothing, as a broken store does.
	if _, err := l.Status(over, card.PersonKey{2}); !errors.Is(err, lookup.ErrUnavailable) {
		t.Errorf("got %v, want ErrUnavailable", err)
	}
}

func arrivedAt(office string, a store.Application) store.Application {
	a.Arrival = store.Arrival{Number: 1, Office: office, At: noon}
	return a
}

func TestStatus(t *testing.T) {
	claimed := application(card.ByReceipt, 1, at(card.StageReady, "1", 5))
	claimed.Arrival, claimed.Claimed = store.Arrival{Number: 2, Office: "1", At: noon}, 2
	again := claimed
	again.Claimed = 1 // of an earlier arrival
	for _, tt := range []struct {
		name    string
		person  store.Person
		stages  []card.Stage
		claimed bool
	}{
		{"nobody", store.Person{}, nil, false},
		{"newest first", person(
			application(card.ByReceipt, 1, at(card.StageCollected, "", 1)),
			application(card.ByReceipt, 2, at(card.StageIssuing, "", 2))), []card.Stage{card.StageIssuing, card.StageCollected}, false},
		{"one card under two ids", person(
			application(card.ByReceipt, 1, at(card.StageReady, "1", 1)),
			application(card.Unnamed, 0, at(card.StageReady, "1", 2))), []card.Stage{card.StageReady}, false},
		{"two cards at one office", person(
			application(card.ByReceipt, 1, at(card.StageReady, "1", 1)),
			application(card.ByReceipt, 2, at(card.StageReady, "1", 2))), []card.Stage{card.StageReady, card.StageReady}, false},
		{"at two offices", person(
			application(card.ByReceipt, 1, at(card.StageReady, "1", 1)),
			application(card.Unnamed, 0, at(card.StageReady, "2", 2))), []card.Stage{card.StageReady, card.StageReady}, false},
		{"collected under another id", person(
			application(card.ByReceipt, 1, at(card.StageReady, "1", 1)),
			application(card.Unnamed, 0, at(card.StageCollected, "1", 2))), []card.Stage{card.StageCollected}, false},
		{"collected before", person(
			application(card.ByReceipt, 1, at(card.StageReady, "1", 3)),
			application(card.Unnamed, 0, at(card.StageCollected, "1", 2))), []card.Stage{card.StageReady, card.StageCollected}, false},
		{"collected in the same second", person(
			application(card.ByReceipt, 1, at(card.StageReady, "1", 2)),
			application(card.Unnamed, 0, at(card.StageCollected, "1", 2))), []card.Stage{card.StageCollected}, false},
		{"went back under another id", person(
			application(card.ByReceipt, 1, at(card.StageReady, "1", 1)),
			application(card.ByItsOwnName, 0, at(card.StageReturned, "", 2))), []card.Stage{card.StageReturned}, false},
		{"went back, and is under way again", person(
			application(card.ByReceipt, 1, at(card.StageReady, "1", 1)),
			later(application(card.ByItsOwnName, 0, at(card.StageReturned, "", 2)), at(card.StageDispatched, "1", 3))), []card.Stage{card.StageDispatched}, false},
		{"another went back, from another office", person(
			arrivedAt("1", application(card.ByReceipt, 1, at(card.StageReady, "1", 1))),
			arrivedAt("2", application(card.ByItsOwnName, 0, at(card.StageReturned, "2", 2)))), []card.Stage{card.StageReturned, card.StageReady}, false},
		{"issued, and an older one was collected", person(
			application(card.ByReceipt, 1, at(card.StageIssuing, "", 1)),
			application(card.Unnamed, 0, at(card.StageCollected, "1", 2))), []card.Stage{card.StageCollected, card.StageIssuing}, false},
		{"dispatched, and ready under another id", person(
			application(card.ByReceipt, 1, at(card.StageDispatched, "1", 1)),
			application(card.Unnamed, 0, at(card.StageReady, "1", 2))), []card.Stage{card.StageReady}, false},
		{"both in the same second", person(
			application(card.ByReceipt, 1, at(card.StageDispatched, "1", 2)),
			application(card.Unnamed, 0, at(card.StageReady, "1", 2))), []card.Stage{card.StageReady}, false},
		{"dispatched, and collected under another id", person(
			application(card.ByReceipt, 1, at(card.StageDispatched, "1", 1)),
			application(card.Unnamed, 0, at(card.StageCollected, "1", 2))), []card.Stage{card.StageCollected}, false},
		{"dispatched, and another card is ready", person(
			application(card.ByReceipt, 1, at(card.StageDispatched, "1", 1)),
			application(card.ByReceipt, 2, at(card.StageReady, "1", 2))), []card.Stage{card.StageReady, card.StageDispatched}, false},
		{"dispatched after it was ready", person(
			application(card.ByReceipt, 1, at(card.StageDispatched, "1", 2)),
			application(card.Unnamed, 0, at(card.StageReady, "1", 1))), []card.Stage{card.StageDispatched, card.StageReady}, false},
		{"what the holder must act upon", person(
			application(card.ByReceipt, 1, at(card.StageDefective, "", 1)),
			application(card.Unnamed, 0, at(card.StageReady, "1", 2))), []card.Stage{card.StageReady, card.StageDefective}, false},
		{"claimed", person(claimed), []card.Stage{card.StageReady}, true},
		{"claimed before", person(again), []card.Stage{card.StageReady}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStore(t)
			l := lookup.New(s, 10)
			err := s.Update(context.Background(), func(tx *store.Tx) error {
				if err := tx.PutPerson(card.PersonKey{1}, tt.person); err != nil {
					return err
				}
				answer, err := l.Status(tx, card.PersonKey{1})
				if err != nil {
					return err
				}
				if len(answer.Cards) != len(tt.stages) {
					t.Fatalf("got %+v, want %v", answer.Cards, tt.stages)
				}
				for i, c := range answer.Cards {
					if c.State.Stage != tt.stages[i] || c.Claimed != tt.claimed {
						t.Errorf("card %d is %+v", i, c)
					}
				}
				if len(tt.stages) > 0 && !answer.Fresh.Equal(answer.Cards[0].State.AsOf) {
					t.Errorf("fresh as of %v", answer.Fresh)
				}
				if tt.claimed && !answer.Cards[0].Since().Equal(noon) {
					t.Errorf("ready since %v, not since it came", answer.Cards[0].Since())
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

// An answer about somebody who is not remembered is the transaction's, and stays
// what it is while others are answered.
func TestStatusOfWhoIsNotRemembered(t *testing.T) {
	s := newStore(t)
	rapid.Check(t, func(t *rapid.T) {
		l := lookup.New(s, 1)
		all := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) store.Person {
			var p store.Person
			for id := range rapid.IntRange(0, 3).Draw(t, "applications") {
				a := application(card.ByItsOwnName, byte(id+1), at(card.StageReady, rapid.StringN(0, 4, -1).Draw(t, "office"), rapid.IntRange(0, 1000).Draw(t, "hours")))
				a.Undated = make([]store.RowHash, rapid.IntRange(0, 2).Draw(t, "undated"))
				p.Applications = append(p.Applications, a)
			}
			for chat := range rapid.IntRange(0, 2).Draw(t, "followers") {
				p.Followers = append(p.Followers, store.Follower{Chat: card.ChatKey{byte(chat + 1)}, Bot: card.Bot{Platform: card.Bale, ID: 1}, Since: noon})
			}
			return p
		}), 2, 6).Draw(t, "persons")
		err := s.Update(context.Background(), func(tx *store.Tx) error {
			for n, p := range all {
				if err := tx.PutPerson(card.PersonKey{byte(n), 9}, p); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		answers := make([]lookup.Answer, len(all))
		err = s.Update(context.Background(), func(tx *store.Tx) error {
			for n := range all {
				var err error
				if answers[n], err = l.Status(tx, card.PersonKey{byte(n), 9}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for n, p := range all {
			if diff := cmp.Diff(lookup.Of(p), answers[n], cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("person %d of %d: %s", n, len(all), diff)
			}
		}
	})
}
