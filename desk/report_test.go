package desk_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kartyar/card"
	"kartyar/desk"
	"kartyar/desk/offices"
	"kartyar/store"
)

// pileOf imports a list of cards, by age in days, and returns the report.
func (w *world) report(office string) desk.PileReport {
	w.t.Helper()
	r, err := desk.Report(ctx, w.store, offices.New([]card.Office{{Code: "12", Name: "=ونک"}}), noon, office)
	if err != nil {
		w.t.Fatalf("reporting: %v", err)
	}
	return r
}

func TestReport(t *testing.T) {
	w := newWorld(t)
	if got := w.report(""); got.Offices == nil || got.All.Waiting != 0 {
		t.Errorf("of nothing: %+v", got)
	}
	w.follow(follows{chat: 1, n: 0}, follows{chat: 2, n: 0}, follows{chat: 3, n: 1}, follows{chat: 4, n: 2, mobile: mobile(99)})
	list := heading
	for n, days := range []int{0, 3, 4, 7, 8, 14, 15, 30, 31, 60, 61, 400} {
		list += fmt.Sprintf("%s,%s,ready,12,%s\n", code(n), mobile(n), noon.AddDate(0, 0, -days).Format(time.RFC3339))
	}
	list += fmt.Sprintf("%s,,ready,13,2026-11-20\n%s,,collected,13,2026-11-20\n%s,,issuing,,2026-11-20\n", code(50), code(51), code(52))
	w.load(list)
	w.update(func(tx *store.Tx) error {
		p, err := tx.Person(w.key(0))
		if err != nil {
			return err
		}
		a := &p.Applications[0]
		a.Claimed = a.Arrival.Number
		p.Followers[0].Told = []store.Told{{ID: a.Record.ID, Arrival: a.Arrival.Number}}
		p.Followers[1].Blocked = true
		return tx.PutPerson(w.key(0), p)
	})
	first := desk.Pile{Office: "12", Name: "=ونک", Waiting: 12, Days: [6]int{2, 2, 2, 2, 2, 2}, Oldest: 400, Told: 1, Claimed: 1, Blocked: 1}
	second := desk.Pile{Office: "13", Waiting: 1, Days: [6]int{1}, Oldest: 3}
	all := desk.Pile{Waiting: 13, Days: [6]int{3, 2, 2, 2, 2, 2}, Oldest: 400, Told: 1, Claimed: 1, Blocked: 1}
	got := w.report("")
	if diff := cmp.Diff([]desk.Pile{first, second}, got.Offices); diff != "" {
		t.Errorf("the offices: %s", diff)
	}
	if diff := cmp.Diff(all, got.All); diff != "" {
		t.Errorf("all: %s", diff)
	}
	if one := w.report("13"); one.All.Waiting != 1 || len(one.Offices) != 1 {
		t.Errorf("of one office: %+v", one)
	}
	var b bytes.Buffer
	if err := got.WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(b.String(), "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 3 || rows[0][8] != "days_61_up" || rows[1][1] != "'=ونک" || rows[1][8] != "2" {
		t.Errorf("as CSV: %v %v", rows, err)
	}
}

// TestReportOfMany goes over more persons than one View reads.
func TestReportOfMany(t *testing.T) {
	w := newWorld(t)
	var list strings.Builder
	list.WriteString(heading)
	const many = 12_001
	for n := range many {
		list.WriteString(ready(n))
	}
	w.load(list.String())
	if got := w.report(""); got.All.Waiting != many {
		t.Errorf("%d cards wait, not %d", got.All.Waiting, many)
	}
}

// Persons who cannot be read are counted as such and keep nobody else out of the
// report, also where one View ends and the next begins.
func TestReportBesideDamagedPersons(t *testing.T) {
	w := newWorld(t)
	var list strings.Builder
	list.WriteString(heading)
	const many = 5_010
	keys := make([]card.PersonKey, many)
	place := map[card.PersonKey]int{}
	for n := range many {
		list.WriteString(ready(n))
		keys[n] = w.key(n)
		place[keys[n]] = n
	}
	w.load(list.String())
	slices.SortFunc(keys, func(a, b card.PersonKey) int { return bytes.Compare(a[:], b[:]) })
	w.damage(place[keys[0]], place[keys[4_999]], place[keys[5_000]], place[keys[many-1]])
	for _, office := range []string{"", "12"} {
		if got := w.report(office); got.All.Waiting != many-4 || got.Damaged != 4 {
			t.Errorf("of office %q: %d cards wait, and %d persons are damaged", office, got.All.Waiting, got.Damaged)
		}
	}
}

func BenchmarkReport(b *testing.B) {
	w := newWorld(b)
	var list strings.Builder
	list.WriteString(heading)
	const many = 100_000
	for n := range many {
		list.WriteString(ready(n))
	}
	w.load(list.String())
	for b.Loop() {
		w.report("")
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/many, "ns/person")
}
