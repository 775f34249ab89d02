package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mrand "math/rand/v2"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"kartyar/alert"
	"kartyar/bot"
	"kartyar/card"
	"kartyar/desk/offices"
	"kartyar/handlers"
	"kartyar/locale"
	"kartyar/lookup"
	"kartyar/settings"
	"kartyar/store"
)

const (
	victims       = 200 // people with a card whose codes are guessed at; the first of them by far the most
	guessReopens  = 10  // times that the store is closed and opened during an attack
	guessOwners   = 100 // visits of rightful owners during an attack
	guessAtOnce   = 100 // guesses in one commit
	guessDays     = 3   // that a long attack lasts
	guessesADay   = 10  // of a chat at least: twice what is looked up
	unknownCodes  = 600_000
	firstAttacker = 1_000_000 // as a chat's and a user's id
)

// attack is guesses by a number of chats at one conversation.
type attack struct {
	stage *stage
	opt   store.Options
	store *store.Store
	talk  *handlers.Handlers
	now   time.Time
	dice  *mrand.Rand

	who                               []*guesser
	victims                           []*holder
	receipts                          tally    // looked up, by victim
	by                                [3]tally // by chat, phone and user
	said                              [letIn + 1]int
	reopened, deleted, owners, visits int
	update                            int64
}

// guesser is one chat that guesses. Phones and users have several chats.
type guesser struct {
	from  card.Subscriber
	user  int64
	phone string
	names [3]string       // of the chat, the phone and the user
	asked map[string]bool // codes that were looked up: again they are no guesses
	of    string          // whose receipt code is asked for; empty when none is
}

// guessInBulk makes that many guesses from that many chats.
func guessInBulk(ctx context.Context, s *stage, chats, guesses int) (err error) {
	place, err := s.place(fmt.Sprintf("guess-%d", chats))
	if err != nil {
		return err
	}
	a := &attack{
		stage: s, opt: store.Options{Dir: filepath.Join(place, "store"), Key: make([]byte, store.KeySize), Log: zerolog.Nop()},
		now: time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC), dice: s.dice(uint64(chats)),
	}
	if _, err := rand.Read(a.opt.Key); err != nil {
		return fmt.Errorf("drawing a key: %w", err)
	}
	if err := a.open(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.store.Close()) }()
	began := time.Now()
	if err := errors.Join(a.knows(ctx), a.come(ctx, chats)); err != nil {
		return err
	}
	if err := a.run(ctx, guesses); err != nil {
		return err
	}
	a.verdict(chats, guesses, time.Since(began))
	return nil
}

func (a *attack) open() (err error) {
	if a.store, err = store.Open(a.opt); err != nil {
		return fmt.Errorf("opening the store: %w", err)
	}
	nowhere, nothing := offices.New(nil), &settings.Settings{}
	a.talk = handlers.New(handlers.Options{
		Keyer: a.store.Keyer(), Secret: a.store.Subkey(handlers.ButtonPurpose),
		Rules: alert.Rules{ReminderDays: []int{3}, Quiet: alert.Quiet{From: 21, To: 8}}, Lookup: lookup.New(a.store, 1000),
		Offices:  func() *offices.Directory { return nowhere },
		Settings: func() *settings.Settings { return nothing },
	})
	return nil
}

// knows has a list come in with the cards of the victims.
func (a *attack) knows(ctx context.Context) error {
	k := a.store.Keyer()
	for n := range victims {
		a.victims = append(a.victims, newHolder(n, strangerPhone(n)))
	}
	return a.store.Update(ctx, func(tx *store.Tx) error {
		for n, v := range a.victims {
			mobile, err := card.ParseMobile(v.phone)
			if err != nil {
				return fmt.Errorf("a victim's phone: %w", err)
			}
			receipt := receiptOf(n)
			row := card.Row{
				Person: k.Person(card.NationalCode(v.code)), ID: k.ApplicationID("", receipt), Phone: k.Phone(mobile), Receipt: k.Receipt(receipt),
				State: card.State{Stage: card.StageDispatched, AsOf: a.now.Add(-time.Hour)},
			}
			if _, err := a.talk.Rules.Apply(tx, a.now, row); err != nil {
				return fmt.Errorf("applying a row: %w", err)
			}
		}
		return nil
	})
}

