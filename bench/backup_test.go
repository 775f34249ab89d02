package bench

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"kartyar/card"
	"kartyar/store"
)

const backupPersons = 100_000

func backupStore(b *testing.B) *store.Store {
	b.Helper()
	key := bytes.Repeat([]byte{7}, store.KeySize)
	s, err := store.Open(store.Options{Dir: filepath.Join(b.TempDir(), "data"), Key: key, Log: zerolog.Nop()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	for from := 0; from < backupPersons; from += 1000 {
		err := s.Update(context.Background(), func(tx *store.Tx) error {
			for i := from; i < from+1000; i++ {
				var p store.Person
				p.Applications = []store.Application{{
					Record:  card.Record{Known: card.State{Stage: card.StageReady, Office: "101", AsOf: now}, Phone: card.PhoneKey{byte(i)}, PhoneAsOf: now},
					Arrival: store.Arrival{Number: 1, Office: "101", At: now},
				}}
				p.Followers = []store.Follower{{Chat: card.ChatKey{byte(i)}, Verified: now, Notify: true, Reminder: now}}
				if err := tx.PutPerson(s.Keyer().Person(card.NationalCode(fmt.Sprintf("%010d", i))), p); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	return s
}

// BenchmarkBackup writes a store of 100,000 persons to nowhere.
func BenchmarkBackup(b *testing.B) {
	s := backupStore(b)
	b.ResetTimer()
	for b.Loop() {
		if _, _, err := s.Backup(context.Background(), time.Now(), io.Discard); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(backupPersons*b.N)/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkRestore restores it.
func BenchmarkRestore(b *testing.B) {
	s := backupStore(b)
	var file bytes.Buffer
	if _, _, err := s.Backup(context.Background(), time.Now(), &file); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(file.Len()))
	for b.Loop() {
		opt := store.Options{Dir: filepath.Join(b.TempDir(), "data"), Key: bytes.Repeat([]byte{7}, store.KeySize), Log: zerolog.Nop()}
		r, err := store.BeginRestore(context.Background(), opt, bytes.NewReader(file.Bytes()), nil)
		if err == nil {
			err = r.Finish()
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(backupPersons*b.N)/b.Elapsed().Seconds(), "rows/s")
}
