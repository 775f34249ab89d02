package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"kartyar/card"
	"kartyar/demo"
	"kartyar/locale"
	"kartyar/store"
)

// gathering is some people who follow a card of their own each, around a
// program that no witness watches: an experiment looks at them itself.
type gathering struct {
	*world
	stage   *stage
	people  []*cardholder
	serving *serve
	history *history
	lists   int
}

// cardholder is a person who asks after their own card.
type cardholder struct {
	*demo.Person
	*holder
}

// gathering makes one, whose files are in a place of that name.
func (s *stage) gathering(name string, people, offices int) (*gathering, error) {
	place, err := s.place(name)
	if err != nil {
		return nil, err
	}
	w, err := newWorld(place, s.binary, s.seed, 0)
	if err != nil {
		return nil, err
	}
	g := &gathering{world: w, stage: s, history: &history{dice: s.dice(11), now: time.Now().Add(-240 * time.Hour).Truncate(time.Second)}}
	for n := range people {
		p := w.server.Person(platforms[n%2], botID, fmt.Sprint("holder ", n))
		g.people = append(g.people, &cardholder{p, newHolder(n, p.Phone())})
	}
	return g, writeOffices(filepath.Join(place, "offices.csv"), offices)
}

// follow has a list speak of all cards, and everybody subscribe.
func (g *gathering) follow(ctx context.Context) (err error) {
	if _, err := g.run(ctx, "offices", filepath.Join(g.dir, "offices.csv")); err != nil {
		return err
	}
	if err := g.stand(ctx, "dispatched", 0, g.people...); err != nil {
		return err
	}
	if g.serving, err = g.serve(ctx); err != nil {
		return err
	}
	if err := g.prove(ctx, g.persons(g.people)); err != nil {
		return err
	}
	for _, p := range g.people {
		p.Say(p.code)
	}
	fresh, _ := strings.CutSuffix(locale.Fresh(time.Unix(0, 0), time.Unix(0, 0)), locale.Moment(time.Unix(0, 0), time.Unix(0, 0)))
	if err := g.all(ctx, g.persons(g.people), fresh); err != nil {
		return err
	}
	for _, p := range g.people {
		p.Say(locale.ButtonSubscribe)
	}
	return g.all(ctx, g.persons(g.people), locale.Subscribed())
}

// stand imports a list that has cards of people at a stage and an office.
func (g *gathering) stand(ctx context.Context, stage string, at int, people ...*cardholder) error {
	var rows []row
	for _, p := range people {
		rows = append(rows, g.history.add(p.holder, stage, office(at)))
	}
	g.lists++
	path := filepath.Join(g.dir, fmt.Sprintf("list-%d.csv", g.lists))
	if err := writeList(path, rows); err != nil {
		return err
	}
	_, err := g.run(ctx, "import", "--yes", path)
	return err
}

func (g *gathering) persons(of []*cardholder) (all []*demo.Person) {
	for _, p := range of {
		all = append(all, p.Person)
	}
	return all
}

// dies kills the program, stop has it end in peace.
func (g *gathering) dies(ctx context.Context) error {
	if !g.serving.kill() {
		return fmt.Errorf("`kartyar serve` ended by itself: %w\n%s", g.serving.err, g.lastWords())
	}
	return g.quiet(ctx)
}

// told counts the alerts of an office that each of people was given.
func (g *gathering) told(people []*cardholder, at int) (counts []int) {
	for _, p := range people {
		n := 0
		for _, m := range p.Messages() {
			if place, is := announced(m.Text); is && m.Sender == "" && place == office(at).Name {
				n++
			}
		}
		counts = append(counts, n)
	}
	return counts
}

// prove has people begin and share their phone.
func (w *world) prove(ctx context.Context, people []*demo.Person) error {
	for _, p := range people {
		p.Say("/start")
	}
	if err := w.all(ctx, people, locale.Welcome("")); err != nil {
		return err
	}
	for _, p := range people {
		p.ShareContact()
	}
	return w.all(ctx, people, locale.AskCode())
}

// all waits until the last that each of them is told has a text in it.
func (w *world) all(ctx context.Context, people []*demo.Person, part string) error {
	for _, p := range people {
		err := w.until(ctx, func() bool {
			messages := p.Messages()
			return len(messages) > 0 && strings.Contains(messages[len(messages)-1].Text, part)
		})
		if err != nil {
			return fmt.Errorf("%s was not told %q: %w", p.Name(), part, err)
		}
	}
	return nil
}

// until waits until something is true that changes with the journal alone.
func (w *world) until(ctx context.Context, is func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, settleMost)
	defer cancel()
	for {
		seen := len(w.server.Journal())
		if is() {
			return nil
		}
		if err := w.server.Wait(ctx, func(journal []demo.Entry) bool { return len(journal) > seen }); err != nil {
			return err
		}
	}
}

// invite returns what a link that makes an operator begins the chat with.
func (w *world) invite(ctx context.Context, on demo.Platform) (token string, err error) {
	out, err := w.run(ctx, "operator", "invite")
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(out)) {
		if _, after, is := strings.Cut(line, "start="); is && strings.HasPrefix(line, string(on)) {
			token, _, _ = strings.Cut(after, " ")
			return token, nil
		}
	}
	return "", fmt.Errorf("no invitation in %q", out)
}

// keyer makes the keys under which a store of this world knows people.
func (w *world) keyer() (_ *card.Keyer, err error) {
	key, err := w.key()
	if err != nil {
		return nil, err
	}
	// A store of its own, since the program has the other one open.
	s, err := store.Open(store.Options{Dir: filepath.Join(w.dir, "keys"), Key: key})
	if err != nil {
		return nil, fmt.Errorf("opening a store for its keys: %w", err)
	}
	return s.Keyer(), errors.Join(s.Close())
}
