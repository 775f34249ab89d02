package alert

import (
	"testing"

	"kartyar/card"
	"kartyar/store"
)

func TestForgetAndErase(t *testing.T) {
	setUp := func(w *world) (mine, other card.ChatKey) {
		mine, other = w.follow(ali, 1), w.follow(ali, 2)
		w.follow(sara, 1)
		w.ask(reza, mine, phone(9), card.ReceiptKey{})
		w.ready(ali, "7")
		w.ready(sara, "7")
		return mine, other
	}
	t.Run("a chat", func(t *testing.T) {
		inWorld(t, func(w *world) {
			mine, other := setUp(w)
			_, err := w.rules.ForgetChat(w.tx, w.now, mine)
			must(err)
			if _, found, _ := w.tx.Chat(mine); found {
				t.Error("the chat is still there")
			}
			for _, p := range []card.PersonKey{ali, sara, reza} {
				if w.person(p).Follower(mine) != nil {
					t.Error("a link is still there")
				}
			}
			w.check()
			if sent := w.says(arrived()); sent[0].Chat != other {
				t.Error("the other chat was touched")
			}
			_, err = w.rules.ForgetChat(w.tx, w.now, chat(7))
			must(err)
		})
	})
	t.Run("a person", func(t *testing.T) {
		inWorld(t, func(w *world) {
			mine, _ := setUp(w)
			must(w.tx.PutGuesses(store.GuessOfReceipt, ali, store.Guesses{w.now}))
			bystander := w.chat(3)
			for _, c := range []card.ChatKey{mine, bystander} {
				row, _, err := w.tx.Chat(c)
				must(err)
				row.Session = []byte("names ali, who knows")
				must(w.tx.PutChat(c, row))
				must(w.tx.PutSetAside(store.SetAside{Bot: aBot, Chat: c, ID: 1, Raw: []byte("a code"), At: w.now}))
			}
			erased, err := w.rules.ErasePerson(w.tx, w.now, ali)
			must(err)
			if erased != (Erased{Applications: 1, Followers: 2, Alerts: 2}) {
				t.Errorf("erased %+v", erased)
			}
			if guesses, _ := w.tx.Guesses(store.GuessOfReceipt, ali); !w.person(ali).IsZero() || len(guesses) > 0 {
				t.Error("something is left")
			}
			var aside []card.ChatKey
			must(w.tx.SetAside(func(a store.SetAside) error { aside = append(aside, a.Chat); return nil }))
			row, _, _ := w.tx.Chat(mine)
			other, _, _ := w.tx.Chat(bystander)
			if len(row.Session) > 0 || len(other.Session) == 0 || len(aside) != 1 || aside[0] != bystander {
				t.Errorf("sessions %q and %q, set aside of %v; want those of who did not follow", row.Session, other.Session, aside)
			}
			w.check()
			if sent := w.says(arrived()); sent[0].Chat != mine || sent[0].Items[0].Person != sara {
				t.Error("the other person was touched")
			}
		})
	})
}

func TestStaleRowsAreDropped(t *testing.T) {
	inWorld(t, func(w *world) {
		c := w.follow(ali, 1)
		w.ready(ali, "7")
		d := w.rows(store.Alerts)[0]
		w.deliver(Failed)
		if _, _, ok, err := w.rules.compose(w.tx, w.now, d); ok || err != nil {
			t.Errorf("a row that was put off is sent: %v", err)
		}
		if gone, err := w.rules.drop(w.tx, w.now, d); !gone || err != nil {
			t.Errorf("dropped %v, %v", gone, err)
		}
		now := w.rows(store.Alerts)[0]
		must(w.tx.DeleteChat(c)) // as no rule does
		if gone, err := w.rules.drop(w.tx, w.now, now); !gone || err != nil {
			t.Errorf("dropped %v, %v", gone, err)
		}
	})
}
