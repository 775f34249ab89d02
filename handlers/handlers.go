package handlers

import (
	"errors"
	"fmt"
	"time"

	"kartyar/alert"
	"kartyar/bot"
	"kartyar/card"
	"kartyar/desk/offices"
	"kartyar/locale"
	"kartyar/lookup"
	"kartyar/settings"
	"kartyar/store"
)

// Options is what the conversation needs; all of it but Asked is needed.
type Options struct {
	Keyer  *card.Keyer    // the store's
	Secret []byte         // 32 bytes that seal buttons: the store's Subkey(ButtonPurpose)
	Rules  alert.Rules    // who is told when
	Lookup *lookup.Lookup // where answers come from
	// Offices returns the directory as it is now; it is never nil.
	Offices func() *offices.Directory
	// Asked hears what came of each pair of code and phone; may be nil.
	Asked func(alert.Access)
	// Settings returns what the operator's file says now; it is never nil.
	Settings func() *settings.Settings
}

// ButtonPurpose names the subkey that seals buttons.
const ButtonPurpose = "button"

// Handlers is the conversation. Its methods may be used by many goroutines.
type Handlers struct {
	Options
	seal   *sealer
	routes routes
	groups *groups
}

// New returns the conversation.
func New(o Options) *Handlers {
	return &Handlers{Options: o, seal: newSealer(o.Secret), routes: newRoutes(), groups: newGroups()}
}

// Handle does what an update asks for and returns what to answer, nothing for
// an update that is no one's question. tx is that of a function of
// store.Update; when the error is not nil nothing may be kept of it.
func (h *Handlers) Handle(tx *store.Tx, now time.Time, u bot.Update) ([]bot.Reply, error) {
	chat := h.Keyer.Chat(u.From)
	if u.Kind == bot.KindMembership {
		if !u.Private {
			return nil, nil
		}
		return nil, h.membership(tx, now, chat, u.Blocked)
	}
	press, pressed := press{}, false
	if u.Callback != nil {
		press, pressed = h.seal.open(chat, u.Callback.Data)
	}
	// A button under a message that the platform no longer shows us comes
	// without its chat's type; it is ours if it opens, since buttons are sent
	// to private chats alone.
	if !u.Private && !pressed {
		return h.groups.answer(now, chat, u), nil
	}
	if u.Kind == bot.KindOther {
		return nil, nil
	}
	replies, err := h.take(tx, now, chat, u, func(t *turn) error {
		t.press = press
		return t.dispatch(pressed)
	})
	if errors.Is(err, lookup.ErrUnavailable) {
		return h.take(tx, now, chat, u, func(t *turn) error {
			t.sayMenu(locale.Unavailable(t.platform))
			return nil
		})
	}
	return replies, err
}

// take brings one update from the chat's row to its replies. Where that fails nothing
// of it is kept: what was noted as told has not been said.
func (h *Handlers) take(tx *store.Tx, now time.Time, chat card.ChatKey, u bot.Update, step step) (replies []bot.Reply, err error) {
	err = tx.Try(func(tx *store.Tx) error {
		t, err := h.begin(tx, now, chat, u)
		if err == nil {
			err = step(t)
		}
		if err == nil {
			err = t.end()
		}
		if err == nil {
			replies = t.replies
		}
		return err
	})
	return replies, err
}

// membership notes that a person stopped the bot or let it in again. To let it
// in is to be there: a refusal of before that is learnt of later says nothing.
func (h *Handlers) membership(tx *store.Tx, now time.Time, chat card.ChatKey, blocked bool) error {
	if !blocked {
		tx.Hear(chat, now)
	}
	return h.Rules.Reachable(tx, now, chat, !blocked)
}

// Renew renders a reply anew that shows a status and leaves late. A reply that
// shows none comes back as it is. tx is as for Handle.
//
// One that changes an old message makes no sound, and its person may have gone:
// what it shows does not count as told, so the alert comes as well.
func (h *Handlers) Renew(tx *store.Tx, now time.Time, chat card.ChatKey, r bot.Reply) (bot.Reply, error) {
	shown, ok := decodeShows(r.Shows)
	if !ok {
		return r, nil
	}
	c, found, err := tx.Chat(chat)
	if err != nil {
		return bot.Reply{}, fmt.Errorf("rendering a reply anew: %w", err)
	}
	t := &turn{Handlers: h, tx: tx, now: now, chat: chat, known: found, row: c, platform: c.Subscriber.Bot.Platform, unseen: r.Edit != 0}
	anew, err := bot.Reply{}, errNoCard
	if shown.Way != nil {
		anew, err = t.way(shown.Person, *shown.Way)
	}
	if errors.Is(err, errNoCard) {
		anew, err = t.status(shown.Person, shown.Lead)
	}
	switch {
	case errors.Is(err, lookup.ErrUnavailable):
		if r.Text == "" {
			r.Text = locale.Unavailable(t.platform)
		}
		return r, nil // it says of when it is
	case errors.Is(err, errNotFollowed):
		anew = bot.Reply{Text: locale.NotFollowed()}
	case err != nil:
		return bot.Reply{}, fmt.Errorf("rendering a reply anew: %w", err)
	}
	anew.Edit, anew.Silent, anew.NotBefore = r.Edit, r.Silent, r.NotBefore
	return anew, nil
}

// Flood is said to a chat that wrote so much that dropped of its messages were
// not kept.
func (h *Handlers) Flood(dropped int) bot.Reply {
	return bot.Reply{Text: locale.FloodNotice(dropped)}
}

// Sorry is said when a message could not be handled.
func (h *Handlers) Sorry() bot.Reply { return bot.Reply{Text: locale.TryAgainLater()} }

// Lost notes that a reply, written at the time handled or renewed since, will
// never be said. What it showed is to be told after all. tx is as for Handle.
func (h *Handlers) Lost(tx *store.Tx, now time.Time, chat card.ChatKey, r bot.Reply, handled time.Time) error {
	shown, ok := decodeShows(r.Shows)
	if !ok || shown.Way != nil {
		return nil
	}
	return h.Rules.Unshown(tx, now, shown.Person, chat, handled)
}
