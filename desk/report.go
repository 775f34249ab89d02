package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"kartyar/card"
	"kartyar/desk/offices"
	"kartyar/store"
)

// Ages are the last days of each span of ages but the final one, which has no
// end: 0–3, 4–7, 8–14, 15–30, 31–60 and more than 60 days.
var Ages = [...]int{3, 7, 14, 30, 60}

// Pile is what waits at an office: the cards that are ready and that no list
// has called collected. There is nothing of a person in it.
type Pile struct {
	Office  string             `json:"office"` // its code; "" for all offices together
	Name    string             `json:"name"`   // "" when it is not in the directory
	Waiting int                `json:"waiting"`
	Days    [len(Ages) + 1]int `json:"days"`        // Waiting by age, in the spans of Ages
	Oldest  int                `json:"oldest_days"` // the age of the oldest card
	// Told counts the cards of which a verified chat has been told, and Claimed
	// those whose holder says that they have them.
	Told    int `json:"told"`
	Claimed int `json:"claimed"`
	// Blocked counts the verified chats that follow these cards and that the
	// platform refuses us.
	Blocked int `json:"blocked"`
}

// PileReport is the pile of all offices, or of one.
type PileReport struct {
	At      time.Time `json:"at"`
	Spans   []string  `json:"spans"` // the names of Pile.Days
	Offices []Pile    `json:"offices"`
	All     Pile      `json:"all"`
	// Damaged counts the persons whose rows cannot be read: nobody can say whether
	// a card of theirs waits, nor where, so they are the same for each office.
	Damaged int `json:"damaged"`
}

// Spans are the names of the spans of ages.
func Spans() []string {
	names := make([]string, 0, len(Ages)+1)
	first := 0
	for _, last := range Ages {
		names = append(names, fmt.Sprintf("%d-%d", first, last))
		first = last + 1
	}
	return append(names, fmt.Sprintf("%d+", first))
}

const (
	// pileRows is how many persons are read in one View: no transaction stays
	// open long, and what comes and goes meanwhile is in one part or the other.
	pileRows = 5000
	// pileOffices bounds the memory, whatever codes a feed makes up; the cards of
	// further offices count for all together only.
	pileOffices = 100_000
)

// Report counts the pile. With an office, its code, it is of that one alone.
// All persons are read, at 2.4 µs each when the system has them in memory. It
// writes nothing, and nobody waits for it. Those that are damaged are counted
// apart, and keep nobody else's cards out of it.
func Report(ctx context.Context, s *store.Store, directory *offices.Directory, now time.Time, office string) (PileReport, error) {
	count := &counting{now: now, office: office, piles: map[string]*Pile{}}
	for from, more := (card.PersonKey{}), true; more; {
		if err := ctx.Err(); err != nil {
			return PileReport{}, fmt.Errorf("counting the pile: %w", err)
		}
		more = false
		rows := 0
		err := s.View(ctx, func(tx *store.Tx) error {
			return tx.Persons(from, func(key card.PersonKey, p store.Person, damaged error) (bool, error) {
				if rows == pileRows {
					from, more = key, true
					return false, nil
				}
				rows++
				if damaged != nil {
					count.damaged++
				} else {
					count.person(&p)
				}
				return true, nil
			})
		})
		if err != nil {
			return PileReport{}, fmt.Errorf("counting the pile: %w", err)
		}
	}
	return count.report(directory), nil
}

// counting is a report at work.
type counting struct {
	now    time.Time
	office string
	piles  map[string]*Pile
	all    Pile

	damaged int
}

func (c *counting) person(p *store.Person) {
	for i := range p.Applications {
		a := &p.Applications[i]
		state := a.Record.Current()
		if state.Stage != card.StageReady || c.office != "" && state.Office != c.office {
			continue
		}
		one := c.card(p, a, state)
		c.all.add(one)
		pile := c.piles[state.Office]
		if pile == nil && len(c.piles) < pileOffices {
			pile = &Pile{Office: state.Office}
			c.piles[state.Office] = pile
		}
		if pile != nil {
			pile.add(one)
		}
	}
}

// card is a pile of one.
func (c *counting) card(p *store.Person, a *store.Application, state card.State) Pile {
	since := a.Arrival.At
	if since.IsZero() {
		since = state.AsOf
	}
	age := max(0, int(c.now.Sub(since)/(24*time.Hour)))
	one := Pile{Waiting: 1, Oldest: age}
	span, _ := slices.BinarySearch(Ages[:], age)
	one.Days[span] = 1
	if a.Arrival.Number > 0 && a.Claimed == a.Arrival.Number {
		one.Claimed = 1
	}
	for i := range p.Followers {
		f := &p.Followers[i]
		if !f.IsVerified() {
			continue
		}
		if f.Blocked {
			one.Blocked++
		}
		if told := f.ToldOf(a.Record.ID); told != nil && told.Arrival > 0 && told.Arrival == a.Arrival.Number {
			one.Told = 1
		}
	}
	return one
}

func (p *Pile) add(one Pile) {
	p.Waiting += one.Waiting
	for i, n := range one.Days {
		p.Days[i] += n
	}
	p.Oldest = max(p.Oldest, one.Oldest)
	p.Told += one.Told
	p.Claimed += one.Claimed
	p.Blocked += one.Blocked
}

// report puts the largest pile first.
func (c *counting) report(directory *offices.Directory) PileReport {
	r := PileReport{At: c.now.UTC().Truncate(time.Second), Spans: Spans(), Offices: []Pile{}, All: c.all, Damaged: c.damaged}
	for code, pile := range c.piles {
		if office, known := directory.ByCode(code); known {
			pile.Name = office.Name
		}
		r.Offices = append(r.Offices, *pile)
	}
	slices.SortFunc(r.Offices, func(a, b Pile) int {
		return cmp.Or(cmp.Compare(b.Waiting, a.Waiting), cmp.Compare(a.Office, b.Office))
	})
	return r
}
