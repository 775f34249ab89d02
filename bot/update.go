package bot

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"kartyar/card"
)

// ErrUndecodable is wrapped by the errors of Decode: the update is to be set
// aside. The errors name fields, never their content.
var ErrUndecodable = errors.New("the update cannot be read")

// mediaFields are the fields of a message that mean content which we do not
// read.
var mediaFields = []string{
	"photo", "sticker", "voice", "audio", "video", "video_note", "animation", "document",
	"poll", "dice", "game", "story", "invoice", "paid_media", "checklist",
}

// Decode reads one update, by itself: whatever is odd in it spoils no other.
// Fields that a conversation needs have to be well formed; all others may be
// anything. A kind of update that is not known is a KindOther, not an error.
//
// A callback without its message (too old, or from an inline message) is said
// to come from the presser's own chat, which has the presser's id; Private is
// false for it.
func Decode(p Profile, bot card.Bot, raw Raw) (Update, error) {
	var rooms [2]few
	top, err := raw.object(rooms[0][:])
	if err != nil {
		return Update{}, fmt.Errorf("%w: %w", ErrUndecodable, err)
	}
	id, ok := top.number("update_id")
	if !ok || id < 0 {
		return Update{}, unreadable("update_id")
	}
	u := Update{ID: id, From: card.Subscriber{Bot: bot}}
	kind, name := top.kind()
	if kind == KindOther {
		u.From.Chat, _ = top.chat()
		return u, nil
	}
	body := top.object(name, rooms[1][:])
	if body == nil {
		return Update{}, unreadable(name)
	}
	chat := body.home()
	if u.From.Chat, ok = body.homeID(chat); !ok || kind != KindCallback && !body.has("chat") {
		return Update{}, unreadable(name + ".chat.id")
	}
	u.User, _ = whole(within(body.raw("from"), "id"))
	where, _ := unquote(within(chat, "type"))
	u.Private = where == "private"
	switch kind {
	case KindMessage, KindEdited:
		err = u.message(kind, body)
	case KindCallback:
		err = u.callback(p, body)
	case KindMembership:
		u.membership(body)
	}
	if err != nil {
		return Update{}, err
	}
	return u, nil
}

// updateKinds are the names of the updates that a conversation answers.
var updateKinds = [...]string{
	KindMessage:    "message",
	KindEdited:     "edited_message",
	KindCallback:   "callback_query",
	KindMembership: "my_chat_member",
}

// kind returns which kind of update this is and the field that holds it.
func (o object) kind() (Kind, string) {
	for kind := KindMessage; int(kind) < len(updateKinds); kind++ {
		if o.has(updateKinds[kind]) {
			return kind, updateKinds[kind]
		}
	}
	return KindOther, ""
}

func unreadable(field string) error {
	return fmt.Errorf("%w: %s is missing or ill-formed", ErrUndecodable, field)
}

func (u *Update) message(kind Kind, m object) error {
	if date, ok := m.number("date"); ok && date > 0 {
		u.Sent = time.Unix(date, 0).UTC()
	}
	switch {
	case m.has("text"):
		text, ok := m.text("text")
		if !ok {
			return unreadable("message.text")
		}
		u.Kind, u.Text = kind, text
	case m.has("contact"):
		contact := m.raw("contact")
		if !strings.HasPrefix(contact, "{") {
			return unreadable("message.contact")
		}
		u.Kind = kind
		u.Contact = &Contact{Forwarded: forwarded(m)}
		u.Contact.Phone, _ = unquote(within(contact, "phone_number"))
		u.Contact.UserID, _ = whole(within(contact, "user_id"))
	case m.has("location"), m.has("venue"):
		// A live location is edited all the time, and says nothing new.
		if kind == KindMessage {
			u.Kind, u.Location = kind, location(m)
		}
	default:
		for _, name := range mediaFields {
			if m.has(name) {
				u.Kind, u.Media = kind, true
				return nil
			}
		}
		// A service message (somebody was added, a message was pinned) is
		// nothing that anyone said: KindOther.
	}
	return nil
}

// location reads the point of a message. Telegram sends a venue's beside it
// too.
func location(m object) *Location {
	point := m.raw("location")
	if !strings.HasPrefix(point, "{") {
		point = within(m.raw("venue"), "location")
	}
	lat, ok := fraction(within(point, "latitude"))
	lon, too := fraction(within(point, "longitude"))
	if !ok || !too {
		return &Location{}
	}
	return &Location{lat, lon}
}

