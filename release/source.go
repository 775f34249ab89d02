package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// source is what a release is made from.
type source struct {
	Dir     string // the files of the commit
	Version string
	Commit  string
	Time    time.Time // of the commit; every file of the release bears it
}

// headSource writes the files of the commit that is checked out to a new
// directory, which the caller removes. A version that is not given is the
// commit's tag, or else its time and name in Go's form.
func headSource(ctx context.Context, version string) (source, error) {
	said, err := git(ctx, "show", "-s", "--format=%H %ct", "HEAD")
	if err != nil {
		return source{}, err
	}
	commit, seconds, _ := strings.Cut(said, " ")
	unix, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return source{}, fmt.Errorf("reading the commit's time: %w", err)
	}
	s := source{Version: version, Commit: commit, Time: time.Unix(unix, 0).UTC()}
	if s.Version == "" {
		tags, err := git(ctx, "tag", "--points-at", "HEAD", "--sort=-version:refname", "v*")
		if err != nil {
			return source{}, err
		}
		if s.Version, _, _ = strings.Cut(tags, "\n"); s.Version == "" {
			s.Version = "v0.0.0-" + s.Time.Format("20060102150405") + "-" + commit[:12]
		}
	}
	if s.Dir, err = os.MkdirTemp("", "kartyar-release-"); err != nil {
		return source{}, fmt.Errorf("making a place for the commit's files: %w", err)
	}
	// All of the repository, whatever directory of it this runs in.
	export := exec.CommandContext(ctx, "sh", "-c", `cd "$(git rev-parse --show-toplevel)" && git archive HEAD | tar -x -C "$0"`, s.Dir)
	if said, err := export.CombinedOutput(); err != nil {
		_ = os.RemoveAll(s.Dir)
		return source{}, fmt.Errorf("taking the commit's files out: %w: %s", err, said)
	}
	return s, nil
}

func git(ctx context.Context, args ...string) (string, error) {
	said, err := exec.CommandContext(ctx, "git", args...).Output()
	if err != nil {
		return "", fmt.Errorf("git %s: %w", args[0], err)
	}
	return strings.TrimSpace(string(said)), nil
}
