package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"kartyar/demo"
	"kartyar/locale"
)

// refusals are the ways in which a platform says that a chat cannot be written
// to: a status, its words and parameters.
var refusals = []struct {
	status           int
	words, parameter string
}{
	{403, "Forbidden: bot was blocked by the user", ""},
	{403, "Forbidden: user is deactivated", ""},
	{400, "Bad Request: chat not found", ""},
	{400, "Bad Request: no such group or user", ""},
	{400, "Bad Request: group chat was upgraded to a supergroup chat", `,"parameters":{"migrate_to_chat_id":-1001234567890}`},
}

// refusal is the n-th way, in turns.
func refusal(n int) *demo.Fault {
	r := refusals[n%len(refusals)]
	return &demo.Fault{
		Status: r.status, Header: http.Header{"Content-Type": {"application/json"}},
		Body: fmt.Sprintf(`{"ok":false,"error_code":%d,"description":%q%s}`, r.status, r.words, r.parameter),
	}
}

// block is the experiment `blocked`: chats refuse to be written to, in each way
// on both platforms, first when an alert comes and then when an answer does, N
// times; and then their people write again.
func block(ctx context.Context, s *stage) (err error) {
	// Three of five subscribe to two cards, and one to a card that no list knows.
	people := 2 * 2 * len(refusals)
	t, err := s.trial("blocked", trialOptions{people: people, slow: slowest, offices: 2 * (4*s.n + 10)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	ctx, end := context.WithCancel(ctx) // no child outlives the world
	defer end()
	b := &blocking{trial: t, tried: map[chatID]int{}}
	if err := errors.Join(t.prepare(ctx), t.up(ctx)); err != nil {
		return err
	}
	t.crowd.rest()
	if err := t.settle(ctx); err != nil {
		return err
	}
	for n := range s.n {
		b.first = n
		for _, step := range []func(context.Context) error{b.refuseAlerts, b.writeAgain, b.refuseAnswers, b.writeAgain} {
			if err := step(ctx); err != nil {
				return fmt.Errorf("round %d: %w", n+1, err)
			}
		}
	}
	t.setFault(nil)
	if err := t.last(ctx); err != nil {
		return err
	}
	s.line("refusals", "%d chats, %d times each in alerts and in answers, in %d ways: %d sends, one for each", len(b.chats()), s.n, len(refusals), b.sends)
	s.line("marked", "%d subscriptions in the report, all open again when their people wrote", b.marked)
	if err := t.serving.stop(ctx); err != nil {
		return err
	}
	t.report()
	s.broken = append(s.broken, t.witness.broken...)
	return nil
}

// blocking is the experiment under way.
type blocking struct {
	*trial
	round  int // of lists
	first  int // which way the first chat refuses
	sends  int // refused
	marked int

	mu    sync.Mutex
	tried map[chatID]int // sends to those who refuse, in this step
}

// chats are those who refuse: half of those who subscribe.
func (b *blocking) chats() (all []*citizen) {
	seen := map[demo.Platform]int{}
	for _, c := range b.crowd.citizens {
		if p := c.person.Platform(); c.role == follows && seen[p] < len(refusals) {
			seen[p]++
			all = append(all, c)
		}
	}
	return all
}

// refuse has the chats refuse every send from now on.
func (b *blocking) refuse() {
	way := map[chatID]int{}
	for n, c := range b.chats() {
		way[chatID{c.person.Platform(), c.person.ChatID()}] = b.first + n/len(platforms)
	}
	b.mu.Lock()
	clear(b.tried)
	b.mu.Unlock()
	b.setFault(func(r demo.FaultRequest) *demo.Fault {
		chat := chatID{r.Platform, r.Chat}
		n, refuses := way[chat]
		if !refuses || !isSend(r.Method) {
			return nil
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		b.tried[chat]++
		return refusal(n)
	})
}

// come has all cards come to other offices, and waits until all who can be told
// are. Of those who refuse, what they were to be told of before is no longer
// true.
func (b *blocking) come(ctx context.Context) error {
	b.round++
	var news []row
	refuses := map[*citizen]bool{}
	for _, c := range b.chats() {
		refuses[c] = true
		b.arrivals -= c.ledger.unexpect()
	}
	for _, c := range b.crowd.citizens {
		if c.role != follows {
			continue
		}
		for slot, h := range c.holders {
			news = append(news, b.arrive(c, h, office(2*b.round+slot)))
		}
	}
	list, err := b.write(fmt.Sprint(b.round), news)
	if err == nil {
		err = b.take(ctx, list)
	}
	if err != nil {
		return err
	}
	some, cancel := context.WithTimeout(ctx, settleMost)
	defer cancel()
	return b.pump(some, func() bool {
		for _, c := range b.crowd.citizens {
			if !refuses[c] && c.role == follows && !c.ledger.told() {
				return false
			}
		}
		return true
	})
}

// refuseAlerts has the chats refuse alerts: each is tried once, and not again
// at the next arrival.
func (b *blocking) refuseAlerts(ctx context.Context) error {
	b.refuse()
	if err := b.come(ctx); err != nil {
		return err
	}
	return b.heldBack(ctx, "an alert")
}

// refuseAnswers has the chats refuse the answer to a question of theirs.
func (b *blocking) refuseAnswers(ctx context.Context) error {
	b.refuse()
	for _, c := range b.chats() {
		c.person.Say(locale.ButtonHelp)
	}
	return b.heldBack(ctx, "an answer")
}

// heldBack waits until every chat has refused, has cards come, and sees that
// nothing more was tried, and that the report counts the subscriptions.
func (b *blocking) heldBack(ctx context.Context, what string) error {
	chats := b.chats()
	refused := func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		return len(b.tried) == len(chats)
	}
	some, cancel := context.WithTimeout(ctx, settleMost)
	defer cancel()
	if err := b.pump(some, refused); err != nil {
		return err
	}
	// Longer than the first wait of an alert that is tried again.
	if err := errors.Join(b.pass(ctx, time.Second), b.come(ctx), b.pass(ctx, 11*time.Second)); err != nil {
		return err
	}
	b.mu.Lock()
	for _, c := range chats {
		chat := chatID{c.person.Platform(), c.person.ChatID()}
		b.sends += b.tried[chat]
		if b.tried[chat] != 1 {
			b.witness.breaks("%s", b.witness.name(chat, fmt.Sprintf("%s was refused for good, and tried %d times", what, b.tried[chat])))
		}
	}
	b.mu.Unlock()
	return b.counted(ctx, 2*len(chats))
}

// counted holds the report to a number of subscriptions that are blocked.
func (b *blocking) counted(ctx context.Context, want int) error {
	out, err := b.run(ctx, "report", "--format", "json")
	if err != nil {
		return err
	}
	var report struct{ All struct{ Blocked int } }
	if err := json.Unmarshal(out, &report); err != nil {
		return fmt.Errorf("reading the report: %w", err)
	}
	b.marked += report.All.Blocked
	if report.All.Blocked != want {
		b.witness.breaks("the report counts %d blocked subscriptions of %d", report.All.Blocked, want)
	}
	return nil
}

// writeAgain lets the chats be written to; their people say something, and are
// answered and told what they missed.
func (b *blocking) writeAgain(ctx context.Context) error {
	b.setFault(nil)
	for _, c := range b.chats() {
		c.talks += c.talks % 2 // what it says next needs nothing that was shown before
		if err := c.goOn(); err != nil {
			return err
		}
	}
	if err := b.settle(ctx); err != nil {
		return err
	}
	for _, c := range b.chats() {
		if !c.ledger.told() {
			b.witness.breaks("%s", b.witness.name(chatID{c.person.Platform(), c.person.ChatID()}, "wrote again, and was not told what it missed"))
		}
	}
	return b.counted(ctx, 0)
}
