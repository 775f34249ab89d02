package demo

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"kartyar/locale"
)

// shownPerson is a person's phone as the page draws it.
type shownPerson struct {
	ID          string         `json:"id"`
	Name        string         `json:"name"`
	Platform    Platform       `json:"platform"`
	Phone       string         `json:"phone"`
	Begun       bool           `json:"begun"`
	Blocked     bool           `json:"blocked"`
	Typing      bool           `json:"typing"`
	Messages    []shownMessage `json:"messages"`
	Menu        [][]Button     `json:"menu"`
	Placeholder string         `json:"placeholder"`
	Notices     []Notice       `json:"notices"`
}

type shownMessage struct {
	ID      int         `json:"id"`
	Bot     bool        `json:"bot"`
	Time    string      `json:"time"`
	Edited  bool        `json:"edited"`
	Silent  bool        `json:"silent"`
	Spans   []Span      `json:"spans"`
	Media   string      `json:"media,omitempty"`
	Photo   *shownPhoto `json:"photo,omitempty"` // that the bot sent
	Phone   string      `json:"phone,omitempty"`
	Place   []string    `json:"place,omitempty"` // lines, the last is the degrees
	Buttons [][]Button  `json:"buttons,omitempty"`
	Spin    []string    `json:"spin,omitempty"` // data of the presses that wait for an answer
}

type shownPhoto struct {
	Address string `json:"address"`
	Width   int    `json:"width"` // pixels, so that its place is kept while it loads
	Height  int    `json:"height"`
}

// typingLasts is how long clients show a chat action.
const typingLasts = 5 * time.Second

// serveEvents streams, as server-sent events, every person at first and each
// person again whenever something changed in their chat.
func (p *page) serveEvents(w http.ResponseWriter, r *http.Request) {
	if foreign(r) {
		http.Error(w, "only the chat page may do this", http.StatusForbidden)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	flusher := http.NewResponseController(w)
	sent := map[string]int{}
	for {
		p.s.mu.Lock()
		changed := p.s.changedSince(sent)
		next := p.s.change()
		p.s.mu.Unlock()
		for _, person := range changed {
			if _, err := fmt.Fprintf(w, "event: person\ndata: %s\n\n", marshal(person)); err != nil {
				return
			}
		}
		if flusher.Flush() != nil {
			return
		}
		select {
		case <-next:
		case <-r.Context().Done():
			return
		case <-p.s.life.Done():
			return
		}
	}
}

// changedSince draws the people whose chat has another version than in sent,
// and notes the new one there. The caller holds mu.
func (s *Server) changedSince(sent map[string]int) []shownPerson {
	var all []shownPerson
	for i, p := range s.people {
		if i == maxPeople {
			break
		}
		if version, seen := sent[p.id]; seen && version == p.chat.version {
			continue
		}
		sent[p.id] = p.chat.version
		all = append(all, p.show())
	}
	return all
}

func (p *Person) show() shownPerson {
	c := p.chat
	shown := shownPerson{
		ID: p.id, Name: p.user.name, Platform: p.b.platform, Phone: locale.Isolate(p.user.phone),
		Begun: c.begun, Blocked: p.user.blocked, Notices: c.notices,
		Typing: !c.typing.IsZero() && p.s.now().Sub(c.typing) < typingLasts,
	}
	spinning := map[int][]string{}
	for _, pressed := range p.b.callbacks {
		if pressed.chat == c && !pressed.answered {
			spinning[pressed.message] = append(spinning[pressed.message], pressed.data)
		}
	}
	for _, m := range c.messages {
		if !m.deleted {
			drawn := m.show(p.b, spinning[m.id])
			if m.picture != nil {
				drawn.Photo = &shownPhoto{
					Address: fmt.Sprintf("/demo/photo/%s/%d", p.id, m.id),
					Width:   m.picture.width, Height: m.picture.height,
				}
			}
			shown.Messages = append(shown.Messages, drawn)
		}
	}
	if c.menu != nil {
		shown.Menu, shown.Placeholder = c.menu.markup.rows, c.menu.markup.placeholder
	}
	return shown
}

func (m *message) show(b *account, spin []string) shownMessage {
	v := m.view()
	shown := shownMessage{
		ID: m.id, Bot: v.FromBot, Edited: !m.edited.IsZero(), Silent: m.silent, Spin: spin,
		Time:  locale.Digits(m.at.In(locale.Tehran()).Format("15:04")),
		Spans: spans(m.text, b.rules.markdown && v.FromBot), Media: v.Media, Buttons: v.Buttons,
	}
	if v.Place != "" {
		shown.Place = strings.Split(v.Place, "\n")
	}
	if v.Phone != "" {
		shown.Phone = locale.Isolate(v.Phone)
	}
	return shown
}

func (s *Server) personOnPage(id string) *Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.people {
		if p.id == id {
			return p
		}
	}
	return nil
}

// pressAt presses the button at a place under a message, or of the menu when
// messageID is 0.
func (p *Person) pressAt(messageID, row, col int) error {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	m := p.chat.menu
	if messageID != 0 {
		m = p.chat.find(messageID)
	}
	if m == nil || row < 0 || row >= len(m.markup.rows) || col < 0 || col >= len(m.markup.rows[row]) {
		return fmt.Errorf("pressing a button under message %d: %w", messageID, ErrNoButton)
	}
	p.press(m, m.markup.rows[row][col])
	return nil
}
