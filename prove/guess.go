package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"kartyar/locale"
)

// What a stranger's guesses may do: so many are looked up in any 24 hours for a
// chat, a phone and a user, and so many receipt codes for one person. The
// counters keep whole seconds, so that the day may be a second short.
const (
	guessDay         = 24*time.Hour - time.Second
	guessesMost      = 5
	receiptCodesMost = 10
	firstWait        = 30 * time.Second // after the first wrong guess
)

// Times are told apart when a test says so at this level and the shift is more
// than this margin: what a scheduler and a disk do to some tens of samples is
// within it, and no attacker gets nearer to the program than the platform, whose
// own times spread over far more.
const (
	timeAlpha  = 0.001
	timeMargin = 10 * time.Millisecond
)

// guess is the experiment `guess`: N guesses at codes and phones by one, many
// and very many chats, through the conversation over a real store in this
// process, with the clock as a parameter; then some hundreds by people who talk
// to the program itself, where times are compared.
func guess(ctx context.Context, s *stage) error {
	chats := []int{1, 10, 100}
	if s.long {
		chats = []int{1, 100, 10_000}
	}
	for _, n := range chats {
		if err := guessInBulk(ctx, s, n, s.n/len(chats)); err != nil {
			return fmt.Errorf("guesses from %d chats: %w", n, err)
		}
	}
	if err := guessLive(ctx, s); err != nil {
		return fmt.Errorf("guesses at the program itself: %w", err)
	}
	return nil
}

// answerKind is what a guess was answered.
type answerKind uint8

const (
	odd      answerKind = iota // something that no guess is answered
	lookedUp                   // that nothing fits
	putOff                     // when to try again
	letIn                      // where the card stands
)

// kindOf reads an answer to a guess.
func kindOf(text string) answerKind {
	switch {
	case text == locale.Confirmed():
		return letIn
	case slices.ContainsFunc(lookedUpTexts, func(begins string) bool { return strings.HasPrefix(text, begins) }):
		return lookedUp
	case strings.HasSuffix(text, putOffEnd):
		return putOff
	}
	return odd
}

var (
	lookedUpTexts = []string{locale.NotFoundYet(), locale.NotKeptWaiting(), locale.ReceiptNotYet()}
	// putOffEnd ends what is said to who has to wait, however long that is.
	putOffEnd = commonEnd(
		locale.TryAfter(time.Unix(9, 0), time.Unix(0, 0)), locale.TryAfter(time.Unix(90*24*3600, 0), time.Unix(0, 0)))
)

func commonEnd(a, b string) string {
	x, y := []rune(a), []rune(b)
	n := 0
	for n < min(len(x), len(y)) && x[len(x)-1-n] == y[len(y)-1-n] {
		n++
	}
	return string(x[len(x)-n:])
}

// tally counts what was looked up, under a name for who guessed or of whom.
type tally struct {
	times map[string][]time.Time // not older than a day
	most  int                    // in any day
}

// add counts one, and returns how many there were within a day of it.
func (t *tally) add(name string, at time.Time) int {
	if t.times == nil {
		t.times = map[string][]time.Time{}
	}
	all := slices.DeleteFunc(t.times[name], func(before time.Time) bool { return at.Sub(before) >= guessDay })
	t.times[name] = append(all, at)
	t.most = max(t.most, len(all)+1)
	return len(all) + 1
}
