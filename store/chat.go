package store

import (
	"bytes"
	"slices"
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
	c.PhoneAt = wholeSecond(c.PhoneAt)
	return c
}

// equals reports whether two chats, as clone returns them, have the same row.
func (c Chat) equals(d Chat) bool {
	return c.Subscriber == d.Subscriber && c.Blocked == d.Blocked && c.Phone == d.Phone && c.PhoneAt.Equal(d.PhoneAt) &&
		slices.Equal(c.People, d.People) && bytes.Equal(c.Session, d.Session)
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
	row := tx.rowKey(chatKind, key[:])
	c, found, remembers := tx.remembered(key, row)
	if found {
		return c.clone(), true, nil
	}
	if found, err = tx.get(row, &c); remembers && found && err == nil {
		tx.store.chats.rows.Add(key, c.clone())
	}
	return c, found, err
}

// remembered returns a chat that is kept decoded; remembers is false where what
// is kept does not count, because tx sees another commit than the newest.
func (tx *Tx) remembered(key card.ChatKey, row []byte) (c Chat, found, remembers bool) {
	if tx.batch == nil {
		return c, false, false
	}
	if _, changed := tx.batch.rows[string(row)]; changed {
		return c, false, false
	}
	c, found = tx.store.chats.rows.Get(key)
	return c, found, true
}

// PutChat writes a chat. It costs little if nothing has changed: most who write
// ask what they asked before.
func (tx *Tx) PutChat(key card.ChatKey, c Chat) error {
	row := tx.rowKey(chatKind, key[:])
	c = c.clone()
	if before, found, _ := tx.remembered(key, row); found && c.equals(before) {
		return nil
	}
	if err := tx.put(row, &c); err != nil {
		return err
	}
	tx.batch.chats = append(tx.batch.chats, writtenChat{key, &c})
	return nil
}

// DeleteChat removes a chat's row, and its updates that were set aside.
func (tx *Tx) DeleteChat(key card.ChatKey) error {
	if err := tx.DropSetAside(key); err != nil {
		return err
	}
	if err := tx.delete(tx.rowKey(chatKind, key[:])); err != nil {
		return err
	}
	tx.batch.chats = append(tx.batch.chats, writtenChat{key: key})
	return nil
}
