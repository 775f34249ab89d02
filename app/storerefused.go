package app

import (
	"context"
	"errors"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"kartyar/alarm"
	"kartyar/bot"
	"kartyar/card"
	"kartyar/locale"
	"kartyar/store"
)

// refusedPatience is how long a `serve` that ends tries to tell why.
const refusedPatience = 5 * time.Second

// refusedStore tells the operator's chats that the store is refused, for which
// the store itself cannot be asked.
type refusedStore struct {
	file     *operatorFile
	accounts []bot.Options
	now      func() time.Time
	log      zerolog.Logger
}

// tell says that the store was refused with cause, as often as an alarm is said.
// It notes that before it says so: a service manager starts the program again
// every few seconds, and would have it say so each time.
func (r *refusedStore) tell(ctx context.Context, cause error) {
	if ctx.Err() != nil || errors.Is(cause, store.ErrInUse) { // another one has it open
		return
	}
	s, err := r.file.read()
	if err != nil {
		r.log.Warn().Err(err).Msg("no operator's chat can be told that the store is refused")
		return
	}
	before := maps.Clone(s.Told)
	if s.Told == nil {
		s.Told = alarm.State{}
	}
	now := r.now()
	due := s.Told.Look([]alarm.Fact{{Kind: alarm.StoreRefused, On: true}}, now)
	if len(due) == 0 || len(s.Chats) == 0 {
		return
	}
	s.Told.Said(due[0], now)
	if err := r.file.write(s); err != nil {
		r.log.Warn().Err(err).Msg("no operator's chat is told that the store is refused, for that could not be noted")
		return
	}
	told := r.send(ctx, s.Chats, locale.AlarmStoreRefused(refusal(cause)))
	r.log.Warn().Str("alarm", string(alarm.StoreRefused)).Bool("told", told).Msg("an alarm for the operator")
	if told {
		return
	}
	if err := r.file.write(standby{s.Chats, before}); err != nil {
		r.log.Warn().Err(err).Msg("that nobody was told could not be noted")
	}
}

// send says text to those of the chats whose bot is configured, and reports
// whether one took it.
func (r *refusedStore) send(ctx context.Context, chats []card.Subscriber, text string) bool {
	ctx, cancel := context.WithTimeout(ctx, refusedPatience)
	defer cancel()
	var told atomic.Bool
	var sending sync.WaitGroup
	for _, account := range r.accounts {
		sending.Go(func() {
			client := bot.New(account)
			defer client.Close()
			me, _, err := client.Me(ctx)
			for _, to := range chats {
				if err == nil && to.Bot == me {
					_, err = client.Send(ctx, bot.ClassReply, to.Chat, bot.Reply{Text: text})
					told.CompareAndSwap(false, err == nil)
				}
			}
			if err != nil {
				r.log.Debug().Err(err).Str("platform", string(account.Profile.Platform)).Msg("an operator's chat could not be told")
			}
		})
	}
	sending.Wait()
	return told.Load()
}

// refusal is what stands in docs/operating.md of a refused store: none of its
// files, nothing of what is in it. It is empty for what the log alone says.
func refusal(cause error) string {
	for _, known := range []error{
		store.ErrMissing, store.ErrForeign, store.ErrBehind, store.ErrGap, store.ErrNewer, store.ErrUnfinished,
		store.ErrNotDirectory, store.ErrNoRoom, store.ErrDamaged,
	} {
		if errors.Is(cause, known) {
			return known.Error()
		}
	}
	return ""
}
