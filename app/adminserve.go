package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/rs/zerolog"

	"kartyar/admin"
	"kartyar/desk"
	"kartyar/desk/offices"
	"kartyar/desk/table"
)

// adminAddr is where the admin endpoint listens; empty for nowhere.
type adminAddr string

func (a *adminAddr) UnmarshalText(text []byte) error {
	if string(text) == "off" {
		*a = ""
		return nil
	}
	host, port, err := net.SplitHostPort(string(text))
	if err != nil {
		return errors.New("must be an address and a port, as in 127.0.0.1:8090, or off")
	}
	if _, err := netip.ParseAddr(host); err != nil && host != "" && host != "localhost" {
		return errors.New("must begin with an IP address, as in 127.0.0.1:8090, or be off")
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return errors.New("must end in a port, as in 127.0.0.1:8090, or be off")
	}
	*a = adminAddr(text)
	return nil
}

// adminTokenLeast is how long a token has to be, in bytes, for nobody to guess
// it.
const adminTokenLeast = 20

// adminToken is ADMIN_TOKEN. It prints as ***.
type adminToken string

func (t *adminToken) UnmarshalText(text []byte) error {
	if len(text) < adminTokenLeast {
		return fmt.Errorf("is too short for a secret: take at least %d characters, from `openssl rand -hex 32` for example", adminTokenLeast)
	}
	for _, c := range text {
		if c <= ' ' || c > '~' {
			return errors.New("must be letters, digits and signs without spaces")
		}
	}
	*t = adminToken(text)
	return nil
}

func (t adminToken) String() string               { return stars }
func (t adminToken) Format(f fmt.State, _ rune)   { hide(f) }
func (t adminToken) MarshalText() ([]byte, error) { return []byte(stars), nil }

// listen takes the address.
func (a adminAddr) listen(ctx context.Context) (net.Listener, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", string(a))
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("ADMIN_ADDR %s is taken by another program, or by a `serve` that runs already; end that one, or set ADMIN_ADDR to another port, or to off", a)
	case err != nil:
		return nil, fmt.Errorf("ADMIN_ADDR %s cannot be listened at: %w", a, err)
	}
	return listener, nil
}

// fixed reports whether the port is named: 0 stands for any that is free.
func (a adminAddr) fixed() bool { return !strings.HasSuffix(string(a), ":0") }

// alive asks whether the program that has the address is a `serve`.
func (a adminAddr) alive(ctx context.Context) bool {
	ask, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+string(a)+"/healthz", http.NoBody)
	if err != nil {
		return false
	}
	transport := &http.Transport{DisableKeepAlives: true} // no proxy
	answer, err := transport.RoundTrip(ask)
	if err != nil {
		return false
	}
	defer func() { _ = answer.Body.Close() }()
	var says struct {
		Alive bool `json:"alive"`
	}
	return json.NewDecoder(io.LimitReader(answer.Body, 1024)).Decode(&says) == nil && says.Alive
}

// listenAdmin takes the admin endpoint's address, before anything is opened;
// nil when there is to be none. That it cannot be had may pass, as when another
// program ends, so it is no wrong configuration.
func (c Config) listenAdmin(ctx context.Context, log zerolog.Logger) (net.Listener, error) {
	if c.AdminAddr == "" {
		return nil, nil
	}
	listener, err := c.AdminAddr.listen(ctx)
	if err != nil {
		return nil, err
	}
	line := log.Info()
	if at, err := netip.ParseAddrPort(listener.Addr().String()); c.AdminToken == "" && (err != nil || !at.Addr().IsLoopback()) {
		line = log.Warn().Str("note", "without ADMIN_TOKEN other machines are refused")
	}
	line.Stringer("address", listener.Addr()).Bool("records", c.AdminToken != "").Msg("the admin endpoint listens")
	return listener, nil
}

// runAdmin serves the admin endpoint until ctx ends.
func (s *server) runAdmin(ctx context.Context) error {
	if s.admin.listener == nil {
		return nil
	}
	return admin.New(admin.Options{
		Token: s.admin.token, Desk: s.service, Ready: s.pulse.ready, Sentence: expectedSentence,
		Metrics: s.pulse.metrics.Handler(), Log: s.log,
	}).Run(ctx, s.admin.listener)
}

// expectedSentence says an error that who sent a file can do something about.
func expectedSentence(err error) (string, bool) {
	var heading *table.HeadingError
	var sheets *table.SheetsError
	if errors.As(err, &heading) || errors.As(err, &sheets) {
		return sentence(err), true
	}
	for _, known := range []error{
		table.ErrEmpty, table.ErrBinary, table.ErrCharset, table.ErrProtected, table.ErrForeign, table.ErrArchive,
		table.ErrDamaged, table.ErrHidden, table.ErrTooLarge, desk.ErrOfficeFileLong, offices.ErrNoSuch, offices.ErrAmbiguous,
	} {
		if errors.Is(err, known) {
			return sentence(err), true
		}
	}
	return "", false
}

// TakeIn imports a list, from wherever it comes. A list that was applied is a
// success, also when the store then did not take the note of it: nothing is to
// be done again, and the operator hears of that by the log.
func (s *service) TakeIn(ctx context.Context, how desk.ImportOptions, list io.Reader) (desk.ImportReport, error) {
	how.Store, how.Rules, how.Offices, how.Now = s.store, s.rules, s.offices.Directory(), s.now
	how.Words = s.settings.Load().Words
	how.SpoolDir = filepath.Dir(filepath.Clean(s.dir))
	how.Damaged = func(line int, cause error) {
		s.log.Error().Err(cause).Int("line", line).
			Msg("rows of a list are refused, since what the store holds of their persons is damaged: erase them and feed the refused rows again, or restore a backup; this line is the first")
	}
	report, err := desk.Import(ctx, how, list)
	if err == nil && !how.DryRun {
		if failed := s.noteFed(ctx); failed != nil {
			s.log.Error().Err(failed).Msg("a list was applied, but not that it came; the alarm that no list comes may be a false one")
		}
	}
	if s.imported != nil && !how.DryRun {
		s.imported(report, err != nil)
	}
	return report, err
}

// LoadOffices takes in the office directory.
func (s *service) LoadOffices(ctx context.Context, file io.Reader) (desk.OfficesReport, error) {
	return s.offices.Load(ctx, file)
}
