package store

import "testing"

// Work goes before a chore, but while there is always more of it, only so much.
func TestChoresHaveTheirTurnUnderUnbrokenLoad(t *testing.T) {
	s := &Store{urgent: make(chan *request, 1), bulk: make(chan *request, 1), chores: make(chan func(), 1)}
	ran := false
	// before returns how many batches are begun before the chore, while there is
	// always one more of the queue's.
	before := func(queue chan *request) (batches int) {
		t.Helper()
		ran = false
		s.chores <- func() { ran = true }
		for ; batches <= 10*choreAfter; batches++ {
			select {
			case queue <- &request{}:
			default: // the last one waits still
			}
			r, _, ok := s.next()
			if !ok {
				t.Fatal("the committer ends")
			}
			if (r == nil) != ran {
				t.Fatalf("a request %v, and the chore ran: %v", r, ran)
			}
			if ran {
				return batches
			}
		}
		t.Fatal("the chore waits for ever")
		return 0
	}
	for name, queue := range map[string]chan *request{"urgent": s.urgent, "bulk": s.bulk} {
		if got := before(queue); got != choreAfter {
			t.Errorf("%d batches of %s work before the first chore; want %d", got, name, choreAfter)
		}
		if got := before(queue); got != choreAfter {
			t.Errorf("%d batches of %s work between two chores; want %d", got, name, choreAfter)
		}
		<-queue
		s.sinceChore = 0
	}
}
