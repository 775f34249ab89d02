package app

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"kartyar/alarm"
	"kartyar/bot"
	"kartyar/card"
	"kartyar/locale"
	"kartyar/store"
)

const (
	alarmsNote = "alarms" // alarm.State
	fedNote    = "fed"    // when a list was last taken in
	startNote  = "start"  // when the program was last started

	alarmsEvery  = time.Minute
	alarmSend    = 30 * time.Second // for one message
	pollFailsFor = 5 * time.Minute
	conflictFor  = 10 * time.Minute // without another poller until there is none
	diskLeast    = 1 << 30          // bytes; intake stops at a quarter of it, or before that for what the store is to merge
	silentAfter  = 7 * 24 * time.Hour
)

// noteFed notes that a list was taken in.
func (s *service) noteFed(ctx context.Context) error {
	err := s.store.UpdateInBulk(ctx, func(tx *store.Tx) error { return tx.PutNote(fedNote, time.Now().UTC()) })
	if err != nil {
		return fmt.Errorf("noting that a list was taken in: %w", err)
	}
	return nil
}

// diskFact is whether room is low, given the free bytes and what the store says to
// a list.
func diskFact(free uint64, room error) alarm.Fact {
	return alarm.Fact{Kind: alarm.DiskLow, On: free < diskLeast || errors.Is(room, store.ErrNoRoom), Number: int(free >> 20)}
}

// diskText tells of low room by the free MiB: what is wrong where that is much is
// in the log.
func diskText(mebibytes int) string {
	if mebibytes < diskLeast>>20 {
		return locale.AlarmDiskLow(mebibytes)
	}
	return locale.AlarmNoRoom()
}

// alarms tells the operator what is wrong.
type alarms struct {
	*server
	state  alarm.State
	logged map[alarm.Message]time.Time // of what no chat took
	send   func(ctx context.Context, to card.Subscriber, text string) error

	mu        sync.Mutex
	operators []store.Operator // as they were last read
	before    time.Time        // when the program was started before this time
}

func (s *server) newAlarms() *alarms {
	return &alarms{server: s, state: alarm.State{}, logged: map[alarm.Message]time.Time{}, send: s.sendAlarm}
}

// begin reads what was told before.
func (a *alarms) begin(ctx context.Context, now time.Time) error {
	err := a.service.store.UpdateInBulk(ctx, func(tx *store.Tx) error {
		a.mu.Lock()
		defer a.mu.Unlock()
		if _, err := tx.Note(alarmsNote, &a.state); err != nil {
			return err
		}
		if _, err := tx.Note(startNote, &a.before); err != nil {
			return err
		}
		return tx.PutNote(startNote, now.UTC())
	})
	if kept, err := a.service.standby.read(); err != nil {
		a.log.Warn().Err(err).Msg("what was told of a refused store is not known; the file is written anew")
	} else {
		a.state.Take(alarm.StoreRefused, kept.Told)
	}
	if err != nil {
		return fmt.Errorf("reading which alarms were told: %w", err)
	}
	return nil
}

// storeFailed tells the operator's chats that the program ends because of its
// store. Nothing can be noted any more, so a program that was started twice in
// an hour leaves it to the log: it would say the same at each start.
func (a *alarms) storeFailed(ctx context.Context, now time.Time) {
	a.mu.Lock()
	operators, before := a.operators, a.before
	a.mu.Unlock()
	if now.Sub(before) >= alarm.Apart {
		a.tell(ctx, operators, alarm.Message{Kind: alarm.StoreFailed}, now)
	}
}

