package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/rs/zerolog"
	"pgregory.net/rapid"

	"kartyar/card"
	"kartyar/store"
	"kartyar/store/storetest"
)

func backup(t testing.TB, s *store.Store) []byte {
	t.Helper()
	var out bytes.Buffer
	if _, _, err := s.Backup(context.Background(), noon, &out); err != nil {
		t.Fatalf("making a backup: %v", err)
	}
	return out.Bytes()
}

// A backup made while others write holds the store as it was between two
// commits, at some moment from its beginning to its end.
func TestBackupIsOfOneMoment(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			rt.Fatal(err)
		}
		s := open(t, filepath.Join(dir, "data"))
		defer s.Close()
		// Each commit raises all counters together, so a mixture shows.
		rows := rapid.IntRange(1, 200).Draw(rt, "rows")
		raise := func(n int) error {
			return s.Update(context.Background(), func(tx *store.Tx) error {
				var err error
				for i := range rows {
					err = errors.Join(err, tx.PutNote(fmt.Sprint(i), n))
				}
				return err
			})
		}
		before := rapid.IntRange(1, 5).Draw(rt, "before")
		if err := raise(before); err != nil {
			rt.Fatal(err)
		}
		stop, written := make(chan struct{}), make(chan int)
		go func() {
			n := before
			for {
				select {
				case <-stop:
					written <- n
					return
				default:
				}
				if raise(n+1) == nil {
					n++
				}
			}
		}()
		file := backup(t, s)
		close(stop)
		after := <-written
		r, err := begin(filepath.Join(dir, "restored"), file, nil)
		if err != nil {
			rt.Fatal(err)
		}
		defer r.Abort()
		view(t, r.Store, func(tx *store.Tx) error {
			first := 0
			for i := range rows {
				var n int
				if found, err := tx.Note(fmt.Sprint(i), &n); err != nil || !found {
					rt.Fatalf("row %d: %v %v", i, found, err)
				}
				if i == 0 {
					first = n
				}
				if n != first || n < before || n > after {
					rt.Fatalf("row %d says %d, the first %d; from %d to %d", i, n, first, before, after)
				}
			}
			return nil
		})
	})
}

// A damaged row of the inbox, which a restore drops in any case, ends no backup;
// the operator hears that it is not there. A damaged row of any other kind does.
func TestBackupBesideDamagedRows(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	spoil := func(prefix string) { storetest.Spoil(t, dir, 1, []byte(prefix)) }
	s := open(t, dir)
	update(t, s, func(tx *store.Tx) error {
		_, err := tx.Keep(&store.Update{Bot: aBot, Chat: card.ChatKey{1}, ID: 5, Raw: []byte("a secret"), Received: noon})
		return errors.Join(err, tx.PutOffice(card.Office{Code: "7"}), tx.PutPerson(card.PersonKey{1}, store.Person{Followers: []store.Follower{follower(false)}}))
	})
	closeStore(t, s)
	spoil("i")
	var log bytes.Buffer
	s, err := store.Open(store.Options{Dir: dir, Key: testKey, Log: zerolog.New(&log)})
	if err != nil {
		t.Fatal(err)
	}
	r, restored := restore(t, somewhere(t), backup(t, s), nil)
	view(t, restored, func(tx *store.Tx) error {
		offices, err := tx.Offices()
		if len(offices) != 1 || r.Unanswered != 0 {
			t.Errorf("%d offices are back, and %d updates were dropped", len(offices), r.Unanswered)
		}
		return err
	})
	if said := log.String(); strings.Count(said, "not in the backup") != 1 || !strings.Contains(said, `"rows":1`) || strings.Contains(said, "secret") {
		t.Errorf("the operator hears %q", said)
	}
	closeStore(t, s)

	spoil("p")
	s = open(t, dir)
	defer s.Close()
	if _, _, err := s.Backup(t.Context(), noon, io.Discard); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("beside a damaged person: %v", err)
	}
}

// What no restore could read is found out when the backup is made.
func TestNoBackupThatARestoreRefuses(t *testing.T) {
	for kind, ends := range map[string]bool{"i": false, "p": true, "c": true} {
		s := open(t, filepath.Join(t.TempDir(), "data"))
		update(t, s, func(tx *store.Tx) error {
			return tx.PutAnything(append([]byte(kind), make([]byte, 16)...), []byte("no such row"))
		})
		var out bytes.Buffer
		_, _, err := s.Backup(t.Context(), noon, &out)
		if errors.Is(err, store.ErrDamaged) != ends || (err == nil) == ends {
			t.Errorf("beside a row of kind %q that says nothing: %v", kind, err)
		}
		if err == nil {
			restore(t, somewhere(t), out.Bytes(), nil)
		}
		closeStore(t, s)
	}
}

