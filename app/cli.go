package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/alecthomas/kong"
	"github.com/rs/zerolog"
)

// Program is what a command has of the world.
type Program struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Environ        []string // "NAME=value"
	Dotenv         string   // the file that is read when present
	// Now is the wall clock of what waits to be said, with the monotonic reading
	// that time.Now has; nil is time.Now.
	Now func() time.Time
}

// The exit statuses.
const (
	exitDone    = 0
	exitFailed  = 1
	exitUsage   = 2 // wrong usage or configuration
	exitRefused = 3 // done, but some rows were refused
)

// errRefusedRows ends a command that did its work but for some rows.
var errRefusedRows = errors.New("some rows were refused")

// errToldAlready ends a command that failed and has said how.
var errToldAlready = errors.New("failed")

const description = `Kartyar (کارت‌یار) tells people by Telegram and Bale when their smart national identity card has come to an office.

Every command that touches the store works while "serve" runs, through the control socket beside the store, and then needs no SECRET_KEY. The configuration is the environment and, when present, the file .env in this directory; .env.example lists all of it with comments.

Environment:
  TELEGRAM_TOKEN, TELEGRAM_API     the bot on Telegram (https://api.telegram.org)
  BALE_TOKEN, BALE_API             the bot on Bale (https://tapi.bale.ai); one platform is enough
  TELEGRAM_PROXY                   http://, https:// or socks5://; Bale goes direct
  STORE                            badger:DIR (badger:data)
  SECRET_KEY                       32 bytes in base64, see "keygen"
  ADMIN_ADDR, ADMIN_TOKEN          admin endpoint, health, metrics (127.0.0.1:8090, or off)
  REMINDER_DAYS                    days after the person was told (3,7,14,30)
  QUIET_HOURS                      Tehran time (21-8)
  SEND_RATE                        messages a second for a bot (25)
  SETTINGS                         a TOML file of what differs by campaign and province, see
                                   settings.example.toml; "serve" reads it again at SIGHUP
  LOG_LEVEL, LOG_FORMAT            debug, info, warn, error (info); auto, console, json (auto)
  NAME_FILE                        a file to read the secret NAME from

Exit status:
  0  done
  1  failed
  2  wrong usage or configuration, all errors listed at once
  3  done, but some rows were refused`

type commandLine struct {
	Demo       demoCommand     `cmd:"" help:"The whole program on one machine, with no token and no network: the Bot API and a chat page on loopback, sample offices and cards, a throw-away store."`
	Serve      serveCommand    `cmd:"" help:"Poll every configured bot until SIGINT or SIGTERM, then finish what is in hand and close; a second signal stops at once."`
	Import     importCommand   `cmd:"" help:"Apply lists of cards (CSV, XLSX)."`
	Offices    officesCommand  `cmd:"" help:"Load the office directory (CSV, XLSX); the same file again changes nothing."`
	Report     reportCommand   `cmd:"" help:"Print the pile of cards that wait, by office and age; numbers only."`
	Erase      eraseCommand    `cmd:"" help:"Read a national code from standard input, delete everything about it, print what went."`
	Operator   operatorCommand `cmd:"" help:"Whose chat gets the program's own alarms: invite, show, remove."`
	Check      checkCommand    `cmd:"" help:"Try every piece of the configuration (tokens, proxy, store, key, clock, settings, admin endpoint) and print a line for each; changes nothing, prints no secret."`
	Backup     backupCommand   `cmd:"" help:"Write a consistent copy of the store, sealed with SECRET_KEY, to a file; also while serve runs."`
	Restore    restoreCommand  `cmd:"" help:"Make the store of a backup, in an empty place; never while serve runs."`
	Keygen     keygenCommand   `cmd:"" help:"Print a new SECRET_KEY."`
	Version    versionCommand  `cmd:"" help:"Print version, commit and Go."`
	StoreChild childCommandIs  `cmd:"" name:"store-child" hidden:""`
}

// Main runs the command line args (without the program's name) until it is done
// or ctx ends, and returns the exit status.
func (p *Program) Main(ctx context.Context, args []string) int {
	leaveNoCore()
	var line commandLine
	exited := -1
	parser, err := kong.New(&line,
		kong.Name("kartyar"), kong.Description(description),
		kong.Writers(p.Stdout, p.Stderr),
		kong.Exit(func(code int) { exited = code }),
		kong.ConfigureHelp(kong.HelpOptions{NoAppDescFormat: true, NoExpandSubcommands: true}),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(p),
	)
	if err != nil {
		return p.fail(err)
	}
	command, err := parser.Parse(args)
	if exited >= 0 { // --help was printed
		return exited
	}
	if err != nil {
		_, _ = fmt.Fprintf(p.Stderr, "kartyar: %v (see kartyar --help)\n", err)
		return exitUsage
	}
	return p.fail(command.Run())
}

// fail says what ended a command and returns the status for it.
func (p *Program) fail(err error) int {
	var config *ConfigError
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errRefusedRows):
		return exitRefused
	case errors.Is(err, errToldAlready):
		return exitFailed
	case errors.As(err, &config):
		p.complain("%v", config)
		return exitUsage
	}
	p.complain("%s", sentence(err))
	return exitFailed
}

// complain says something to the person at the command.
func (p *Program) complain(format string, args ...any) {
	_, _ = fmt.Fprintf(p.Stderr, "kartyar: "+format+"\n", args...)
}

// print writes a result.
func (p *Program) print(format string, args ...any) error {
	if _, err := fmt.Fprintf(p.Stdout, format, args...); err != nil {
		return fmt.Errorf("writing the result: %w", err)
	}
	return nil
}

// config reads the configuration.
func (p *Program) config() (Config, error) { return LoadConfig(p.Environ, p.Dotenv) }

// quietLog is the log of a command that is not `serve`: what goes wrong.
func (p *Program) quietLog(c Config) zerolog.Logger {
	return newLog(p.Stderr, max(c.LogLevel, logLevel(zerolog.WarnLevel)), c.LogFormat)
}

// Standard returns the Program that speaks to whoever started the process.
func Standard() *Program {
	return &Program{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Environ: os.Environ(), Dotenv: ".env"}
}

type childCommandIs struct{}

// Run is for the program's own use.
func (childCommandIs) Run(ctx context.Context, p *Program) error {
	return runChild(ctx, newLog(p.Stderr, logLevel(zerolog.WarnLevel), "auto"))
}

type serveCommand struct {
	ResumeOutbox bool `help:"Send what a restore held back; says how many messages may be repeated."`
}

// Run runs `serve`.
func (s *serveCommand) Run(ctx context.Context, p *Program) error {
	c, err := p.config()
	if err := c.forServing(err); err != nil {
		return err
	}
	return p.serve(ctx, c, newLog(p.Stderr, c.LogLevel, c.LogFormat), s.ResumeOutbox)
}
