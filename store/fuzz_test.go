package store

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/dgraph-io/badger/v4"
	"github.com/rs/zerolog"
)

// What stands inside a sealed backup is read without trust, and in bounded
// memory, all the same.
func FuzzBackupRows(f *testing.F) {
	header := newHeader(Backup{Seq: 3, At: time.Unix(1, 0)})
	begin := append([]byte{byte(len(header))}, header...)
	f.Add(append(bytes.Clone(begin), 2, 'f', '7', 1, 0x50, 0, 1))
	f.Add(append(bytes.Clone(begin), 2, 'f', '7', 0xff, 0xff, 0xff, 0x1f))
	f.Add(append(bytes.Clone(begin), 0, 0))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, plain []byte) {
		r, err := readBackupHeader(bytes.NewReader(plain), &source{})
		rows := uint64(0)
		for err == nil {
			var key []byte
			if key, _, err = r.row(); err == nil {
				rows++
				if len(key) == 0 || isAccount(key) {
					t.Fatalf("the key %q", key)
				}
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			if rows != r.rows {
				t.Fatalf("%d rows, %d counted", rows, r.rows)
			}
		case !errors.Is(err, ErrBackupDamaged) && !errors.Is(err, ErrBackupNewer):
			t.Fatalf("got %v", err)
		}
	})
}

// A file that is no backup, or is altered, never opens and never panics.
func FuzzBackupFile(f *testing.F) {
	v, err := newVault(make([]byte, KeySize))
	if err != nil {
		f.Fatal(err)
	}
	var file bytes.Buffer
	w, err := newBackupWriter(&file, v, Backup{Seq: 3})
	if err == nil {
		err = errors.Join(w.row([]byte("f7"), []byte{0xf6}), w.close())
	}
	if err != nil {
		f.Fatal(err)
	}
	whole := file.Bytes()
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add([]byte("age-encryption.org/v1\n-> kartyar-backup x\n\n--- \n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		r, err := newBackupReader(bytes.NewReader(file), v)
		var keys []string
		for err == nil {
			var key []byte
			key, _, err = r.row()
			keys = append(keys, string(key))
		}
		// Each process seals the seed anew, so files are compared by what they hold.
		if errors.Is(err, io.EOF) && (r.of.Seq != 3 || len(keys) != 2 || keys[0] != "f7") {
			t.Fatalf("another backup than the one that was written was read to its end: %+v %q", r.of, keys)
		}
	})
}

// A ledger that is read is what was written, up to a last line that was not.
func FuzzLedger(f *testing.F) {
	at := time.Unix(1795422600, 0)
	whole := withSum("store 000102030405060708090a0b0c0d0e0f") +
		formatErasure(Erasure{Kind: ErasedPerson, Key: [16]byte{1}, At: at, Seq: 4}) +
		formatErasure(Erasure{Kind: ErasedChat, Key: [16]byte{2}, At: at, Seq: 5})
	f.Add(whole)
	f.Add(whole[:len(whole)-9])
	f.Add(whole + "\x00\x00\n")
	f.Add("store  \n")
	f.Fuzz(func(t *testing.T, content string) {
		chapters, size, ok := readLedger(content)
		if size > len(content) {
			t.Fatalf("%d of %d bytes", size, len(content))
		}
		again, all, same := readLedger(content[:size])
		if !same || all != size || len(again) != len(chapters) {
			t.Fatalf("its whole lines are read as %d chapters, %d bytes, %v", len(again), all, same)
		}
		if rest := content[size:]; ok && len(rest) > 0 && bytes.IndexByte([]byte(rest[:len(rest)-1]), '\n') >= 0 {
			t.Fatalf("more than a last line was passed over: %q", rest)
		}
	})
}

// A slot of the mark that is read is one that was written.
func FuzzMark(f *testing.F) {
	whole := slot{id: [16]byte{1}, key: [8]byte{2}, seq: 3, tables: tableList{size: 4, start: [8]byte{5}}}.bytes()
	f.Add(whole)
	f.Add(whole[:len(whole)-1])
	f.Add(make([]byte, slotSize))
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, ok := parseSlot(b); ok && !bytes.Equal(s.bytes(), b) {
			t.Fatalf("%+v is read from other bytes than it is written as", s)
		}
	})
}

// Badger's list of tables, and what it names, is looked at before Badger opens
// it; whatever stands there, it is refused with ErrDamaged and never panics.
func FuzzTables(f *testing.F) {
	list, sst := badgerFiles(f)
	f.Add(list, sst)
	f.Add(list[:len(list)-3], sst)
	f.Add(list, sst[:len(sst)-1])
	f.Add([]byte{}, []byte{})
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, list, sst []byte) {
		name := filepath.Join(dir, "000001.sst")
		err := errors.Join(os.WriteFile(filepath.Join(dir, badger.ManifestFilename), list, 0o600), os.WriteFile(name, sst, 0o600))
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range []error{checkTables(dir), checkTable(name, nil)} {
			if err != nil && !errors.Is(err, ErrDamaged) {
				t.Fatalf("refused otherwise: %v", err)
			}
		}
	})
}

// badgerFiles are a list of tables and a table as Badger writes them.
func badgerFiles(f *testing.F) (list, sst []byte) {
	dir := f.TempDir()
	db, err := openBadger((&Store{dir: dir, memTable: 1 << 20, log: zerolog.Nop()}).badgerOptions())
	if err != nil {
		f.Fatal(err)
	}
	err = db.Update(func(txn *badger.Txn) error { return txn.Set([]byte("k"), make([]byte, 100)) })
	if err := errors.Join(err, db.Close()); err != nil {
		f.Fatal(err)
	}
	list, err = os.ReadFile(filepath.Join(dir, badger.ManifestFilename))
	if err != nil {
		f.Fatal(err)
	}
	sst, err = os.ReadFile(filepath.Join(dir, "000001.sst"))
	if err != nil {
		f.Fatal(err)
	}
	return list, sst
}
