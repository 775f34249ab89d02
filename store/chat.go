package store

import (
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"kartyar/card"
)

// Chat is a private chat with one of our bots: where to write, what it has
// proved, whom it follows, and where its conversation stands.
type Chat struct {
	Subscriber card.Subscriber
	Blocked    bool
	Phone      card.PhoneKey // proved by the contact button
	PhoneAt    time.Time
	People     []Link // in the order they were added
	// Session belongs to the conversation, which alone knows its shape.
	Session []byte
	Seen    time.Time // when it last wrote
}

// Link is a chat's end of a Follower.
type Link struct {
	Person   card.PersonKey
	Nickname string // given by the person, for this chat only
	// Guest says that the chat was invited: the card is somebody else's.
	Guest bool
}

// NeedsNames reports whether the people of the chat are told apart by name: of
// one alone it is clear whose card is meant, unless it is somebody else's.
func (c Chat) NeedsNames() bool {
	return len(c.People) > 1 || len(c.People) == 1 && c.People[0].Guest
}

// chatsRemembered is how many chats are kept decoded: who writes once writes
// again soon.
const chatsRemembered = 20_000

// chats are the chats that were read or written last, as the newest commit has
// them. It is the committer's alone: a View may be older.
type chats struct {
	rows *lru.Cache[card.ChatKey, Chat]
}

func newChats() chats {
	rows, err := lru.New[card.ChatKey, Chat](chatsRemembered)
	if err != nil {
		panic(err) // only for a size that is not positive
	}
	return chats{rows}
}

// writtenChat is a chat that a batch writes; nil deletes it.
type writtenChat struct {
	key  card.ChatKey
	chat *Chat
}

// committed takes over what a commit wrote.
func (c chats) committed(written []writtenChat) {
	for _, w := range written {
		if w.chat == nil {
			c.rows.Remove(w.key)
		} else {
			c.rows.Add(w.key, *w.chat)
		}
	}
}

// clone returns a chat as its row would be read, which shares nothing with c.
func (c Chat) clone() Chat {
	c.People = append([]Link(nil), c.People...)
	c.Session = append([]byte(nil), c.Session...)
	c.PhoneAt, c.Seen = wholeSecond(c.PhoneAt), wholeSecond(c.Seen)
	return c
}

// wholeSecond is a time as rows keep it.
func wholeSecond(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return time.Unix(t.Unix(), 0).UTC()
}

// Chat returns a chat; found is false when it never wrote or was deleted.
func (tx *Tx) Chat(key card.ChatKey) (c Chat, found bool, err error) {
	row := rowKey(chatKind, key[:])
	remembers := tx.batch != nil
	if remembers {
		_, changed := tx.batch.rows[string(row)]
		remembers = !changed
	}
	if remembers {
		if c, ok := tx.store.chats.rows.Get(key); ok {
			return c.clone(), true, nil
		}
	}
	if found, err = tx.get(row, &c); remembers && found && err == nil {
		tx.store.chats.rows.Add(key, c.clone())
	}
	return c, found, err
}

// PutChat writes a chat.
func (tx *Tx) PutChat(key card.ChatKey, c Chat) error {
	if err := tx.put(rowKey(chatKind, key[:]), &c); err != nil {
		return err
	}
	c = c.clone()
	tx.batch.chats = append(tx.batch.chats, writtenChat{key, &c})
	return nil
}

// DeleteChat removes a chat's row, and its updates that were set aside.
func (tx *Tx) DeleteChat(key card.ChatKey) error {
	if err := tx.DropSetAside(key); err != nil {
		return err
	}
	if err := tx.delete(rowKey(chatKind, key[:])); err != nil {
		return err
	}
	tx.batch.chats = append(tx.batch.chats, writtenChat{key: key})
	return nil
}