func small(t testing.TB) []byte {
	s := newStore(t)
	update(t, s, func(tx *store.Tx) error {
		var err error
		for i := range 300 { // several chunks
			err = errors.Join(err, tx.PutNote(fmt.Sprint(i), strings.Repeat("x", 1000)))
		}
		return err
	})
	return backup(t, s)
}

// Whatever is changed, cut off, added or moved in a backup, it is refused and
// leaves nothing behind.
func TestAlteredBackupIsRefused(t *testing.T) {
	whole := small(t)
	dir := somewhere(t)
	var refusals int
	try := func(t rapid.TB, file []byte) {
		_, err := begin(dir, file, nil)
		if !errors.Is(err, store.ErrBackupDamaged) && !errors.Is(err, store.ErrNotBackup) && !errors.Is(err, store.ErrBackupKey) {
			t.Fatalf("got %v", err)
		}
		refusals++
	}
	for at := range 400 { // all of the beginning
		file := bytes.Clone(whole)
		file[at] ^= 1 << (at % 8)
		try(t, file)
	}
	const chunk = 64<<10 + 16
	rapid.Check(t, func(rt *rapid.T) {
		file := bytes.Clone(whole)
		at := rapid.IntRange(0, len(whole)-1).Draw(rt, "at")
		switch rapid.IntRange(0, 4).Draw(rt, "harm") {
		case 0:
			file[at] ^= byte(rapid.IntRange(1, 255).Draw(rt, "bits"))
		case 1:
			file = file[:at]
		case 2:
			file = append(file, whole...)
		case 3:
			file = append(file, 0)
		case 4: // two chunks change places
			head := len(whole) % chunk
			from := head + chunk*rapid.IntRange(0, 2).Draw(rt, "chunk")
			one := bytes.Clone(file[from : from+chunk])
			copy(file[from:], file[from+chunk:from+2*chunk])
			copy(file[from+chunk:], one)
		}
		try(rt, file)
	})
	for end := len(whole) - 3*chunk; end > 0; end -= chunk { // between chunks
		try(t, whole[:end])
	}
	nothing(t, dir)
	if refusals < 450 {
		t.Errorf("only %d files were tried", refusals)
	}
}

func TestWhatIsNoBackupOfOurs(t *testing.T) {
	whole := small(t)
	other := bytes.Repeat([]byte{8}, store.KeySize)
	stranger, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	var foreign bytes.Buffer
	w, err := age.Encrypt(&foreign, stranger.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write([]byte("something else"))
	_ = w.Close()
	broken := errors.New("the disk is broken")
	tests := []struct {
		name string
		file io.Reader
		key  []byte
		want error
	}{
		{"an empty file", strings.NewReader(""), testKey, store.ErrNotBackup},
		{"a list", strings.NewReader("national_code,mobile\n"), testKey, store.ErrNotBackup},
		{"another's age file", &foreign, testKey, store.ErrNotBackup},
		{"another key", bytes.NewReader(whole), other, store.ErrBackupKey},
		{"a file that cannot be read", io.MultiReader(bytes.NewReader(whole[:100_000]), failing{broken}), testKey, broken},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := somewhere(t)
			_, err := store.BeginRestore(context.Background(), store.Options{Dir: dir, Key: tt.key}, tt.file, nil)
			if !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
			nothing(t, dir)
		})
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestABackupThatIsInterrupted(t *testing.T) {
	s := newStore(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := s.Backup(ctx, noon, io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	broken := errors.New("no more room")
	if _, _, err := s.Backup(context.Background(), noon, failingWriter{broken}); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

type failingWriter struct{ err error }

func (f failingWriter) Write([]byte) (int, error) { return 0, f.err }

// Whoever is slow to take a backup holds up nobody, and what is written
// meanwhile is not in it.
func TestWritersGoOnDuringABackup(t *testing.T) {
	s := newStore(t)
	update(t, s, func(tx *store.Tx) error {
		return errors.Join(tx.PutNote("before", strings.Repeat("x", 300_000)), tx.Erasing(store.ErasedChat, [16]byte{1}, noon))
	})
	var file bytes.Buffer
	writes := 0
	out := writerFunc(func(p []byte) (int, error) {
		writes++
		update(t, s, func(tx *store.Tx) error { return tx.PutNote("during", writes) })
		if err := s.ClearErased(context.Background()); err != nil { // it waits for nobody either
			t.Error(err)
		}
		return file.Write(p)
	})
	if _, _, err := s.Backup(context.Background(), noon, out); err != nil {
		t.Fatal(err)
	}
	_, restored := restore(t, somewhere(t), file.Bytes(), nil)
	view(t, restored, func(tx *store.Tx) error {
		before, err1 := tx.Note("before", nil)
		during, err2 := tx.Note("during", new(int))
		if !before || during || writes < 4 {
			t.Errorf("before %v, during %v, %d writes", before, during, writes)
		}
		return errors.Join(err1, err2)
	})
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
