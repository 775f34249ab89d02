package store_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kartyar/card"
	"kartyar/store"
)

func TestFlippedBitInALog(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := open(t, dir)
	defer closeStore(t, s)
	fill(t, s, 0, 60, 300)
	log := logs(t, dir, "*.mem")[0]
	// A log that has not been written to tables when a newer one exists: as
	// Badger leaves it when it is killed between the two.
	one := crashed(t, dir)
	again := open(t, one)
	fill(t, again, 60, 80, 300)
	two := crashed(t, one)
	closeStore(t, again)
	t.Run("the newest", func(t *testing.T) {
		for _, at := range []int64{500, 5000, 15000} {
			harmed := crashed(t, dir)
			flip(t, filepath.Join(harmed, filepath.Base(log)), at)
			refused(t, harmed, store.ErrBehind, store.ErrGap, store.ErrDamaged)
			refused(t, harmed, store.ErrBehind, store.ErrGap, store.ErrDamaged) // and once more
		}
	})
	t.Run("an older one", func(t *testing.T) {
		harmed := crashed(t, two)
		// Put the old log back beside the new one, and take its tables away.
		copyFile(t, log, filepath.Join(harmed, filepath.Base(log)))
		for _, table := range append(logs(t, harmed, "*.sst"), filepath.Join(harmed, "MANIFEST")) {
			remove(t, table)
		}
		empty := filepath.Join(t.TempDir(), "data")
		closeStore(t, open(t, empty))
		copyFile(t, filepath.Join(empty, "MANIFEST"), filepath.Join(harmed, "MANIFEST"))
		whole := crashed(t, harmed)
		closeStore(t, open(t, whole)) // so far nothing is lost
		flip(t, filepath.Join(harmed, filepath.Base(log)), 5000)
		refused(t, harmed, store.ErrGap)
	})
}

func TestOlderCopyIsRefused(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := open(t, dir)
	fill(t, s, 0, 5, 10)
	old := crashed(t, dir)
	fill(t, s, 5, 10, 10)
	closeStore(t, s)
	copyFile(t, dir+".mark", old+".mark")
	refused(t, old, store.ErrBehind)
}

func TestAnotherStoreIsRefused(t *testing.T) {
	dirs := [2]string{filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "data")}
	for _, dir := range dirs {
		s := open(t, dir)
		fill(t, s, 0, 3, 10)
		closeStore(t, s)
	}
	copyFile(t, dirs[0]+".mark", dirs[1]+".mark")
	refused(t, dirs[1], store.ErrForeign)
}

func TestMarkBehindIsBroughtUp(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := open(t, dir)
	fill(t, s, 0, 5, 10)
	old := filepath.Join(t.TempDir(), "mark")
	copyFile(t, dir+".mark", old)
	older := crashed(t, dir)
	fill(t, s, 5, 6, 10)
	closeStore(t, s)
	copyFile(t, old, dir+".mark") // killed between the commit and its mark
	s = open(t, dir)
	closeStore(t, s)
	copyFile(t, dir+".mark", older+".mark")
	refused(t, older, store.ErrBehind)
}

func TestNumberedRowsArePruned(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := openSmall(t, dir)
	fill(t, s, 0, 2100, 700)
	closeStore(t, s)
	if low := s.Low(); low == 0 || low >= 2100 {
		t.Fatalf("pruned up to %d of 2100", low)
	}
	// From here on only the list of tables says what was flushed.
	list := logs(t, dir, "MANIFEST")[0]
	info, err := os.Stat(list)
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int64{0, 4, 16, info.Size() / 4, info.Size() / 2} {
		t.Run(fmt.Sprintf("a list of %d bytes", size), func(t *testing.T) {
			harmed := crashed(t, dir)
			if err := os.Truncate(filepath.Join(harmed, "MANIFEST"), size); err != nil {
				t.Fatal(err)
			}
			refused(t, harmed, store.ErrDamaged, store.ErrGap, store.ErrBehind)
		})
	}
	t.Run("a table is gone", func(t *testing.T) {
		harmed := crashed(t, dir)
		remove(t, logs(t, harmed, "*.sst")[0])
		s, err := store.OpenSmall(store.Options{Dir: harmed, Key: testKey}, smallTable)
		if err == nil {
			s.Close()
			t.Error("opened as if nothing had happened")
		}
	})
	s = openSmall(t, crashed(t, dir))
	defer closeStore(t, s)
	view(t, s, func(tx *store.Tx) error {
		all, err := tx.Offices()
		if len(all) != 2100 {
			t.Errorf("%d offices", len(all))
		}
		return err
	})
}

func TestDamagedFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := open(t, dir)
	fill(t, s, 0, 5, 10)
	closeStore(t, s)
	for _, name := range []string{"MANIFEST", "KEYREGISTRY"} {
		for _, content := range []string{"", "x", strings.Repeat("nonsense", 100)} {
			t.Run(fmt.Sprintf("%s of %d bytes", name, len(content)), func(t *testing.T) {
				harmed := crashed(t, dir)
				if err := os.WriteFile(filepath.Join(harmed, name), []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
				s, err := store.Open(store.Options{Dir: harmed, Key: testKey})
				if err != nil {
					return
				}
				defer closeStore(t, s)
				view(t, s, func(tx *store.Tx) error { // opened: then nothing may be lost
					all, err := tx.Offices()
					if len(all) != 5 {
						t.Errorf("%d offices of 5", len(all))
					}
					return err
				})
			})
		}
	}
}

