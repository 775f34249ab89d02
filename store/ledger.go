package store

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/dgraph-io/badger/v4"
)

// ErasureKind is what an entry of the ledger of erasures erased.
type ErasureKind string

// The kinds of erasure.
const (
	ErasedPerson ErasureKind = "person"
	ErasedChat   ErasureKind = "chat"
)

// Erasure is an entry of the ledger: what was erased, by key, and when. A
// backup made before it must not bring the rows back.
type Erasure struct {
	Kind ErasureKind
	Key  [16]byte
	At   time.Time
	Seq  uint64 // the commit after which it was asked for
}

// ledger is the file DIR.erased beside the store: a line for each erasure,
// "seq unix kind key crc", synced before the rows go. A line "store id crc"
// stands before those of each store: a restored store goes on with the ledger
// of the one that was lost, so that an old backup meets all later erasures.
type ledger struct {
	file    ledgerFile
	size    int64 // of the whole lines
	torn    bool  // more than them may stand in the file: a line that failed
	entries uint64
	own     uint64 // the entries of this store
}

// ledgerFile is the part of *os.File that a ledger needs, so that tests can have
// it fail. What is written goes to its end, wherever that is.
type ledgerFile interface {
	io.ReadWriteCloser
	Sync() error
	Truncate(size int64) error
}

func openLedger(path string, store [16]byte) (*ledger, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the ledger of erasures: %w", err)
	}
	l := &ledger{file: file}
	if err := errors.Join(l.load(path, store), syncDirectory(filepath.Dir(path))); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return l, nil
}

// load counts the entries. A last line that was being written when the machine
// stopped is cut off: what it would have erased is still there and will be
// asked for again.
func (l *ledger) load(path string, store [16]byte) error {
	content, err := io.ReadAll(l.file)
	if err != nil {
		return fmt.Errorf("reading the ledger of erasures: %w", err)
	}
	chapters, whole, ok := readLedger(string(content))
	if !ok {
		return fmt.Errorf("%w: the ledger of erasures %s has a line that cannot be read", ErrDamaged, path)
	}
	for _, c := range chapters {
		l.entries += uint64(len(c.entries))
	}
	l.size, l.torn = int64(whole), whole < len(content)
	if err := l.mend(); err != nil {
		return err
	}
	if n := len(chapters); n > 0 && chapters[n-1].store == store {
		l.own = uint64(len(chapters[n-1].entries))
		return nil
	}
	return l.write(withSum(fmt.Sprintf("%s %x", chapterWord, store)))
}

func (l *ledger) add(e Erasure) error {
	if err := l.write(formatErasure(e)); err != nil {
		return err
	}
	l.entries++
	l.own++
	return nil
}

// write adds a line and syncs it. One of which either fails is cut off again,
// since nothing was erased for it, and neither half of it nor what the disk may
// have dropped must stand before the next one; as long as that fails too,
// nothing is written.
func (l *ledger) write(line string) error {
	if err := l.mend(); err != nil {
		return err
	}
	l.torn = true
	if _, err := l.file.Write([]byte(line)); err != nil {
		return fmt.Errorf("writing the ledger of erasures: %w", errors.Join(err, l.mend()))
	}
	if err := l.file.Sync(); err != nil {
		return fmt.Errorf("syncing the ledger of erasures: %w", errors.Join(err, l.mend()))
	}
	l.torn = false
	l.size += int64(len(line))
	return nil
}

// mend cuts off what is no whole line of the ledger's.
func (l *ledger) mend() error {
	if !l.torn {
		return nil
	}
	if err := l.file.Truncate(l.size); err != nil {
		return fmt.Errorf("mending the ledger of erasures: %w", err)
	}
	l.torn = false
	return nil
}

// chapter is the part of a ledger that one store wrote.
type chapter struct {
	store   [16]byte
	entries []Erasure
}

const chapterWord = "store"

// readLedger reads a ledger; whole is the length of its whole lines. A last
// line that was being written when the machine stopped (it has no end, or zeros
// that were never filled) is none of them; any other that cannot be read makes
// the ledger not ok.
func readLedger(content string) (chapters []chapter, whole int, ok bool) {
	for line := range strings.Lines(content) {
		text, ended := strings.CutSuffix(line, "\n")
		if !ended {
			break
		}
		if store, is := parseChapter(text); is {
			chapters = append(chapters, chapter{store: store})
		} else if e, is := parseErasure(text); is {
			if len(chapters) == 0 {
				chapters = append(chapters, chapter{}) // of before ledgers had chapters
			}
			last := &chapters[len(chapters)-1]
			last.entries = append(last.entries, e)
		} else {
			break
		}
		whole += len(line)
	}
	rest := content[whole:]
	i := strings.IndexByte(rest, '\n')
	return chapters, whole, i < 0 || i == len(rest)-1 && strings.Contains(rest, "\x00")
}

func parseChapter(line string) (store [16]byte, ok bool) {
	body, ok := checkSum(line)
	word, id, found := strings.Cut(body, " ")
	raw, err := hex.DecodeString(id)
	if !ok || !found || word != chapterWord || err != nil || len(raw) != len(store) {
		return store, false
	}
	return [16]byte(raw), true
}

