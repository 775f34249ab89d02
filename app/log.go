package app

import (
	"io"
	"os"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/term"
)

// newLog returns the program's log. What goes into it is chosen where it is
// written: no code, phone, token or message text, and no value that came from
// a person.
func newLog(out io.Writer, level logLevel, format logFormat) zerolog.Logger {
	if format == "console" || format == "auto" && isTerminal(out) {
		out = zerolog.ConsoleWriter{Out: out, TimeFormat: time.DateTime, NoColor: !isTerminal(out)}
	}
	return zerolog.New(out).Level(zerolog.Level(level)).With().Timestamp().Logger()
}

// isTerminal reports whether a person reads what is written to, or types what
// is read from, stream.
func isTerminal(stream any) bool {
	file, is := stream.(*os.File)
	return is && term.IsTerminal(int(file.Fd()))
}
