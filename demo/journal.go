package demo

import (
	"context"
	"fmt"
	"time"
)

// EntryKind is what happened.
type EntryKind uint8

// The kinds of journal entry.
const (
	Queued    EntryKind = iota // a person did something: Update is its id
	Handed                     // getUpdates gave Update to the bot, for the Times-th time
	Confirmed                  // an offset confirmed Update: the platform forgot it
	Dropped                    // Update was forgotten unconfirmed: too old or too many
	Sent                       // a message was accepted as Message
	Edited                     // the text of Message was changed, and its buttons with it
	Remarked                   // only the buttons of Message were changed
	Deleted                    // Message was deleted
	Answered                   // the callback that Update carried was answered; Text is the notice
	Refused                    // a call was refused by the platform's own rules: Status, Text
	Faulted                    // a call met a Fault and had no effect
	Profiled                   // the bot's own profile was set by Method; Text is what was set
)

// String returns the kind's name.
func (k EntryKind) String() string {
	names := [...]string{"queued", "handed", "confirmed", "dropped", "sent", "edited", "remarked",
		"deleted", "answered", "refused", "faulted", "profiled"}
	if int(k) < len(names) {
		return names[k]
	}
	return fmt.Sprintf("entry(%d)", uint8(k))
}

// Entry is one line of the journal: something that happened at the platform,
// seen from outside of the bot. Which fields are set depends on the kind.
type Entry struct {
	Kind     EntryKind
	At       time.Time
	Platform Platform
	Bot      int64
	Chat     int64  // 0 when unknown, as for injected updates without a chat
	Update   int64  // update_id
	Times    int    // Handed: how often this update has been handed out by now, from 1
	Message  int    // message_id; of Queued too when the update is a message
	Text     string // what was written, sent (a photo's caption) or answered; for Refused the description
	Markup   string // reply_markup as it was sent, JSON; empty when there was none
	Silent   bool   // Sent: disable_notification was asked for
	Media    string // Sent: "photo", or empty for a text
	Alert    bool   // Answered: show_alert was asked for
	Method   string // the API method that did it; empty for Queued and Dropped
	Status   int    // Refused: the HTTP status
	// Lost says that the bot never saw the answer: the call had its effect and
	// the connection was reset.
	Lost bool
}

// Journal returns all that has happened, in order. The result is a snapshot
// that costs nothing to take and must not be changed.
func (s *Server) Journal() []Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.snapshot()
}

// Wait returns as soon as enough is true of the journal; it is asked now and
// after every change, under the server's lock, so it must not call the server.
// It returns ctx's error, or ErrClosed.
func (s *Server) Wait(ctx context.Context, enough func(journal []Entry) bool) error {
	return s.waitFor(ctx, func() bool { return enough(s.snapshot()) })
}

// snapshot shares the journal's memory; the cap keeps an append away from it.
func (s *Server) snapshot() []Entry { return s.journal[:len(s.journal):len(s.journal)] }

// note adds an entry of a bot and wakes who waits. The caller holds mu.
func (s *Server) note(b *account, e Entry) {
	e.At, e.Platform, e.Bot = s.now(), b.platform, b.id
	s.journal = append(s.journal, e)
	s.changed()
}
