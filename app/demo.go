package app

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"kartyar/bot"
	"kartyar/demo"
	"kartyar/desk"
)

type demoCommand struct {
	Addr  string `name:"addr" default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Where to listen (${default}); loopback only."`
	Store string `name:"store" placeholder:"DIR" help:"Keep the store in this directory, its key in DIR.key and the people of the page in DIR.people; otherwise it is thrown away."`
}

// The demo's bots. Nobody else knows them.
const (
	demoTelegramToken = "1000000001:demo-telegram-token"
	demoBaleToken     = "2000000001:demo-bale-token"
)

// Run runs `demo`. It reads no configuration, so that it cannot touch a real
// bot or store.
func (c *demoCommand) Run(ctx context.Context, p *Program) error {
	listener, err := listenLoopback(ctx, c.Addr)
	if err != nil {
		return err
	}
	dir, key, remove, err := c.storeFor()
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer remove()
	log := newLog(p.Stderr, logLevel(zerolog.WarnLevel), "auto")
	defaults, err := LoadConfig(nil, "")
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	service, err := openService(ctx, opening{Dir: dir, Key: key, Rules: defaults.rules()}, log)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	d := &demonstration{service: service, listener: listener, log: log}
	if c.Store != "" {
		d.people = filepath.Clean(c.Store) + ".people"
	}
	if err := errors.Join(d.run(ctx, p), service.close()); err != nil {
		return err
	}
	return p.print("\nThe demo has ended.\n")
}

// listenLoopback listens at an address that only this machine can reach.
func listenLoopback(ctx context.Context, addr string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, &ConfigError{[]string{"--addr must be HOST:PORT, as in 127.0.0.1:8080"}}
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, &ConfigError{[]string{"--addr must be on loopback, as in 127.0.0.1:8080: the demo is for this machine alone"}}
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listening at %s: %w; another --addr may be free", addr, err)
	}
	return listener, nil
}

// storeFor returns where the demo's store lies, its key, and what takes away
// what is not to be kept.
func (c *demoCommand) storeFor() (dir string, key []byte, remove func(), err error) {
	if c.Store != "" {
		if err := notAnothers(c.Store, os.Geteuid()); err != nil {
			return "", nil, nil, err
		}
		key, err := keptKey(c.Store + ".key")
		return c.Store, key, func() {}, err
	}
	temporary, err := os.MkdirTemp("", "kartyar-demo-")
	if err != nil {
		return "", nil, nil, fmt.Errorf("making a place for the demo's store: %w", err)
	}
	key, err = newKey()
	return filepath.Join(temporary, "data"), key, func() { _ = os.RemoveAll(temporary) }, err
}

// keptKey reads the key of a kept demo store, or makes one. It lies beside the
// store, as only that of a demo may.
func keptKey(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		key, err := newKey()
		if err != nil {
			return nil, err
		}
		text = []byte("# The key of a demo's store.\n" + base64.StdEncoding.EncodeToString(key) + "\n")
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return nil, fmt.Errorf("making the store's directory: %w", err)
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			return nil, fmt.Errorf("keeping the demo's key: %w", err)
		}
		return key, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the demo's key: %w", err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	var key secretKey
	if err := key.UnmarshalText([]byte(lines[len(lines)-1])); err != nil {
		return nil, fmt.Errorf("the demo's key in %s is damaged; delete the store to begin anew", path)
	}
	return key, nil
}

// demonstration is a running demo: the platforms on loopback, and the program
// that serves them.
type demonstration struct {
	service  *service
	listener net.Listener
	log      zerolog.Logger
	people   string // the file of the page's people; empty when they are not kept
}

func (d *demonstration) run(ctx context.Context, p *Program) error {
	if err := d.load(ctx); err != nil {
		return errors.Join(err, d.listener.Close())
	}
	platforms := demo.New(demo.Options{OnArrive: d.arrive})
	platforms.AddBot(demo.Telegram, demoTelegramToken, 1000000001, "kartyar_demo_bot")
	platforms.AddBot(demo.Bale, demoBaleToken, 2000000001, "kartyardemo_bot")
	if d.people != "" {
		report := func(err error) { d.log.Error().Err(err).Msg("the demo's people are not kept") }
		if err := platforms.KeepPeople(d.people, report); err != nil {
			platforms.Close()
			return errors.Join(err, d.listener.Close())
		}
	}
	platforms.AddSamplePeople()
	base := "http://" + d.listener.Addr().String()
	accounts := []bot.Options{
		{Profile: bot.Telegram(), Token: demoTelegramToken, API: base + "/telegram"},
		{Profile: bot.Bale(), Token: demoBaleToken, API: base + "/bale"},
	}
	// The program ends before the platforms that it talks to.
	web := &http.Server{Handler: platforms.Handler(), ReadHeaderTimeout: 10 * time.Second}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		if err := web.Serve(d.listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serving the demo's page: %w", err)
		}
		return nil
	})
	group.Go(func() error {
		err := newServer(d.service, accounts, d.log).run(ctx)
		platforms.Close()
		return errors.Join(err, web.Close())
	})
	return errors.Join(p.print("%s", invitation(base, d.service.dir)), group.Wait())
}

// load brings the samples in, by the ways that the commands take.
func (d *demonstration) load(ctx context.Context) error {
	if _, err := d.service.offices.Load(ctx, demo.Offices()); err != nil {
		return fmt.Errorf("loading the sample offices: %w", err)
	}
	return d.take(ctx, demo.Cards())
}

func (d *demonstration) take(ctx context.Context, list io.Reader) error {
	_, err := desk.Import(ctx, desk.ImportOptions{
		Store: d.service.store, Rules: d.service.rules, Offices: d.service.offices.Directory(),
		Now: time.Now, SpoolDir: filepath.Dir(filepath.Clean(d.service.dir)),
	}, list)
	if err != nil {
		return fmt.Errorf("taking in the sample cards: %w", err)
	}
	return nil
}

// arrive has a sample's card come to its office, as a list would say it.
func (d *demonstration) arrive(ctx context.Context, sample string) error {
	list, err := demo.Arrival(sample)
	if err == nil {
		err = d.take(ctx, strings.NewReader(list))
	}
	if err != nil {
		d.log.Error().Err(err).Msg("a sample card did not arrive")
	}
	return err
}

// invitation says where the demo is and what to try.
func invitation(base, dir string) string {
	first := demo.Samples()[0]
	return fmt.Sprintf(`The demo runs at  %s/

All people, cards and offices in it are samples, and nothing leaves this machine. Try this:
  1. Open the page: %s waits on Telegram, another sample on Bale.
  2. Start the chat and share the phone number by its button.
  3. Send the national code %s, look at the answer, choose to be told.
  4. Press the page's button that makes the card arrive: the alert comes.

The commands work on it meanwhile, from another terminal:
  STORE=badger:%s kartyar import LIST.csv

Ctrl-C ends it.
`, base, first.Name, first.NationalCode, dir)
}
