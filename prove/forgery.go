package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"kartyar/card"
	"kartyar/demo"
	"kartyar/locale"
	"kartyar/store"
)

// trick is a way to pass another's phone for one's own.
type trick struct {
	name string
	do   func(s *demo.Server, forger, victim *demo.Person) error
}

// tricks are the ways that platforms leave open. In each the phone is the
// victim's; what a platform itself says of a private message of now, that it is
// the sender's own contact, is the proof and cannot be forged.
func tricks() []trick {
	sends := func(name string, do func(forger, victim *demo.Person)) trick {
		return trick{name, func(_ *demo.Server, forger, victim *demo.Person) error {
			do(forger, victim)
			return nil
		}}
	}
	// injects has a message with a contact come; %[1]d is the forger, %[2]s the
	// phone, %[3]d now and %[4]d an hour ago.
	injects := func(name, update string) trick {
		return trick{name, func(s *demo.Server, forger, victim *demo.Person) error {
			now := time.Now().Unix()
			_, err := s.InjectRaw(forger.Platform(), botID, fmt.Sprintf(update, forger.ID(), victim.Phone(), now, now-3600))
			return err
		}}
	}
	const head = `"message_id":99,"from":{"id":%[1]d},"chat":{"id":%[1]d,"type":"private"}`
	return []trick{
		sends("forwarded", func(f, v *demo.Person) { f.SendContact(v.Phone(), f.ID(), true) }),
		sends("another's", func(f, v *demo.Person) { f.SendContact(v.Phone(), v.ID(), false) }),
		sends("of the address book", func(f, v *demo.Person) { f.SendContact(v.Phone(), 0, false) }),
		sends("typed", func(f, v *demo.Person) { f.Say(v.Phone()) }),
		sends("in a group", func(f, v *demo.Person) { f.InGroup("prove").SendContact(v.Phone(), f.ID(), false) }),
		injects("a vCard", `{"message":{`+head+`,"date":%[3]d,"contact":{"phone_number":"%[2]s","first_name":"x","vcard":"BEGIN:VCARD\nTEL:%[2]s\nEND:VCARD"}}}`),
		injects("of an hour ago", `{"message":{`+head+`,"date":%[4]d,"contact":{"phone_number":"%[2]s","first_name":"x","user_id":%[1]d}}}`),
		injects("forwarded by a hidden user", `{"message":{`+head+`,"date":%[3]d,"forward_sender_name":"x","contact":{"phone_number":"%[2]s","first_name":"x","user_id":%[1]d}}}`),
		injects("forwarded, as it is told today", `{"message":{`+head+`,"date":%[3]d,"forward_origin":{"type":"hidden_user"},"contact":{"phone_number":"%[2]s","first_name":"x","user_id":%[1]d}}}`),
		injects("edited in", `{"edited_message":{`+head+`,"date":%[3]d,"edit_date":%[3]d,"contact":{"phone_number":"%[2]s","first_name":"x","user_id":%[1]d}}}`),
		injects("in a reply", `{"message":{`+head+`,"date":%[3]d,"text":"x","reply_to_message":{`+head+`,"contact":{"phone_number":"%[2]s","first_name":"x","user_id":%[1]d}}}}`),
	}
}

