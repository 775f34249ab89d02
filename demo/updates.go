package demo

import (
	"encoding/json"
	"net/http"
	"time"
)

// update is one update that the bot has not confirmed.
type update struct {
	id    int64
	kind  string // "message", "callback_query", …
	chat  int64
	at    time.Time
	times int // how often it has been handed out
	body  json.RawMessage
}

// queue gives the update its id and puts it where getUpdates finds it. fields
// is the update's JSON object without its id, after the opening brace. The
// caller holds mu. It returns -1 for a kind that the bot did not ask for; the
// empty kind always goes through.
func (s *Server) queue(b *account, kind string, chat int64, message int, text, fields string) int64 {
	if b.allowed != nil && kind != "" && !b.allowed[kind] {
		return -1
	}
	id := b.nextUpdate
	b.nextUpdate++
	body := append([]byte(`{"update_id":`), marshal(id)...)
	if fields != "}" {
		body = append(body, ',')
	}
	b.pending = append(b.pending, &update{
		id: id, kind: kind, chat: chat, at: s.now(), body: append(body, fields...),
	})
	s.note(b, Entry{Kind: Queued, Chat: chat, Update: id, Message: message, Text: text})
	if keep := b.rules.keepUpdates; keep > 0 && len(b.pending) > keep {
		s.forget(b, len(b.pending)-keep, Dropped, "")
	}
	b.wakePoll()
	return id
}

// wakePoll lets the long poll under way look again. The caller holds mu.
func (b *account) wakePoll() {
	close(b.arrived)
	b.arrived = make(chan struct{})
}

// forget takes the n oldest updates away. The caller holds mu.
func (s *Server) forget(b *account, n int, why EntryKind, method string) {
	for _, u := range b.pending[:n] {
		s.note(b, Entry{Kind: why, Chat: u.chat, Update: u.id, Times: u.times, Method: method})
	}
	clear(b.pending[:n])
	b.pending = b.pending[n:]
}

// expire forgets the updates that are older than the platform keeps them.
func (s *Server) expire(b *account) {
	n := 0
	for n < len(b.pending) && s.now().Sub(b.pending[n].at) >= b.rules.keepFor {
		n++
	}
	if n > 0 {
		s.forget(b, n, Dropped, "")
	}
}

var errConflict = &apiError{http.StatusConflict,
	"Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"}

// getUpdates is the long poll. An offset confirms all updates below it, a
// negative one all but the last so many; what is not confirmed is handed out
// again. A second poll ends the first with 409.
func getUpdates(c *call) (any, *apiError) {
	s, b := c.s, c.bot
	s.mu.Lock()
	if b.webhook != "" {
		s.mu.Unlock()
		return nil, &apiError{http.StatusConflict, "Conflict: can't use getUpdates method while webhook is active; " +
			"use deleteWebhook to delete the webhook first"}
	}
	if refusal := b.rememberAllowed(c.args); refusal != nil {
		s.mu.Unlock()
		return nil, refusal
	}
	if b.poll != nil {
		close(b.poll)
	}
	mine := make(chan struct{})
	b.poll = mine
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		if b.poll == mine {
			b.poll = nil
		}
		s.mu.Unlock()
	}()

	limit := int(min(max(c.args.integer("limit", 100), 1), 100))
	wait := time.Duration(max(c.args.integer("timeout", 0), 0)) * time.Second
	if longest := b.rules.longestPoll; longest > 0 {
		wait = min(wait, longest)
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	over := wait == 0
	for {
		s.mu.Lock()
		if b.poll != mine {
			s.mu.Unlock()
			return nil, errConflict
		}
		s.confirm(b, c.args.integer("offset", 0), c.method)
		batch, arrived, down := s.hand(c, limit), b.arrived, s.down
		s.mu.Unlock()
		switch {
		case down:
			return nil, errDown
		case len(batch) > 0 || over:
			return batch, nil
		}
		select {
		case <-arrived:
		case <-timer.C:
			over = true
		case <-mine:
			return nil, errConflict
		case <-c.ctx.Done():
			over = true // nobody is there to read the answer
		case <-s.life.Done():
			over = true
		}
	}
}

// confirm forgets what offset confirms. The caller holds mu.
func (s *Server) confirm(b *account, offset int64, method string) {
	s.expire(b)
	n := 0
	if offset < 0 {
		n = max(len(b.pending)+int(max(offset, -1<<30)), 0)
	} else {
		for n < len(b.pending) && b.pending[n].id < offset {
			n++
		}
	}
	if n > 0 {
		s.forget(b, n, Confirmed, method)
	}
}

// hand gives out the oldest updates, unless nobody is there to take them. The
// caller holds mu.
func (s *Server) hand(c *call, limit int) []json.RawMessage {
	batch := []json.RawMessage{}
	if c.ctx.Err() != nil || s.down {
		return batch
	}
	for _, u := range c.bot.pending[:min(limit, len(c.bot.pending))] {
		u.times++
		batch = append(batch, u.body)
		s.note(c.bot, Entry{Kind: Handed, Chat: u.chat, Update: u.id, Times: u.times, Method: c.method, Lost: c.lost})
	}
	return batch
}

// rememberAllowed takes allowed_updates over; without it the last list stays,
// and an empty list asks for the default, which leaves nothing out here.
func (b *account) rememberAllowed(args params) *apiError {
	list, given := args["allowed_updates"]
	if !given || list == "" || !b.rules.membership {
		return nil
	}
	var kinds []string
	if err := json.Unmarshal([]byte(list), &kinds); err != nil {
		return bad("can't parse allowed updates JSON object")
	}
	b.allowed = nil
	if len(kinds) > 0 {
		b.allowed = set(kinds...)
	}
	return nil
}

func setWebhook(c *call) (any, *apiError) {
	if refusal := c.bot.rememberAllowed(c.args); refusal != nil {
		return nil, refusal
	}
	c.bot.webhook = c.args["url"]
	c.dropPending()
	return true, nil
}

func deleteWebhook(c *call) (any, *apiError) {
	c.bot.webhook = ""
	c.dropPending()
	return true, nil
}

func (c *call) dropPending() {
	if c.args.flag("drop_pending_updates") && len(c.bot.pending) > 0 {
		c.s.forget(c.bot, len(c.bot.pending), Dropped, c.method)
	}
}

func getWebhookInfo(c *call) (any, *apiError) {
	return map[string]any{
		"url":                    c.bot.webhook,
		"has_custom_certificate": false,
		"pending_update_count":   len(c.bot.pending),
	}, nil
}
