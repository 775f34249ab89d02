package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"
)

// stage is what an experiment is given: a directory, the program, chance, and
// somewhere to say what came of it.
type stage struct {
	dir    string
	binary string
	seed   uint64
	n      int  // how much is to be done
	long   bool // the long form
	out    io.Writer
	broken []string // promises broken, a sentence each
}

// dice returns a source of chance; each number of them gives another.
func (s *stage) dice(number uint64) *rand.Rand { return rand.New(rand.NewPCG(s.seed, number)) }

// line prints a figure, or a few that belong together.
func (s *stage) line(name, format string, args ...any) {
	_, _ = fmt.Fprintf(s.out, "  %-36s %s\n", name, fmt.Sprintf(format, args...))
}

// breaks notes a broken promise.
func (s *stage) breaks(format string, args ...any) {
	s.broken = append(s.broken, fmt.Sprintf(format, args...))
}

// end prints the broken promises; its error says that there are some.
func (s *stage) end() error {
	s.line("promises broken", "%d", len(s.broken))
	for i, sentence := range s.broken {
		if i == brokenMost {
			s.line("…", "and %d more", len(s.broken)-i)
			break
		}
		s.line("-", "%s", sentence)
	}
	if len(s.broken) > 0 {
		return errBroken
	}
	return nil
}

// brokenMost is how many broken promises are told in full.
const brokenMost = 20

// place makes a directory on the stage.
func (s *stage) place(name string) (dir string, err error) {
	dir = filepath.Join(s.dir, name)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", fmt.Errorf("making a place for the files: %w", err)
	}
	return dir, nil
}

// slowest is how long a call to the platforms is held back at most, in the
// experiments that do so.
const slowest = 40 * time.Millisecond
