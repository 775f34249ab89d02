package storetest

import (
	"errors"
	"testing"
	"time"

	"kartyar/card"
	"kartyar/store"
)

func invites(_ *testing.T, b *bench) {
	want := store.Invite{Kind: store.InviteFamily, Bot: aBot, By: card.ChatKey{1}, Person: card.PersonKey{2}, Expires: noon.Add(time.Hour)}
	var token, another string
	var key store.InviteKey
	b.update(func(tx *store.Tx) error {
		var err, err2 error
		token, key, err = tx.NewInvite(want)
		another, _, err2 = tx.NewInvite(store.Invite{Kind: store.InviteOperator, Bot: other, Expires: noon.Add(24 * time.Hour)})
		_, _, endless := tx.NewInvite(store.Invite{Kind: store.InviteOperator})
		return errors.Join(err, err2, differ("a link without an end is refused", endless != nil, true),
			differ("tokens", []bool{store.IsToken(token), store.IsToken(another), token == another}, []bool{true, true, false}))
	})
	b.always(func(tx *store.Tx) error {
		got, found, err := tx.Invite(tx.InviteKey(token), noon)
		_, late, err2 := tx.Invite(key, want.Expires)
		_, guessed, err3 := tx.Invite(tx.InviteKey(token[1:]+"A"), noon)
		return errors.Join(err, err2, err3, differ("an invite", got, want), differ("found", []bool{found, late, guessed}, []bool{true, false, false}))
	})
	b.update(func(tx *store.Tx) error {
		dropped, err := tx.DropOldInvites(want.Expires)
		return errors.Join(err, differ("dropped", dropped, 1))
	})
	b.always(func(tx *store.Tx) error {
		_, swept, err := tx.Invite(key, noon)
		_, left, err2 := tx.Invite(tx.InviteKey(another), noon)
		return errors.Join(err, err2, differ("found", []bool{swept, left}, []bool{false, true}))
	})
	b.update(func(tx *store.Tx) error { return tx.DeleteInvite(tx.InviteKey(another)) })
	b.always(func(tx *store.Tx) error {
		_, found, err := tx.Invite(tx.InviteKey(another), noon)
		return errors.Join(err, differ("found", found, false))
	})
}

func operators(_ *testing.T, b *bench) {
	of := func(bot card.Bot, chat byte) store.Operator {
		return store.Operator{Chat: card.ChatKey{chat}, To: card.Subscriber{Bot: bot, Chat: int64(chat)}, Since: noon}
	}
	b.update(func(tx *store.Tx) error {
		_, had, err := tx.SetOperator(of(aBot, 1))
		_, had2, err2 := tx.SetOperator(of(other, 2))
		before, had3, err3 := tx.SetOperator(of(aBot, 3))
		return errors.Join(err, err2, err3, differ("had", []bool{had, had2, had3}, []bool{false, false, true}), differ("before", before, of(aBot, 1)))
	})
	b.always(func(tx *store.Tx) error {
		all, err := tx.Operators()
		return errors.Join(err, differ("operators", all, []store.Operator{of(aBot, 3), of(other, 2)}))
	})
	b.update(func(tx *store.Tx) error {
		return errors.Join(tx.RemoveOperator(card.ChatKey{1}), tx.RemoveOperator(card.ChatKey{3}))
	})
	b.always(func(tx *store.Tx) error {
		all, err := tx.Operators()
		return errors.Join(err, differ("operators", all, []store.Operator{of(other, 2)}))
	})
	b.update(func(tx *store.Tx) error { return tx.RemoveOperator(card.ChatKey{2}) })
	b.always(func(tx *store.Tx) error {
		all, err := tx.Operators()
		return errors.Join(err, differ("operators", len(all), 0))
	})
}

func namedBots(_ *testing.T, b *bench) {
	renamed := store.NamedBot{Bot: aBot, Username: "new_bot"}
	elsewhere := store.NamedBot{Bot: other, Username: "other_bot"}
	b.update(func(tx *store.Tx) error {
		return errors.Join(tx.NameBot(store.NamedBot{Bot: aBot, Username: "old_bot"}), tx.NameBot(elsewhere), tx.NameBot(renamed), tx.NameBot(renamed))
	})
	b.always(func(tx *store.Tx) error {
		all, err := tx.NamedBots()
		return errors.Join(err, differ("bots", all, []store.NamedBot{elsewhere, renamed}))
	})
	b.update(func(tx *store.Tx) error { return tx.KeepBots([]card.Platform{aBot.Platform}) })
	b.always(func(tx *store.Tx) error {
		all, err := tx.NamedBots()
		return errors.Join(err, differ("bots", all, []store.NamedBot{renamed}))
	})
}
