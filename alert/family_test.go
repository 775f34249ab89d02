package alert

import (
	"errors"
	"slices"
	"testing"
	"time"

	"kartyar/card"
	"kartyar/store"
)

// invites has a chat make a link, and returns what admits another chat by it.
func (w *world) invites(maker card.ChatKey) (store.InviteKey, func(guest card.ChatKey) Admission) {
	w.t.Helper()
	token, err := w.rules.Invite(w.tx, w.now, w.now.Add(time.Hour), ali, maker)
	must(err)
	key := w.tx.InviteKey(token)
	return key, func(guest card.ChatKey) Admission {
		invite, found, err := w.tx.Invite(key, w.now)
		must(err)
		if !found {
			return LinkOver
		}
		admission, err := w.rules.Admit(w.tx, w.now, invite, key, Asker{Chat: guest, Bot: aBot})
		must(err)
		return admission
	}
}

func (w *world) admits(admit func(card.ChatKey) Admission, guest card.ChatKey, want Admission) {
	w.t.Helper()
	if got := admit(guest); got != want {
		w.t.Errorf("admitted: %d, want %d", got, want)
	}
}

func TestAGuestIsTold(t *testing.T) {
	inWorld(t, func(w *world) {
		maker, guest := w.follow(ali, 1), w.chat(2)
		_, admit := w.invites(maker)
		w.admits(admit, maker, OwnLink)
		w.admits(admit, guest, Admitted)
		w.admits(admit, w.chat(3), LinkOver) // used
		w.ready(ali, "7")
		w.says(arrived(), arrived())
		if _, err := w.rules.Invite(w.tx, w.now, w.now.Add(time.Hour), ali, guest); !errors.Is(err, ErrMayNotInvite) {
			t.Errorf("a guest invited: %v", err)
		}
		p := w.person(ali)
		if f := p.Follower(guest); !p.Proved(f).Equal(p.Follower(maker).Verified) {
			t.Errorf("a guest stands on %v", p.Proved(f))
		}
		_, again := w.invites(maker)
		w.admits(again, guest, KnownSince)
		w.check()
	})
}

func TestLinksThatAreOver(t *testing.T) {
	inWorld(t, func(w *world) {
		maker, guest := w.follow(ali, 1), w.chat(2)
		_, first := w.invites(maker)
		_, second := w.invites(maker)
		w.admits(first, guest, LinkOver) // a new one takes its place
		key, _ := w.invites(maker)
		w.admits(second, guest, LinkOver)
		if _, found, _ := w.tx.Invite(key, w.now.Add(time.Hour)); found {
			t.Error("a link works after its time")
		}
		must(func() error {
			_, err := w.rules.EndGuests(w.tx, w.now, ali, maker, func(*store.Follower) bool { return true })
			return err
		}())
		if _, found, _ := w.tx.Invite(key, w.now); found {
			t.Error("a link works that was taken back")
		}
		_, third := w.invites(maker)
		_, err := w.rules.Unfollow(w.tx, w.now, ali, maker)
		must(err)
		w.admits(third, guest, LinkOver)
	})
}

func TestGuestsAreFew(t *testing.T) {
	inWorld(t, func(w *world) {
		maker := w.follow(ali, 1)
		for i := range GuestsMost {
			_, admit := w.invites(maker)
			w.admits(admit, w.chat(byte(10+i)), Admitted)
		}
		if _, err := w.rules.Invite(w.tx, w.now, w.now.Add(time.Hour), ali, maker); !errors.Is(err, ErrManyGuests) {
			t.Errorf("one more: %v", err)
		}
	})
}

// endings are the ways in which the access of ali's guests ends with a chat's
// doing.
var endings = map[string]func(w *world, maker card.ChatKey) ([]Ended, error){
	"ended": func(w *world, maker card.ChatKey) ([]Ended, error) {
		return w.rules.EndGuests(w.tx, w.now, ali, maker, func(*store.Follower) bool { return true })
	},
	"removed": func(w *world, maker card.ChatKey) ([]Ended, error) { return w.rules.Unfollow(w.tx, w.now, ali, maker) },
	"forgot":  func(w *world, maker card.ChatKey) ([]Ended, error) { return w.rules.ForgetChat(w.tx, w.now, maker) },
}

func TestGuestsEndWithTheirMaker(t *testing.T) {
	for name, end := range endings {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				maker, guest, own := w.follow(ali, 1), w.chat(2), w.follow(ali, 3)
				_, admit := w.invites(maker)
				w.admits(admit, guest, Admitted)
				w.ready(ali, "7")
				ended, err := end(w, maker)
				must(err)
				if len(ended) != 1 || ended[0].To.Chat != 2 {
					t.Errorf("ended: %+v", ended)
				}
				if w.person(ali).Follower(guest) != nil || w.person(ali).Follower(own) == nil {
					t.Error("not the guest's link ended")
				}
				if c, _, _ := w.tx.Chat(guest); len(c.People) != 0 {
					t.Error("the guest's chat still has the person")
				}
				w.check()
			})
		})
	}
}

