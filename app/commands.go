package app

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strings"

	"kartyar/alert"
	"kartyar/card"
	"kartyar/desk"
	"kartyar/store"
)

type officesCommand struct {
	File string `arg:"" help:"The directory (CSV, XLSX): code, name, kind, province, city, address, phone, hours, latitude, longitude, or Persian headings."`
}

// Run runs `offices`.
func (c *officesCommand) Run(ctx context.Context, p *Program) error {
	config, err := p.config()
	if err != nil {
		return err
	}
	var in io.Reader
	if c.File == "-" {
		if in, err = textOf(ctx, p.Stdin); err != nil {
			return err
		}
	} else {
		file, _, err := openList(ctx, c.File)
		if err != nil {
			return fmt.Errorf("%s: %w", c.File, err)
		}
		defer func() { _ = file.Close() }()
		in = file
	}
	var report desk.OfficesReport
	on := func(e event, _ *speaker) error {
		if e.Refused != nil {
			p.complain("%s: refused: %s", c.File, shownLine(e.Refused.Number, e.Refused.Column, e.Refused.Says))
		}
		return nil
	}
	absent, _ := store.Absent(config.Store.Dir)
	err = p.ask(ctx, config, request{Do: doOffices}, in, on, &report)
	if absent {
		p.tellOfNew(config)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, saidError{err})
	}
	err = p.print("%s: %d rows: %d added, %d changed, %d unchanged, %d refused; %d offices that the file does not name stay\n%s",
		c.File, report.Rows, report.Added, report.Changed, report.Unchanged, report.Refused, report.Kept, unreadLines(report.Unread))
	if err == nil && report.Refused > 0 {
		return errRefusedRows
	}
	return err
}

// saidError has an error print as its sentence.
type saidError struct{ error }

func (e saidError) Error() string { return sentence(e.error) }
func (e saidError) Unwrap() error { return e.error }

// ask makes one request of the store.
func (p *Program) ask(ctx context.Context, c Config, r request, file io.Reader, on func(event, *speaker) error, result any) error {
	way, err := reach(ctx, c, p.quietLog(c))
	if err != nil {
		return err
	}
	conn, err := way.dial(&r)
	if err == nil {
		err = converse(ctx, conn, r, file, on, result)
	}
	return errors.Join(err, way.close())
}

// askPlainly is ask for what needs neither a file nor questions, but a store
// that is there: a mistyped STORE must not pass for an empty one.
func (p *Program) askPlainly(ctx context.Context, r request, result any) error {
	config, err := p.config()
	if err != nil {
		return err
	}
	config.existing = true
	return p.ask(ctx, config, r, nil, func(event, *speaker) error { return nil }, result)
}

type eraseCommand struct{}

// Run runs `erase`.
func (eraseCommand) Run(ctx context.Context, p *Program) error {
	config, err := p.config()
	if err != nil {
		return err
	}
	if isTerminal(p.Stdin) {
		_, _ = fmt.Fprint(p.Stderr, "National code: ")
	}
	typed, err := interruptibly(ctx, func() (string, error) { return typedCode(p.Stdin) })
	if err != nil {
		return fmt.Errorf("reading the national code: %w", err)
	}
	if _, err := card.ParseNationalCode(typed); err != nil {
		return fmt.Errorf("what stands on standard input is no national code: %w", err)
	}
	var erased alert.Erased
	nothing := func(event, *speaker) error { return nil }
	config.existing = true
	if err := p.ask(ctx, config, request{Do: doErase, Code: typed}, nil, nothing, &erased); err != nil {
		return err
	}
	if erased == (alert.Erased{}) {
		return p.print("nothing was kept under this code\n")
	}
	if erased.Unreadable {
		return p.print("erased: the row was damaged and is gone without having been read, and %d alerts and reminders\n", erased.Alerts)
	}
	return p.print("erased: %d applications, %d chats that followed them, %d alerts and reminders\n",
		erased.Applications, erased.Followers, erased.Alerts)
}

// typedCode reads the one code: a line of a terminal, and of anything else the
// whole, since who gives several would take all of them for erased.
func typedCode(in io.Reader) (string, error) {
	text := bufio.NewReader(io.LimitReader(in, 1024))
	line, err := text.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	if isTerminal(in) {
		return line, nil
	}
	rest, err := io.ReadAll(text)
	if err == nil && strings.TrimSpace(string(rest)) != "" {
		err = errors.New("there is more than one line; give one code each time, nothing is erased")
	}
	return line, err
}

type keygenCommand struct{}

// Run runs `keygen`.
func (keygenCommand) Run(p *Program) error {
	key, err := newKey()
	if err != nil {
		return err
	}
	return p.print("%s\n", base64.StdEncoding.EncodeToString(key))
}

func newKey() ([]byte, error) {
	key := make([]byte, store.KeySize)
	if _, err := rand.Read(key); err != nil {
		return nil, fmt.Errorf("drawing a key: %w", err)
	}
	return key, nil
}

type versionCommand struct{}

// version and commit are stamped in when a release is built (-ldflags -X);
// otherwise they are what Go wrote into the program.
var version, commit string

// Run runs `version`.
func (versionCommand) Run(p *Program) error {
	v, c := builtFrom()
	return p.print("kartyar %s\ncommit %s\n%s %s/%s\n", v, c, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// builtFrom returns the version and the commit.
func builtFrom() (v, c string) {
	if version != "" {
		return version, commit
	}
	v, c = "unknown", "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		v = info.Main.Version
		settings := map[string]string{}
		for _, s := range info.Settings {
			settings[s.Key] = s.Value
		}
		if revision := settings["vcs.revision"]; revision != "" {
			c = revision
			if settings["vcs.modified"] == "true" {
				c += " (modified)"
			}
		}
	}
	return v, c
}
