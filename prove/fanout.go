package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"kartyar/demo"
	"kartyar/locale"
)

// rateLeast is how much of the allowed rate is to be used.
const rateLeast = 0.95

// fanOutsMost is how often a fan-out is measured that is not as it should be,
// before that says anything: a busy machine spoils one, and not all.
const fanOutsMost = 3

// fanned is how a fan-out went.
type fanned struct {
	p99, last time.Duration // of the alerts to chats that do not fail
	used      float64       // of the rate, by the bot that used less of it
	answered  time.Duration // the last of those who asked meanwhile
}

// fanOuts measures how alerts go out under a rate: calm, with limits, and with
// chats at which the platform always fails.
func (st *storming) fanOuts(ctx context.Context) error {
	st.watch(func(demo.FaultRequest) *demo.Fault { return nil })
	if err := st.serving.stop(ctx); err != nil {
		return err
	}
	st.serving = nil
	st.env = append(st.env, "SEND_RATE="+strconv.Itoa(st.rate))
	if err := errors.Join(st.read(), st.up(ctx)); err != nil {
		return err
	}
	used := func(f fanned) string {
		if f.used < rateLeast {
			return fmt.Sprintf("only %.1f %% of the allowed rate was used", 100*f.used)
		}
		return ""
	}
	calm, err := st.fanOut(ctx, "calm", nil, nil, func(f fanned) string {
		if f.answered > f.last/2 {
			return fmt.Sprintf("people were answered after %v, as alerts went out for %v: replies go before alerts", f.answered, f.last)
		}
		return used(f)
	})
	if err != nil {
		return err
	}
	limited := map[demo.Platform]int{}
	_, err = st.fanOut(ctx, "with 429s", func(r demo.FaultRequest) *demo.Fault {
		if limited[r.Platform]++; limited[r.Platform]%8 != 4 || limited[r.Platform] > 40 {
			return nil
		}
		return demo.TooMany(1)
	}, nil, used)
	if err != nil {
		return err
	}
	return st.fanOutBesideBad(ctx, calm)
}

// fanOutBesideBad has alerts go out while the platform always fails at some
// chats: the others' are not later for that, and those chats are tried again.
func (st *storming) fanOutBesideBad(ctx context.Context, calm fanned) error {
	bad, failed := map[chatID]bool{}, map[chatID]int{}
	for _, c := range st.crowd.expecting() {
		if c.subscribes() && len(bad) < min(30, st.o.people/5) {
			bad[chatOf(c.person)] = true
		}
	}
	_, err := st.fanOut(ctx, fmt.Sprintf("with %d chats that fail", len(bad)), func(r demo.FaultRequest) *demo.Fault {
		chat := chatID{r.Platform, r.Chat}
		if !bad[chat] {
			return nil
		}
		failed[chat]++
		return demo.BrokenHTML(502)
	}, bad, func(f fanned) string {
		if f.p99 > 2*calm.p99 {
			return fmt.Sprintf("chats that fail by themselves slow the others: the p99 of their alerts is %v, without %v", f.p99, calm.p99)
		}
		return ""
	})
	if err != nil {
		return err
	}
	some, cancel := context.WithTimeout(ctx, 30*time.Second) // each is tried again, and known for what it is
	defer cancel()
	err = st.pump(some, func() bool {
		st.mu.Lock()
		defer st.mu.Unlock()
		for chat := range bad {
			if failed[chat] < 2 {
				return false
			}
		}
		return true
	})
	st.watch(func(demo.FaultRequest) *demo.Fault { return nil })
	return errors.Join(err, st.settle(ctx))
}

// fanOut has cards come for everybody and sees how the alerts go out, again
// when something is wrong with that, as wrong says. What is wrong each time is a
// promise broken.
func (st *storming) fanOut(ctx context.Context, name string, fault func(demo.FaultRequest) *demo.Fault, bad map[chatID]bool, wrong func(fanned) string) (f fanned, err error) {
	for range fanOutsMost {
		if f, err = st.fanOutOnce(ctx, name, fault, bad); err != nil {
			return f, fmt.Errorf("%s: %w", name, err)
		}
		if wrong(f) == "" {
			return f, nil
		}
	}
	st.stage.breaks("%s: %s", name, wrong(f))
	return f, nil
}

func (st *storming) fanOutOnce(ctx context.Context, name string, fault func(demo.FaultRequest) *demo.Fault, bad map[chatID]bool) (f fanned, err error) {
	if err := st.pass(ctx, 2*time.Second); err != nil { // every chat is at rest
		return f, err
	}
	st.mu.Lock()
	for p := range st.watched {
		st.watched[p] = &limiter{}
	}
	st.mu.Unlock()
	st.watch(func(r demo.FaultRequest) *demo.Fault {
		if fault == nil || !isSend(r.Method) {
			return nil
		}
		return fault(r)
	})
	asked, waits := st.ask()
	began := time.Now()
	if err := st.arrivals(ctx); err != nil {
		return f, err
	}
	after, err := st.alertsOut(ctx, began, bad, func() bool { return waits() == nil })
	if err != nil {
		return f, err
	}
	f.last = after[len(after)-1]
	f.p99 = after[int(math.Ceil(0.99*float64(len(after))))-1]
	f.used = 1
	st.mu.Lock()
	for _, l := range st.watched {
		f.used = min(f.used, l.used(float64(st.rate)))
	}
	st.mu.Unlock()
	for _, a := range asked {
		if a.ledger.reply != nil {
			f.answered = max(f.answered, a.ledger.reply.at.Sub(began))
		}
	}
	st.stage.line("  "+name, "%d alerts at %d/s a bot, p99 %.2f s; %.1f %% of the rate used; %d people asked meanwhile were answered within %.2f s",
		len(after), st.rate, f.p99.Seconds(), 100*f.used, len(asked), f.answered.Seconds())
	return f, nil
}

// alertsOut waits until the alerts of this round are out to all chats that are
// not bad, and until enough else is true, and returns when they were, in order.
func (st *storming) alertsOut(ctx context.Context, began time.Time, bad map[chatID]bool, enough func() bool) (after []time.Duration, err error) {
	good := func(each func(*sent)) {
		for chat, l := range st.witness.chats {
			for slot := range 2 {
				told, due := l.news[office(2*st.round+slot).Name]
				if due && !bad[chat] {
					each(told)
				}
			}
		}
	}
	most, cancel := context.WithTimeout(ctx, settleMost)
	defer cancel()
	err = st.pump(most, func() (out bool) {
		out = true
		good(func(told *sent) { out = out && told != nil })
		return out && enough()
	})
	if err != nil {
		return nil, err
	}
	good(func(told *sent) {
		if told == nil {
			st.stage.breaks("an alert was not out after %v", settleMost)
			return
		}
		after = append(after, told.at.Sub(began))
	})
	if len(after) == 0 {
		return nil, errors.New("nobody was to be told")
	}
	slices.Sort(after)
	return after, nil
}

// ask has a few people who are told nothing ask something; waits returns one
// whose answer has not come.
func (st *storming) ask() (asked []*citizen, waits func() *citizen) {
	for _, c := range st.crowd.citizens {
		if !c.subscribes() && len(asked) < 4 {
			asked = append(asked, c)
			c.ledger.owe(aStatus(), aStatus())
			c.person.Say(locale.ButtonStatus)
		}
	}
	return asked, func() *citizen {
		for _, c := range asked {
			if len(c.ledger.owed) > 0 {
				return c
			}
		}
		return nil
	}
}
