package alert

import (
	"testing"
	"time"

	"kartyar/card"
	"kartyar/store"
)

// What is said is what the store has when a message's turn comes: a bot that is
// told to wait may let minutes go by after a message was composed.
func TestWhatChangedInLineIsNotTold(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(w *world)
		told   []card.PersonKey // nil when nothing is
	}{
		"nothing":                   {func(*world) {}, []card.PersonKey{ali, sara}},
		"ali is erased":             {func(w *world) { mustHave(w.rules.ErasePerson(w.tx, w.now, ali)) }, []card.PersonKey{sara}},
		"sara is erased":            {func(w *world) { mustHave(w.rules.ErasePerson(w.tx, w.now, sara)) }, []card.PersonKey{ali}},
		"the chat deletes its data": {func(w *world) { mustHave(w.rules.ForgetChat(w.tx, w.now, chat(1))) }, nil},
		"both were collected": {func(w *world) {
			w.apply(row(ali, card.StageCollected, "7", w.now.Add(1)))
			w.apply(row(sara, card.StageCollected, "7", w.now.Add(1)))
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPost(t)
			p.line, p.turn, p.unsaid = make(chan struct{}), make(chan struct{}), make(chan struct{})
			p.do(func(w *world) {
				w.follow(ali, 1)
				w.follow(sara, 1)
				w.ready(ali, "7")
				w.ready(sara, "7")
			})
			p.run(1)
			<-p.line
			p.do(tt.change)
			for told := map[card.PersonKey]bool{}; ; {
				p.turn <- struct{}{}
				select {
				case <-p.unsaid:
					if len(told) == 0 && len(tt.told) > 0 {
						<-p.line
						continue // its own row is gone, and the other's has its turn next
					}
				case m := <-p.in:
					for _, item := range m.Items {
						told[item.Person] = true
					}
					p.out <- Outcome{Kind: Sent}
				}
				p.settled(chat(1))
				if len(told) != len(tt.told) {
					t.Errorf("told of %d people, want %d", len(told), len(tt.told))
				}
				for _, who := range tt.told {
					if !told[who] {
						t.Errorf("not told of %v", who)
					}
				}
				break
			}
			if rows := p.rows(store.Alerts); len(rows) != 0 {
				t.Errorf("%d alerts left", len(rows))
			}
		})
	}
}

// What gets in line before the quiet hours keeps to them when its turn comes in
// them: a reminder goes in the morning, an arrival makes no sound.
func TestWhoseTurnComesInTheNight(t *testing.T) {
	p := newPost(t)
	p.line, p.turn, p.unsaid = make(chan struct{}), make(chan struct{}), make(chan struct{})
	p.do(func(w *world) {
		w.follow(ali, 1)
		w.ready(ali, "7")
		must(w.rules.Shown(w.tx, w.now, ali, chat(1)))
	})
	p.at(ReminderTime(day0, 3))
	p.run(2)
	<-p.line
	p.do(func(w *world) {
		w.follow(sara, 2)
		w.ready(sara, "7")
	})
	<-p.line
	night := ReminderTime(day0, 3).Add(12 * time.Hour) // 22:00 in Tehran
	p.at(night)
	// A look at the outbox from just before the night may have the reminder in
	// line once more.
	for released, said := false, false; !released || !said; {
		select {
		case <-p.line:
		case p.turn <- struct{}{}:
		case <-p.unsaid:
			released = true
		case m := <-p.in:
			said = true
			if m.Chat != chat(2) || !m.Silent {
				t.Errorf("in the night: %+v", m)
			}
			p.out <- Outcome{Kind: Sent}
		}
	}
	p.at(night.Add(11 * time.Hour))
	for said := false; !said; {
		select {
		case <-p.line:
		case p.turn <- struct{}{}:
		case <-p.unsaid:
		case m := <-p.in:
			said = true
			if m.Chat != chat(1) || !m.Reminder || m.Silent {
				t.Errorf("in the morning: %+v", m)
			}
			p.out <- Outcome{Kind: Sent}
		}
	}
}

func mustHave[T any](_ T, err error) { must(err) }
