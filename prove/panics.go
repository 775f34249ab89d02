package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"kartyar/alert"
	"kartyar/bot"
	"kartyar/card"
	"kartyar/demo"
	"kartyar/desk"
	"kartyar/handlers"
	"kartyar/inbox"
	"kartyar/locale"
	"kartyar/lookup"
	"kartyar/settings"
	"kartyar/store"
)

// panicking is the conversation on Telegram as the program wires it, but in
// this process, where a handler can be made to panic.
type panicking struct {
	store *store.Store
	inbox *inbox.Inbox
	bot   *bot.Client
}

// panics runs the conversation with a handler that panics for each second of
// so many people, and looks that all the others are answered.
func (t *trial) panics(ctx context.Context, number int) error {
	chosen := map[int64]bool{}
	var people []*demo.Person
	for n := range number {
		p := t.server.Person(demo.Telegram, botID, "panics "+spell(n, 3))
		chosen[p.ChatID()] = n%2 == 0
		people = append(people, p)
	}
	in, err := t.newPanicking(ctx, chosen)
	if err != nil {
		return err
	}
	running, end := context.WithCancel(ctx)
	var both sync.WaitGroup
	ended := make([]error, 2)
	both.Go(func() { ended[0] = in.inbox.Run(running) })
	both.Go(func() {
		me := card.Bot{Platform: card.Telegram, ID: botID}
		ended[1] = in.bot.Poll(running, func(ctx context.Context, batch []bot.Raw) error { return in.inbox.Keep(ctx, me, batch) }, bot.PollOptions{})
	})
	for range 2 {
		for _, p := range people {
			if chosen[p.ChatID()] {
				t.witness.of(chatOf(p)).owe(exactly("that we are sorry", locale.TryAgainLater()))
				p.Say("/privacy")
			} else {
				t.asks(p)
			}
		}
	}
	err = errors.Join(t.answered(ctx, people), t.settle(ctx))
	end()
	both.Wait()
	aside := 0
	err = errors.Join(err, ended[0], in.store.View(ctx, func(tx *store.Tx) error {
		return tx.SetAside(func(a store.SetAside) error {
			if a.Reason != "panic" {
				t.stage.breaks("a panic is set aside as %q", a.Reason)
			}
			aside++
			return nil
		})
	}), in.store.Close())
	if !errors.Is(ended[1], context.Canceled) {
		t.stage.breaks("panics ended polling: %v", ended[1])
	}
	if want := 2 * ((number + 1) / 2); aside != want {
		t.stage.breaks("of %d updates whose handler panics %d are set aside", want, aside)
	}
	t.stage.line("handlers that panic", "for %d of %d people: %d updates set aside, all others answered", (number+1)/2, number, aside)
	return err
}

// newPanicking makes the conversation on a store of its own.
func (t *trial) newPanicking(ctx context.Context, chosen map[int64]bool) (*panicking, error) {
	key, err := t.key()
	if err != nil {
		return nil, err
	}
	s, err := store.Open(store.Options{Dir: filepath.Join(t.dir, "panics"), Key: key, Log: zerolog.Nop()})
	if err != nil {
		return nil, fmt.Errorf("opening a store: %w", err)
	}
	book, err := desk.NewOfficeBook(ctx, s)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("reading the offices: %w", err), s.Close())
	}
	client := bot.New(bot.Options{Profile: bot.Telegram(), Token: telegramToken, API: t.api(), Rate: 1000, Log: zerolog.Nop()})
	talk := handlers.New(handlers.Options{
		Keyer: s.Keyer(), Secret: s.Subkey(handlers.ButtonPurpose), Rules: alert.Rules{}, Lookup: lookup.New(s, 1000),
		Offices: book.Directory, Settings: func() *settings.Settings { return &settings.Settings{} },
	})
	return &panicking{s, inbox.New(inbox.Options{
		Store: s, Senders: map[card.Bot]inbox.Sender{{Platform: card.Telegram, ID: botID}: client},
		Decode: func(from card.Bot, raw bot.Raw) (bot.Update, error) { return bot.Decode(bot.Telegram(), from, raw) },
		ChatOf: bot.ChatOf,
		Handle: func(tx *store.Tx, now time.Time, u bot.Update) ([]bot.Reply, error) {
			replies, err := talk.Handle(tx, now, u) // what it wrote has to go with the panic
			if chosen[u.From.Chat] {
				panic("chosen")
			}
			return replies, err
		},
		Renew: talk.Renew, Lost: talk.Lost, Flood: talk.Flood, Sorry: talk.Sorry,
		Blocked: func(*store.Tx, time.Time, card.ChatKey) error { return nil },
		Log:     zerolog.Nop(),
	}), client}, nil
}

// api is where Telegram is in this world.
func (w *world) api() string {
	for _, entry := range w.env {
		if address, is := strings.CutPrefix(entry, "TELEGRAM_API="); is {
			return address
		}
	}
	return ""
}
