// Package guard keeps a panic in one piece of work from ending the program, and
// what a person wrote out of what is said of it.
package guard

import "runtime/debug"

// Panic is a panic that was caught. Its text never tells the panic's value, which
// may hold what a person wrote.
type Panic struct {
	// Frames are the program's own of the stack, the innermost first: function,
	// file and line.
	Frames []string
}

func (p *Panic) Error() string {
	if len(p.Frames) == 0 {
		return "a panic"
	}
	return "a panic in " + p.Frames[0]
}

// Run runs fn. A panic in it comes back as a *Panic.
func Run(fn func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = &Panic{Frames: ownFrames(debug.Stack())}
		}
	}()
	return fn()
}
