package store

import "context"

// A chore is what the committer does between two commits, for which nobody waits
// as people do: a backup that takes its moment, the clearing of what was erased.
// So work goes first; but it must not go first for ever, for under a load that
// never pauses nothing would be backed up and nothing leave the disk.

// choreAfter is how many batches of work that waited go before a chore, counted
// from the chore before it. So chores cannot keep work waiting either.
const choreAfter = 64

// between runs a chore in the committer, between two commits.
func (s *Store) between(ctx context.Context, chore func()) error {
	done := make(chan struct{})
	select {
	case s.chores <- func() { defer close(done); chore() }:
	case <-ctx.Done():
		return ctx.Err()
	case <-s.closing:
		return ErrClosed
	}
	<-done
	return nil
}

// runLateChore runs a chore that waits, if enough work went before it.
func (s *Store) runLateChore() (ran bool) {
	if s.sinceChore < choreAfter {
		return false
	}
	select {
	case chore := <-s.chores:
		s.runChore(chore)
		return true
	default:
		return false
	}
}

func (s *Store) runChore(chore func()) {
	s.sinceChore = 0
	chore()
}
