package handlers

import (
	"fmt"
	"time"

	"kartyar/bot"
	"kartyar/locale"
	"kartyar/store"
)

// openLink answers /start with the token of a one-time link: it says what the
// link gives. Nothing is given before the person accepts.
func (t *turn) openLink(token string) error {
	key := t.tx.InviteKey(token)
	invite, found, err := t.invite(key)
	if err != nil {
		return err
	}
	switch {
	case found && invite.Kind == store.InviteOperator:
		t.offer(locale.OfferOperator(), key)
		return nil
	case found && invite.Kind == store.InviteFamily:
		return t.offerFamily(invite, key)
	}
	return t.refuse(locale.LinkOver())
}

// invite returns a link of this bot that waits to be used.
func (t *turn) invite(key store.InviteKey) (store.Invite, bool, error) {
	invite, found, err := t.tx.Invite(key, t.now)
	if err != nil {
		return store.Invite{}, false, fmt.Errorf("looking for a one-time link: %w", err)
	}
	return invite, found && invite.Bot == t.u.From.Bot, nil
}

// offer says what a link gives, with the buttons to take it or leave it.
func (t *turn) offer(text string, key store.InviteKey) {
	t.say(bot.Reply{Text: text, Keyboard: inline(
		row(t.button(locale.ButtonAccept, pressLink(actAccept, key))),
		row(t.button(locale.ButtonRefuse, press{Action: actRefuse})))})
}

// pressLink returns a button for a link. A link's key has the room of two
// short keys.
func pressLink(a action, key store.InviteKey) press {
	return press{Action: a, Person: short(key[:8]), ID: short(key[8:])}
}

func (p press) link() (key store.InviteKey) {
	copy(key[:8], p.Person[:])
	copy(key[8:], p.ID[:])
	return key
}

// accept takes what a link gives. The link is used up by it, in the same
// transaction, so that it works once whoever presses, and however often.
func (t *turn) accept() error {
	key := t.press.link()
	invite, found, err := t.invite(key)
	if err != nil {
		return err
	}
	switch {
	case found && invite.Kind == store.InviteOperator:
		return t.becomeOperator(key)
	case found && invite.Kind == store.InviteFamily:
		return t.joinFamily(invite, key)
	}
	t.showEnd(locale.LinkOver())
	return nil
}

// refuseOffer leaves what a link gives.
func (t *turn) refuseOffer() error {
	t.showEnd(locale.OfferRefused())
	return nil
}

// showEnd says that nothing comes of a link, with a way on: who opened it may
// have no buttons at the foot of the screen yet.
func (t *turn) showEnd(text string) {
	t.show(bot.Reply{Text: text, Keyboard: inline(row(t.button(locale.ButtonStatus, press{Action: actStatus})))})
}

// becomeOperator makes this the operator's chat, and tells the one that was.
func (t *turn) becomeOperator(key store.InviteKey) error {
	if err := t.tx.DeleteInvite(key); err != nil {
		return fmt.Errorf("using a one-time link: %w", err)
	}
	before, had, err := t.tx.SetOperator(store.Operator{Chat: t.chat, To: t.u.From, Since: t.now.UTC().Truncate(time.Second)})
	if err != nil {
		return fmt.Errorf("noting the operator's chat: %w", err)
	}
	if had && before.Chat != t.chat {
		t.replies = append(t.replies, bot.Reply{Text: locale.OperatorReplaced(), To: before.To})
	}
	t.show(bot.Reply{Text: locale.OperatorAccepted()})
	return nil
}
