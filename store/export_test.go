package store

// OpenSmall is Open with memory tables of the given size, so that a test can
// fill one.
func OpenSmall(opt Options, memTable int64) (*Store, error) { return open(opt, memTable) }

// Low returns the commit up to which numbered rows were taken away.
func (s *Store) Low() uint64 { return s.head.Low }

// Waits reports whether a function of Update waits for its turn.
func (s *Store) Waits() bool { return len(s.urgent) > 0 }
