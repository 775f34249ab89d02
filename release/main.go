// Release builds what is published of one commit: for each architecture a
// tarball with the static program and all that belongs to it, and SHA256SUMS.
//
//	go run ./release [-out dist] [-arch amd64,arm64] [-version v1.2.3]
//
// It builds what the commit holds, not what lies in the directory, and the same
// commit with the same Go gives the same bytes.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	out := flag.String("out", "dist", "the `directory` for the tarballs")
	arch := flag.String("arch", "amd64,arm64", "for which Linux `architectures`")
	version := flag.String("version", "", "what `kartyar version` says; the commit's tag, or its time and name")
	flag.Parse()
	if err := run(ctx, *out, strings.Split(*arch, ","), *version); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1) //nolint:gocritic // nothing is left for stop to do
	}
}

func run(ctx context.Context, out string, arches []string, version string) error {
	source, err := headSource(ctx, version)
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(source.Dir) }()
	sums, err := build(ctx, source, arches, out)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(os.Stdout, "kartyar %s, commit %s, in %s:\n%s", source.Version, source.Commit, out, sums)
	return err
}
