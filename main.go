// Kartyar tells people by Telegram and Bale when their smart national identity
// card has come to an office.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"kartyar/app"
)

func main() {
	app.TuneRuntime()
	// After the first signal the second one has its usual effect.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	status := app.Standard().Main(ctx, os.Args[1:])
	stop()
	os.Exit(status)
}