// forge is the experiment `forgery`: each trick, on both platforms, against N
// people of each, who are served as ever.
func forge(ctx context.Context, s *stage) (err error) {
	t, err := s.trial("forgery", trialOptions{people: 10 * s.n, offices: 8})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	ctx, end := context.WithCancel(ctx) // no child outlives the world
	defer end()
	if err := errors.Join(t.prepare(ctx), t.begin(ctx)); err != nil {
		return err
	}
	t.crowd.rest()
	if err := t.settle(ctx); err != nil {
		return err
	}
	t.witness.free = map[chatID]bool{}
	var all []*forger
	for n, victim := range t.victims() {
		for _, how := range tricks() {
			f := &forger{t.server.Person(victim.person.Platform(), botID, fmt.Sprintf("forges %d %s", n, how.name)), victim, how}
			t.witness.free[chatOf(f.Person)] = true
			t.witness.free[chatOf(f.InGroup("prove"))] = true
			if err := f.try(t.server); err != nil {
				return fmt.Errorf("%s: %w", how.name, err)
			}
			all = append(all, f)
		}
	}
	if err := t.tried(ctx, all); err != nil {
		return err
	}
	list, err := t.write("news", t.news(1))
	if err == nil {
		err = t.take(ctx, list)
	}
	if err = errors.Join(err, t.settle(ctx)); err != nil {
		return err
	}
	if err := errors.Join(t.last(ctx), t.serving.stop(ctx)); err != nil {
		return err
	}
	s.line("forgeries", "%d, in %d ways, of the contacts of %d people", len(all), len(tricks()), len(t.victims()))
	if err := t.unproved(ctx, all); err != nil {
		return err
	}
	t.report()
	s.broken = append(s.broken, t.witness.broken...)
	return nil
}

// victims are people who have a card, so many of each platform.
func (t *trial) victims() (all []*citizen) {
	of := map[demo.Platform]int{}
	for _, one := range t.crowd.citizens {
		if p := one.person.Platform(); one.role == follows && of[p] < t.stage.n {
			of[p]++
			all = append(all, one)
		}
	}
	return all
}

// forger is somebody who knows the phone and the code of another.
type forger struct {
	*demo.Person
	victim *citizen
	how    trick
}

// try plays the trick when the contact is asked for, and goes on as if it had
// worked. All of it is answered in its order.
func (f *forger) try(s *demo.Server) error {
	f.Say("/start")
	if err := f.how.do(s, f.Person, f.victim.person); err != nil {
		return err
	}
	f.Say(f.victim.holders[0].code)
	f.Say(locale.ButtonStatus)
	f.Say("/privacy")
	return nil
}

// tried waits until everything that the forgers wrote is answered.
func (t *trial) tried(ctx context.Context, all []*forger) error {
	most, cancel := context.WithTimeout(ctx, settleMost)
	defer cancel()
	err := t.pump(most, func() bool {
		return !slices.ContainsFunc(all, func(f *forger) bool {
			return !slices.ContainsFunc(f.Messages(), func(m demo.Message) bool { return m.FromBot && m.Text == locale.Privacy() })
		})
	})
	return errors.Join(err, most.Err())
}

// unproved looks what the forgers were shown, and what the store holds of them.
func (t *trial) unproved(ctx context.Context, all []*forger) error {
	key, err := t.key()
	if err != nil {
		return err
	}
	s, err := store.Open(store.Options{Dir: filepath.Join(t.dir, "store"), Key: key, Log: zerolog.Nop()})
	if err != nil {
		return fmt.Errorf("opening the store: %w", err)
	}
	defer func() { _ = s.Close() }() // only read
	return s.View(ctx, func(tx *store.Tx) error {
		for _, f := range all {
			for _, m := range f.Messages() {
				if m.FromBot && tellsOfACard(m.Text) {
					t.stage.breaks("%s, a contact %s: the forger was shown %q", f.Platform(), f.how.name, m.Text)
				}
			}
			chat := s.Keyer().Chat(card.Subscriber{Bot: card.Bot{Platform: card.Platform(f.Platform()), ID: botID}, Chat: f.ChatID()})
			row, _, err := tx.Chat(chat)
			if err != nil {
				return err
			}
			person, err := tx.Person(s.Keyer().Person(card.NationalCode(f.victim.holders[0].code)))
			if err != nil {
				return err
			}
			if !row.PhoneAt.IsZero() || len(row.People) > 0 || person.Follower(chat) != nil {
				t.stage.breaks("%s, a contact %s: the forger's chat holds a proved phone or a person", f.Platform(), f.how.name)
			}
			if len(person.Followers) == 0 {
				t.stage.breaks("the victim does not follow their own card: nothing was proved")
			}
		}
		return nil
	})
}

// tellsOfACard reports whether a text says anything of a card.
func tellsOfACard(text string) bool {
	_, alert := announced(text)
	return alert || aStatus().is(text) || text == locale.Confirmed()
}
