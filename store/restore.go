package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/sys/unix"
)

// Why a restore is refused.
var (
	ErrNotEmpty      = errors.New("a backup is restored into an empty place only; move what stands there away first")
	ErrUnfinished    = errors.New("a restore into this place has not come to its end; run it again, or remove DIR.restoring")
	ErrRestoring     = errors.New("another restore is at work here")
	ErrLedgerThere   = errors.New("the ledger of erasures (DIR.erased) of an earlier store stands there; name it with --erased, or move it away first")
	ErrLedgerForeign = errors.New("the ledger of erasures does not go with this backup: it is another store's, or an older copy")
	ErrLedgerDamaged = errors.New("the ledger of erasures has a line that cannot be read, or is no such ledger")
)

// A restore makes the store in DIR.restoring and, when all is verified and on
// the disk, renames its mark there to ready.mark. From then on the rest is
// moving files, the mark last; whoever finds ready.mark can finish that.
const (
	restoringSuffix = ".restoring"
	readyMark       = "ready.mark"
)

// Restoring is a restore in hand: a store beside its place, with all rows of
// the backup. Finish or Abort ends it.
type Restoring struct {
	Store  *Store
	Backup Backup
	// Erasures are those of the ledger that the backup does not know of. The
	// caller applies them.
	Erasures []Erasure
	Rows     uint64
	// Unanswered updates of the backup's inbox were dropped.
	Unanswered int

	dir  string
	lock *os.File
}

// voided are the kinds of row that do not outlive a restore.
var voided = []byte{inboxKind, inviteRowKind}

// BeginRestore reads a backup to its end into a new store beside opt.Dir, which
// has to be an empty place. ledger is the content of DIR.erased of the store
// that was lost, nil when there is none. In the new store, which has a name and
// an epoch of its own, sessions and the inbox are gone, and the outbox is held.
func BeginRestore(ctx context.Context, opt Options, backup io.Reader, ledger []byte) (_ *Restoring, err error) {
	v, err := newVault(opt.Key)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrWrongKey, err)
	}
	opt.Dir = filepath.Clean(opt.Dir)
	if err := restorable(opt.Dir, ledger); err != nil {
		return nil, err
	}
	in, err := newBackupReader(backup, v)
	if err != nil {
		return nil, err
	}
	r := &Restoring{Backup: in.of, dir: opt.Dir}
	if r.Erasures, err = in.of.unknown(ledger); err != nil {
		return nil, err
	}
	if err := r.begin(ledger); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, r.Abort())
		}
	}()
	opt.Dir = filepath.Join(opt.Dir+restoringSuffix, "store")
	if r.Store, err = Open(opt); err != nil {
		return nil, err
	}
	r.Store.head.Epoch = in.of.Epoch + 1 // nobody writes yet
	return r, r.load(ctx, in)
}

// restorable refuses a place that is not empty.
func restorable(dir string, ledger []byte) error {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return fmt.Errorf("%w: %s is a file", ErrNotDirectory, dir)
	}
	m, found, err := openMark(dir + ".mark")
	switch {
	case errors.Is(err, ErrInUse):
		return err
	case found:
		return errors.Join(ErrNotEmpty, closeMark(m))
	case err != nil:
		return err
	}
	empty, err := emptyOrAbsent(dir)
	if err != nil {
		return err
	}
	if !empty {
		return ErrNotEmpty
	}
	there, err := os.ReadFile(dir + ".erased")
	if errors.Is(err, fs.ErrNotExist) || err == nil && (len(there) == 0 || ledger != nil && bytes.Equal(there, ledger)) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading the ledger of erasures: %w", err)
	}
	return ErrLedgerThere
}

// unknown returns the entries of a ledger that came after the backup: in its
// own store's chapter, and all of those that follow it.
func (b Backup) unknown(ledger []byte) (later []Erasure, err error) {
	if ledger == nil {
		return nil, nil
	}
	chapters, _, ok := readLedger(string(ledger))
	if !ok || len(chapters) == 0 {
		return nil, ErrLedgerDamaged
	}
	i := slices.IndexFunc(chapters, func(c chapter) bool { return c.store == b.Store })
	if i < 0 || uint64(len(chapters[i].entries)) < b.Erasures {
		return nil, ErrLedgerForeign
	}
	for n, e := range chapters[i].entries {
		// Of a ledger that was lost and begun anew the number of entries says little.
		if uint64(n) >= b.Erasures || e.Seq >= b.Seq {
			later = append(later, e)
		}
	}
	for _, c := range chapters[i+1:] {
		later = append(later, c.entries...)
	}
	return later, nil
}

// begin makes DIR.restoring anew, with the ledger that the store goes on with.
func (r *Restoring) begin(ledger []byte) error {
	place := r.dir + restoringSuffix
	if err := os.MkdirAll(place, 0o700); err != nil {
		return fmt.Errorf("making a place for the restore: %w", err)
	}
	lock, err := os.Open(place)
	if err != nil {
		return fmt.Errorf("opening the place of the restore: %w", err)
	}
	err = unix.Flock(int(lock.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		err = ErrRestoring
	}
	if err != nil {
		return errors.Join(err, lock.Close())
	}
	r.lock = lock
	left, err := os.ReadDir(place) // by a restore that was killed
	for _, entry := range left {
		err = errors.Join(err, os.RemoveAll(filepath.Join(place, entry.Name())))
	}
	if err == nil && len(ledger) > 0 {
		_, whole, _ := readLedger(string(ledger))
		err = os.WriteFile(filepath.Join(place, "store.erased"), ledger[:whole], 0o600)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("making a place for the restore: %w", err), r.Abort())
	}
	return nil
}

