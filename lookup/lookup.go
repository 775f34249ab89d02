// Package lookup is where answers about a card come from: the store's records,
// through a cache of decoded persons that is told when a record changes.
package lookup

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"kartyar/card"
	"kartyar/store"
)

// ErrUnavailable says that nobody knows at the moment, which is another answer
// than that there is no card.
var ErrUnavailable = errors.New("the records cannot be read")

// Lookup answers from the store's records.
type Lookup struct {
	persons *lru.Cache[card.PersonKey, store.Person]
	size    int
	door    *doorkeeper
	room    store.Person // for who is read to be answered and not to be remembered; Update's functions run one at a time
}

// New returns a Lookup that remembers size persons of s, at least one. Once it
// remembers so many, it forgets nobody for who is asked for only once.
func New(s *store.Store, size int) *Lookup {
	size = max(size, 1)
	persons, err := lru.New[card.PersonKey, store.Person](size)
	if err != nil {
		panic(err) // only for a size that is not positive
	}
	// The store calls this before the next function of Update runs, so none of
	// them finds what the commit before replaced.
	s.OnCommit(func(c store.Commit) {
		for _, key := range c.Persons {
			persons.Remove(key)
		}
	})
	return &Lookup{persons: persons, size: size, door: newDoorkeeper(size)}
}

// Person returns what is known under a national code as tx sees it; the zero
// Person when nothing is. The value is shared and must not be changed. tx must
// be that of a function of Update: in a View, which may be older than the last
// commit, what is read could be remembered after it was replaced. The error
// wraps ErrUnavailable.
func (l *Lookup) Person(tx *store.Tx, key card.PersonKey) (store.Person, error) {
	p, known, welcome := l.recall(tx, key)
	switch {
	case known:
		return p, nil
	case welcome:
		return l.remember(tx, key)
	}
	p, err := tx.Person(key)
	if err != nil {
		return store.Person{}, unavailable(err)
	}
	return p, nil
}

// recall returns a person who is remembered as tx sees them; of any other, whether
// they are to be remembered.
func (l *Lookup) recall(tx *store.Tx, key card.PersonKey) (p store.Person, known, welcome bool) {
	if tx.PersonChanged(key) {
		return store.Person{}, false, false
	}
	if p, known = l.persons.Get(key); known {
		return p, true, false
	}
	return store.Person{}, false, l.persons.Len() < l.size || l.door.admits(key)
}

// remember reads a person and remembers them.
func (l *Lookup) remember(tx *store.Tx, key card.PersonKey) (store.Person, error) {
	p, err := tx.Person(key)
	if err != nil {
		return store.Person{}, unavailable(err)
	}
	l.persons.Add(key, p)
	return p, nil
}

func unavailable(err error) error {
	return fmt.Errorf("looking a person up: %w: %w", ErrUnavailable, err)
}

// Answer is where a person's cards stand. No cards means that no record speaks
// of the person.
type Answer struct {
	Cards []Card    // newest first
	Fresh time.Time // of which time the newest record speaks; zero when there is none
}

// Card is where one application stands.
type Card struct {
	ID      card.ApplicationID
	State   card.State
	Arrival store.Arrival // the latest one; Number is 0 when there was none
	Claimed bool          // the holder says that they have collected this arrival
	Passed  card.History  // all stages it was said to be in
}

// Since returns since when the card has stood where it stands, as far as the
// records say: a card that lies ready, since it came.
func (c Card) Since() time.Time {
	if c.State.Stage == card.StageReady && !c.Arrival.At.IsZero() {
		return c.Arrival.At
	}
	return c.State.AsOf
}

// Status returns where a person's cards stand. tx and the error are as for
// Person.
func (l *Lookup) Status(tx *store.Tx, person card.PersonKey) (Answer, error) {
	p, known, welcome := l.recall(tx, person)
	switch {
	case known:
		return Of(p), nil
	case welcome:
		p, err := l.remember(tx, person)
		return Of(p), err
	}
	if err := tx.ReadPerson(person, &l.room); err != nil {
		return Answer{}, unavailable(err)
	}
	return Of(l.room), nil
}

// Of returns where the cards of a person stand who was looked up.
func Of(p store.Person) Answer { return OfIn(nil, &p) }

// OfIn is Of into room of the caller's, where all cards have room in it.
func OfIn(room []Card, p *store.Person) (out Answer) {
	if len(p.Applications) == 0 {
		return out
	}
	if cap(room) < len(p.Applications) {
		room = make([]Card, len(p.Applications)) // all that an answer allocates
	}
	out.Cards = room[:len(p.Applications)]
	for i := range p.Applications {
		a, c := &p.Applications[i], &out.Cards[i]
		c.ID, c.State, c.Arrival, c.Passed = a.Record.ID, a.Record.Current(), a.Arrival, a.Record.History()
		c.Claimed = c.State.Stage == card.StageReady && a.Claimed != 0 && a.Claimed == a.Arrival.Number
	}
	slices.SortStableFunc(out.Cards, func(a, b Card) int {
		return cmp.Or(b.State.AsOf.Compare(a.State.AsOf), cmp.Compare(b.State.Stage, a.State.Stage)) // as records are merged
	})
	out.Fresh = out.Cards[0].State.AsOf
	shown := out.Cards[:1]
	for _, c := range out.Cards[1:] {
		if !slices.ContainsFunc(shown, func(newer Card) bool { return covers(newer, c) }) {
			shown = append(shown, c)
		}
	}
	out.Cards = shown
	return out
}

// covers reports whether newer says all there is to say of older, which is no
// newer: both may be one card under two ids, and they say the same, or older is a
// point that the card has passed.
func covers(newer, older Card) bool {
	return newer.ID.SameCard(older.ID) &&
		(newer.State.SaysAs(older.State) || supersedes(newer.State.Stage, older.State.Stage) || ended(newer, older))
}

// supersedes reports whether a card that is said to be in a stage cannot be in one
// that was said of it before. What its holder must act upon is shown all the same,
// and so is an application that runs beside a card that is no longer to come: that
// may be an older one's.
func supersedes(now, before card.Stage) bool {
	switch now {
	case card.StageReady:
		return before < card.StageReady && before != card.StageUnknown && !before.WaitsForHolder()
	case card.StageReturned, card.StageCollected:
		return before == card.StageDispatched
	}
	return false
}

// ended reports whether newer was collected, or went back from there, since older
// was said to lie ready, wherever newer stands by now.
func ended(newer, older Card) bool {
	since := func(s card.Stage) bool {
		at := newer.Passed.At(s)
		return !at.IsZero() && !at.Before(older.State.AsOf)
	}
	return older.State.Stage == card.StageReady &&
		(since(card.StageCollected) || since(card.StageReturned) && older.Arrival.IsFrom(newer.State, newer.Arrival))
}