// forwarded reports whether the message carries a forward_* field: the
// platforms have had forward_date, forward_from, forward_from_chat,
// forward_sender_name, forward_origin, and may have more.
func forwarded(m object) bool {
	for _, f := range m {
		if strings.HasPrefix(f.name, "forward_") && m.has(f.name) {
			return true
		}
	}
	return false
}

func (u *Update) callback(p Profile, q object) error {
	id, ok := q.text("id")
	if !ok {
		n, isNumber := q.number("id")
		if !isNumber {
			return unreadable("callback_query.id")
		}
		id = strconv.FormatInt(n, 10)
	}
	c := &Callback{ID: id}
	if q.has("data") {
		if c.Data, ok = q.text("data"); !ok {
			return unreadable("callback_query.data")
		}
	}
	// Where edits are not shown there is nothing to edit: the answer will be a
	// new message.
	if n, ok := whole(within(q.raw("message"), "message_id")); ok && !p.fromOldClient(id) {
		c.MessageID = int(n)
	}
	u.Kind, u.Callback = KindCallback, c
	return nil
}

func (u *Update) membership(m object) {
	status, _ := unquote(within(m.raw("new_chat_member"), "status"))
	switch status {
	case "kicked", "left":
		u.Kind, u.Blocked = KindMembership, true
	case "member":
		u.Kind = KindMembership
	}
}

// ChatOf returns the chat that an update belongs to, read leniently, so that
// even an update that Decode refuses can be kept in its chat's order. It
// agrees with Decode; ok is false when no chat can be made out.
func ChatOf(raw []byte) (chat int64, ok bool) {
	var room few
	top, err := readObject(raw, room[:])
	if err != nil {
		return 0, false
	}
	return top.chat()
}

// chat looks for the chat of an update: in the field that says its kind, or in
// any when the kind is not known.
func (o object) chat() (int64, bool) {
	var room few
	if kind, name := o.kind(); kind != KindOther {
		body := o.object(name, room[:])
		return body.homeID(body.home())
	}
	var best string // the first by name, wherever it stands
	var chat int64
	for _, f := range o {
		body := o.object(f.name, room[:])
		if id, ok := body.homeID(body.home()); ok && (best == "" || f.name < best) {
			best, chat = f.name, id
		}
	}
	return chat, best != ""
}

// home returns the chat that one kind of update speaks of, as it is written: its
// own, or its message's.
func (o object) home() string {
	if chat := o.raw("chat"); strings.HasPrefix(chat, "{") {
		return chat
	}
	return within(o.raw("message"), "chat")
}

// homeID returns the id of that chat, or, for what was pressed without a
// message, of the private chat of who pressed, which is the person's own.
func (o object) homeID(chat string) (int64, bool) {
	if id, ok := whole(within(chat, "id")); ok && id != 0 {
		return id, true
	}
	if o.has("chat") || o.has("message") {
		return 0, false
	}
	id, ok := whole(within(o.raw("from"), "id"))
	return id, ok && id != 0
}

// Proves reports whether the contact proves that its number is that of the
// person who sent u: the platform says whose contact it is, it is the sender's
// own, it was sent in a private chat, and it was not forwarded.
func (c *Contact) Proves(u Update) bool {
	return c != nil && c.Phone != "" && c.UserID != 0 && c.UserID == u.User &&
		u.Kind == KindMessage && u.Private && !c.Forwarded
}

// Command splits a text such as "/start@some_bot payload" into the command's
// name, in lower case and without the slash, and what follows it; ok is false
// for a text that is no command. It reads the text alone: entities may be
// missing (Bale) or wrong.
func (u Update) Command() (name, argument string, ok bool) {
	rest, ok := strings.CutPrefix(u.Text, "/")
	if !ok {
		return "", "", false
	}
	name = rest
	if end := strings.IndexFunc(rest, unicode.IsSpace); end >= 0 {
		name, argument = rest[:end], rest[end:]
	}
	name, _, _ = strings.Cut(name, "@")
	return strings.ToLower(name), strings.TrimSpace(argument), name != ""
}
