package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"kartyar/demo"
)

// gauge reads from outside what a process takes of the machine.
type gauge struct {
	pid     int
	metrics string // where the process answers with its own numbers
	store   string // the directory of its store; what belongs to it stands beside it
}

// reading is what a process takes at a moment.
type reading struct {
	at         time.Time
	anonymous  float64 // bytes of memory that no file backs
	goroutines float64
	sockets    float64 // open ones
	others     float64 // other open files than sockets and those of the store
	disk       float64 // bytes on the disk, holes not counted
	updates    float64 // confirmed so far
}

// follow reads at every tick until ctx ends.
func (g gauge) follow(ctx context.Context, every time.Duration, journal func() []demo.Entry) (all []reading, err error) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	seen, updates := 0, 0.0
	for {
		select {
		case <-ctx.Done():
			return all, nil
		case <-tick.C:
		}
		entries := journal()
		for ; seen < len(entries); seen++ {
			if entries[seen].Kind == demo.Confirmed {
				updates++
			}
		}
		r, err := g.read(ctx)
		if ctx.Err() != nil {
			return all, nil //nolint:nilerr // the reading was cut off by the end
		}
		if err != nil {
			return all, fmt.Errorf("reading what the program takes: %w", err)
		}
		r.updates = updates
		all = append(all, r)
	}
}

func (g gauge) read(ctx context.Context) (r reading, err error) {
	r.at = time.Now()
	status, err := os.Open(filepath.Join("/proc", strconv.Itoa(g.pid), "status"))
	if err != nil {
		return r, err
	}
	defer func() { _ = status.Close() }()
	kib, err1 := valueOf(status, "RssAnon:")
	r.anonymous = kib * 1024
	err2 := g.files(&r)
	disk, err3 := taken(g.store, g.store+".mark", g.store+".erased")
	r.disk = disk
	goroutines, err4 := g.goroutines(ctx)
	r.goroutines = goroutines
	return r, errors.Join(err1, err2, err3, err4)
}

// files counts the open files.
func (g gauge) files(r *reading) error {
	dir := filepath.Join("/proc", strconv.Itoa(g.pid), "fd")
	open, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, entry := range open {
		what, err := os.Readlink(filepath.Join(dir, entry.Name()))
		switch {
		case errors.Is(err, fs.ErrNotExist): // closed meanwhile
		case err != nil:
			return err
		case strings.HasPrefix(what, "socket:"):
			r.sockets++
		case !strings.HasPrefix(what, g.store):
			r.others++
		}
	}
	return nil
}

func (g gauge) goroutines(ctx context.Context) (float64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, g.metrics, nil)
	if err != nil {
		return 0, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = resp.Body.Close() }()
	return valueOf(resp.Body, "go_goroutines")
}

// valueOf finds the line that begins with a name, and returns the number after it.
func valueOf(text io.Reader, name string) (float64, error) {
	lines := bufio.NewScanner(text)
	for lines.Scan() {
		if fields := strings.Fields(lines.Text()); len(fields) > 1 && fields[0] == name {
			return strconv.ParseFloat(fields[1], 64)
		}
	}
	return 0, errors.Join(fmt.Errorf("there is no %s", name), lines.Err())
}

// taken is what files and directories take on the disk. A file that goes away
// meanwhile takes nothing.
func taken(paths ...string) (bytes float64, err error) {
	for _, path := range paths {
		err = errors.Join(err, filepath.WalkDir(path, func(_ string, entry fs.DirEntry, err error) error {
			if err == nil {
				var info fs.FileInfo
				if info, err = entry.Info(); err == nil {
					if of, is := info.Sys().(*syscall.Stat_t); is {
						bytes += float64(of.Blocks) * 512
					}
				}
			}
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			return err
		}))
	}
	return bytes, err
}

// freeAddress finds a port on loopback that is free now.
func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // on loopback it does not wait
	if err != nil {
		return "", fmt.Errorf("looking for a free port: %w", err)
	}
	return listener.Addr().String(), listener.Close()
}