// run looks every minute, and when something has happened, until ctx ends.
func (a *alarms) run(ctx context.Context) error {
	s := a.server
	if err := a.begin(ctx, time.Now()); err != nil && ctx.Err() == nil {
		// A store without room for a note can still be read, and alarms told.
		s.log.Warn().Err(err).Msg("which alarms were told is not known; some may be told again")
	}
	ticker := time.NewTicker(alarmsEvery)
	defer ticker.Stop()
	for {
		if err := a.look(ctx, time.Now()); err != nil && ctx.Err() == nil {
			s.log.Error().Err(err).Msg("the alarms could not be looked at; they are in a minute")
		}
		select {
		case <-ticker.C:
		case <-s.pulse.wake:
		case <-ctx.Done():
			return nil
		}
	}
}

// look tells what is to be told now.
func (a *alarms) look(ctx context.Context, now time.Time) error {
	var fed time.Time
	var operators []store.Operator
	err := a.service.store.View(ctx, func(tx *store.Tx) (err error) {
		if _, err = tx.Note(fedNote, &fed); err == nil {
			operators, err = tx.Operators()
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("reading the operator's chats: %w", err)
	}
	a.mu.Lock()
	a.operators = operators
	a.mu.Unlock()
	before := maps.Clone(a.state)
	for _, m := range a.state.Look(a.pulse.facts(now, fed), now) {
		if a.tell(ctx, operators, m, now) {
			a.state.Said(m, now)
		}
	}
	err = a.service.standby.keep(operators, a.state)
	if maps.Equal(before, a.state) {
		return err
	}
	// What was told as the program ends must not be told again, nor its end forgotten.
	noted := a.service.store.UpdateInBulk(context.WithoutCancel(ctx), func(tx *store.Tx) error { return tx.PutNote(alarmsNote, a.state) })
	if noted != nil {
		err = errors.Join(err, fmt.Errorf("noting which alarms were told: %w", noted))
	}
	return err
}

// tell sends a message to the operator's chats, whichever can be reached, and
// reports whether one took it. The log has it in any case; without a chat it is
// the one who is told.
func (a *alarms) tell(ctx context.Context, operators []store.Operator, m alarm.Message, now time.Time) bool {
	told := false
	for _, o := range operators {
		err := a.send(ctx, o.To, alarmText(m))
		told = told || err == nil
		if err != nil && ctx.Err() == nil {
			a.log.Debug().Err(err).Str("alarm", string(m.Kind)).Msg("an operator's chat could not be told")
		}
	}
	of := m
	of.Number = 0
	if last, is := a.logged[of]; !is || told || now.Sub(last) >= alarm.Apart {
		a.logged[of] = now
		line := a.log.Warn().Str("alarm", string(m.Kind)).Str("platform", string(m.Platform)).Bool("over", m.Over).Int("number", m.Number)
		if m.Kind == alarm.DiskLow {
			line = line.Err(a.service.store.HasRoom()) // what there is too little of
		}
		line.Bool("told", told).Msg("an alarm for the operator")
	}
	return told || len(operators) == 0 && ctx.Err() == nil
}

// sendAlarm says text to an operator's chat, in the turn of the replies. One that
// is on its way when the program is asked to end has time for its answer.
func (s *server) sendAlarm(ctx context.Context, to card.Subscriber, text string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, b := range s.pulse.beats() {
		if b.client == nil || b.me != to.Bot {
			continue
		}
		graced, end := withGrace(ctx)
		defer end()
		sending, cancel := context.WithTimeout(graced, alarmSend)
		defer cancel()
		_, err := b.client.Send(sending, bot.ClassReply, to.Chat, bot.Reply{Text: text})
		return err
	}
	return fmt.Errorf("the bot of the chat is not served")
}

// facts are how it stands with each kind of trouble. What is not known yet
// after a start is left out.
func (p *pulse) facts(now, fed time.Time) (facts []alarm.Fact) {
	for _, b := range p.beats() {
		if b.refused || b.worker != nil {
			facts = append(facts, alarm.Fact{Kind: alarm.TokenRefused, Platform: b.platform, On: b.refused})
		}
		if b.refused {
			continue // nothing else is known of it
		}
		if fails := now.Sub(b.polled) > pollFailsFor; fails || b.answered {
			facts = append(facts, alarm.Fact{Kind: alarm.PollFails, Platform: b.platform, On: fails})
		}
		if met := b.contested(now); met || now.Sub(p.began) > conflictFor {
			facts = append(facts, alarm.Fact{Kind: alarm.TwoPollers, Platform: b.platform, On: met})
		}
		if clock, known := b.clockFact(); known {
			facts = append(facts, clock)
		}
		if b.client != nil {
			if is, known := b.client.Forbidden(); known {
				facts = append(facts, alarm.Fact{Kind: alarm.Restricted, Platform: b.platform, On: is})
			}
		}
		if b.worker == nil {
			continue
		}
		if late, known := b.worker.Late(); known {
			facts = append(facts, alarm.Fact{Kind: alarm.OutboxLate, Platform: b.platform, On: late > 0, Number: late})
		}
	}
	if free, err := p.store.Free(); err == nil {
		facts = append(facts, diskFact(free, p.store.HasRoom()))
	}
	if !fed.IsZero() {
		silent := now.Sub(fed)
		facts = append(facts, alarm.Fact{Kind: alarm.FeedSilent, On: silent > silentAfter, Number: int(silent / (24 * time.Hour))})
	}
	p.mu.Lock()
	aside, nobody, held := p.aside, p.nobody, p.held
	p.aside, p.nobody = 0, 0
	p.mu.Unlock()
	if held != nil {
		facts = append(facts, alarm.Fact{Kind: alarm.Held, On: held.Messages > 0, Number: held.Messages, Since: held.Since})
	}
	return append(facts,
		alarm.Fact{Kind: alarm.StoreRefused}, // it is open
		alarm.Fact{Kind: alarm.SetAside, Event: true, Number: aside},
		alarm.Fact{Kind: alarm.ToldNobody, Event: true, Number: nobody})
}

// alarmText is a message in words.
func alarmText(m alarm.Message) string {
	words := map[alarm.Kind]struct{ on, over func() string }{
		alarm.PollFails: {
			func() string { return locale.AlarmPollFails(m.Platform) }, func() string { return locale.AlarmPollWorks(m.Platform) },
		},
		alarm.TwoPollers: {
			func() string { return locale.AlarmTwoPollers(m.Platform) }, func() string { return locale.AlarmOnePoller(m.Platform) },
		},
		alarm.TokenRefused: {
			func() string { return locale.AlarmTokenRefused(m.Platform) }, func() string { return locale.AlarmTokenTaken(m.Platform) },
		},
		alarm.Restricted: {
			func() string { return locale.AlarmRestricted(m.Platform) }, func() string { return locale.AlarmUnrestricted(m.Platform) },
		},
		alarm.OutboxLate: {
			func() string { return locale.AlarmOutboxLate(m.Platform, m.Number) }, func() string { return locale.AlarmOutboxFlows(m.Platform) },
		},
		alarm.ClockOff: {
			func() string { return locale.AlarmClockOff(m.Platform, time.Duration(m.Number)*time.Second) },
			func() string { return locale.AlarmClockRight(m.Platform) },
		},
		alarm.DiskLow:     {func() string { return diskText(m.Number) }, locale.AlarmDiskRoom},
		alarm.FeedSilent:  {func() string { return locale.AlarmFeedSilent(m.Number) }, locale.AlarmFeedSpeaks},
		alarm.Held:        {func() string { return locale.AlarmHeld(m.Number, m.Since) }, locale.AlarmReleased},
		alarm.ToldNobody:  {on: func() string { return locale.AlarmToldNobody(m.Number) }},
		alarm.SetAside:    {on: func() string { return locale.AlarmSetAside(m.Number) }},
		alarm.StoreFailed: {on: locale.AlarmStoreFailed},
		// That it is refused says who met that.
		alarm.StoreRefused: {over: locale.AlarmStoreOpened},
	}[m.Kind]
	if m.Over {
		return words.over()
	}
	return words.on()
}
