package store

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dgraph-io/badger/v4"
	"github.com/rs/zerolog"
	"golang.org/x/sys/unix"

	"kartyar/card"
)

// Why a store is refused, or refuses.
var (
	ErrInUse    = errors.New("the store is in use by another process")
	ErrWrongKey = errors.New("SECRET_KEY is not the key that this store was made with; put the right key back")
	ErrMissing  = errors.New("the store's data is gone though its mark is still here; restore a backup")
	ErrForeign  = errors.New("the directory holds data but its mark, DIR.mark, is missing or belongs to another store; put the mark back or restore a backup")
	ErrBehind   = errors.New("the store is older than its mark says: acknowledged writes are gone; restore a backup")
	ErrGap      = errors.New("acknowledged writes are missing from the middle of the store; restore a backup")
	ErrDamaged  = errors.New("the store is damaged; restore a backup")
	ErrNewer    = errors.New("the store was written by a newer version of Kartyar; use that one")
	ErrNoRoom   = errors.New("the disk is nearly full")
	// ErrNotDirectory is for a path at which no store can be.
	ErrNotDirectory = errors.New("a store is a directory; name another path")
	ErrClosed       = errors.New("the store is closed")
	// ErrNone is for who needs a store that is there already.
	ErrNone = errors.New("there is no store yet; `kartyar serve` or the first `kartyar import` makes it")
)

// Options say which store to open and how.
type Options struct {
	Dir string // the store's directory; DIR.mark and DIR.erased stand beside it
	Key []byte // SECRET_KEY, KeySize bytes
	Log zerolog.Logger
	// Reserve is the free disk space in bytes, beside what merges need that fall
	// due, under which lists are not taken in (HasRoom); at half of it updates are
	// not (HasRoomForUpdates), at a quarter every write is refused. Badger maps its
	// files into memory and is killed by a truly full disk. 0 means 256 MiB.
	Reserve uint64
	// Existing refuses to make a new store: ErrNone.
	Existing bool
}

const (
	defaultReserve = 256 << 20
	memTableSize   = 32 << 20
	memTables      = 2 // that wait to be flushed
)

// Store is an open store. All methods may be used by many goroutines.
type Store struct {
	db      *badger.DB
	dir     string
	vault   *vault
	keyer   *card.Keyer
	mark    *mark
	log     zerolog.Logger
	reserve uint64
	disk    func(dir string) (unix.Statfs_t, error) // statDisk, but in a test
	need    atomic.Pointer[need]                    // the newest that is known
	written atomic.Int64                            // bytes committed since the store was opened

	urgent, bulk, lists chan *request
	chores              chan func()
	closing             chan struct{}
	closed              sync.WaitGroup
	closeOnce           sync.Once
	broken              atomic.Pointer[error]

	memTable int64 // bytes of a memory table
	insideMu sync.Mutex
	inside   sync.WaitGroup // who reads, and must be out before Badger closes
	shut     bool           // nobody comes in any more

	soundMu sync.Mutex // held while tables are read through

	began time.Time
	asked atomic.Int64 // when somebody last waited for a commit, in nanoseconds since began; 0 for never

	// What follows is the committer's own.
	head       head
	inboxSeq   uint64
	chats      chats
	seen       seenIDs
	heard      *heard
	slate      slate     // for the next batch
	rest       time.Time // until then lists are not taken
	unflushed  unflushed
	advice     *logAdvice
	sinceChore int // batches begun since the last chore, of work that waited

	erasures *ledger
	backups  sync.RWMutex // held for reading by those that are being made

	hooksMu sync.RWMutex
	hooks   []func(Commit)
}

// Commit is what a hook is told of a commit.
type Commit struct {
	Persons []card.PersonKey // rows written or deleted
	Due     []Due            // outbox rows added
	// Operators says that the operator's chats may be others.
	Operators bool
}

// Open opens the store, or makes a new one where there is neither a directory
// with files nor a mark. A store that is not the one its mark speaks of, or
// has lost acknowledged writes, is refused.
func Open(opt Options) (*Store, error) {
	return open(opt, memTableSize, func(rows badger.Options) badger.Options { return rows }, statDisk)
}

// open takes the size of a memory table in bytes, what a test changes of Badger's
// options, and who says how full the disk is.
func open(opt Options, memTable int64, tune func(badger.Options) badger.Options, disk func(dir string) (unix.Statfs_t, error)) (*Store, error) {
	v, err := newVault(opt.Key)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrWrongKey, err)
	}
	dir := filepath.Clean(opt.Dir)
	m, err := claim(dir, v, opt.Existing)
	if err != nil {
		return nil, err
	}
	s := &Store{
		dir: dir, vault: v, mark: m, log: opt.Log, reserve: opt.Reserve, disk: disk,
		keyer:  card.NewKeyer(v.subkey("look-up")),
		urgent: make(chan *request, 256), bulk: make(chan *request, 256), lists: make(chan *request, 256), began: time.Now(),
		chores: make(chan func()), closing: make(chan struct{}),
		memTable: memTable, chats: newChats(), seen: newSeenIDs(v), heard: newHeard(),
	}
	if s.reserve == 0 {
		s.reserve = defaultReserve
	}
	if err := s.openRows(tune); err != nil {
		return nil, errors.Join(err, m.close())
	}
	s.closed.Go(s.commitLoop)
	s.closed.Go(s.verifyLoop)
	return s, nil
}

