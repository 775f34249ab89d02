package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"time"

	"kartyar/card"
)

// trial is a crowd that talks to the program, lists that come in, and a witness
// who holds the program to what everybody is owed.
type trial struct {
	*world
	stage   *stage
	o       trialOptions
	dice    *rand.Rand
	witness *witness
	crowd   *crowd
	history *history
	others  []*holder // those whom nobody asks after

	serving  *serve
	began    time.Time
	starts   int
	imports  int
	arrivals int // news that a chat is to be told
}

// trialOptions say how large a trial is.
type trialOptions struct {
	people  int           // chats; there are as many cards again that nobody asks after
	talkers int           // of them, who go on talking after their beginning; 0 means all
	offices int           // at which cards can come in
	slow    time.Duration // a call to the platforms is held back for so long at most
	env     []string      // of the program, over the usual
}

// senders is how many replies, and how many alerts, of one bot the program has
// under way at the same time at most, until they are noted; the second goes with
// sendRate.
var senders = [2]int{64 + 256, 125}

// trial makes a trial whose files are in a place of that name.
func (s *stage) trial(name string, o trialOptions) (*trial, error) {
	place, err := s.place(name)
	if err != nil {
		return nil, err
	}
	w, err := newWorld(place, s.binary, s.seed, o.slow)
	if err != nil {
		return nil, err
	}
	w.env = append(w.env, o.env...)
	dice := s.dice(0)
	t := &trial{
		world: w, stage: s, o: o, dice: dice, witness: newWitness(senders),
		history: &history{dice: dice, now: time.Now().Add(-240 * time.Hour).Truncate(time.Second)},
		began:   time.Now(),
	}
	t.crowd = newCrowd(w.server, t.witness, o.people)
	if o.talkers > 0 {
		for _, one := range t.crowd.citizens[o.talkers:] {
			one.quiet = true
		}
	}
	for n := range o.people {
		t.others = append(t.others, newHolder(500_000+n, strangerPhone(n)))
	}
	return t, nil
}

// settleMost is how long the program may take, after the last kill, to do what
// it owes.
const settleMost = 90 * time.Second

// patience is settleMost, and more where many people have much to say.
func (t *trial) patience() time.Duration {
	return settleMost + time.Duration(len(t.crowd.citizens))*100*time.Millisecond
}

// prepare loads the offices and the first list: the cards of all who ask after
// a card that is on its way.
func (t *trial) prepare(ctx context.Context) error {
	path := filepath.Join(t.dir, "offices.csv")
	if err := writeOffices(path, t.o.offices); err != nil {
		return err
	}
	if _, err := t.run(ctx, "offices", path); err != nil {
		return err
	}
	var news []row
	for _, h := range append(t.crowd.known(), t.others...) {
		news = append(news, t.history.add(h, "dispatched", office(0)))
	}
	path, err := t.write("first", news)
	if err != nil {
		return err
	}
	_, err = t.run(ctx, "import", "--yes", path)
	return err
}

// begin has a quarter of the people begin, and waits until some of them are to
// be told of arrivals. The others begin among kills.
func (t *trial) begin(ctx context.Context) error {
	if err := t.up(ctx); err != nil {
		return err
	}
	t.crowd.join((t.o.people + 3) / 4)
	most, cancel := context.WithTimeout(ctx, settleMost)
	defer cancel()
	err := t.pump(most, func() bool { return len(t.crowd.expecting()) >= t.o.people/10 })
	return errors.Join(err, ctx.Err())
}

// up starts `serve` when it does not run. That it does not come up, however it
// was killed, is a promise broken and the end of the experiment.
func (t *trial) up(ctx context.Context) (err error) {
	if t.serving != nil {
		return nil
	}
	if t.serving, err = t.serve(ctx); err != nil {
		return err
	}
	t.starts++
	return nil
}

// settle waits until nothing is owed any more.
func (t *trial) settle(ctx context.Context) error {
	most, cancel := context.WithTimeout(ctx, t.patience())
	defer cancel()
	err := t.pump(most, func() bool {
		f := t.witness.figures
		return t.crowd.settled() && f.confirmed+f.dropped == f.queued
	})
	return errors.Join(err, ctx.Err())
}

// last settles, imports the cards of those whose list has not come yet, and
// then lets some time pass, so that what comes too much comes too.
func (t *trial) last(ctx context.Context) error {
	t.crowd.rest()
	if err := t.settle(ctx); err != nil {
		return err
	}
	var news []row
	for _, one := range t.crowd.expecting() {
		for _, h := range one.holders {
			if h.row.stage == "" {
				news = append(news, t.arrive(one, h, office(1)))
			}
		}
	}
	list, err := t.write("last", news)
	if err == nil {
		err = t.take(ctx, list)
	}
	if err == nil {
		err = t.settle(ctx)
	}
	if err != nil {
		return err
	}
	return t.pass(ctx, 2*time.Second)
}

func (t *trial) write(name string, news []row) (path string, err error) {
	path = filepath.Join(t.dir, "list-"+name+".csv")
	return path, writeList(path, t.history.list(news))
}

// news has the cards of everybody who knows all that is so far come to other
// offices.
func (t *trial) news(round int) (news []row) {
	for _, of := range t.crowd.expecting() {
		for slot, h := range of.holders {
			if t.dice.IntN(3) == 0 {
				continue
			}
			news = append(news, t.arrive(of, h, office(2*round+slot)))
		}
	}
	for n, h := range t.others {
		if t.dice.IntN(2) == 0 {
			news = append(news, t.history.add(h, "ready", office(2*round+n%2)))
		}
	}
	return news
}

// arrive has a card come to an office, of which its holder is to be told.
func (t *trial) arrive(of *citizen, h *holder, at card.Office) row {
	if of.subscribes() {
		of.ledger.expect(at.Name)
		t.arrivals++
	}
	return t.history.add(h, "ready", at)
}

func (t *trial) upTo(most time.Duration) time.Duration {
	return time.Duration(t.dice.Int64N(int64(most)))
}
