package app

import "golang.org/x/sys/unix"

// leaveNoCore keeps the memory of a process that crashes off the disk: it holds
// the key, the tokens and what people wrote. Whoever wants a core all the same
// takes one of the running process as root.
func leaveNoCore() {
	// To lower a limit is allowed to everybody, so that this cannot fail.
	_ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
}
