package bot

import (
	"time"

	"kartyar/card"
)

// Update is what a person did, as far as a conversation cares: the platform's
// update with its private excess left out.
type Update struct {
	ID   int64 // the platform's update_id
	Kind Kind
	From card.Subscriber // the chat it came from
	User int64           // who did it; 0 when the platform does not say
	// Private says that the chat holds one person and the bot. It is read from
	// chat.type, never guessed from an id's sign.
	Private bool
	Sent    time.Time // the message's own date; zero when it has none

	Text     string    // of a message or an edited one
	Contact  *Contact  // a shared contact
	Location *Location // a place: a point, a venue's, or where a live location begins
	Media    bool      // a photo, sticker, voice, file: content we do not read
	Callback *Callback
	// Blocked is for KindMembership: the person stopped (true) or started
	// (false) the bot.
	Blocked bool
}

// Kind is the sort of an Update.
type Kind uint8

// The kinds of update.
const (
	KindOther      Kind = iota // nothing a conversation answers
	KindMessage                // a message
	KindEdited                 // an edited message
	KindCallback               // a pressed inline button
	KindMembership             // the person blocked or unblocked the bot (Telegram only)
)

// Contact is a shared contact card. Whether it proves anything is decided by
// its fields, see Proves.
type Contact struct {
	Phone     string // as the platform wrote it
	UserID    int64  // whose contact it is; 0 when absent
	Forwarded bool   // the message carries a forward_* field
}

// Location is a point in degrees, WGS 84. It is 0, 0 when the message's own
// figures are none.
type Location struct{ Latitude, Longitude float64 }

// Callback is a pressed inline button.
type Callback struct {
	ID        string // to be answered once
	Data      string // what the button carried; anyone can send anything here
	MessageID int    // the message under which the button stood; 0 when unknown or when the client shows no edits
}

// Reply is what a conversation wants said or shown. It is kept in the store
// until the platform accepts it.
type Reply struct {
	Text     string   `cbor:"1,keyasint"`
	Keyboard Keyboard `cbor:"2,keyasint,omitzero"`
	// Edit is the message to change in place; 0 sends a new one. When the edit
	// is refused, or the keyboard is one that no edit can carry (a menu, or
	// its removal), the reply is sent as a new message.
	Edit int `cbor:"3,keyasint,omitempty"`
	// Silent asks the platform not to make a sound, where it can.
	Silent bool `cbor:"4,keyasint,omitempty"`
	// NotBefore holds the reply back until then; zero lets it go at once.
	NotBefore time.Time `cbor:"5,keyasint,omitzero"`
	// Shows is set on a reply that shows a status: what is needed to render it
	// anew, in the writer's own shape, should it leave late.
	Shows []byte `cbor:"6,keyasint,omitempty"`
	// Picture is what a picture is drawn from when the reply is sent, for
	// [Options.Draw]; Text is then its caption, and says all of it. Where the
	// picture cannot be drawn or is refused, the text goes alone. A picture
	// is always a new message.
	Picture []byte `cbor:"7,keyasint,omitempty"`
	// To is another chat of the same bot that this is said to; zero is the chat
	// that is answered.
	To card.Subscriber `cbor:"-"`
	// Venue is a place to show on a map, with the keyboard under it. Where the
	// platform refuses it, Text goes instead.
	Venue *Venue `cbor:"8,keyasint,omitempty"`
	// Group says that the chat holds others than one person: it is paced, and where
	// the platform asks for a pause paused, by itself.
	Group bool `cbor:"9,keyasint,omitempty"`
}

// Venue is a place with a name. A platform without venues shows the point alone.
type Venue struct {
	Title     string  `cbor:"1,keyasint"` // neither it nor the address is empty
	Address   string  `cbor:"2,keyasint"`
	Latitude  float64 `cbor:"3,keyasint"` // degrees, WGS 84
	Longitude float64 `cbor:"4,keyasint"`
}

// Keyboard is the buttons of a reply. The zero value changes nothing, except
// that an edit without buttons takes away those of the message.
type Keyboard struct {
	Kind KeyboardKind `cbor:"1,keyasint,omitempty"`
	Rows [][]Button   `cbor:"2,keyasint,omitempty"`
	// Placeholder says in the input field what to type (KeyboardMenu only).
	Placeholder string `cbor:"3,keyasint,omitempty"`
}

// KeyboardKind says where buttons stand.
type KeyboardKind uint8

// The kinds of keyboard.
const (
	KeyboardNone   KeyboardKind = iota
	KeyboardInline              // under the message
	KeyboardMenu                // in place of the phone's keyboard, until replaced
)

// Button is one button. Exactly one of the ways to act is set; a menu button
// without any sends its own text.
type Button struct {
	Text    string `cbor:"1,keyasint"`
	Data    string `cbor:"2,keyasint,omitempty"` // inline: callback data, at most 64 bytes
	URL     string `cbor:"3,keyasint,omitempty"` // inline: opens an address
	Copy    string `cbor:"4,keyasint,omitempty"` // inline: copies a text (Bale, Telegram ≥ 7.11)
	Contact bool   `cbor:"5,keyasint,omitempty"` // menu: shares the person's own contact
	// Location is for a menu: it sends where the person is.
	Location bool `cbor:"6,keyasint,omitempty"`
}
