package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"kartyar/bot"
	"kartyar/card"
	"kartyar/handlers"
	"kartyar/locale/picture"
	"kartyar/lookup"
	"kartyar/store"
)

// serve runs the program on the configured store and bots until ctx ends.
func (p *Program) serve(ctx context.Context, c Config, log zerolog.Logger, resume bool) error {
	opened, err := c.opening()
	if err != nil {
		return err
	}
	if err := notAnothers(opened.Dir, os.Geteuid()); err != nil {
		return err
	}
	listener, err := c.listenAdmin(ctx, log)
	if err != nil {
		return err
	}
	// From here on a hangup is a wish to have the settings read again.
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	service, err := openOrTell(ctx, c, opened, log)
	if err != nil {
		if listener != nil {
			_ = listener.Close()
		}
		return err
	}
	service.settings.Store(c.Settings)
	if p.Now != nil {
		service.now = p.Now
	}
	log.Info().Str("store", opened.Dir).Int("offices", service.offices.Directory().Len()).Msg("the store is open")
	server := newServer(service, c.accounts(log), log)
	server.admin.listener, server.admin.token = listener, string(c.AdminToken)
	server.reload = reload{path: c.SettingsFile, hangup: hangup}
	server.warnOfProvinces()
	if resume {
		err = p.resumeOutbox(ctx, service)
	}
	if err == nil {
		err = server.run(ctx)
	}
	if err == nil {
		// Who gave the chat up in the last moments stands nowhere afterwards.
		err = service.keepOperators(context.WithoutCancel(ctx))
	}
	if err := errors.Join(err, service.close()); err != nil {
		return err
	}
	log.Info().Msg("closed")
	return nil
}

// roomEvery is how often a store that has no room to open is looked at again.
const roomEvery = 5 * time.Second

// openOrTell opens the store as soon as its disk has room for that. The operator
// is told of one that is refused.
func openOrTell(ctx context.Context, c Config, o opening, log zerolog.Logger) (*service, error) {
	file, err := newOperatorFile(o.Dir, o.Key)
	if err != nil {
		return nil, err
	}
	refused := &refusedStore{file: file, accounts: c.accounts(log), now: time.Now, log: log}
	for said := false; ; said = true {
		s, err := openService(ctx, o, log)
		if err == nil {
			return s, nil
		}
		refused.tell(ctx, err)
		if !errors.Is(err, store.ErrNoRoom) {
			return nil, err
		}
		if !said {
			log.Error().Err(err).Msg("the store has no room to open; it is opened as soon as there is some")
		}
		select {
		case <-time.After(roomEvery):
		case <-ctx.Done():
			return nil, err
		}
	}
}

// notAnothers refuses to have root serve the store of another user: the files
// that it makes would be root's, and their owner could not open the store again.
func notAnothers(dir string, user int) error {
	owner, err := ownerOf(dir)
	if err != nil {
		return err
	}
	if user == 0 && owner != 0 {
		return fmt.Errorf("the store %s belongs to user %d, and what root writes there its owner could not read; run this as that user", dir, owner)
	}
	return nil
}

// accounts are the configured bots.
func (c Config) accounts(log zerolog.Logger) []bot.Options {
	var all []bot.Options
	if c.TelegramToken != "" {
		all = append(all, bot.Options{
			Profile: bot.Telegram(), Token: string(c.TelegramToken), API: string(c.TelegramAPI),
			Proxy: c.TelegramProxy.URL, Rate: float64(c.SendRate), Log: log,
		})
	}
	if c.BaleToken != "" {
		all = append(all, bot.Options{
			Profile: bot.Bale(), Token: string(c.BaleToken), API: string(c.BaleAPI),
			Rate: float64(c.SendRate), Log: log,
		})
	}
	return all
}

// persons is how many persons the look-ups remember.
const persons = 100_000

// server is what runs on an open store: the bots, the control socket and the
// chores.
type server struct {
	service  *service
	accounts []bot.Options
	handlers *handlers.Handlers
	reload   reload
	pulse    *pulse
	admin    struct {
		listener net.Listener // nil for none
		token    string
	}
	log zerolog.Logger
	// tokenAgain is how soon a refused token is tried again.
	tokenAgain time.Duration
}

