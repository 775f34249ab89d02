package store_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kartyar/card"
	"kartyar/store"
)

var errGivenUp = errors.New("given up")

// The room of a batch is used again by a later one. Rows of many writers, whose
// functions fail and panic between those that do not, and of which some fit into no
// batch with others, are what each of them wrote last, at once and when the store
// is opened again.
func TestRowsKeepToThemselvesInRoomUsedAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := openSmall(t, dir)
	const writers, steps = 8, 60
	wrote := make([]map[string]string, writers)
	var all sync.WaitGroup
	for n := range writers {
		wrote[n] = map[string]string{}
		all.Go(func() { writeOffices(t, s, n, steps, wrote[n]) })
	}
	all.Wait()
	want := map[string]string{}
	for _, some := range wrote {
		maps.Copy(want, some)
	}
	check := func(s *store.Store) {
		t.Helper()
		got := map[string]string{}
		view(t, s, func(tx *store.Tx) error {
			offices, err := tx.Offices()
			for _, o := range offices {
				got[o.Code] = o.Address
			}
			return err
		})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("rows are not what was written last:\n%.2000s", diff)
		}
	}
	check(s)
	closeStore(t, s)
	s = openSmall(t, dir)
	defer closeStore(t, s)
	check(s)
}

// writeOffices writes offices of its own in so many commits, and notes those that
// stand.
func writeOffices(t *testing.T, s *store.Store, writer, steps int, stand map[string]string) {
	draw := rand.New(rand.NewPCG(7, uint64(writer)))
	for step := range steps {
		some := map[string]string{}
		for range draw.IntN(6) {
			long := []int{10, 100, 30_000}[draw.IntN(3)]
			some[fmt.Sprintf("%d-%02d", writer, draw.IntN(12))] = strings.Repeat(fmt.Sprintf("%d/%d ", writer, step), long/5)
		}
		end := draw.IntN(4)
		err := s.Update(context.Background(), func(tx *store.Tx) error {
			for code, address := range some {
				if err := tx.PutOffice(card.Office{Code: code, Address: address}); err != nil {
					return err
				}
			}
			switch end {
			case 0:
				return errGivenUp
			case 1:
				panic(errGivenUp)
			}
			return nil
		})
		switch {
		case end > 1 && err == nil:
			maps.Copy(stand, some)
		case end > 1 || err == nil:
			t.Errorf("a commit that ends as %d ended with %v", end, err)
		}
	}
}
