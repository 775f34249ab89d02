package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"kartyar/admin"
	"kartyar/alert"
	"kartyar/bot"
	"kartyar/card"
	"kartyar/desk"
	"kartyar/inbox"
	"kartyar/store"
)

// pulse knows how the program is doing: what health, metrics and alarms tell.
type pulse struct {
	store   *store.Store
	metrics *admin.Metrics

	mu    sync.Mutex
	bots  []*beat // one for each platform, in the order of the configuration
	known map[card.Platform]*beat

	began  time.Time
	aside  int           // updates set aside since the last look of the alarms
	nobody int           // cards of lists that told nobody, likewise
	held   *alert.Held   // what a restore held back; nil before it is known
	wake   chan struct{} // has the alarms look at once
}

// beat is how one bot is doing, guarded by pulse.mu.
type beat struct {
	platform card.Platform
	polled   time.Time // the last poll that was answered; the start before the first
	answered bool      // a poll was, since the start
	conflict time.Time // the last time that another poller was met
	refused  bool      // the platform does not take the token
	inbox    *inbox.Inbox
	worker   *alert.Worker
	client   *bot.Client
	me       card.Bot
}

// contested reports whether another program polls with the bot's token: a
// conflict was met not long ago. The two succeed in turns, so that polls that are
// answered say nothing of it.
func (b beat) contested(now time.Time) bool {
	return !b.conflict.IsZero() && now.Sub(b.conflict) < conflictFor
}

func newPulse(s *store.Store, accounts []bot.Options, now time.Time) *pulse {
	p := &pulse{store: s, known: map[card.Platform]*beat{}, began: now, wake: make(chan struct{}, 1)}
	version, commit := builtFrom()
	p.metrics = admin.NewMetrics(version, commit, p.reading)
	for _, account := range accounts {
		b := &beat{platform: account.Profile.Platform, polled: now}
		p.bots, p.known[b.platform] = append(p.bots, b), b
		p.metrics.Serves(string(b.platform))
	}
	return p
}

// feels has a bot's doings felt.
func (p *pulse) feels(o *bot.Options) {
	platform := o.Profile.Platform
	o.Polled = func(err error) {
		p.metrics.Polled(string(platform), outcomeName(err))
		p.mu.Lock()
		defer p.mu.Unlock()
		var refused *bot.Error
		switch {
		case err == nil:
			p.known[platform].polled, p.known[platform].answered = time.Now(), true
		case errors.As(err, &refused) && refused.Kind == bot.Conflict:
			p.known[platform].conflict = time.Now()
			p.nudge()
		}
	}
	o.Sent = func(class bot.Class, err error) { p.metrics.Sent(string(platform), class.String(), outcomeName(err)) }
}

// serves notes the parts of a bot that is known now.
func (p *pulse) serves(me card.Bot, client *bot.Client, in *inbox.Inbox, w *alert.Worker) {
	p.mu.Lock()
	defer p.mu.Unlock()
	b := p.known[me.Platform]
	b.me, b.client, b.inbox, b.worker, b.refused = me, client, in, w, false
	p.nudge() // what could not be told before
}

// refuses notes that a platform does not take its bot's token, and reports
// whether none does by now.
func (p *pulse) refuses(platform card.Platform) (all bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.known[platform].refused = true
	p.nudge()
	return !slices.ContainsFunc(p.bots, func(b *beat) bool { return !b.refused })
}

func (p *pulse) nudge() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// tried hears of an update that could not be handled.
func (p *pulse) tried(platform card.Platform, reason string, aside bool) {
	p.metrics.Tried(string(platform), reason, aside)
	if aside {
		p.mu.Lock()
		p.aside++
		p.mu.Unlock()
		p.nudge()
	}
}

// nobodyFrom is how many cards a list has to bring for it to be strange that
// nobody waits for any of them.
const nobodyFrom = 100

// imported hears of a list.
func (p *pulse) imported(r desk.ImportReport, failed bool) {
	p.metrics.Imported(r, failed)
	if r.Arrivals >= nobodyFrom && r.Alerts == 0 {
		p.mu.Lock()
		p.nobody += r.Arrivals
		p.mu.Unlock()
	}
	p.nudge()
}

func outcomeName(err error) string {
	var refused *bot.Error
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &refused):
		return refused.Kind.String()
	}
	return "stopped"
}

