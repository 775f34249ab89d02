package handlers

import (
	"fmt"
	"time"

	"kartyar/card"
	"kartyar/store"
)

// Wrong guesses are counted over a rolling day.
const (
	guessWindow   = 24 * time.Hour
	guessAhead    = time.Minute // how far ahead of the clock one may be: it is set now and then
	guessesMost   = 5
	receiptsMost  = 10          // wrong receipt codes for one person, over all chats
	guessedAnswer = time.Second // an answer to a guess leaves no earlier than this after it
)

// guessWaits are the waits after the first, second, third and fourth wrong
// guess.
var guessWaits = [guessesMost - 1]time.Duration{30 * time.Second, 2 * time.Minute, 10 * time.Minute, time.Hour}

// recent returns the guesses that still count at now. One that has yet to come
// was counted under a wrong clock, and would bind until then.
func recent(g store.Guesses, now time.Time) store.Guesses {
	var out store.Guesses
	for _, at := range g {
		if at.After(now.Add(-guessWindow)) && !at.After(now.Add(guessAhead)) {
			out = append(out, at)
		}
	}
	return out
}

// nextTry returns when whoever made these guesses may guess again; a time that
// is not after now means at once.
func nextTry(g store.Guesses, now time.Time) time.Time {
	g = recent(g, now)
	if len(g) == 0 {
		return time.Time{}
	}
	until := g[len(g)-1].Add(guessWaits[min(len(g), len(guessWaits))-1])
	return later(until, dayFull(g, guessesMost))
}

// nextReceipt returns when a receipt code may be tried again for a person of
// whom these wrong ones were.
func nextReceipt(g store.Guesses, now time.Time) time.Time {
	return dayFull(recent(g, now), receiptsMost)
}

// dayFull returns when fewer than most of the recent guesses g will count.
func dayFull(g store.Guesses, most int) time.Time {
	if len(g) < most {
		return time.Time{}
	}
	return g[len(g)-most].Add(guessWindow)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// counter is one of the counters that a guess adds to.
type counter struct {
	kind store.GuessKind
	key  [16]byte
}

// counters are those of who writes: whichever is reached binds them.
func (t *turn) counters() []counter {
	all := []counter{{store.GuessByChat, t.chat}}
	if t.row.Phone != (card.PhoneKey{}) {
		all = append(all, counter{store.GuessByPhone, t.row.Phone})
	}
	if t.u.User != 0 {
		all = append(all, counter{store.GuessByUser, t.Keyer.User(t.platform, t.u.User)})
	}
	return all
}

// limit returns until when the person who writes may not guess.
func (t *turn) limit() (until time.Time, err error) {
	for _, c := range t.counters() {
		g, err := t.tx.Guesses(c.kind, c.key)
		if err != nil {
			return until, fmt.Errorf("reading a counter of guesses: %w", err)
		}
		until = later(until, nextTry(g, t.now))
	}
	return until, nil
}

// receiptLimit is limit for a receipt code of person.
func (t *turn) receiptLimit(person card.PersonKey) (until time.Time, err error) {
	until, err = t.limit()
	if err != nil {
		return until, err
	}
	g, err := t.tx.Guesses(store.GuessOfReceipt, person)
	if err != nil {
		return until, fmt.Errorf("reading a counter of receipt codes: %w", err)
	}
	return later(until, nextReceipt(g, t.now)), nil
}

// count adds a wrong guess to counters.
func (t *turn) count(all ...counter) error {
	for _, c := range all {
		g, err := t.tx.Guesses(c.kind, c.key)
		if err == nil {
			err = t.tx.PutGuesses(c.kind, c.key, append(recent(g, t.now), t.now.UTC().Truncate(time.Second)))
		}
		if err != nil {
			return fmt.Errorf("counting a guess: %w", err)
		}
	}
	return nil
}

// answerEvenly has all answers of this turn leave at one time after it, so that
// how long a look-up took says nothing. The store keeps whole seconds, hence
// the rounding up.
func (t *turn) answerEvenly() {
	t.notBefore = t.now.UTC().Truncate(time.Second).Add(time.Second + guessedAnswer)
}
