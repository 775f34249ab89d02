package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Messages returns what the person sees in the chat, oldest first: edits
// applied, deleted messages gone.
func (p *Person) Messages() []Message {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.chat.visible()
}

func (c *chat) visible() []Message {
	var all []Message
	for _, m := range c.messages {
		if !m.deleted {
			all = append(all, m.view())
		}
	}
	return all
}

// Menu returns the buttons that stand in place of the phone's keyboard, none
// when there are none, and what the input field says.
func (p *Person) Menu() (rows [][]Button, placeholder string) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if p.chat.menu == nil {
		return nil, ""
	}
	return p.chat.menu.markup.rows, p.chat.menu.markup.placeholder
}

// Notices returns the answers to the person's presses that carried a text.
func (p *Person) Notices() []Notice {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return slices.Clone(p.chat.notices)
}

// Waiting returns how many of the person's presses the bot has not answered:
// the buttons that still spin.
func (p *Person) Waiting() int {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	n := 0
	for _, pressed := range p.b.callbacks {
		if pressed.user == p.user && !pressed.answered {
			n++
		}
	}
	return n
}

// WaitFor returns the first message of the bot, newest first, that holds part,
// as soon as there is one. A message that was there before counts; see
// WaitAfter.
func (p *Person) WaitFor(ctx context.Context, part string) (Message, error) {
	return p.WaitAfter(ctx, 0, part)
}

// WaitAfter is WaitFor among the messages with an id above after.
func (p *Person) WaitAfter(ctx context.Context, after int, part string) (Message, error) {
	var found Message
	err := p.s.waitFor(ctx, func() bool {
		for i := len(p.chat.messages) - 1; i >= 0; i-- {
			m := p.chat.messages[i]
			if m.id <= after {
				return false
			}
			if m.from == nil && !m.deleted && strings.Contains(m.text, part) {
				found = m.view()
				return true
			}
		}
		return false
	})
	if err != nil {
		return Message{}, fmt.Errorf("waiting for a message of the bot: %w", err)
	}
	return found, nil
}

// Press presses the button that says, or carries, label: of the newest message
// that has one, the menu counting as the message that brought it. A contact
// button shares the person's own contact, a place button a place; a button
// that opens an address or copies a text tells the bot nothing and returns the
// zero Act.
func (p *Person) Press(label string) (Act, error) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	for i := len(p.chat.messages) - 1; i >= 0; i-- {
		m := p.chat.messages[i]
		if m.deleted || m.markup.kind != inlineKeyboard && m != p.chat.menu {
			continue
		}
		for _, row := range m.markup.rows {
			for _, button := range row {
				if button.Text == label || button.Data != "" && button.Data == label {
					return p.press(m, button), nil
				}
			}
		}
	}
	return Act{}, fmt.Errorf("pressing a button: %w", ErrNoButton)
}

// PressOn presses the button that says, or carries, label under one message.
func (p *Person) PressOn(messageID int, label string) (Act, error) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if m := p.chat.find(messageID); m != nil {
		for _, row := range m.markup.rows {
			for _, button := range row {
				if button.Text == label || button.Data != "" && button.Data == label {
					return p.press(m, button), nil
				}
			}
		}
	}
	return Act{}, fmt.Errorf("pressing a button under message %d: %w", messageID, ErrNoButton)
}

// PressData sends callback data as if a button under the message carried it:
// a stale button, or a forged one. The message need not exist.
func (p *Person) PressData(messageID int, data string) Act {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.callBack(messageID, data)
}

func (p *Person) press(m *message, button Button) Act {
	if m.markup.kind == inlineKeyboard {
		if button.Data == "" {
			return Act{}
		}
		return p.callBack(m.id, button.Data)
	}
	if m.markup.oneTime {
		p.chat.menu = nil
	}
	switch {
	case button.Contact:
		return p.post(&message{contact: p.ownContact()})
	case button.Location:
		return p.post(&message{location: &wireLocation{35.6997, 51.3380}})
	}
	return p.post(&message{text: button.Text})
}

// callBack queues a callback query. The caller holds mu.
func (p *Person) callBack(messageID int, data string) Act {
	p.b.nextCallback++
	first := "4"
	if p.user.old && p.b.platform == Bale {
		first = "1"
	}
	id := first + strconv.FormatInt(8_000_000_000+p.b.nextCallback, 10)
	w := wireCallback{ID: id, From: p.user.wire(p.b), Data: data}
	if p.b.platform == Telegram {
		w.Instance = strconv.FormatInt(p.chat.id, 10)
	}
	if m := p.chat.find(messageID); m != nil {
		w.Message = m.wire(p.b, p.chat)
	} else { // the platform says only where it stood
		w.Message = &wireMessage{ID: messageID, From: p.b.wire(), Chat: p.chat.wire()}
	}
	pressed := &callback{user: p.user, chat: p.chat, message: messageID, data: data}
	pressed.update = p.s.queue(p.b, "callback_query", p.chat.id, 0, data, field("callback_query", w))
	p.b.callbacks[id] = pressed
	p.s.touch(p.chat)
	return Act{Update: pressed.update}
}

// afterBrace checks that raw is a JSON object and returns it without its
// opening brace.
func afterBrace(raw string) (string, error) {
	var fields object
	if err := json.Unmarshal([]byte(raw), &fields); err != nil {
		return "", err
	}
	if fields == nil {
		return "", errors.New("it is no JSON object")
	}
	if _, taken := fields["update_id"]; taken {
		return "", errors.New("it brings an update_id of its own")
	}
	rest := strings.TrimSpace(strings.TrimSpace(raw)[1:])
	return rest, nil
}

// chatOf finds the chat that an update speaks of, as far as it can be read.
func chatOf(raw string) int64 {
	var u struct {
		Message struct{ Chat struct{ ID int64 } }
	}
	_ = json.Unmarshal([]byte(raw), &u)
	return u.Message.Chat.ID
}
