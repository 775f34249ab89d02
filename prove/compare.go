package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"kartyar/demo"
	"kartyar/locale"
)

// comparison is the state after all kills beside the state after one clean
// import of the same rows.
type comparison struct {
	asked, differ int // chats, and those that are answered otherwise
	still         int // rows that a dry run of all lists would still apply
}

// compare asks everybody's status, also of those whom nobody asked after so
// far, in the world of the kills and in one where all rows were imported once,
// in the order of their dates, and nothing was killed.
func (k *killings) compare(ctx context.Context, dir string) (c comparison, err error) {
	if c.still, err = k.dryRun(ctx); err != nil {
		return c, err
	}
	here, err := k.answers(ctx)
	if err != nil {
		return c, err
	}
	if err := k.serving.stop(ctx); err != nil {
		return c, err
	}
	place := filepath.Join(dir, "clean")
	if err := os.Mkdir(place, 0o700); err != nil {
		return c, fmt.Errorf("making a place for the files: %w", err)
	}
	w, err := newWorld(place, k.binary, k.seed, 0)
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	clean := newKillings(w, k.killOptions)
	there, err := clean.replay(ctx, k)
	if err != nil {
		return c, fmt.Errorf("importing everything once: %w", err)
	}
	for name, answer := range here {
		c.asked++
		if !slices.Equal(answer, there[name]) {
			c.differ++
			if c.differ <= 3 {
				k.witness.breaks("%s is answered %q, and after one clean import %q", name, answer, there[name])
			}
		}
	}
	k.witness.broken = append(k.witness.broken, clean.witness.broken...)
	return c, nil
}

// dryRun asks what all rows ever listed would still change.
func (k *killings) dryRun(ctx context.Context) (applied int, err error) {
	path := filepath.Join(k.dir, "all.csv")
	if err := writeList(path, k.history.shuffled(k.history.rows)); err != nil {
		return 0, err
	}
	out, err := k.world.run(ctx, "import", "--dry-run", "--json", path)
	if err != nil {
		return 0, err
	}
	var report struct{ Applied, Arrivals, Alerts, Refused int }
	if err := json.Unmarshal(out, &report); err != nil {
		return 0, fmt.Errorf("reading what an import would do: %w", err)
	}
	still := report.Applied + report.Arrivals + report.Alerts + report.Refused
	if still > 0 {
		k.witness.breaks("all lists once more would do this: %+v", report)
	}
	return still, nil
}

// replay imports the rows of another run once, has everybody begin, and asks
// them.
func (k *killings) replay(ctx context.Context, of *killings) (map[string][]string, error) {
	offices, list := filepath.Join(k.dir, "offices.csv"), filepath.Join(k.dir, "all.csv")
	if err := errors.Join(writeOffices(offices, k.offices()), writeList(list, of.history.rows)); err != nil {
		return nil, err
	}
	if _, err := k.world.run(ctx, "offices", offices); err != nil {
		return nil, err
	}
	if _, err := k.world.run(ctx, "import", "--yes", list); err != nil {
		return nil, err
	}
	if err := k.up(ctx); err != nil {
		return nil, err
	}
	for n, one := range k.crowd.citizens {
		one.names = of.crowd.citizens[n].names
		one.quiet = true
		if one.role == early { // not now, but told all the same
			one.role = follows
		}
	}
	answers, err := k.answers(ctx)
	if err != nil {
		return nil, err
	}
	return answers, k.serving.stop(ctx)
}

// answers asks everybody's status and returns what they are shown, by name.
func (k *killings) answers(ctx context.Context) (map[string][]string, error) {
	for n, h := range k.others {
		platform := platforms[n%len(platforms)]
		p := k.server.Person(platform, botID, "other "+strconv.Itoa(n))
		p.SetPhone(h.phone)
		k.crowd.citizens = append(k.crowd.citizens, &citizen{
			person: p, role: looks, holders: []*holder{h}, ledger: k.witness.of(chatID{platform, p.ChatID()}),
		})
	}
	k.crowd.rest()
	if err := k.settle(ctx); err != nil {
		return nil, err
	}
	first := k.witness.read
	for _, one := range k.crowd.citizens {
		for range one.holders {
			one.ledger.owe(aStatus())
		}
		one.person.Say(locale.ButtonStatus)
	}
	if err := k.settle(ctx); err != nil {
		return nil, err
	}
	shown := map[chatID][]string{}
	for _, e := range k.server.Journal()[first:] {
		if e.Kind == demo.Sent {
			chat := chatID{e.Platform, e.Chat}
			shown[chat] = append(shown[chat], e.Text)
		}
	}
	answers := map[string][]string{}
	for _, one := range k.crowd.citizens {
		answers[one.person.Name()] = shown[chatID{one.person.Platform(), one.person.ChatID()}]
	}
	return answers, nil
}
