package store

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"strings"
	"time"

	"kartyar/card"
)

// InviteKind is what a one-time link gives.
type InviteKind string

// The kinds of one-time link.
const (
	InviteFamily   InviteKind = "family"   // to be told of a person, on the maker's proof
	InviteOperator InviteKind = "operator" // to be the operator's chat
)

// Invite is a one-time link that waits to be used: its token was shown once,
// and only a keyed hash of it is kept.
type Invite struct {
	Kind    InviteKind
	Bot     card.Bot       // the bot that the link opens
	By      card.ChatKey   // who made it; zero for a command
	Person  card.PersonKey // whom it is about
	Expires time.Time
}

// InviteKey stands for a link's token. It opens nothing by itself.
type InviteKey [16]byte

// tokenSize is the length of what crypto/rand.Text returns: at least 128 bits
// in the letters A–Z and digits 2–7, all of which a deep link may carry on both
// platforms (at most 64 of A–Z a–z 0–9 _ -).
const tokenSize = 26

// IsToken reports whether the payload of a deep link looks like the token of a
// one-time link.
func IsToken(payload string) bool {
	return len(payload) == tokenSize && strings.Trim(payload, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == ""
}

// NewInvite keeps a one-time link and returns its token, which is nowhere kept.
func (tx *Tx) NewInvite(i Invite) (token string, key InviteKey, err error) {
	if i.Expires.IsZero() {
		return "", key, errors.New("a one-time link without an end")
	}
	token = rand.Text()
	key = tx.InviteKey(token)
	return token, key, tx.put(inviteKey(key), &i)
}

// InviteKey returns the key of a token, whether or not there is such a link.
// The hash is keyed, under a subkey of its own.
func (tx *Tx) InviteKey(token string) (key InviteKey) {
	m := hmac.New(sha256.New, tx.store.vault.subkey("invite"))
	m.Write([]byte(token))
	copy(key[:], m.Sum(nil))
	return key
}

// Invite returns a link that waits to be used; found is false when there is
// none (any more), or its time is over.
func (tx *Tx) Invite(key InviteKey, now time.Time) (i Invite, found bool, err error) {
	found, err = tx.get(inviteKey(key), &i)
	if err != nil || !found || !now.Before(i.Expires) {
		return Invite{}, false, err
	}
	return i, true, nil
}

// DeleteInvite ends a link: it was used, or taken back.
func (tx *Tx) DeleteInvite(key InviteKey) error { return tx.delete(inviteKey(key)) }

// DropOldInvites removes links whose time is over; call it again while it says
// that it dropped any.
func (tx *Tx) DropOldInvites(now time.Time) (dropped int, err error) {
	prefix := []byte{inviteRowKind}
	err = tx.scan(prefix, prefix, func(key []byte, value func(readable) error) (bool, error) {
		var i Invite
		if err := value(&i); err != nil {
			return false, err
		}
		if now.Before(i.Expires) {
			return true, nil
		}
		dropped++
		return dropped < sweepMost, tx.delete(key)
	})
	return dropped, err
}

func inviteKey(key InviteKey) []byte { return rowKey(inviteRowKind, key[:]) }