// receiptOf is the receipt code of a victim; no guess is it.
func receiptOf(n int) string { return fmt.Sprintf("RIGHT%05d", n) }

// come has the chats begin and prove a phone. Two of them have one phone, three
// one user, as who writes to several bots has.
func (a *attack) come(ctx context.Context, chats int) error {
	for n := range chats {
		g := &guesser{
			from: card.Subscriber{Bot: card.Bot{Platform: card.Telegram, ID: botID}, Chat: firstAttacker + int64(n)},
			user: firstAttacker + int64(n/3), phone: fmt.Sprintf("0997%07d", n/2), asked: map[string]bool{},
		}
		g.names = [3]string{strconv.Itoa(n), g.phone, strconv.FormatInt(g.user, 10)}
		a.who = append(a.who, g)
	}
	for from := 0; from < chats; from += guessAtOnce {
		err := a.store.Update(ctx, func(tx *store.Tx) error {
			for _, g := range a.who[from:min(chats, from+guessAtOnce)] {
				if err := a.begins(tx, g); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// begins has a chat write /start and share its phone.
func (a *attack) begins(tx *store.Tx, g *guesser) error {
	if _, err := a.says(tx, g, bot.Update{Text: "/start"}); err != nil {
		return err
	}
	_, err := a.says(tx, g, bot.Update{Contact: &bot.Contact{Phone: g.phone, UserID: g.user}})
	return err
}

func (a *attack) says(tx *store.Tx, g *guesser, u bot.Update) ([]bot.Reply, error) {
	a.update++
	u.ID, u.From, u.User, u.Kind, u.Private, u.Sent = a.update, g.from, g.user, bot.KindMessage, true, a.now.Add(time.Second)
	return a.talk.Handle(tx, a.now, u)
}

// run makes the guesses, each chat as many, spread evenly over days.
func (a *attack) run(ctx context.Context, guesses int) error {
	chats := len(a.who)
	lasts := min(guessDays*24*time.Hour, time.Duration(float64(guesses)/float64(chats)/guessesADay*float64(24*time.Hour)))
	step := lasts / time.Duration(guesses)
	for done := 0; done < guesses; {
		some := min(guessAtOnce, guesses-done)
		err := a.store.Update(ctx, func(tx *store.Tx) error {
			for n := range some {
				if err := a.guesses(tx, a.who[(done+n)%chats]); err != nil {
					return err
				}
				a.now = a.now.Add(step)
			}
			return nil
		})
		if err != nil {
			return err
		}
		done += some
		for a.owners < guessOwners*done/guesses {
			if err := a.store.Update(ctx, a.ownerComes); err != nil {
				return err
			}
		}
		if a.reopened < guessReopens*done/guesses {
			a.reopened++
			if err := errors.Join(a.store.Close(), a.open()); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// guesses has a chat guess once: a code, or a receipt code where one is asked
// for. Now and then it deletes its data before that.
func (a *attack) guesses(tx *store.Tx, g *guesser) error {
	if a.dice.IntN(50) == 0 {
		if err := a.deletes(tx, g); err != nil {
			return err
		}
	}
	text, of := a.code(g), ""
	if g.of != "" && a.dice.IntN(3) == 0 {
		text, of = fmt.Sprintf("W%09d", a.update), g.of
	}
	replies, err := a.says(tx, g, bot.Update{Text: text})
	if err != nil {
		return err
	}
	kind := odd
	for _, r := range replies {
		kind = max(kind, kindOf(r.Text))
		if r.NotBefore.IsZero() {
			a.stage.breaks("an answer to a guess leaves at once: %s", r.Text)
		}
	}
	a.said[kind]++
	switch kind {
	case odd:
		return fmt.Errorf("a guess was answered by something else: %+v", replies)
	case letIn:
		a.stage.breaks("a stranger was let in")
	case lookedUp:
		a.count(g, text, of)
	}
	return nil
}

// count counts a guess that was looked up.
func (a *attack) count(g *guesser, text, of string) {
	for i := range a.by {
		if n := a.by[i].add(g.names[i], a.now); n > guessesMost {
			a.stage.breaks("%d guesses of one %s were looked up within a day", n, [...]string{"chat", "phone", "user"}[i])
		}
	}
	// Another code in place of the receipt code is a wrong receipt code, too.
	if before := g.of; before != "" {
		if n := a.receipts.add(before, a.now); n > receiptCodesMost {
			a.stage.breaks("%d receipt codes for one person were looked up within a day", n)
		}
	}
	if of == "" {
		g.asked[text], g.of = true, text
	}
}

// code is a code that this chat has not asked about: the first victim's as
// often as not, another's, or one that no list has.
func (a *attack) code(g *guesser) string {
	for try := 0; ; try++ {
		code := a.victims[0].code
		switch pick := a.dice.IntN(4); {
		case try > 0 && pick == 0 || pick == 1:
			code = a.victims[a.dice.IntN(victims)].code
		case try > 0 || pick == 2:
			code = nationalCode(victims + a.dice.IntN(unknownCodes))
		}
		if !g.asked[code] {
			return code
		}
	}
}

// deletes has a chat delete its data and begin anew.
func (a *attack) deletes(tx *store.Tx, g *guesser) error {
	for _, text := range []string{locale.ButtonDeleteMyData, locale.ButtonForgetYes} {
		replies, err := a.says(tx, g, bot.Update{Text: text})
		if err != nil {
			return err
		}
		if text == locale.ButtonForgetYes && (len(replies) == 0 || replies[len(replies)-1].Text != locale.Forgotten()) {
			return fmt.Errorf("data were not deleted: %+v", replies)
		}
	}
	a.deleted++
	g.asked, g.of = map[string]bool{}, ""
	return a.begins(tx, g)
}

// ownerComes has the rightful owner of a card write from a chat of their own,
// every other time the owner of the one that is guessed at most.
func (a *attack) ownerComes(tx *store.Tx) error {
	a.visits++
	v := a.victims[0]
	if a.visits%2 == 0 {
		v = a.victims[1+a.visits/2%(victims-1)]
	}
	g := &guesser{from: a.who[0].from, user: int64(a.visits), phone: v.phone}
	g.from.Chat = g.user
	if err := a.begins(tx, g); err != nil {
		return err
	}
	replies, err := a.says(tx, g, bot.Update{Text: v.code})
	if err != nil {
		return err
	}
	for _, r := range replies {
		if r.Text == locale.Confirmed() {
			a.owners++
			return nil
		}
	}
	a.owners++
	a.stage.breaks("an owner whose phone matches was answered %q", texts(replies))
	return nil
}

func texts(replies []bot.Reply) string {
	var all []string
	for _, r := range replies {
		all = append(all, r.Text)
	}
	return strings.Join(all, " / ")
}

func (a *attack) verdict(chats, guesses int, took time.Duration) {
	a.stage.line(fmt.Sprintf("from %d chats", chats), "%d guesses in this process in %.0f s: %d looked up, %d put off; restarts %d, data deleted %d times",
		guesses, took.Seconds(), a.said[lookedUp], a.said[putOff], a.reopened, a.deleted)
	a.stage.line("", "most in 24 h: %d of a chat, %d of a phone, %d of a user, %d receipt codes of a person; %d owners let in",
		a.by[0].most, a.by[1].most, a.by[2].most, a.receipts.most, a.owners)
	if max(a.by[0].most, a.by[1].most, a.by[2].most) < guessesMost {
		a.stage.breaks("the attack was too weak to meet a limit")
	}
}
