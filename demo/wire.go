package demo

import "encoding/json"

// What the platforms put on the wire, as far as the server says it. Field
// names are the Bot API's.

type wireUser struct {
	ID       int64  `json:"id"`
	IsBot    bool   `json:"is_bot"`
	Name     string `json:"first_name"`
	Username string `json:"username,omitempty"`
	Language string `json:"language_code,omitempty"`
}

type wireChat struct {
	ID    int64  `json:"id"`
	Type  string `json:"type"`
	Title string `json:"title,omitempty"`
	Name  string `json:"first_name,omitempty"`
}

type wireMessage struct {
	ID          int             `json:"message_id"`
	From        wireUser        `json:"from"`
	Chat        wireChat        `json:"chat"`
	Date        int64           `json:"date"`
	EditDate    int64           `json:"edit_date,omitempty"`
	ForwardFrom *wireUser       `json:"forward_from,omitempty"`
	ForwardDate int64           `json:"forward_date,omitempty"`
	Text        string          `json:"text,omitempty"`
	Entities    []wireEntity    `json:"entities,omitempty"`
	Contact     *wireContact    `json:"contact,omitempty"`
	Location    *wireLocation   `json:"location,omitempty"`
	Venue       *wireVenue      `json:"venue,omitempty"`
	Photo       []wireFile      `json:"photo,omitempty"`
	Caption     string          `json:"caption,omitempty"`
	Sticker     *wireFile       `json:"sticker,omitempty"`
	ReplyMarkup json.RawMessage `json:"reply_markup,omitempty"`
}

type wireEntity struct {
	Type   string `json:"type"`
	Offset int    `json:"offset"`
	Length int    `json:"length"`
}

type wireContact struct {
	Phone  string `json:"phone_number"`
	Name   string `json:"first_name"`
	UserID int64  `json:"user_id,omitempty"`
}

type wireLocation struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
}

type wireVenue struct {
	Location wireLocation `json:"location"`
	Title    string       `json:"title"`
	Address  string       `json:"address"`
}

type wireFile struct {
	ID       string `json:"file_id"`
	UniqueID string `json:"file_unique_id"`
	Width    int    `json:"width"`
	Height   int    `json:"height"`
	Emoji    string `json:"emoji,omitempty"`
	Type     string `json:"type,omitempty"`
	Animated *bool  `json:"is_animated,omitempty"`
	Video    *bool  `json:"is_video,omitempty"`
}

type wireCallback struct {
	ID       string       `json:"id"`
	From     wireUser     `json:"from"`
	Message  *wireMessage `json:"message,omitempty"`
	Instance string       `json:"chat_instance,omitempty"`
	Data     string       `json:"data"`
}

type wireMember struct {
	User   wireUser `json:"user"`
	Status string   `json:"status"`
}

type wireMembership struct {
	Chat wireChat   `json:"chat"`
	From wireUser   `json:"from"`
	Date int64      `json:"date"`
	Old  wireMember `json:"old_chat_member"`
	New  wireMember `json:"new_chat_member"`
}

// marshal encodes what this package made itself.
func marshal(v any) []byte {
	body, err := json.Marshal(v)
	if err != nil {
		panic("demo: " + err.Error())
	}
	return body
}

// field is marshal of an object with one field, without the opening brace.
func field(name string, v any) string {
	return `"` + name + `":` + string(marshal(v)) + "}"
}

func (b *account) wire() wireUser {
	return wireUser{ID: b.id, IsBot: true, Name: b.username, Username: b.username}
}

func (u *user) wire(b *account) wireUser {
	w := wireUser{ID: u.id, Name: u.name}
	if b.platform == Telegram {
		w.Language = "fa"
	}
	return w
}

func (c *chat) wire() wireChat {
	if c.group != "" {
		return wireChat{ID: c.id, Type: "group", Title: c.group}
	}
	return wireChat{ID: c.id, Type: "private", Name: c.owner.name}
}

func (m *message) wire(b *account, c *chat) *wireMessage {
	w := &wireMessage{
		ID: m.id, From: b.wire(), Chat: c.wire(), Date: m.at.Unix(), Text: m.text,
		Contact: m.contact, Location: m.location, Venue: m.venue,
	}
	if m.from != nil {
		w.From = m.from.wire(b)
	}
	if !m.edited.IsZero() {
		w.EditDate = m.edited.Unix()
	}
	if m.forwarded {
		w.ForwardDate = m.at.Unix()
		w.ForwardFrom = &wireUser{ID: m.from.id + 1, Name: m.from.name}
	}
	if n := commandLength(m.text); n > 0 && m.from != nil && b.rules.entities {
		w.Entities = []wireEntity{{Type: "bot_command", Length: n}}
	}
	switch m.media {
	case "photo":
		w.Text, w.Caption = "", m.text
		if m.picture != nil {
			w.Photo = m.picture.wire(m.id)
			break
		}
		w.Photo = []wireFile{{ID: "photo-of-the-demo", UniqueID: "photo", Width: 90, Height: 90}}
	case "sticker":
		no := false
		w.Sticker = &wireFile{ID: "sticker-of-the-demo", UniqueID: "sticker", Width: 512, Height: 512,
			Emoji: "🙂", Type: "regular", Animated: &no, Video: &no}
	}
	if m.markup.kind == inlineKeyboard && len(m.markup.rows) > 0 {
		w.ReplyMarkup = json.RawMessage(m.markup.raw)
	}
	return w
}

// commandLength is the length of the command at the beginning of a text, with
// its slash; 0 when there is none.
func commandLength(text string) int {
	if len(text) < 2 || text[0] != '/' {
		return 0
	}
	n := 1
	for n < len(text) {
		c := text[n]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' && c != '@' {
			break
		}
		n++
	}
	if n == 1 {
		return 0
	}
	return n
}
