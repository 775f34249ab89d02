package main

import (
	"strings"
	"testing"
	"time"

	"kartyar/card"
	"kartyar/demo"
	"kartyar/locale"
)

var (
	aChat = chatID{demo.Telegram, 7}
	noon  = time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC)
)

func reply(text string) demo.Entry {
	return demo.Entry{Kind: demo.Sent, Platform: demo.Telegram, Chat: 7, At: noon, Text: text, Method: "sendMessage"}
}

func news(o card.Office) demo.Entry {
	return reply(locale.Arrived(locale.AlertView{Nicknames: []string{""}, Office: o}, noon))
}

// TestWitness has a chat that is owed "one", "two" and the news of two
// offices, and looks which stories break a promise.
func TestWitness(t *testing.T) {
	kill := demo.Entry{} // stands for a kill in a story
	one, two, other := reply("one"), reply("two"), news(office(2))
	told, also := news(office(1)), news(office(3))
	lostOne, lostTold := one, told
	lostOne.Lost, lostTold.Lost = true, true
	for name, c := range map[string]struct {
		story  []demo.Entry
		broken string // empty: none
	}{
		"all is well":                   {[]demo.Entry{one, two, told, also}, ""},
		"an alert comes between":        {[]demo.Entry{one, told, two, also}, ""},
		"a kill changes nothing":        {[]demo.Entry{one, kill, two, told, also}, ""},
		"in flight at a kill":           {[]demo.Entry{one, kill, one, two, told, kill, told, also}, ""},
		"in flight at two kills":        {[]demo.Entry{one, kill, one, kill, one, two, told, also}, ""},
		"a reply and an alert repeated": {[]demo.Entry{one, told, kill, one, told, two, also}, ""},
		"a lost update":                 {[]demo.Entry{one, told, also}, "an update was lost"},
		"a lost alert":                  {[]demo.Entry{one, two, also}, "an alert was lost"},
		"out of order":                  {[]demo.Entry{two, one, told, also}, "something else was said"},
		"twice without a kill":          {[]demo.Entry{one, one, two, told, also}, "given twice"},
		"twice at one kill":             {[]demo.Entry{one, kill, one, one, two, told, also}, "given twice"},
		"not in flight any more":        {[]demo.Entry{one, two, kill, one, told, also}, "something else was said"},
		"an alert twice":                {[]demo.Entry{one, two, told, told, also}, "told twice"},
		"an alert thrice at one kill":   {[]demo.Entry{one, two, told, kill, told, told, also}, "told twice"},
		"news of nobody's":              {[]demo.Entry{one, two, told, other, also}, "not to be told"},
		"alerts in another order":       {[]demo.Entry{one, two, told, kill, also, told}, ""},
		"in turns over two kills":       {[]demo.Entry{one, two, told, kill, also, told, kill, told}, ""},
		"an alert long told":            {[]demo.Entry{one, two, told, also, kill, told}, "told twice"},
		"answers lost":                  {[]demo.Entry{lostOne, one, two, lostTold, also, told}, ""},
		"answers lost again":            {[]demo.Entry{lostOne, lostOne, one, two, lostTold, lostTold, told, also}, ""},
		"a reply too often":             {[]demo.Entry{lostOne, one, one, two, told, also}, "given twice"},
		"an alert too often":            {[]demo.Entry{one, two, lostTold, told, told, also}, "told twice"},
		"another answer":                {[]demo.Entry{one, two, reply("three"), told, also}, "something else was said"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWitness(senders)
			l := w.of(aChat)
			l.owe(exactly("one", "one"), exactly("two", "two"))
			l.expect(office(1).Name)
			l.expect(office(3).Name)
			for _, e := range c.story {
				if e == kill {
					w.killed(noon)
					continue
				}
				w.see(e)
			}
			w.end(0)
			if got := strings.Join(w.broken, "\n"); (got == "") != (c.broken == "") || !strings.Contains(got, c.broken) {
				t.Errorf("broken: %q, want %q", got, c.broken)
			}
		})
	}
}

func TestWitnessHoldsRepeatsToTheSendsInFlight(t *testing.T) {
	w := newWitness([2]int{1, 1}) // one reply of a bot at a time
	for chat := range int64(2) {
		w.of(chatID{demo.Telegram, chat}).owe(exactly("one", "one"))
	}
	say := func() {
		for chat := range int64(2) {
			e := reply("one")
			e.Chat = chat
			w.see(e)
		}
	}
	say()
	w.killed(noon)
	say()
	if w.end(0); len(w.broken) != 1 || !strings.Contains(w.broken[0], "repeated 2 messages with 1 in flight") {
		t.Errorf("broken: %q", w.broken)
	}
}

// A message whose answer did not come in time may have been accepted, and comes
// again; how many do is bounded by what was under way.
func TestWitnessKnowsOfLateAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		repeats, unheard, broken int
	}{
		"explained":   {2, 1, 0},
		"unexplained": {2, 0, 2},
		"too many":    {3, 1, 3},
	} {
		w := newWitness([2]int{1, 1})
		w.of(aChat).owe(exactly("one", "one"))
		for range 1 + c.repeats {
			w.see(reply("one"))
		}
		if w.end(c.unheard); len(w.broken) != c.broken {
			t.Errorf("%s: broken %q, want %d", name, w.broken, c.broken)
		}
	}
}

func TestWitnessReadsRefusalsAndLosses(t *testing.T) {
	for name, c := range map[string]struct {
		entry  demo.Entry
		broken bool
	}{
		"a poll beside a dead one": {demo.Entry{Kind: demo.Refused, Method: "getUpdates", Status: 409}, false},
		"an edit made again":       {demo.Entry{Kind: demo.Refused, Status: 400, Text: "Bad Request: message is not modified: …"}, false},
		"a message refused":        {demo.Entry{Kind: demo.Refused, Method: "sendMessage", Status: 400}, true},
		"an update unconfirmed":    {demo.Entry{Kind: demo.Queued}, true},
		"an update dropped":        {demo.Entry{Kind: demo.Dropped}, true},
	} {
		w := newWitness(senders)
		w.see(c.entry)
		if w.end(0); (len(w.broken) > 0) != c.broken {
			t.Errorf("%s: broken %q, want %v", name, w.broken, c.broken)
		}
	}
}

func TestAnnounced(t *testing.T) {
	moved := locale.AlertView{Nicknames: []string{"مامان"}, Office: office(3), From: office(2)}
	if place, is := announced(locale.Arrived(moved, noon)); !is || place != office(3).Name {
		t.Errorf("an alert reads as %q, %v", place, is)
	}
	for _, text := range []string{locale.Welcome(""), locale.NotFoundYet(), locale.AskCode()} {
		if _, is := announced(text); is {
			t.Errorf("%q reads as an alert", text)
		}
	}
}

func TestSpelledNamesArePartsOfNone(t *testing.T) {
	seen := map[string]bool{}
	for n := range 2000 {
		name := spell(n, 4)
		if seen[name] || len([]rune(name)) != 4 {
			t.Fatalf("%d is spelt %q", n, name)
		}
		seen[name] = true
	}
}
