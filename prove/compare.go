package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
func (t *trial) compare(ctx context.Context) (c comparison, err error) {
	if c.still, err = t.dryRun(ctx); err != nil {
		return c, err
	}
	here, err := t.answers(ctx)
	if err != nil {
		return c, err
	}
	if err := t.serving.stop(ctx); err != nil {
		return c, err
	}
	clean, err := t.stage.trial("clean", trialOptions{people: t.o.people, offices: t.o.offices})
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, clean.close()) }()
	there, err := clean.replay(ctx, t)
	if err != nil {
		return c, fmt.Errorf("importing everything once: %w", err)
	}
	for name, answer := range here {
		c.asked++
		if !slices.Equal(answer, there[name]) {
			c.differ++
			if c.differ <= 3 {
				t.witness.breaks("%s is answered %q, and after one clean import %q", name, answer, there[name])
			}
		}
	}
	t.witness.broken = append(t.witness.broken, clean.witness.broken...)
	return c, nil
}

// dryRun asks what all rows ever listed would still change.
func (t *trial) dryRun(ctx context.Context) (applied int, err error) {
	path := filepath.Join(t.dir, "all.csv")
	if err := writeList(path, t.history.shuffled(t.history.rows)); err != nil {
		return 0, err
	}
	out, err := t.run(ctx, "import", "--dry-run", "--json", path)
	if err != nil {
		return 0, err
	}
	var report struct{ Applied, Arrivals, Alerts, Refused int }
	if err := json.Unmarshal(out, &report); err != nil {
		return 0, fmt.Errorf("reading what an import would do: %w", err)
	}
	still := report.Applied + report.Arrivals + report.Alerts + report.Refused
	if still > 0 {
		t.witness.breaks("all lists once more would do this: %+v", report)
	}
	return still, nil
}

// replay imports the rows of another run once, has everybody begin, and asks
// them.
func (t *trial) replay(ctx context.Context, of *trial) (map[string][]string, error) {
	offices, list := filepath.Join(t.dir, "offices.csv"), filepath.Join(t.dir, "all.csv")
	if err := errors.Join(writeOffices(offices, t.o.offices), writeList(list, of.history.rows)); err != nil {
		return nil, err
	}
	if _, err := t.run(ctx, "offices", offices); err != nil {
		return nil, err
	}
	if _, err := t.run(ctx, "import", "--yes", list); err != nil {
		return nil, err
	}
	if err := t.up(ctx); err != nil {
		return nil, err
	}
	for n, one := range t.crowd.citizens {
		one.names = of.crowd.citizens[n].names
		one.quiet = true
		if one.role == early { // not now, but told all the same
			one.role = follows
		}
	}
	answers, err := t.answers(ctx)
	if err != nil {
		return nil, err
	}
	return answers, t.serving.stop(ctx)
}

// answers asks everybody's status and returns what they are shown, by name.
func (t *trial) answers(ctx context.Context) (map[string][]string, error) {
	for n, h := range t.others {
		platform := platforms[n%len(platforms)]
		p := t.server.Person(platform, botID, "other "+strconv.Itoa(n))
		p.SetPhone(h.phone)
		t.crowd.citizens = append(t.crowd.citizens, &citizen{
			person: p, role: looks, holders: []*holder{h}, ledger: t.witness.of(chatID{platform, p.ChatID()}),
		})
	}
	t.crowd.rest()
	if err := t.settle(ctx); err != nil {
		return nil, err
	}
	first := t.witness.read
	for _, one := range t.crowd.citizens {
		for range one.holders {
			one.ledger.owe(aStatus())
		}
		one.person.Say(locale.ButtonStatus)
	}
	if err := t.settle(ctx); err != nil {
		return nil, err
	}
	shown := map[chatID][]string{}
	for _, e := range t.server.Journal()[first:] {
		if e.Kind == demo.Sent {
			chat := chatID{e.Platform, e.Chat}
			shown[chat] = append(shown[chat], e.Text)
		}
	}
	answers := map[string][]string{}
	for _, one := range t.crowd.citizens {
		answers[one.person.Name()] = shown[chatID{one.person.Platform(), one.person.ChatID()}]
	}
	return answers, nil
}
