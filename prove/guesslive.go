package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"time"

	"kartyar/demo"
	"kartyar/locale"
)

// liveSize is how much is done at the program itself.
type liveSize struct {
	pairs   int // people who guess a code that is known, and as many one that is not
	strong  int // of them go on guessing
	guesses int // each, at each turn
	owners  int // who come at each turn
}

var (
	liveShort = liveSize{pairs: 60, strong: 10, guesses: 2, owners: 5}
	liveLong  = liveSize{pairs: 1000, strong: 100, guesses: 25, owners: 25}
)

// apart is how long after one another guesses are made, at most.
const apart = 15 * time.Millisecond

// live is guesses at the program itself.
type live struct {
	*world
	stage   *stage
	size    liveSize
	serving *serve
	people  []*demo.Person
	owners  []owner
	came    int                         // of them
	slowest time.Duration               // answer to an owner
	round   int                         // of guesses
	said    [letIn + 1]int              // to guesses after the first
	lookups map[chatID][]time.Time      // when what was looked up was answered
	answers map[bool]map[string]int     // to first guesses, by whether the code is known
	late    [2]map[bool][]time.Duration // after the hand-out, and after the full second
}

// guessLive has people guess at the program itself.
func guessLive(ctx context.Context, s *stage) (err error) {
	place, err := s.place("guess-live")
	if err != nil {
		return err
	}
	w, err := newWorld(place, s.binary, s.seed, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	ctx, end := context.WithTimeout(ctx, 20*time.Minute) // and no child outlives the world
	defer end()
	l := &live{
		world: w, stage: s, size: liveShort, lookups: map[chatID][]time.Time{}, answers: map[bool]map[string]int{true: {}, false: {}},
		late: [2]map[bool][]time.Duration{{}, {}},
	}
	if s.long {
		l.size = liveLong
	}
	if err := l.prepare(ctx); err != nil {
		return err
	}
	defer func() { l.serving.kill() }()
	if err := l.compare(ctx); err != nil {
		return fmt.Errorf("comparing times: %w", err)
	}
	if err := errors.Join(l.restart(ctx), l.attack(ctx)); err != nil {
		return fmt.Errorf("after a restart: %w", err)
	}
	if err := errors.Join(l.forget(ctx), l.restart(ctx), l.attack(ctx)); err != nil {
		return fmt.Errorf("after deleting the data: %w", err)
	}
	l.verdict()
	return l.serving.stop(ctx)
}

// prepare has a list come in with cards of people who are not there, and of
// the owners, and has everybody prove their phone.
func (l *live) prepare(ctx context.Context) (err error) {
	for n := range 2 * l.size.pairs {
		l.people = append(l.people, l.server.Person(platforms[n/2%2], botID, fmt.Sprint("stranger ", n)))
	}
	history := &history{dice: l.stage.dice(7), now: time.Now().Add(-time.Hour).Truncate(time.Second)}
	for n := range l.size.pairs {
		history.add(newHolder(n, strangerPhone(n)), "dispatched", office(0))
	}
	for n := range 2 * l.size.owners {
		p := l.server.Person(platforms[n%2], botID, fmt.Sprint("owner ", n))
		h := newHolder(ownerCode+n, p.Phone())
		l.owners = append(l.owners, owner{p, h.code})
		history.add(h, "dispatched", office(0))
	}
	places, list := filepath.Join(l.dir, "offices.csv"), filepath.Join(l.dir, "list.csv")
	if err := errors.Join(writeOffices(places, 1), writeList(list, history.rows)); err != nil {
		return err
	}
	if _, err := l.run(ctx, "offices", places); err != nil {
		return err
	}
	if _, err := l.run(ctx, "import", "--yes", list); err != nil {
		return err
	}
	if l.serving, err = l.serve(ctx); err != nil {
		return err
	}
	return l.prove(ctx, l.people)
}

// ownerCode and strangeCode are where codes of owners and of nobody begin.
const ownerCode, strangeCode = 100_000, 200_000

// compare has everybody guess once, in any order of known and unknown codes,
// and compares what they are answered and when.
func (l *live) compare(ctx context.Context) error {
	dice := l.stage.dice(8)
	known := map[int64]bool{} // by update
	from := len(l.server.Journal())
	order := dice.Perm(len(l.people))
	for _, n := range order {
		code := nationalCode(n / 2)
		if n%2 == 1 {
			code = nationalCode(strangeCode + n)
		}
		known[l.update(l.people[n], l.people[n].Say(code))] = n%2 == 0
		if err := wait(ctx, time.Duration(dice.Int64N(int64(apart)))); err != nil {
			return err
		}
	}
	if err := l.all(ctx, l.people, locale.NotFoundYet()); err != nil {
		return err
	}
	handed, of := map[chatID]time.Time{}, map[chatID]bool{}
	for _, e := range l.server.Journal()[from:] {
		chat := chatID{e.Platform, e.Chat}
		switch e.Kind {
		case demo.Handed:
			handed[chat], of[chat] = e.At, known[updateOf(e)]
		case demo.Sent:
			l.saw(e)
			l.answers[of[chat]][e.Text+withoutData(e.Markup)]++
			l.late[0][of[chat]] = append(l.late[0][of[chat]], e.At.Sub(handed[chat]))
			l.late[1][of[chat]] = append(l.late[1][of[chat]], e.At.Sub(e.At.Truncate(time.Second)))
		}
	}
	return nil
}

// update and updateOf name an update over both platforms.
func (l *live) update(p *demo.Person, act demo.Act) int64 {
	return updateOf(demo.Entry{Platform: p.Platform(), Update: act.Update})
}

func updateOf(e demo.Entry) int64 {
	return 2*e.Update + int64(slices.Index(platforms, e.Platform))
}

// withoutData leaves out what the program seals into its buttons, which differs
// with each.
func withoutData(markup string) string { return buttonData.ReplaceAllString(markup, "") }

var buttonData = regexp.MustCompile(`"callback_data":"[^"]*"`)

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// saw notes an answer to a guess, if it is one.
func (l *live) saw(e demo.Entry) answerKind {
	kind := kindOf(e.Text)
	if kind == lookedUp {
		chat := chatID{e.Platform, e.Chat}
		l.lookups[chat] = append(l.lookups[chat], e.At)
	}
	return kind
}

// restart kills the program and starts it again. It waits first, so that what
// was accepted is noted and not said again.
func (l *live) restart(ctx context.Context) (err error) {
	if err := wait(ctx, time.Second); err != nil {
		return err
	}
	if !l.serving.kill() {
		return fmt.Errorf("`kartyar serve` ended by itself: %w\n%s", l.serving.err, l.lastWords())
	}
	if err := l.quiet(ctx); err != nil {
		return err
	}
	l.serving, err = l.serve(ctx)
	return err
}

// attack has the strong guess on, all at once, while owners come.
func (l *live) attack(ctx context.Context) error {
	most, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	strong, from := l.people[:l.size.strong], len(l.server.Journal())
	for range l.size.guesses {
		l.round++
		for n, p := range strong {
			code := nationalCode(strangeCode + 10_000*l.round + n)
			if l.round%2 == 0 { // one that they have not asked about
				code = nationalCode((n/2 + l.round) % l.size.pairs)
			}
			p.Say(code)
		}
	}
	dice := l.stage.dice(9)
	var owners sync.WaitGroup
	failed := make([]error, l.size.owners)
	for n := range failed {
		o := l.owners[l.came+n]
		after := time.Duration(dice.Int64N(int64(l.size.guesses) * int64(time.Second)))
		owners.Go(func() { failed[n] = errors.Join(wait(most, after), l.ownerComes(most, o)) })
	}
	l.came += l.size.owners
	owners.Wait()
	if err := errors.Join(failed...); err != nil {
		return err
	}
	guesser := map[chatID]bool{}
	for _, p := range strong {
		guesser[chatID{p.Platform(), p.ChatID()}] = true
	}
	read, answered := from, 0
	err := l.server.Wait(most, func(journal []demo.Entry) bool {
		for ; read < len(journal); read++ {
			if e := journal[read]; e.Kind == demo.Sent && guesser[chatID{e.Platform, e.Chat}] {
				answered++
			}
		}
		return answered >= l.size.guesses*len(strong)
	})
	if err != nil {
		return fmt.Errorf("%d guesses were answered: %w", answered, err)
	}
	for _, e := range l.server.Journal()[from:] {
		if e.Kind == demo.Sent && guesser[chatID{e.Platform, e.Chat}] {
			kind := l.saw(e)
			if l.said[kind]++; kind == odd {
				l.stage.breaks("a guess was answered %q", e.Text)
			}
		}
	}
	return nil
}

// owner is somebody whose card a list has.
type owner struct {
	person *demo.Person
	code   string
}

// ownerComes has the owner of a card ask for it from their own chat.
func (l *live) ownerComes(ctx context.Context, o owner) error {
	if err := l.prove(ctx, []*demo.Person{o.person}); err != nil {
		return err
	}
	began := time.Now()
	o.person.Say(o.code)
	if _, err := o.person.WaitFor(ctx, locale.Confirmed()); err != nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.stage.breaks("an owner whose phone matches was not let in: %v", err)
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.slowest = max(l.slowest, time.Since(began))
	return nil
}

// forget has the strong delete their data and begin anew.
func (l *live) forget(ctx context.Context) error {
	strong := l.people[:l.size.strong]
	for _, text := range [][2]string{{locale.ButtonDeleteMyData, locale.AskForget(false)}, {locale.ButtonForgetYes, locale.Forgotten()}} {
		for _, p := range strong {
			p.Say(text[0])
		}
		if err := l.all(ctx, strong, text[1]); err != nil {
			return err
		}
	}
	return l.prove(ctx, strong)
}

// lookupWaits are the waits after each wrong guess, less what an answer is held
// back.
var lookupWaits = []time.Duration{firstWait, 2 * time.Minute, 10 * time.Minute, time.Hour}

const heldBack = 2 * time.Second

func (l *live) verdict() {
	s := l.stage
	for chat, times := range l.lookups {
		slices.SortFunc(times, time.Time.Compare)
		for i := 1; i < len(times); i++ {
			if gap := times[i].Sub(times[i-1]); gap < lookupWaits[min(i, len(lookupWaits))-1]-heldBack {
				s.breaks("%s %d had guesses %d and %d looked up within %v, over a restart or after deleting its data", chat.platform, chat.chat, i, i+1, gap)
			}
		}
	}
	s.line("at the program itself", "%d first guesses, %d more by %d chats over 2 kills and one deletion of their data: %d looked up, %d put off",
		len(l.people), l.said[lookedUp]+l.said[putOff]+l.said[odd], l.size.strong, l.said[lookedUp], l.said[putOff])
	if l.said[putOff] == 0 {
		s.breaks("the attack was too weak to meet a limit")
	}
	s.line("", "%d owners let in meanwhile, the slowest answered after %v", l.came, l.slowest.Round(time.Millisecond))
	for _, answers := range l.answers {
		if len(answers) != 1 {
			s.breaks("first guesses were answered in %d ways: %v", len(answers), answers)
		}
	}
	for text := range l.answers[true] {
		if l.answers[false][text] == 0 {
			s.breaks("a known code is answered otherwise than an unknown one: %q and %v", text, l.answers[false])
		}
	}
	s.line("words", "%d answers to wrong phones and %d to unknown codes, equal", total(l.answers[true]), total(l.answers[false]))
	for i, name := range [...]string{"from hand-out to acceptance", "from the full second to acceptance"} {
		known, unknown := l.late[i][true], l.late[i][false]
		c := compareTimes(known, unknown)
		slices.Sort(known)
		slices.Sort(unknown)
		s.line(name, "wrong phone: median %v, unknown code: %v; n %d and %d; Kolmogorov–Smirnov p %.3f, Mann–Whitney p %.3f, shift %.2f ms",
			median(known).Round(time.Millisecond/10), median(unknown).Round(time.Millisecond/10), len(known), len(unknown),
			c.ks, c.mwu, float64(c.shift)/float64(time.Millisecond))
		if c.differ(timeAlpha, timeMargin) {
			s.breaks("%s, a known code and an unknown one can be told apart: %+v", name, c)
		}
	}
}

func total(counts map[string]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}
