package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// names is where the program under test looks names up: in a hosts file of its
// own, and otherwise at this machine's port 53, where nobody answers. It takes
// root to give a process its own files.
type names struct{ hosts string }

// hostsFile knows the platforms, which are on this machine.
const hostsFile = "127.0.0.1 localhost\n"

// ownNames gives every later process of the program names of its own, and has
// it look the platforms up by theirs.
func (w *world) ownNames() (*names, error) {
	n := &names{hosts: filepath.Join(w.dir, "hosts")}
	resolver, script := filepath.Join(w.dir, "resolv.conf"), filepath.Join(w.dir, "with-names")
	text := "#!/bin/sh\nexec unshare --mount -- sh -c '" +
		"mount --bind " + n.hosts + " /etc/hosts && mount --bind " + resolver + " /etc/resolv.conf && exec \"$@\"' sh " +
		w.binary + " \"$@\"\n"
	for _, file := range []struct {
		path, text string
		mode       os.FileMode
	}{
		{n.hosts, hostsFile, 0o644},
		{resolver, "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n", 0o644},
		{script, text, 0o700},
	} {
		if err := os.WriteFile(file.path, []byte(file.text), file.mode); err != nil {
			return nil, fmt.Errorf("giving the program its own names: %w", err)
		}
	}
	_, port, _ := strings.Cut(w.addr, ":")
	for i, v := range w.env {
		w.env[i] = strings.Replace(v, "http://"+w.addr, "http://localhost:"+port, 1)
	}
	w.env = append(w.env, "GODEBUG=netdns=go")
	w.binary = script
	return n, nil
}

// forget takes the platforms' name away, and know gives it back. A program
// learns of either within some seconds.
func (n *names) forget() error { return n.write("") }
func (n *names) know() error   { return n.write(hostsFile) }

// write writes in place: the file is mounted.
func (n *names) write(text string) error {
	if err := os.WriteFile(n.hosts, []byte(text), 0o644); err != nil { //nolint:gosec // it stands for /etc/hosts, which everybody reads
		return fmt.Errorf("changing the program's names: %w", err)
	}
	return nil
}
