package store

import (
	"context"
	"time"
)

const (
	// Somebody who waited for a commit this short a time ago is followed by others,
	// or by what they ask next.
	askedLately = 250 * time.Millisecond

	restMost  = 100 * time.Millisecond // of lists, after a batch that held one
	restsFor  = 3                      // times its work a list rests while people ask
	lookAgain = 20 * time.Millisecond  // at what is unflushed
)

// pace is how long a batch may become.
type pace struct {
	start  time.Time
	urgent bool // somebody waits for it
	asked  bool // or somebody did lately
	listed bool // there is a piece of a list in it
}

// full reports whether a batch of so many rows and bytes is to be committed.
// While people ask, one piece of a list is all that the next one who asks may
// have to wait for.
func (p pace) full(rows, bytes, most int, now time.Time) bool {
	run := bulkRun
	if p.urgent || p.asked {
		run = batchRun
	}
	return p.listed && (p.urgent || p.asked) || rows >= batchRows || bytes >= most || now.Sub(p.start) >= run
}

// takesBulk reports whether work in bulk may still join the batch.
func (p pace) takesBulk(now time.Time) bool { return !p.urgent || now.Sub(p.start) < urgentRun }

// keepPace notes what a batch means for those after it: that somebody asked, and
// that lists rest as long as a batch with a piece of one took.
func (s *Store) keepPace(p pace) {
	now := time.Now()
	if p.urgent {
		s.asked.Store(now.Sub(s.began).Nanoseconds())
	}
	if p.listed && (p.urgent || p.asked) {
		s.rest = now.Add(min(now.Sub(p.start), restMost))
	}
}

func (s *Store) askedLately(now time.Time) bool {
	asked := s.asked.Load()
	return asked > 0 && now.Sub(s.began)-time.Duration(asked) < askedLately
}

// openLists returns the queue of lists, or nil and how long to wait before it is
// worth asking again.
func (s *Store) openLists() (lists <-chan *request, wait time.Duration) {
	if rest := time.Until(s.rest); rest > 0 {
		return nil, rest
	}
	if s.muchUnflushed() {
		return nil, lookAgain
	}
	return s.lists, 0
}

// GiveWay is called by those who work on a list for long, each quarter of a
// millisecond or so, with how long they have worked since the last time. While
// people ask it waits restsFor times as long, or until ctx ends, so that to read
// a list takes a quarter of a core and the scheduler looks for those who ask.
func (s *Store) GiveWay(ctx context.Context, worked time.Duration) {
	if !s.askedLately(time.Now()) {
		return
	}
	timer := time.NewTimer(min(restsFor*worked, restMost))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// unflushed is what was committed and is, as far as is known, in Badger's memory
// tables only. Badger lets nobody write while its memory tables are full and the
// one before them is not in a file, and that one waits for level 0.
type unflushed struct {
	bytes   int64
	commits []commits // the oldest first
}

// commits are some that followed one another.
type commits struct {
	after uint64 // the newest version before the last of them
	bytes int64
}

const commitsBytes = 256 << 10 // above which commits are counted apart

// add takes in a commit whose version is the next after the given one.
func (u *unflushed) add(after uint64, bytes int64) {
	u.bytes += bytes
	if n := len(u.commits); n > 0 && u.commits[n-1].bytes < commitsBytes {
		u.commits[n-1] = commits{after, u.commits[n-1].bytes + bytes}
		return
	}
	u.commits = append(u.commits, commits{after, bytes})
}

// flushed takes out what is in tables, the newest version in which is given.
func (u *unflushed) flushed(newest uint64) {
	for len(u.commits) > 0 && u.commits[0].after < newest {
		u.bytes -= u.commits[0].bytes
		u.commits = u.commits[1:]
	}
}

// muchUnflushed reports whether fewer than one memory table is free: Badger has
// one in use, two that wait and one that is being flushed. What is counted is
// more than what is there, and the table in use is not flushed before it is full,
// so that a list would wait for ever if two did not wait as well.
func (s *Store) muchUnflushed() bool {
	most := int64(memTables+1) * s.memTable
	if s.unflushed.bytes > most {
		s.unflushed.flushed(s.newestInTables())
	}
	return s.unflushed.bytes > most && s.memoryTables() > memTables
}

// memoryTables is how many memory tables have a log: the one in use and those
// that are not in a file yet. Where the directory cannot be read lists go on.
func (s *Store) memoryTables() int {
	logs, err := logNumbers(s.dir)
	if err != nil {
		return 0
	}
	return len(logs)
}

// newestInTables returns the newest version in any table. It never becomes
// older: the head is in every commit, and no compaction drops its newest row.
func (s *Store) newestInTables() (version uint64) {
	for _, table := range s.db.Tables() {
		version = max(version, table.MaxVersion)
	}
	return version
}