// claim locks the store by its mark and refuses what is plainly not there
// before Badger opens, since Badger makes files, drops tables and cuts logs
// when it opens.
func claim(dir string, v *vault, existing bool) (*mark, error) {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return nil, fmt.Errorf("%w: %s is a file", ErrNotDirectory, dir)
	}
	m, found, err := openMark(dir + ".mark")
	if err != nil {
		return nil, err
	}
	manifest, err := exists(filepath.Join(dir, badger.ManifestFilename))
	if err != nil {
		return nil, errors.Join(err, closeMark(m))
	}
	if !found {
		empty, err := emptyOrAbsent(dir)
		if err != nil {
			return nil, err
		}
		if unfinished, err := exists(dir + restoringSuffix); err != nil || unfinished {
			return nil, errors.Join(err, ErrUnfinished)
		}
		if !empty {
			return nil, ErrForeign
		}
		if existing {
			return nil, ErrNone
		}
		if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
			return nil, fmt.Errorf("making the store's directory: %w", err)
		}
		first := slot{key: keyCheck(v)}
		if _, err := rand.Read(first.id[:]); err != nil {
			return nil, fmt.Errorf("drawing the store's name: %w", err)
		}
		return createMark(dir+".mark", first)
	}
	if m.slot.key != keyCheck(v) {
		return nil, errors.Join(ErrWrongKey, m.close())
	}
	if m.slot.seq > 0 && !manifest {
		return nil, errors.Join(ErrMissing, m.close())
	}
	if err := m.slot.tables.check(dir); err != nil {
		return nil, errors.Join(err, m.close())
	}
	return m, nil
}

func closeMark(m *mark) error {
	if m == nil {
		return nil
	}
	return m.close()
}

func keyCheck(v *vault) (out [8]byte) {
	mac := hmac.New(sha256.New, v.subkey("check"))
	copy(out[:], mac.Sum(nil))
	return out
}

func exists(path string) (bool, error) {
	_, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("looking for the store's files: %w", err)
	}
	return true, nil
}

func emptyOrAbsent(dir string) (bool, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("reading the store's directory: %w", err)
	}
	return len(entries) == 0, nil
}

// Close waits for what is in hand, then closes the store. A second Close does
// nothing. It must not be called from within View or Update.
func (s *Store) Close() error {
	var err error
	s.closeOnce.Do(func() {
		close(s.closing)
		s.closed.Wait()
		s.insideMu.Lock()
		s.shut = true
		s.insideMu.Unlock()
		s.inside.Wait()
		err = errors.Join(s.db.Close(), s.erasures.close(), s.mark.close())
	})
	return err
}

// Keyer makes the keys under which this store knows people.
func (s *Store) Keyer() *card.Keyer { return s.keyer }

// Subkey derives a 32-byte key for a purpose of the caller's. It differs
// between stores, so that what was sealed for one means nothing in another.
func (s *Store) Subkey(purpose string) []byte {
	return s.vault.subkey(fmt.Sprintf("use/%x/%s", s.mark.slot.id, purpose))
}

// Absent reports whether there is nothing at a store's place: no mark, and no
// file in its directory. Where a restore has not come to its end it gives
// ErrUnfinished.
func Absent(dir string) (bool, error) {
	dir = filepath.Clean(dir)
	marked, err := exists(dir + ".mark")
	if err != nil || marked {
		return false, err
	}
	if unfinished, err := exists(dir + restoringSuffix); err != nil || unfinished {
		return false, errors.Join(err, ErrUnfinished)
	}
	return emptyOrAbsent(dir)
}

// OnCommit has fn called after each commit, before its writers hear of it and
// before the next function of Update runs. fn must not block.
func (s *Store) OnCommit(fn func(Commit)) {
	s.hooksMu.Lock()
	defer s.hooksMu.Unlock()
	s.hooks = append(s.hooks, fn)
}

// View runs fn over one consistent state of the store.
func (s *Store) View(ctx context.Context, fn func(*Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := s.usable(); err != nil {
		return err
	}
	if !s.enter() {
		return ErrClosed
	}
	defer s.inside.Done()
	txn := s.db.NewTransaction(false)
	defer txn.Discard()
	return fn(&Tx{store: s, txn: txn})
}

// enter keeps the store open until s.inside.Done; it is false when the store
// closes already.
func (s *Store) enter() bool {
	s.insideMu.Lock()
	defer s.insideMu.Unlock()
	if s.shut {
		return false
	}
	s.inside.Add(1)
	return true
}

func (s *Store) usable() error {
	select {
	case <-s.closing:
		return ErrClosed
	default:
	}
	if err := s.broken.Load(); err != nil {
		return *err
	}
	return nil
}
