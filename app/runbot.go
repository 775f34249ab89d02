package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"kartyar/alert"
	"kartyar/bot"
	"kartyar/card"
	"kartyar/inbox"
	"kartyar/store"
)

// runBot serves one bot until ctx ends. That its token is refused ends the program
// only when no other bot is served: the people of the other platform have no part
// in it, and the operator can be told there.
func (s *server) runBot(ctx context.Context, account bot.Options, known chan<- card.Bot) error {
	platform := account.Profile.Platform
	account.Log = s.log.With().Str("platform", string(platform)).Logger()
	for said := (time.Time{}); ; {
		err := s.serveBot(ctx, account, known)
		if !errors.Is(err, bot.ErrUnauthorized) || s.pulse.refuses(platform) {
			return ending(ctx, platform, err)
		}
		if time.Since(said) >= identifySay {
			said = time.Now()
			account.Log.Error().Err(ending(ctx, platform, err)).Msg("this bot is not served until its token is taken; the other one is")
		}
		select {
		case <-time.After(s.tokenAgain):
		case <-ctx.Done():
			return nil
		}
	}
}

// serveBot finds out who the bot is, then polls, handles, answers and alerts
// until ctx ends. Each bot has an inbox of its own, so that one platform that is
// down at the start does not hold up the other.
func (s *server) serveBot(ctx context.Context, account bot.Options, known chan<- card.Bot) error {
	account.Workers = repliesAtOnce + alertsAtOnce(account.Rate)
	client := bot.New(account)
	defer client.Close()
	me, err := s.identify(ctx, client, account.Log)
	if err != nil {
		return err
	}
	select {
	case known <- me:
	default: // it was told before
	}
	in := s.inbox(client, account.Profile, me, account.Log)
	worker := alert.NewWorker(alert.WorkerOptions{
		Store: s.service.store, Rules: s.service.rules, Bot: me, Now: s.service.now, Log: account.Log,
		Senders: alertsAtOnce(account.Rate),
		Deliver: func(ctx context.Context, m alert.Message, latest alert.Latest) alert.Outcome {
			return s.deliver(ctx, client, m, latest)
		},
	})
	s.pulse.serves(me, client, in, worker)
	group, together := errgroup.WithContext(ctx)
	group.Go(func() error { return in.Run(together) })
	group.Go(func() error { return worker.Run(together) })
	if account.Profile.About {
		group.Go(func() error { return s.introduce(together, client, account.Log) })
	}
	group.Go(func() error {
		keep := func(ctx context.Context, batch []bot.Raw) error { return in.Keep(ctx, me, batch) }
		return client.Poll(together, keep, bot.PollOptions{})
	})
	return group.Wait()
}

// repliesAtOnce is how many chats of a bot are answered at the same time.
const repliesAtOnce = 64

// alertsAtOnce is how many alerts of a bot are on their way at the same time, as
// many as may come a second time after a crash: enough that at the bot's rate,
// in messages a second, each may take a tenth of a second to the platform and
// back and a fortieth until it is noted.
func alertsAtOnce(rate float64) int { return max(64, int(rate/8)) }

// ending turns what ended a bot into what ends the program: nothing when it was
// asked to end, and a sentence when the token is refused.
func ending(ctx context.Context, platform card.Platform, err error) error {
	if errors.Is(err, bot.ErrUnauthorized) {
		variable := strings.ToUpper(string(platform)) + "_TOKEN"
		return fmt.Errorf("%s refuses the bot's token: it is wrong or was revoked; set %s to the one that the platform's BotFather shows", platform, variable)
	}
	if asked := ctx.Err() != nil && errors.Is(err, context.Canceled); err != nil && !asked {
		return fmt.Errorf("serving %s: %w", platform, err)
	}
	return nil
}

// tokenAgain is how soon a token that was refused is tried again, while another
// bot is served.
const tokenAgain = time.Minute

const (
	identifyFirst = time.Second
	identifyLast  = 30 * time.Second
	identifySay   = 5 * time.Minute // between two log lines about a platform that is down
)

