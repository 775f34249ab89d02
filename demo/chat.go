package demo

import (
	"time"
)

// user is a person as a platform knows them.
type user struct {
	id      int64
	name    string
	phone   string // as a person writes it, 09…
	gone    bool   // the account was deleted
	old     bool   // uses an old client (Bale)
	blocked bool
}

// chat is what a bot and a person, or a group, have said.
type chat struct {
	id       int64
	group    string // the title; empty in a private chat
	owner    *user  // of a private chat
	begun    bool   // somebody wrote, so the bot may
	messages []*message
	menu     *message // whose keyboard stands in place of the phone's own
	notices  []Notice
	typing   time.Time // of the last chat action; zero once a message came
	version  int       // rises with every change
}

// message is one message of either side.
type message struct {
	id        int
	from      *user // nil is the bot
	at        time.Time
	edited    time.Time
	text      string
	markup    markup
	contact   *wireContact
	location  *wireLocation
	venue     *wireVenue
	forwarded bool
	media     string   // "photo" or "sticker"
	picture   *picture // of a photo that the bot sent
	silent    bool
	deleted   bool
}

// find returns a message that is still there, or nil.
func (c *chat) find(id int) *message {
	for i := len(c.messages) - 1; i >= 0; i-- {
		if m := c.messages[i]; m.id == id && !m.deleted {
			return m
		}
	}
	return nil
}

// callback is a pressed inline button that the bot has to answer once.
type callback struct {
	update   int64
	user     *user
	chat     *chat
	message  int
	data     string
	answered bool
}

// Message is a message as a person sees it, edits applied.
type Message struct {
	ID      int
	FromBot bool
	Sender  string // the person's name; empty for the bot
	At      time.Time
	Edited  time.Time // zero when never
	Text    string
	Buttons [][]Button // under the message
	Phone   string     // of a shared contact
	Media   string     // "photo", "sticker" or "location"; a bot's photo has its caption as Text
	Place   string     // of a location: its degrees, below the name and address of a venue
	Silent  bool
}

// Button is a button as a person sees it. What it does is in the one other
// field that is set; a menu button without any sends its text.
type Button struct {
	Text     string `json:"text"`
	Data     string `json:"data,omitempty"`
	URL      string `json:"url,omitempty"`
	Copy     string `json:"copy,omitempty"`
	Contact  bool   `json:"contact,omitempty"`
	Location bool   `json:"location,omitempty"`
	Other    string `json:"other,omitempty"` // a kind that the demo shows but cannot do
}

// Notice is an answer to a pressed button: a passing line, or a box that has to
// be closed.
type Notice struct {
	Text  string `json:"text"`
	Alert bool   `json:"alert"`
}

func (m *message) view() Message {
	v := Message{
		ID: m.id, FromBot: m.from == nil, At: m.at, Edited: m.edited, Text: m.text,
		Media: m.media, Silent: m.silent,
	}
	if m.from != nil {
		v.Sender = m.from.name
	}
	if m.contact != nil {
		v.Phone = m.contact.Phone
	}
	if m.location != nil {
		v.Media, v.Place = "location", m.location.String()
		if m.venue != nil {
			v.Place = m.venue.Title + "\n" + m.venue.Address + "\n" + v.Place
		}
	}
	if m.markup.kind == inlineKeyboard {
		v.Buttons = m.markup.rows
	}
	return v
}

// touch marks the chat changed and wakes who watches it. The caller holds mu.
func (s *Server) touch(c *chat) {
	c.version++
	s.changed()
}

// add puts a message at the end of the chat and gives it its id. The caller
// holds mu.
func (s *Server) add(b *account, c *chat, m *message) {
	m.id, m.at = b.nextMessage, s.now()
	b.nextMessage++
	c.messages = append(c.messages, m)
	s.touch(c)
}
