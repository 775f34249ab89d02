package store_test

import (
	"context"
	"crypto/rand"
	"io/fs"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/rs/zerolog"

	"kartyar/store"
)

// What is written and deleted over and over does not stay on the disk: neither
// small rows, which stand in tables, nor large ones, which Badger keeps in logs
// of their own.
func TestDiskIsReclaimed(t *testing.T) {
	for _, c := range []struct {
		name     string
		size     int // of an update, in bytes
		total    int
		memTable int64
		most     int64
	}{
		{"small rows", 1 << 10, 20 << 20, 1 << 20, 8 << 20},
		{"large rows", 1100 << 10, 90 << 20, 10 << 20, 40 << 20},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			s, err := store.OpenSmall(store.Options{Dir: dir, Key: testKey, Log: zerolog.Nop()}, c.memTable)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			id := int64(0)
			for written := 0; written < c.total; {
				var rows []store.Update
				update(t, s, func(tx *store.Tx) error {
					rows = rows[:0]
					for size := 0; size == 0 || size < int(c.memTable)/16; size += c.size {
						id++
						row := store.Update{Bot: aBot, ID: id, Raw: make([]byte, c.size), Received: noon}
						rand.Read(row.Raw)
						if _, err := tx.Keep(&row); err != nil {
							return err
						}
						rows = append(rows, row)
						written += c.size
					}
					return nil
				})
				update(t, s, func(tx *store.Tx) error {
					for _, row := range rows {
						if err := tx.DeleteUpdate(row.Seq); err != nil {
							return err
						}
					}
					return nil
				})
			}
			update(t, s, func(tx *store.Tx) error { return tx.Erasing(store.ErasedChat, [16]byte{1}, noon) })
			if err := s.ClearErased(context.Background()); err != nil {
				t.Fatal(err)
			}
			if now := taken(t, dir); now > c.most {
				t.Errorf("%d MiB were written and deleted, and the store takes %d MiB", c.total>>20, now>>20)
			} else {
				t.Logf("%d MiB written, %d MiB taken", c.total>>20, now>>20)
			}
		})
	}
}

// taken is what a directory takes on the disk, holes not counted.
func taken(t *testing.T, dir string) (bytes int64) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			bytes += info.Sys().(*syscall.Stat_t).Blocks * 512
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return bytes
}