func newServer(s *service, accounts []bot.Options, log zerolog.Logger) *server {
	pulse := newPulse(s.store, accounts, time.Now())
	for i := range accounts {
		pulse.feels(&accounts[i])
	}
	s.imported = pulse.imported
	s.store.OnCommit(func(c store.Commit) {
		if c.Operators {
			pulse.nudge()
		}
	})
	return &server{
		service: s, accounts: accounts, log: log, tokenAgain: tokenAgain, pulse: pulse,
		handlers: handlers.New(handlers.Options{
			Keyer: s.store.Keyer(), Secret: s.store.Subkey(handlers.ButtonPurpose), Rules: s.rules,
			Lookup: lookup.New(s.store, persons), Offices: s.offices.Directory, Settings: s.settings.Load, Asked: pulse.asked,
		}),
	}
}

// run serves until ctx ends, or something ends that cannot be mended by
// waiting. When it returns nothing of it runs any more.
func (s *server) run(ctx context.Context) error {
	control, err := listenControl(s.service.dir, s.service.serve, s.log)
	if err != nil {
		return err
	}
	s.forgetBots(ctx)
	pictures, err := picture.New()
	if err != nil {
		return fmt.Errorf("making ready to draw: %w", err)
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { KeepHeapFloor(ctx); return nil })
	group.Go(func() error { return control.run(ctx) })
	group.Go(func() error { return s.runAdmin(ctx) })
	alarms := s.newAlarms()
	group.Go(func() error { return alarms.run(ctx) })
	group.Go(func() error { return s.clearHourly(ctx) })
	group.Go(func() error { return s.watchStore(ctx, alarms) })
	group.Go(func() error { return s.reloadSettings(ctx) })
	group.Go(func() error { return s.remindOfHeld(ctx) })
	known := make(chan card.Bot, len(s.accounts))
	for _, account := range s.accounts {
		account.Draw = pictures.PNG
		group.Go(func() error { return s.runBot(ctx, account, known) })
	}
	group.Go(func() error { return s.warnOfStrangers(ctx, known) })
	return group.Wait()
}

// watchEvery is how soon a store that has failed is noticed.
const watchEvery = 5 * time.Second

// watchStore ends the program when the store has failed: only opening it anew
// shows what is in it. The operator is told first.
func (s *server) watchStore(ctx context.Context, alarms *alarms) error {
	ticker := time.NewTicker(watchEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil
		}
		err := s.service.store.View(ctx, func(*store.Tx) error { return nil })
		if err != nil && ctx.Err() == nil {
			alarms.storeFailed(ctx, time.Now())
			return fmt.Errorf("the store has failed; when the cause is mended, start the program again: %w", err)
		}
	}
}

// clearEvery keeps the promise that what was erased leaves the disk within 24
// hours, also when a clearing fails.
const clearEvery = time.Hour

// clearHourly takes from the disk what was erased.
func (s *server) clearHourly(ctx context.Context) error {
	ticker := time.NewTicker(clearEvery)
	defer ticker.Stop()
	for {
		if err := s.service.store.ClearErased(ctx); err != nil && ctx.Err() == nil {
			s.log.Error().Err(err).Msg("what was erased could not be taken off the disk yet; it is tried again in an hour")
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// warnOfStrangers tells the operator, once all bots are known, of messages that
// wait for a bot which is not configured: nobody will send them.
func (s *server) warnOfStrangers(ctx context.Context, known <-chan card.Bot) error {
	var served []card.Bot
	for range s.accounts {
		select {
		case b := <-known:
			served = append(served, b)
		case <-ctx.Done():
			return nil
		}
	}
	var waiting []card.Bot
	err := s.service.store.View(ctx, func(tx *store.Tx) (err error) {
		waiting, err = tx.Bots()
		return err
	})
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("looking for which bots messages wait: %w", err)
	}
	for _, b := range waiting {
		if !slices.Contains(served, b) {
			s.log.Warn().Stringer("bot", b).Msg("messages wait for a bot that is not configured; they go out when its token is set again")
		}
	}
	return nil
}