// missErasures says when the ledger has lost entries: a file that is gone or
// older cannot be told from a new one by itself. The store lacks nothing, so it
// is opened; what is erased from now on is cleared from the disk all the same.
func (s *Store) missErasures() {
	if known := max(s.head.Erased, s.head.Cleared); s.erasures.entries < known {
		s.log.Error().Uint64("entries", known-s.erasures.entries).Str("ledger", s.dir+".erased").
			Msg("the ledger of erasures has lost entries: put its newest copy back while the program is stopped; without them a restored backup brings back who was erased")
		s.head.Cleared = 0
	}
}

func (l *ledger) close() error { return l.file.Close() }

func formatErasure(e Erasure) string {
	return withSum(fmt.Sprintf("%d %d %s %x", e.Seq, e.At.Unix(), e.Kind, e.Key))
}

func withSum(body string) string {
	return fmt.Sprintf("%s %08x\n", body, crc32.ChecksumIEEE([]byte(body)))
}

func parseErasure(line string) (Erasure, bool) {
	var e Erasure
	body, ok := checkSum(line)
	if !ok {
		return e, false
	}
	fields := strings.Fields(body)
	if len(fields) != 4 {
		return e, false
	}
	seq, err1 := strconv.ParseUint(fields[0], 10, 64)
	at, err2 := strconv.ParseInt(fields[1], 10, 64)
	key, err3 := hex.DecodeString(fields[3])
	if err := errors.Join(err1, err2, err3); err != nil || len(key) != len(e.Key) {
		return e, false
	}
	e.Seq, e.At, e.Kind = seq, time.Unix(at, 0).UTC(), ErasureKind(fields[2])
	copy(e.Key[:], key)
	return e, true
}

// checkSum takes a line's checksum off; ok is false when it is wrong.
func checkSum(line string) (body string, ok bool) {
	i := strings.LastIndexByte(line, ' ')
	if i < 0 {
		return "", false
	}
	return line[:i], line[i+1:] == fmt.Sprintf("%08x", crc32.ChecksumIEEE([]byte(line[:i])))
}

// Erasing writes an entry of the ledger of erasures and syncs it; the rows are
// deleted by the same function of Update, after it.
func (tx *Tx) Erasing(kind ErasureKind, key [16]byte, at time.Time) error {
	if tx.batch == nil {
		return errors.New("erasing in a View")
	}
	return tx.store.erasures.add(Erasure{Kind: kind, Key: key, At: at, Seq: tx.store.head.Seq})
}

// ClearErased takes what was erased off the disk: deleted rows stay in
// Badger's logs and tables until they are rewritten. It looks only for logs of
// large values when nothing was erased since the last time, and does nothing while a backup is being made,
// which keeps all rows of its moment on the disk: then the next call does it.
// Writers wait meanwhile.
func (s *Store) ClearErased(ctx context.Context) error {
	if !s.backups.TryLock() {
		return nil
	}
	defer s.backups.Unlock()
	through, needed, err := s.beginClearing(ctx)
	if err == nil && needed {
		err = s.flatten()
	}
	if err = errors.Join(err, s.reclaimLogs()); err != nil || !needed {
		return err
	}
	return s.Update(ctx, func(tx *Tx) error {
		tx.batch.cleared = through
		return nil
	})
}

// reclaimLogs removes the logs in which Badger keeps values of more than a
// megabyte apart, where most of what they hold has been deleted. Badger never
// does so by itself.
func (s *Store) reclaimLogs() error {
	if !s.enter() {
		return ErrClosed
	}
	defer s.inside.Done()
	for {
		switch err := s.db.RunValueLogGC(0.5); {
		case errors.Is(err, badger.ErrNoRewrite), errors.Is(err, badger.ErrRejected):
			return nil // there is none, or another call is at it
		case err != nil:
			return fmt.Errorf("taking away logs of what was deleted: %w", err)
		}
	}
}

func (s *Store) flatten() error {
	if !s.enter() {
		return ErrClosed
	}
	defer s.inside.Done()
	if err := s.db.Flatten(2); err != nil {
		return fmt.Errorf("compacting the store: %w", err)
	}
	return nil
}

var rotatePrefix = []byte{'z'}

// beginClearing moves all that is in memory into tables, in the committer so
// that nobody writes meanwhile. Badger has no call for that; dropping a prefix
// does it on the way.
func (s *Store) beginClearing(ctx context.Context) (through uint64, needed bool, err error) {
	asked := s.between(ctx, func() {
		through = s.erasures.entries
		if needed = through > s.head.Cleared; !needed {
			return
		}
		// What is rewritten needs room beside what it takes the place of.
		if err = s.hasRoomToFlatten(); err != nil {
			return
		}
		txn := s.db.NewTransaction(true)
		defer txn.Discard()
		err = errors.Join(txn.Set(rotatePrefix, nil), txn.Commit())
		if err == nil {
			err = s.db.DropPrefix(rotatePrefix)
		}
		if err != nil {
			err = fmt.Errorf("moving the store's memory into tables: %w", err)
		}
	})
	return through, needed, errors.Join(asked, err)
}
