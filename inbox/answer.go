package inbox

import (
	"bytes"
	"context"
	"time"

	"kartyar/bot"
	"kartyar/store"
)

// Buttons are answered beside the lanes, since the platforms show a spinner
// until then: as soon as the press is kept, by a few workers for each bot. An
// answer that fails is not repeated and one that finds the queue full is not
// given; the spinner then ends by itself.
const (
	answerers  = 8
	maxPressed = 512
	answerTime = 10 * time.Second
)

// mayBeCallback is a cheap look before decoding.
func mayBeCallback(raw []byte) bool { return bytes.Contains(raw, []byte("callback_query")) }

// answer has the callbacks among rows answered.
func (i *Inbox) answer(rows []store.Update) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, row := range rows {
		p := i.pools[row.Bot]
		if i.stopping || len(p.pressed) >= maxPressed {
			return
		}
		p.pressed = append(p.pressed, row)
		if p.answerers < answerers {
			p.answerers++
			ctx := i.ctx
			i.hands.Go(func() { i.answerAll(ctx, p) })
		}
	}
}

func (i *Inbox) answerAll(ctx context.Context, p *pool) {
	for {
		i.mu.Lock()
		if i.stopping || len(p.pressed) == 0 {
			p.answerers--
			i.mu.Unlock()
			return
		}
		row := p.pressed[0]
		p.pressed = p.pressed[1:]
		i.mu.Unlock()
		if c := i.callback(row); c != nil {
			call, cancel := context.WithTimeout(ctx, answerTime)
			_ = p.sender.AnswerCallback(call, c.ID)
			cancel()
		}
	}
}

// callback returns the row's callback, nil when it is something else or cannot
// be read.
func (i *Inbox) callback(row store.Update) *bot.Callback {
	if u := i.decode(row.Bot, bot.Raw{UpdateID: row.ID, Body: row.Raw}); u != nil {
		return u.Callback
	}
	return nil
}
