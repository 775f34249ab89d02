package storetest

import (
	"context"
	"errors"
	"maps"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kartyar/card"
	"kartyar/store"
)

// chatStep is what a function does with one of a few chats: it writes one of
// that name, deletes it when delete says so, or reads it when name is empty.
type chatStep struct {
	chat   byte
	name   string
	proved time.Time
	delete bool
}

// chatPart is steps that are undone together when it fails.
type chatPart struct {
	steps []chatStep
	fails bool
}

func drawChatParts(t *rapid.T) (parts []chatPart) {
	for range rapid.IntRange(1, 4).Draw(t, "parts") {
		part := chatPart{fails: rapid.Bool().Draw(t, "part fails")}
		for range rapid.IntRange(1, 4).Draw(t, "steps") {
			part.steps = append(part.steps, chatStep{
				chat: rapid.ByteRange(1, 3).Draw(t, "chat"), name: rapid.StringMatching("[ab]{0,1}").Draw(t, "name"),
				proved: noon.Add(time.Duration(rapid.IntRange(0, 1500).Draw(t, "ms")) * time.Millisecond).In(time.FixedZone("", 3600)),
				delete: rapid.Bool().Draw(t, "delete"),
			})
		}
		parts = append(parts, part)
	}
	return parts
}

// do takes a step and notes in now what is to be found after it. It scribbles
// over what it was given and over what it gave.
func (s chatStep) do(tx *store.Tx, now map[byte]store.Chat) error {
	key := card.ChatKey{s.chat}
	switch {
	case s.delete:
		delete(now, s.chat)
		return tx.DeleteChat(key)
	case s.name == "":
		return finds(tx, s.chat, now)
	}
	c := store.Chat{Subscriber: card.Subscriber{Bot: card.Bot{ID: 1}, Chat: int64(s.chat)}, People: []store.Link{{Nickname: s.name}}, PhoneAt: s.proved}
	if err := tx.PutChat(key, c); err != nil {
		return err
	}
	c.People[0].Nickname = "scribbled"
	c.People, c.PhoneAt = []store.Link{{Nickname: s.name}}, s.proved.UTC().Truncate(time.Second)
	now[s.chat] = c
	return nil
}

// finds looks whether a chat is found as it is to be.
func finds(tx *store.Tx, chat byte, now map[byte]store.Chat) error {
	got, found, err := tx.Chat(card.ChatKey{chat})
	want, is := now[chat]
	err = errors.Join(err, differ("found", found, is), differ("the chat", got, want))
	if len(got.People) > 0 {
		got.People[0].Nickname = "scribbled"
	}
	return err
}

// rememberedChats writes, deletes and reads chats in functions that fail or do
// not, in parts that fail or do not: a function finds what was written before
// it, and a View, which reads the rows themselves, finds the same.
func rememberedChats(t *testing.T, b *bench) {
	boom := errors.New("boom")
	want := map[byte]store.Chat{}
	rapid.Check(t, func(t *rapid.T) {
		parts, fails := drawChatParts(t), rapid.Bool().Draw(t, "fails")
		after := maps.Clone(want)
		err := b.store.Update(context.Background(), func(tx *store.Tx) error {
			for _, part := range parts {
				now := maps.Clone(after)
				err := tx.Try(func(tx *store.Tx) error {
					for _, step := range part.steps {
						if err := step.do(tx, now); err != nil {
							return err
						}
					}
					if part.fails {
						return boom
					}
					return nil
				})
				switch {
				case err == nil:
					after = now
				case !errors.Is(err, boom):
					return err
				}
			}
			if fails {
				return boom
			}
			return nil
		})
		if err == nil {
			want = after
		} else if !errors.Is(err, boom) {
			t.Fatal(err)
		}
		for _, look := range []func(context.Context, func(*store.Tx) error) error{b.store.View, b.store.Update} {
			err := look(context.Background(), func(tx *store.Tx) error {
				return errors.Join(finds(tx, 1, want), finds(tx, 2, want), finds(tx, 3, want))
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}
