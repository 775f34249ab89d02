package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"kartyar/demo"
	"kartyar/locale"
)

// alarmMost is how soon the operator has to be told: it is looked at each
// minute, and all else takes a few seconds.
const alarmMost = 100 * time.Second

// passesADay has an alert fail at one chat alone for a day, over a restart: the
// operator is told, and the alert goes out all the same when the chat can be
// reached.
func (t *trial) passesADay(ctx context.Context, c *clock, stop *func() error) error {
	operator, err := t.makesOperator(ctx)
	if err != nil {
		return err
	}
	late, is := t.onTelegram()
	if !is {
		return errors.New("nobody on Telegram waits for news")
	}
	chat := chatOf(late.person)
	var tries atomic.Int64
	t.setFault(func(r demo.FaultRequest) *demo.Fault {
		if r.Platform != chat.platform || r.Chat != chat.chat || !isSend(r.Method) {
			return nil
		}
		tries.Add(1)
		return demo.Broken(502)
	})
	list, err := t.write("late", []row{t.arrive(late, late.holders[0], office(0))})
	if err == nil {
		err = t.take(ctx, list)
	}
	if err != nil {
		return err
	}
	some, cancel := context.WithTimeout(ctx, settleMost)
	defer cancel()
	for tries.Load() == 0 && some.Err() == nil {
		if err := t.pass(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
	if err := (*stop)(); err != nil {
		return err
	}
	c.set(25*time.Hour - time.Duration(c.ahead.Load())*time.Second) // lists come in by the machine's own clock
	if *stop, err = t.serveHere(ctx, c); err != nil {
		*stop = func() error { return nil }
		return err
	}
	back := time.Now()
	told := func() bool {
		return slices.ContainsFunc(operator.Messages(), func(m demo.Message) bool {
			return m.FromBot && strings.Contains(m.Text, locale.AlarmOutboxLate("telegram", 1))
		})
	}
	for !told() && time.Since(back) < alarmMost {
		if err := t.pass(ctx, 200*time.Millisecond); err != nil {
			return err
		}
	}
	if !told() {
		t.witness.breaks("an alert was late for a day, and %v later the operator was not told", alarmMost)
	}
	t.stage.line("  an alert that failed for a day", "%d tries; the operator was told %.1f s after the start", tries.Load(), time.Since(back).Seconds())
	t.setFault(nil)
	return t.settle(ctx)
}

// makesOperator has somebody become the operator on Telegram.
func (t *trial) makesOperator(ctx context.Context) (*demo.Person, error) {
	operator := t.server.Person(demo.Telegram, botID, "operator")
	t.witness.free = map[chatID]bool{chatOf(operator): true}
	token, err := t.invite(ctx, demo.Telegram)
	if err != nil {
		return nil, err
	}
	operator.Start(token)
	asked, cancel := context.WithTimeout(ctx, settleMost)
	defer cancel()
	for {
		if err := t.pass(asked, 100*time.Millisecond); err != nil {
			return nil, fmt.Errorf("the operator is not asked whether to be one: %w", err)
		}
		if _, err := operator.Press(locale.ButtonAccept); err == nil {
			return operator, t.pass(ctx, time.Second)
		}
	}
}

// onTelegram is somebody there who waits for news.
func (t *trial) onTelegram() (*citizen, bool) {
	all := t.crowd.expecting()
	i := slices.IndexFunc(all, func(c *citizen) bool { return c.role == follows && c.person.Platform() == demo.Telegram })
	if i < 0 {
		return nil, false
	}
	return all[i], true
}
