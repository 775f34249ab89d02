package store_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"kartyar/card"
	"kartyar/store"
)

// victimDir names the store of a helper process, which is this test binary.
const victimDir = "KARTYAR_TEST_VICTIM"

// beVictim writes offices from several goroutines until it is killed, and
// prints the code of each one that was acknowledged.
func beVictim(dir string) {
	s, err := store.OpenSmall(store.Options{Dir: dir, Key: testKey}, 1<<20)
	if err != nil {
		fmt.Println("refused:", err)
		os.Exit(1)
	}
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			for i := 0; ; i++ {
				o := card.Office{Code: fmt.Sprintf("%d-%d-%d", os.Getpid(), n, i), Address: strings.Repeat("x", 500)}
				if err := s.Update(context.Background(), func(tx *store.Tx) error { return tx.PutOffice(o) }); err != nil {
					fmt.Println("failed:", err)
					os.Exit(1)
				}
				os.Stdout.WriteString("ok " + o.Code + "\n")
			}
		})
	}
	all.Wait()
}

func TestKilledInTheMiddle(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	acknowledged := map[string]bool{}
	for kill := range 5 {
		victim := exec.Command(os.Args[0])
		victim.Env = append(os.Environ(), victimDir+"="+dir)
		out, err := victim.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := victim.Start(); err != nil {
			t.Fatal(err)
		}
		seen := 0
		for lines := bufio.NewScanner(out); lines.Scan(); {
			code, ok := strings.CutPrefix(lines.Text(), "ok ")
			if !ok {
				t.Errorf("kill %d: %s", kill, lines.Text())
				break
			}
			acknowledged[code] = true
			if seen++; seen == 150+kill*180 {
				if err := victim.Process.Kill(); err != nil { // what it wrote before is still read
					t.Error(err)
				}
			}
		}
		_ = victim.Wait() // it was killed
		s := open(t, dir)
		view(t, s, func(tx *store.Tx) error {
			found, err := tx.Offices()
			have := map[string]bool{}
			for _, o := range found {
				have[o.Code] = true
			}
			for code := range acknowledged {
				if !have[code] {
					t.Errorf("kill %d: %s was acknowledged and is gone", kill, code)
				}
			}
			return err
		})
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