// restoreBytes is about how much a commit of a restore holds.
const restoreBytes = batchBytes - 64<<10

// load copies the rows.
func (r *Restoring) load(ctx context.Context, in *backupReader) error {
	var rows []plainRow
	size, ended := 0, false
	for !ended {
		key, value, err := in.row()
		if ended = errors.Is(err, io.EOF); err != nil && !ended {
			return err
		}
		if !ended {
			rows = append(rows, plainRow{key, value})
			size += len(key) + len(value) + rowOverhead
			r.Rows++
		}
		if ended || size >= restoreBytes || len(rows) >= batchRows {
			if err := r.Store.Update(ctx, func(tx *Tx) error { return r.put(tx, rows) }); err != nil {
				return fmt.Errorf("restoring rows: %w", err)
			}
			rows, size = nil, 0
		}
	}
	return nil
}

type plainRow struct{ key, value []byte }

func (r *Restoring) put(tx *Tx, rows []plainRow) error {
	for _, row := range rows {
		if err := r.putRow(tx, row.key, row.value); err != nil {
			return err
		}
	}
	return nil
}

// putRow writes a row as it stands after a restore.
func (r *Restoring) putRow(tx *Tx, key, value []byte) error {
	switch {
	case key[0] == inboxKind:
		var u Update
		if decode(value, &u) != nil {
			return ErrBackupDamaged
		}
		r.Unanswered++
		if u.Handled {
			return nil
		}
		// Should the platform deliver it again, it is a new one.
		return tx.delete(seenKey(span(u.Received), seenFrom(u.Bot), tx.store.seen.row(&u)))
	case slices.Contains(voided, key[0]):
		return nil
	case key[0] == outboxKind && len(key) > classAt:
		key = slices.Clone(key)
		key[classAt] = byte(Class(key[classAt]).held())
	case key[0] == personKind:
		var p Person
		if decode(value, &p) != nil {
			return ErrBackupDamaged
		}
		if p.hold() {
			return tx.put(key, &p)
		}
	case key[0] == chatKind:
		var c Chat
		if decode(value, &c) != nil {
			return ErrBackupDamaged
		}
		if len(c.Session) > 0 {
			c.Session = nil
			return tx.put(key, &c)
		}
	}
	return tx.put(key, plain(value))
}

func (c Class) held() Class {
	switch c {
	case Alerts:
		return HeldAlerts
	case Reminders:
		return HeldReminders
	}
	return c
}

// hold marks the followers for whom something waits.
func (p *Person) hold() (any bool) {
	for i := range p.Followers {
		f := &p.Followers[i]
		if !f.Alert.Due.IsZero() || !f.Reminder.IsZero() {
			f.Held, any = true, true
		}
	}
	return any
}

// Abort removes all that the restore made.
func (r *Restoring) Abort() error {
	var err error
	if r.Store != nil {
		err = r.Store.Close()
	}
	return errors.Join(err, os.RemoveAll(r.dir+restoringSuffix), r.lock.Close())
}

// Finish closes the store and moves it into its place.
func (r *Restoring) Finish() error {
	place := r.dir + restoringSuffix
	err := r.Store.Close()
	if err == nil {
		err = errors.Join(syncDirectory(filepath.Join(place, "store")), syncDirectory(place))
	}
	if err == nil {
		err = os.Rename(filepath.Join(place, "store.mark"), filepath.Join(place, readyMark))
	}
	if err != nil {
		return errors.Join(fmt.Errorf("closing the restored store: %w", err), r.Abort())
	}
	err = moveIntoPlace(r.dir)
	return errors.Join(err, r.lock.Close())
}

// FinishRestore brings a restore to its end that was interrupted after all was
// verified; done is false when there is none.
func FinishRestore(dir string) (done bool, err error) {
	dir = filepath.Clean(dir)
	ready, err := exists(filepath.Join(dir+restoringSuffix, readyMark))
	if err != nil || !ready {
		return false, err
	}
	return true, moveIntoPlace(dir)
}

// moveIntoPlace moves what is not yet in its place, the mark last.
func moveIntoPlace(dir string) error {
	place := dir + restoringSuffix
	err := syncDirectory(place)
	for _, move := range [][2]string{{"store", dir}, {"store.erased", dir + ".erased"}} {
		from := filepath.Join(place, move[0])
		there, failed := exists(from)
		if err = errors.Join(err, failed); err == nil && there {
			err = unix.Rename(from, move[1]) // unlike os.Rename, over an empty directory too
		}
	}
	if err == nil {
		err = syncDirectory(filepath.Dir(dir))
	}
	if err == nil {
		err = os.Link(filepath.Join(place, readyMark), dir+".mark") // never over another's
		if errors.Is(err, fs.ErrExist) && sameFile(filepath.Join(place, readyMark), dir+".mark") {
			err = nil
		}
	}
	if err != nil {
		return fmt.Errorf("moving the restored store into its place: %w", err)
	}
	return errors.Join(syncDirectory(filepath.Dir(dir)), os.RemoveAll(place), syncDirectory(filepath.Dir(dir)))
}

func sameFile(a, b string) bool {
	one, err1 := os.Stat(a)
	other, err2 := os.Stat(b)
	return err1 == nil && err2 == nil && os.SameFile(one, other)
}