// asked counts what came of a pair of code and phone.
func (p *pulse) asked(a alert.Access) {
	switch {
	case a.Verified:
		p.metrics.Asked("verified")
	case a.Full:
		p.metrics.Asked("full")
	default:
		p.metrics.Asked("waiting")
	}
}

// beats returns how the bots are doing.
func (p *pulse) beats() []beat {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := make([]beat, len(p.bots))
	for i, b := range p.bots {
		all[i] = *b
	}
	return all
}

// reading looks how things stand. What cannot be read is left at nothing: the
// store's failure shows in readyz.
func (p *pulse) reading(ctx context.Context) admin.Reading {
	now := time.Now()
	age := func(t time.Time) time.Duration {
		if t.IsZero() {
			return 0
		}
		return now.Sub(t)
	}
	r := admin.Reading{StoreBytes: p.store.Size()}
	r.FreeBytes, _ = p.store.Free()
	_ = p.store.View(ctx, func(tx *store.Tx) error {
		_, err := tx.Note(fedNote, &r.Fed)
		return err
	})
	for _, b := range p.beats() {
		one := admin.BotReading{Platform: string(b.platform), PollAge: age(b.polled)}
		if b.inbox != nil {
			var oldest time.Time
			one.Inbox, oldest, _ = b.inbox.Waiting(ctx)
			one.InboxAge = age(oldest)
			one.Alerts, oldest, _ = b.worker.Waiting(ctx, store.Alerts)
			one.AlertsAge = age(oldest)
			one.Late, _ = b.worker.Late()
			one.Reminders, oldest, _ = b.worker.Waiting(ctx, store.Reminders)
			one.RemindersAge = age(oldest)
		}
		r.Bots = append(r.Bots, one)
	}
	return r
}

// holds hears what a restore held back.
func (p *pulse) holds(held alert.Held) {
	p.mu.Lock()
	p.held = &held
	p.mu.Unlock()
	p.nudge()
}

const (
	pollsBehind  = 5 * time.Minute  // without an answered poll
	outboxBehind = 15 * time.Minute // an alert that is due and has not been tried
)

// ready looks at each part that has to work.
func (p *pulse) ready(ctx context.Context) []admin.Part {
	parts := []admin.Part{storeReady(ctx, p.store)}
	now := time.Now()
	for _, b := range p.beats() {
		contested := b.contested(now)
		polling := admin.Part{Part: "polling", Bot: string(b.platform), OK: b.worker != nil && now.Sub(b.polled) < pollsBehind && !contested && !b.refused}
		switch {
		case b.refused:
			polling.Says = "the platform refuses the bot's token"
		case contested:
			polling.Says = "another program polls with this bot's token"
		case b.worker == nil:
			polling.Says = "the platform has not been reached yet"
		case !polling.OK:
			polling.Says = fmt.Sprintf("no poll was answered for %d minutes", int(now.Sub(b.polled).Minutes()))
		}
		parts = append(parts, polling)
		if clock, known := b.clockReady(); known {
			parts = append(parts, clock)
		}
		if b.worker == nil {
			continue
		}
		outbox := admin.Part{Part: "outbox", Bot: string(b.platform), OK: true}
		due, oldest, err := b.worker.Waiting(ctx, store.Alerts)
		switch {
		case err != nil:
			outbox.OK, outbox.Says = false, "it cannot be read"
		case due > 0 && now.Sub(oldest) > outboxBehind:
			outbox.OK, outbox.Says = false, fmt.Sprintf("alerts have been due for %d minutes", int(now.Sub(oldest).Minutes()))
		}
		parts = append(parts, outbox)
	}
	return parts
}

func storeReady(ctx context.Context, s *store.Store) admin.Part {
	part := admin.Part{Part: "store", OK: true}
	switch err := s.HasRoom(); {
	case errors.Is(err, store.ErrNoRoom):
		part.OK, part.Says = false, "the disk is nearly full"
	case errors.Is(err, store.ErrClosed):
		part.OK, part.Says = false, "the store is closed"
	case err != nil:
		part.OK, part.Says = false, "the disk cannot be looked at"
	case s.View(ctx, func(*store.Tx) error { return nil }) != nil:
		part.OK, part.Says = false, "the store has failed"
	}
	return part
}
