package bench

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"kartyar/alert"
	"kartyar/card"
	"kartyar/store"
)

var (
	ctx   = context.Background()
	rules = alert.Rules{ReminderDays: []int{3, 7, 14, 30}, Quiet: alert.Quiet{From: 21, To: 8}}
	aBot  = card.Bot{Platform: card.Telegram, ID: 4242}
)

// openStore opens a new store under a directory that goes with the benchmark.
func openStore(b *testing.B) (s *store.Store, dir string) {
	b.Helper()
	dir = b.TempDir()
	s, err := store.Open(store.Options{Dir: filepath.Join(dir, "store"), Key: bytes.Repeat([]byte{7}, store.KeySize)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { closeStore(b, s) }) // a second time as a rule, which does nothing
	return s, dir
}

func closeStore(b *testing.B, s *store.Store) {
	b.Helper()
	if err := s.Close(); err != nil {
		b.Error(err)
	}
}

// codes returns the first national codes of the prefix 9, which nobody has at
// these numbers.
func codes(b *testing.B, number int) []card.NationalCode {
	b.Helper()
	all := make([]card.NationalCode, 0, number)
	for n := 0; len(all) < number; n++ {
		nine := fmt.Sprintf("9%08d", n)
		sum := 0
		for i := range nine {
			sum += int(nine[i]-'0') * (10 - i)
		}
		check := sum % 11
		if check >= 2 {
			check = 11 - check
		}
		code, err := card.ParseNationalCode(nine + fmt.Sprint(check))
		if err != nil {
			b.Fatal(err)
		}
		all = append(all, code)
	}
	return all
}

func phoneOf(n int) card.Mobile { return card.Mobile(fmt.Sprintf("+98998%07d", n)) }

// follow gives each code a chat of its own that has proved its phone, in
// chunks.
func follow(b *testing.B, s *store.Store, all []card.NationalCode, now time.Time) {
	b.Helper()
	const chunk = 200
	for first := 0; first < len(all); first += chunk {
		err := s.UpdateInBulk(ctx, func(tx *store.Tx) error {
			for n := first; n < min(first+chunk, len(all)); n++ {
				if err := followOne(tx, s.Keyer(), n, all[n], now); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func followOne(tx *store.Tx, keyer *card.Keyer, n int, code card.NationalCode, now time.Time) error {
	who := subscriber(n)
	key, phone := keyer.Chat(who), keyer.Phone(phoneOf(n))
	if err := tx.PutChat(key, store.Chat{Subscriber: who, Phone: phone, PhoneAt: now}); err != nil {
		return err
	}
	if _, err := rules.Ask(tx, now, keyer.Person(code), alert.Asker{Chat: key, Bot: aBot, Phone: phone}); err != nil {
		return err
	}
	return rules.Subscribe(tx, now, keyer.Person(code), key, true)
}

func subscriber(n int) card.Subscriber { return card.Subscriber{Bot: aBot, Chat: chatID(n)} }

func chatID(n int) int64 { return 7_100_000_001 + int64(n) }

// cpu is the processor time that this process has used.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var used unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// measured reports what one of the benchmark's n operations took.
func measured(b *testing.B, n int, unit string, before time.Duration) {
	b.Helper()
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), unit+"/s")
	b.ReportMetric(float64((cpu(b)-before).Microseconds())/float64(n), "cpu-µs/"+unit)
}