// A guest who proves the person themselves stands on that proof from then on.
func TestAGuestBecomesAnOwner(t *testing.T) {
	inWorld(t, func(w *world) {
		maker, guest := w.follow(ali, 1), w.chat(2)
		_, admit := w.invites(maker)
		w.admits(admit, guest, Admitted)
		if w.ask(ali, guest, phone(9), card.ReceiptKey{}).Verified {
			t.Error("another phone proved the person")
		}
		if w.ask(ali, guest, card.PhoneKey{}, card.ReceiptKey{}).Verified {
			t.Error("no phone proved the person")
		}
		if !w.person(ali).Follower(guest).IsGuest() {
			t.Fatal("no guest any more")
		}
		if !w.ask(ali, guest, phone(1), card.ReceiptKey{}).Verified {
			t.Error("the phone of the record was not let in")
		}
		ended, err := w.rules.Unfollow(w.tx, w.now, ali, maker)
		must(err)
		if len(ended) != 0 || w.person(ali).Follower(guest) == nil {
			t.Error("who proved it themselves was ended")
		}
	})
}

// A pair of a guest's own waits beside the invitation: the record that fits
// makes them independent, before or after their access has ended.
// A guest who gets no news is not told at once, which would say that the code is
// right; once their own pair fits they are, as they were promised.
func TestAGuestWithoutNewsGuesses(t *testing.T) {
	inWorld(t, func(w *world) {
		maker, guest := w.follow(ali, 1), w.chat(2)
		_, admit := w.invites(maker)
		w.admits(admit, guest, Admitted)
		must(w.rules.Subscribe(w.tx, w.now, ali, guest, false))
		w.ready(ali, "7")
		w.deliver(Sent)
		w.ask(ali, guest, phone(9), card.ReceiptKey{})
		w.silent()
		r := row(ali, card.StageReady, "7", w.now.Add(hour))
		w.now, r.Phone = w.now.Add(hour), phone(9)
		w.apply(r)
		if m := w.says(arrived())[0]; m.Chat != guest {
			t.Errorf("said %+v", m)
		}
	})
}

func TestAGuestsOwnPairWaits(t *testing.T) {
	fits := func(w *world, stage card.Stage) {
		w.now = w.now.Add(hour)
		r := row(ali, stage, "7", w.now)
		r.Phone = phone(9)
		w.apply(r)
	}
	for name, end := range endings {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				maker, guest := w.follow(ali, 1), w.chat(2)
				_, admit := w.invites(maker)
				w.admits(admit, guest, Admitted)
				w.ask(ali, guest, phone(9), card.ReceiptKey{})
				fits(w, card.StageDispatched)
				if ended, err := end(w, maker); err != nil || len(ended) > 0 {
					t.Errorf("ended: %+v (%v)", ended, err)
				}
				fits(w, card.StageReady)
				if sent := w.deliver(Sent); !slices.ContainsFunc(sent, func(m Message) bool { return m.Chat == guest }) {
					t.Errorf("said: %+v", sent)
				}
			})
		})
		t.Run(name+" before it fits", func(t *testing.T) {
			inWorld(t, func(w *world) {
				maker, guest := w.follow(ali, 1), w.chat(2)
				_, admit := w.invites(maker)
				w.admits(admit, guest, Admitted)
				w.ask(ali, guest, phone(9), card.ReceiptKey{})
				w.ready(ali, "7")
				if ended, err := end(w, maker); err != nil || len(ended) != 1 || ended[0].To.Chat != 2 {
					t.Errorf("ended: %+v (%v)", ended, err)
				}
				if f := w.follower(ali, guest); f.IsVerified() || f.IsGuest() || len(f.Told) > 0 {
					t.Errorf("more than a pair is left: %+v", f)
				}
				w.check()
				if sent := w.deliver(Sent); slices.ContainsFunc(sent, func(m Message) bool { return m.Chat == guest }) {
					t.Error("a guest whose access has ended was told")
				}
				fits(w, card.StageReady)
				if sent := w.deliver(Sent); !slices.ContainsFunc(sent, func(m Message) bool { return m.Chat == guest }) {
					t.Errorf("said: %+v", sent)
				}
			})
		})
	}
	t.Run("from before the invitation", func(t *testing.T) {
		inWorld(t, func(w *world) {
			guest := w.chat(2)
			w.ask(ali, guest, phone(9), card.ReceiptKey{})
			_, admit := w.invites(w.follow(ali, 1))
			w.admits(admit, guest, Admitted)
			fits(w, card.StageDispatched)
			if f := w.follower(ali, guest); f.IsGuest() || !f.IsVerified() {
				t.Errorf("still a guest: %+v", f)
			}
		})
	})
}
