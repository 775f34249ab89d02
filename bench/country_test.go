package bench

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"

	"kartyar/card"
	"kartyar/desk"
	"kartyar/desk/offices"
	"kartyar/store"
)

// The sizes are small unless told otherwise, so that whoever runs all
// benchmarks waits for minutes only. docs/performance.md says what it was
// measured with.
var (
	rowsFlag    = flag.Int("rows", 20_000, "rows of a list that is taken in")
	recordsFlag = flag.Int("records", 50_000, "records of a large store")
	waitingFlag = flag.Int("waiting", 50_000, "reminders that wait")
	keptFlag    = flag.String("kept", "", "directory in which large stores are kept and found again; none are kept without")
)

// people makes a list in CSV while it is read: one row a person, from the first
// one on, in the order of at if it is given. Nobody has these national codes.
type people struct {
	next, end int
	at        func(int) int
	stage     func(n int) string
	asOf      func(n int) string
	line      []byte
	rest      []byte
}

const listHeading = "national_code,mobile,stage,office,as_of\n"

func list(first, number int) *people {
	return &people{
		next: first, end: first + number, rest: []byte(listHeading),
		stage: func(int) string { return "issuing" },
		asOf:  func(int) string { return "2026-11-20T08:00:00Z" },
	}
}

// Read makes the next rows.
func (p *people) Read(buf []byte) (n int, err error) {
	for n < len(buf) {
		if len(p.rest) == 0 {
			if p.next == p.end {
				break
			}
			who := p.next
			if p.at != nil {
				who = p.at(who)
			}
			p.next++
			p.line = appendRow(p.line[:0], who, p.stage(who), p.asOf(who))
			p.rest = p.line
		}
		took := copy(buf[n:], p.rest)
		n, p.rest = n+took, p.rest[took:]
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func appendRow(line []byte, n int, stage, asOf string) []byte {
	line = appendCode(line, n)
	line = append(line, ",099"...) // phoneOf
	line = strconv.AppendInt(line, int64(80_000_000+n), 10)
	line = append(append(line, ','), stage...)
	line = append(line, ',')
	line = strconv.AppendInt(line, int64(1000+n%5000), 10) // of 5,000 offices
	line = append(append(line, ','), asOf...)
	return append(line, '\n')
}

// appendCode appends the nth national code. No digit of the first ten codes of
// one prefix is the same throughout.
func appendCode(line []byte, n int) []byte {
	start := len(line)
	line = strconv.AppendInt(line, int64(900_000_001+n), 10)
	sum := 0
	for i, digit := range line[start:] {
		sum += int(digit-'0') * (10 - i)
	}
	check := sum % 11
	if check >= 2 {
		check = 11 - check
	}
	return append(line, byte('0'+check))
}

func personOf(keyer *card.Keyer, n int) card.PersonKey {
	code, err := card.ParseNationalCode(string(appendCode(nil, n)))
	if err != nil {
		panic(err)
	}
	return keyer.Person(code)
}

var officeBook = func() *offices.Directory {
	var all []card.Office
	for n := range 5000 {
		all = append(all, card.Office{Code: strconv.Itoa(1000 + n), Name: "نمونه", City: "تهران", Address: "خیابان نمونه، پلاک ۱"})
	}
	return offices.New(all)
}()

// takeIn applies a list and fails unless each of its rows did what it should.
func takeIn(b *testing.B, s *store.Store, dir string, r io.Reader) desk.ImportReport {
	b.Helper()
	report, err := desk.Import(ctx, desk.ImportOptions{
		Store: s, Rules: rules, Now: time.Now, SpoolDir: dir, Yes: true, Offices: officeBook,
	}, r)
	if err != nil || report.Refused > 0 || len(report.UnknownOffices) > 0 {
		b.Fatalf("%+v: %v", report, err)
	}
	return report
}

func openAt(b *testing.B, dir string) *store.Store {
	b.Helper()
	s, err := store.Open(store.Options{Dir: filepath.Join(dir, "store"), Key: benchKey})
	if err != nil {
		b.Fatal(err)
	}
	return s
}

var benchKey = []byte(strings.Repeat("\x07", store.KeySize))

// arriving: each so many cards one has come to its office.
const arriving = 100

func arrivingList(rows int) *people {
	l := list(0, rows)
	l.stage = func(n int) string {
		if n%arriving == 0 {
			return "ready"
		}
		return "issuing"
	}
	return l
}

// large returns the directory of a store of so many records, which is made
// unless it is kept from before. Of each hundred cards one lies ready, and
// somebody waits to be told of it.
func large(b *testing.B, records int) (dir string) {
	b.Helper()
	return kept(b, sizeOf(records), func(dir string) {
		s := openAt(b, dir)
		takeIn(b, s, dir, arrivingList(records))
		everyNth(b, s, records, arriving)
		closeStore(b, s)
	})
}

// kept returns the directory of that name, in which fill makes a store unless
// it is kept from before.
func kept(b *testing.B, name string, fill func(dir string)) (dir string) {
	b.Helper()
	if *keptFlag == "" {
		dir = b.TempDir()
	} else if dir = filepath.Join(*keptFlag, name); isThere(filepath.Join(dir, "done")) {
		return dir
	}
	if err := errors.Join(os.RemoveAll(dir), os.MkdirAll(dir, 0o700)); err != nil {
		b.Fatal(err)
	}
	fill(dir)
	flatten(b, dir)
	if err := os.WriteFile(filepath.Join(dir, "done"), nil, 0o600); err != nil {
		b.Fatal(err)
	}
	return dir
}

func isThere(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// bareOptions are those that the store opens Badger with.
func bareOptions(dir string) badger.Options {
	return badger.DefaultOptions(dir).
		WithSyncWrites(true).
		WithDetectConflicts(false).
		WithMetricsEnabled(false).
		WithCompression(options.None).
		WithBlockCacheSize(0).
		WithChecksumVerificationMode(options.OnBlockRead).
		WithMemTableSize(32 << 20).
		WithValueThreshold(1 << 20).
		WithNumMemtables(2).
		WithNumCompactors(2).
		WithValueLogFileSize(16 << 20).
		WithLogger(nil)
}

func openBare(b *testing.B, dir string) *badger.DB {
	b.Helper()
	db, err := badger.Open(bareOptions(dir))
	if err != nil {
		b.Fatal(err)
	}
	return db
}

// flatten settles what compactions a closed store still owes. Flatten leaves all
// in level 0 where that is all there is, and one table more would set off the merge
// of it all: so level 0 is merged as the store closes.
func flatten(b *testing.B, dir string) {
	b.Helper()
	db, err := badger.Open(bareOptions(filepath.Join(dir, "store")).WithCompactL0OnClose(true))
	if err == nil {
		err = errors.Join(db.Flatten(2), db.Close())
	}
	if err != nil {
		b.Fatal(err)
	}
}

// dump writes a closed store's persons into a file, in the order of their
// keys: what the bare side writes.
func dump(b *testing.B, dir string) (path string) {
	b.Helper()
	path = filepath.Join(dir, "rows")
	out, err := newDump(path)
	if err != nil {
		b.Fatal(err)
	}
	db := openBare(b, filepath.Join(dir, "store"))
	txn := db.NewTransaction(false)
	opt := badger.DefaultIteratorOptions
	opt.Prefix = []byte{'p'}
	it := txn.NewIterator(opt)
	for it.Rewind(); it.Valid(); it.Next() {
		err = errors.Join(err, it.Item().Value(func(value []byte) error {
			out.add(it.Item().Key(), value)
			return nil
		}))
	}
	it.Close()
	txn.Discard()
	if err := errors.Join(err, out.close(), db.Close()); err != nil {
		b.Fatal(err)
	}
	return path
}

// dumping is a file of rows that is being written.
type dumping struct {
	file *os.File
	w    *bufio.Writer // keeps its first error
}

func newDump(path string) (*dumping, error) {
	file, err := os.Create(path)
	return &dumping{file: file, w: bufio.NewWriterSize(file, 1<<20)}, err
}

func (d *dumping) add(key, value []byte) {
	var size [4]byte
	binary.BigEndian.PutUint16(size[:], uint16(len(key)))
	binary.BigEndian.PutUint16(size[2:], uint16(len(value)))
	for _, part := range [][]byte{size[:], key, value} {
		_, _ = d.w.Write(part)
	}
}

func (d *dumping) close() error { return errors.Join(d.w.Flush(), d.file.Close()) }

// eachDumped reads what dump wrote; key and value are the callee's to keep.
func eachDumped(b *testing.B, path string, each func(key, value []byte) error) {
	b.Helper()
	file, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	r := bufio.NewReaderSize(file, 1<<20)
	for {
		var size [4]byte
		if _, err := io.ReadFull(r, size[:]); errors.Is(err, io.EOF) {
			return
		}
		keyLen := int(binary.BigEndian.Uint16(size[:]))
		row := make([]byte, keyLen+int(binary.BigEndian.Uint16(size[2:])))
		if _, err := io.ReadFull(r, row); err != nil {
			b.Fatal(err)
		}
		if err := each(row[:keyLen:keyLen], row[keyLen:]); err != nil {
			b.Fatal(err)
		}
	}
}

// private is the memory that is this process's alone: not the page cache, nor
// files that are mapped.
func private(b *testing.B) int64 {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if kb, ok := strings.CutPrefix(line, "RssAnon:"); ok {
			n, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(kb), "kB")), 10, 64)
			if err != nil {
				b.Fatal(err)
			}
			return n << 10
		}
	}
	b.Fatal("the system does not say how much memory is private")
	return 0
}

// peak runs fn and returns the most private memory seen meanwhile.
func peak(b *testing.B, fn func()) (most int64) {
	b.Helper()
	debug.FreeOSMemory()
	watching, stop := context.WithCancel(ctx)
	var watch sync.WaitGroup
	watch.Go(func() {
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			most = max(most, private(b))
			select {
			case <-tick.C:
			case <-watching.Done():
				return
			}
		}
	})
	fn()
	stop()
	watch.Wait()
	return most
}

// shuffled is an order of the first number numbers.
func shuffled(number int) func(int) int {
	order := rand.New(rand.NewPCG(1, 2)).Perm(number)
	return func(n int) int { return order[n] }
}

func sizeOf(n int) string {
	if n%1_000_000 == 0 {
		return fmt.Sprintf("%dM", n/1_000_000)
	}
	if n%1000 == 0 {
		return fmt.Sprintf("%dk", n/1000)
	}
	return strconv.Itoa(n)
}

func codeOf(n int) card.NationalCode {
	code, err := card.ParseNationalCode(string(appendCode(nil, n)))
	if err != nil {
		panic(err)
	}
	return code
}
