package alert

import (
	"testing"
	"time"

	"kartyar/card"
)

// held has the follower's rows held, as a restore leaves them.
func (w *world) held(p card.PersonKey, c card.ChatKey) {
	w.t.Helper()
	person := *w.person(p)
	f := person.Follower(c)
	for _, d := range dues(p, f) {
		must(w.tx.DeleteDue(d))
	}
	f.Held = true
	for _, d := range dues(p, f) {
		must(w.tx.PutDue(d))
	}
	must(w.tx.PutPerson(p, person))
	must(Hold(w.tx, w.now))
	w.check()
}

func (w *world) resume() {
	w.t.Helper()
	for more := true; more; {
		var err error
		more, _, err = w.rules.resumeSome(w.tx, w.now)
		must(err)
	}
	w.check()
}

func TestHeldAlert(t *testing.T) {
	tests := []struct {
		name string
		then func(w *world, p card.PersonKey, c card.ChatKey)
		sent [][]Event // then
		last [][]Event // when it is resumed
	}{
		{"is not sent before it is resumed", func(*world, card.PersonKey, card.ChatKey) {}, nil, [][]Event{arrived()}},
		{"the same again is no news", func(w *world, p card.PersonKey, _ card.ChatKey) { w.ready(p, "7") }, nil, [][]Event{arrived()}},
		{"a new arrival goes out", func(w *world, p card.PersonKey, _ card.ChatKey) { w.ready(p, "8") }, [][]Event{arrived()}, nil},
		{"a problem goes out", func(w *world, p card.PersonKey, _ card.ChatKey) {
			w.apply(row(p, card.StageDefective, "7", w.now))
		}, [][]Event{{Problem}}, nil},
		{"what became untrue is dropped", func(w *world, p card.PersonKey, _ card.ChatKey) {
			w.apply(row(p, card.StageCollected, "7", w.now))
		}, nil, nil},
		{"who subscribes anew is told", func(w *world, p card.PersonKey, c card.ChatKey) {
			must(w.rules.Subscribe(w.tx, w.now, p, c, false))
			must(w.rules.Subscribe(w.tx, w.now, p, c, true))
		}, [][]Event{arrived()}, nil},
		{"another choice changes nothing", func(w *world, p card.PersonKey, c card.ChatKey) {
			must(w.rules.ChooseOffice(w.tx, w.now, p, c, "9"))
		}, nil, [][]Event{arrived()}},
		{"who is forgotten is told nothing", func(w *world, _ card.PersonKey, c card.ChatKey) {
			_, err := w.rules.ForgetChat(w.tx, w.now, c)
			must(err)
		}, nil, nil},
		{"who is erased is told nothing", func(w *world, p card.PersonKey, _ card.ChatKey) {
			_, err := w.rules.ErasePerson(w.tx, w.now, p)
			must(err)
		}, nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				p := person(1)
				c := w.follow(p, 1)
				w.ready(p, "7")
				w.held(p, c)
				w.silent()
				w.now = w.now.Add(2 * time.Hour)
				tt.then(w, p, c)
				w.check()
				w.says(tt.sent...)
				w.resume()
				w.says(tt.last...)
				w.resume()
				w.silent()
			})
		})
	}
}

// A held reminder waits; an arrival that comes meanwhile is told, and reminded
// of in its turn.
func TestHeldReminder(t *testing.T) {
	inWorld(t, func(w *world) {
		p := person(1)
		c := w.follow(p, 1)
		w.ready(p, "7")
		w.says(arrived())
		w.held(p, c)
		w.now = w.now.AddDate(0, 0, 4)
		w.silent()
		w.ready(p, "8")
		w.says(arrived())
		w.now = w.now.AddDate(0, 0, 4)
		w.says(reminded())
	})
	inWorld(t, func(w *world) {
		p := person(1)
		c := w.follow(p, 1)
		w.ready(p, "7")
		w.says(arrived())
		w.held(p, c)
		w.now = w.now.AddDate(0, 0, 20)
		w.silent()
		w.resume()
		w.says(reminded()) // the missed ones are one
	})
}

// What is held for one person does not go out with the news of another.
func TestHeldBesideNews(t *testing.T) {
	inWorld(t, func(w *world) {
		one, other := person(1), person(2)
		c := w.follow(one, 1)
		w.follow(other, 1)
		w.ready(one, "7")
		w.held(one, c)
		w.ready(other, "7")
		w.says(arrived())
		w.resume()
		w.says(arrived())
	})
}