// identify asks the platform who the bot is until it answers. Only a refused
// token ends that, or ctx.
func (s *server) identify(ctx context.Context, client *bot.Client, log zerolog.Logger) (card.Bot, error) {
	var said time.Time
	for wait := identifyFirst; ; wait = min(2*wait, identifyLast) {
		me, name, err := client.Me(ctx)
		if err == nil {
			s.nameBot(ctx, me, name)
			log.Info().Stringer("bot", me).Str("username", name).Msg("polling")
			return me, nil
		}
		if ctx.Err() != nil || errors.Is(err, bot.ErrUnauthorized) {
			return card.Bot{}, err
		}
		if time.Since(said) >= identifySay {
			said = time.Now()
			log.Warn().Err(err).Msg("the platform cannot be reached yet; it is tried until it can")
		}
		var refused *bot.Error
		if errors.As(err, &refused) {
			wait = max(wait, refused.RetryAfter)
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return card.Bot{}, ctx.Err()
		}
	}
}

// inbox wires a bot's inbox to the conversation.
func (s *server) inbox(client *bot.Client, profile bot.Profile, me card.Bot, log zerolog.Logger) *inbox.Inbox {
	return inbox.New(inbox.Options{
		Store:   s.service.store,
		Senders: map[card.Bot]inbox.Sender{me: client},
		Decode: func(from card.Bot, raw bot.Raw) (bot.Update, error) {
			return bot.Decode(profile, from, raw)
		},
		ChatOf: bot.ChatOf,
		Handle: s.handlers.Handle,
		Renew:  s.handlers.Renew,
		Lost:   s.handlers.Lost,
		Blocked: func(tx *store.Tx, now time.Time, chat card.ChatKey) error {
			return s.service.rules.Reachable(tx, now, chat, false)
		},
		Workers: repliesAtOnce,
		Flood:   s.handlers.Flood,
		Sorry:   s.handlers.Sorry,
		Now:     s.service.now,
		Tried:   func(reason string, aside bool) { s.pulse.tried(me.Platform, reason, aside) },
		Log:     log,
	})
}

const (
	// deliverGrace is how long a message that is on its way when the program is
	// asked to end may take: its answer is worth waiting for, because without it
	// the message goes out again at the next start.
	deliverGrace = 10 * time.Second
	// outageWait is how long a message waits after an outage that it met.
	outageWait = 5 * time.Second
)

// errNothing ends a send when there is nothing to tell any more.
var errNothing = errors.New("there is nothing to tell any more")

// deliver writes an alert when its turn has come, and sends it.
func (s *server) deliver(ctx context.Context, client *bot.Client, m alert.Message, latest alert.Latest) alert.Outcome {
	if ctx.Err() != nil {
		return alert.Outcome{Kind: alert.Outage}
	}
	if ok, wait := client.Available(s.service.now()); !ok {
		return alert.Outcome{Kind: alert.Outage, Wait: wait}
	}
	class := bot.ClassAlert
	if m.Reminder {
		class = bot.ClassReminder
	}
	sending, cancel := withGrace(ctx)
	defer cancel()
	_, err := client.SendInTurn(sending, class, m.To.Chat, func(ctx context.Context) (bot.Reply, error) {
		m, ok := latest(ctx)
		if !ok {
			return bot.Reply{}, errNothing
		}
		return s.handlers.Alert(m, s.service.now()), nil
	})
	return outcome(err)
}

// withGrace returns a context that ends deliverGrace after ctx.
func withGrace(ctx context.Context) (sending context.Context, cancel context.CancelFunc) {
	sending, end := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(deliverGrace, end) })
	return sending, func() { stop(); end() }
}

// outcome is what an error of Send means for an alert.
func outcome(err error) alert.Outcome {
	if err == nil {
		return alert.Outcome{Kind: alert.Sent}
	}
	var refused *bot.Error
	if !errors.As(err, &refused) { // the context's, or errNothing
		return alert.Outcome{Kind: alert.Outage}
	}
	switch refused.Kind {
	case bot.Limited:
		return alert.Outcome{Kind: alert.Later, Wait: refused.RetryAfter}
	case bot.Blocked:
		return alert.Outcome{Kind: alert.Never}
	case bot.Refused, bot.Failing, bot.Forbidden:
		return alert.Outcome{Kind: alert.Failed}
	case bot.Outage:
		if refused.RetryAfter > 0 {
			return alert.Outcome{Kind: alert.Outage, Wait: refused.RetryAfter}
		}
		// It was met, not only known of: if it is everybody's, the client says
		// so to the others, and then this chat's message is not the next probe.
		return alert.Outcome{Kind: alert.Later, Wait: outageWait}
	}
	return alert.Outcome{Kind: alert.Outage, Wait: outageWait}
}