func TestNoRoom(t *testing.T) {
	s, err := store.Open(store.Options{Dir: filepath.Join(t.TempDir(), "data"), Key: testKey, Reserve: math.MaxUint64})
	if err != nil {
		t.Fatal(err)
	}
	defer closeStore(t, s)
	if err := s.HasRoom(); !errors.Is(err, store.ErrNoRoom) {
		t.Errorf("has room: %v", err)
	}
	err = s.Update(context.Background(), func(tx *store.Tx) error { return tx.PutOffice(card.Office{Code: "1"}) })
	if !errors.Is(err, store.ErrNoRoom) {
		t.Errorf("wrote: %v", err)
	}
	view(t, s, func(tx *store.Tx) error { _, err := tx.Offices(); return err })
}

func TestLargeFunctions(t *testing.T) {
	s := openSmall(t, filepath.Join(t.TempDir(), "data"))
	defer closeStore(t, s)
	write := func(from, n int) error {
		return s.Update(context.Background(), func(tx *store.Tx) (err error) {
			for i := range n {
				err = errors.Join(err, tx.PutOffice(card.Office{Code: fmt.Sprintf("%06d", from+i)}))
			}
			return err
		})
	}
	if err := write(0, 5000); err == nil {
		t.Error("a function larger than a commit was written")
	}
	results := make(chan error, 20) // each fits, all together do not
	for i := range 20 {
		go func() { results <- write(i*1000, 500) }()
	}
	for range 20 {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	view(t, s, func(tx *store.Tx) error {
		all, err := tx.Offices()
		if len(all) != 20*500 {
			t.Errorf("%d offices", len(all))
		}
		return err
	})
}

func TestLedger(t *testing.T) {
	tests := []struct {
		name string
		harm func(whole string) string
		want error
	}{
		{"whole", func(w string) string { return w }, nil},
		{"half a line more", func(w string) string { return w + w[:20] }, nil},
		{"zeros that were never filled", func(w string) string { return w + strings.Repeat("\x00", 40) + w[10:20] + "\n" }, nil},
		{"a changed last line", func(w string) string { return w[:len(w)-4] + "x" + w[len(w)-3:] }, store.ErrDamaged},
		{"a changed first line", func(w string) string { return "9" + w[1:] }, store.ErrDamaged},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			s := open(t, dir)
			erase := func(s *store.Store, n byte) {
				update(t, s, func(tx *store.Tx) error {
					return errors.Join(tx.Erasing(store.ErasedChat, [16]byte{n}, noon), tx.PutOffice(card.Office{Code: string('0' + rune(n))}))
				})
			}
			erase(s, 1)
			erase(s, 2)
			closeStore(t, s)
			content, err := os.ReadFile(dir + ".erased")
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(dir+".erased", []byte(tt.harm(string(content))), 0o600); err != nil {
				t.Fatal(err)
			}
			s, err = store.Open(store.Options{Dir: dir, Key: testKey})
			if !errors.Is(err, tt.want) {
				t.Fatalf("got %v, want %v", err, tt.want)
			}
			if err != nil {
				return
			}
			erase(s, 3)
			closeStore(t, s)
			got, err := os.ReadFile(dir + ".erased")
			if err != nil || !strings.HasPrefix(string(got), string(content)) || strings.Count(string(got), "\n") != 4 {
				t.Errorf("after it the ledger is %q", got)
			}
		})
	}
}

func TestClosed(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "data"))
	closeStore(t, s)
	closeStore(t, s)
	ctx := context.Background()
	nothing := func(*store.Tx) error { return nil }
	for name, err := range map[string]error{
		"Update": s.Update(ctx, nothing), "UpdateInBulk": s.UpdateInBulk(ctx, nothing), "View": s.View(ctx, nothing), "ClearErased": s.ClearErased(ctx),
	} {
		if !errors.Is(err, store.ErrClosed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A process that is killed while Badger makes a log leaves it empty.
func TestEmptyLogsOfAKilledProcess(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := openSmall(t, dir)
	fill(t, s, 0, 20, 100)
	copied := crashed(t, dir)
	closeStore(t, s)
	for _, name := range []string{"00099.mem", "000099.vlog"} {
		if err := os.WriteFile(filepath.Join(copied, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	closeStore(t, openSmall(t, copied))
}

func TestAFileInPlaceOfTheDirectoryIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, path, store.ErrNotDirectory)
}

// A log that a fault emptied is not taken for one of those.
func TestEmptiedLogIsRefused(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := openSmall(t, dir)
	fill(t, s, 0, 20, 100)
	copied := crashed(t, dir)
	closeStore(t, s)
	for _, path := range logs(t, copied, "*.mem") {
		if err := os.Truncate(path, 0); err != nil {
			t.Fatal(err)
		}
	}
	refused(t, copied, store.ErrBehind, store.ErrGap)
}
