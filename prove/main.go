// Command prove runs experiments on the program under faults and prints what
// came of them. An experiment that finds a promise broken exits with 1.
//
//	go run ./prove kill [-kills 100] [-seed N] [-people N]
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// experiment runs with its own arguments until it is done or ctx ends.
type experiment func(ctx context.Context, args []string, out io.Writer) error

// experiments are what can be run, by name.
var experiments = map[string]experiment{"kill": runKill}

const usage = "usage: prove kill [-kills N] [-seed N] [-people N]"

// errBroken says that the program broke a promise.
var errBroken = errors.New("a promise was broken")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

func run(ctx context.Context, args []string, out, complaints io.Writer) (status int) {
	if len(args) == 0 || experiments[args[0]] == nil {
		_, _ = fmt.Fprintln(complaints, usage)
		return 2
	}
	if err := experiments[args[0]](ctx, args[1:], out); err != nil {
		_, _ = fmt.Fprintf(complaints, "prove %s: %v\n", args[0], err)
		return 1
	}
	return 0
}
