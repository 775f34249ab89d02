package main

import (
	"context"
	"errors"
	"slices"
	"time"

	"kartyar/demo"
	"kartyar/locale"
)

// askers are people who ask the same question over and over, one after the
// other, so that how long the answers take can be compared between phases.
type askers struct {
	*trial
	people []*demo.Person
	is     map[chatID]bool
	next   int
}

// askEvery is how often one of the askers asks. Each comes to its turn less
// often than a chat's pace allows, so that no answer waits for the pace.
const askEvery = 25 * time.Millisecond

// newAskers makes so many people, half of them on each platform.
func newAskers(t *trial, number int) *askers {
	a := &askers{trial: t, is: map[chatID]bool{}}
	for n := range number {
		p := t.server.Person(platforms[n%len(platforms)], botID, "asks "+spell(n, 3))
		a.people = append(a.people, p)
		a.is[chatOf(p)] = true
	}
	return a
}

func chatOf(p *demo.Person) chatID { return chatID{p.Platform(), p.ChatID()} }

// asks has a person ask something that is answered by one message.
func (t *trial) asks(p *demo.Person) {
	t.witness.of(chatOf(p)).owe(exactly("what is kept of one", locale.Privacy()))
	p.Say("/privacy")
}

// phase has the askers ask for a time, while meanwhile is called before each
// question, and waits until all of them are answered. It returns how long each
// answer took: from when the update was last handed to the program until the
// platform had the answer.
func (a *askers) phase(ctx context.Context, length time.Duration, meanwhile func() error) ([]time.Duration, error) {
	first := a.witness.read
	for end := time.Now().Add(length); time.Now().Before(end); {
		if meanwhile != nil {
			if err := meanwhile(); err != nil {
				return nil, err
			}
		}
		a.asks(a.people[a.next%len(a.people)])
		a.next++
		if err := a.pass(ctx, askEvery); err != nil {
			return nil, err
		}
	}
	if err := a.answered(ctx, a.people); err != nil {
		return nil, err
	}
	return waits(a.server.Journal()[first:a.witness.read], a.is), nil
}

// answered waits until none of some people waits for an answer.
func (t *trial) answered(ctx context.Context, people []*demo.Person) error {
	most, cancel := context.WithTimeout(ctx, settleMost)
	defer cancel()
	err := t.pump(most, func() bool {
		return !slices.ContainsFunc(people, func(p *demo.Person) bool {
			return len(t.witness.of(chatOf(p)).owed) > 0
		})
	})
	return errors.Join(err, ctx.Err())
}

// waits reads how long the answers to some chats took.
func waits(journal []demo.Entry, of map[chatID]bool) (all []time.Duration) {
	handed := map[chatID]time.Time{}
	for _, e := range journal {
		chat := chatID{e.Platform, e.Chat}
		if !of[chat] {
			continue
		}
		switch at, is := handed[chat]; {
		case e.Kind == demo.Handed:
			handed[chat] = e.At
		case e.Kind == demo.Sent && is:
			all = append(all, e.At.Sub(at))
			delete(handed, chat)
		}
	}
	return all
}

// quantile returns the value that a part q of all do not exceed; 0 of none.
func quantile(all []time.Duration, q float64) time.Duration {
	if len(all) == 0 {
		return 0
	}
	all = slices.Sorted(slices.Values(all))
	return all[min(int(q*float64(len(all))), len(all)-1)]
}

// noise is what the best of some 99th percentiles may differ by on a busy machine
// before it says anything.
const noise = 100 * time.Millisecond

// compared are the answers of phases that alternate: without a trouble and with
// it.
type compared struct{ without, with [][]time.Duration }

// alternate runs pairs of phases, without a trouble and with it.
func (a *askers) alternate(ctx context.Context, pairs int, length time.Duration, trouble func() error) (c compared, err error) {
	for range pairs {
		for _, p := range []struct {
			into      *[][]time.Duration
			meanwhile func() error
		}{{&c.without, nil}, {&c.with, trouble}} {
			took, err := a.phase(ctx, length, p.meanwhile)
			if err != nil {
				return c, err
			}
			*p.into = append(*p.into, took)
		}
	}
	return c, nil
}

// judge prints the ratio of the 99th percentiles, and breaks the promise when
// that with the trouble is more than most times the other. Machines are noisy,
// and what is left of a trouble spoils the phase after it, so it is the best of
// the phases that are compared: noise only ever adds, and a true trouble is in
// each. A difference within the slack breaks nothing.
func (c compared) judge(s *stage, trouble string, most float64, slack time.Duration) {
	without, with := percentiles(c.without), percentiles(c.with)
	before, after := slices.Min(without), slices.Min(with)
	s.line("answers to others, p99", "%v without %s, %v with it: %.2f times (the best of %d phases each, %d answers; %v and %v)",
		before.Round(time.Millisecond), trouble, after.Round(time.Millisecond), float64(after)/float64(max(before, 1)),
		len(with), answers(c.without)+answers(c.with), rounded(without), rounded(with))
	if tooSlow(before, after, most, slack) {
		s.breaks("others wait %v with %s and %v without it, more than %.1f times as long", after, trouble, before, most)
	}
}

// tooSlow reports whether after is more than so many times before, and by more
// than the slack.
func tooSlow(before, after time.Duration, most float64, slack time.Duration) bool {
	return after > time.Duration(most*float64(before))+slack
}

func percentiles(phases [][]time.Duration) (all []time.Duration) {
	for _, p := range phases {
		all = append(all, quantile(p, 0.99))
	}
	return all
}

func answers(phases [][]time.Duration) (n int) {
	for _, p := range phases {
		n += len(p)
	}
	return n
}

func rounded(all []time.Duration) (short []time.Duration) {
	for _, d := range all {
		short = append(short, d.Round(time.Millisecond))
	}
	return short
}
