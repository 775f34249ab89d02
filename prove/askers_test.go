package main

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"kartyar/demo"
	"kartyar/locale"
)

func TestWaits(t *testing.T) {
	at := func(kind demo.EntryKind, chat int64, seconds int) demo.Entry {
		return demo.Entry{Kind: kind, Platform: demo.Telegram, Chat: chat, At: noon.Add(time.Duration(seconds) * time.Second)}
	}
	journal := []demo.Entry{
		at(demo.Queued, 7, 0), at(demo.Handed, 7, 1), at(demo.Handed, 8, 1),
		at(demo.Handed, 7, 2), // the answer before was not read
		at(demo.Sent, 7, 5), at(demo.Sent, 8, 9),
		at(demo.Sent, 7, 11), // nothing that was asked
		at(demo.Handed, 7, 20),
	}
	if got := waits(journal, map[chatID]bool{aChat: true}); !slices.Equal(got, []time.Duration{3 * time.Second}) {
		t.Errorf("the waits are %v", got)
	}
}

func TestQuantile(t *testing.T) {
	var all []time.Duration
	for n := range 200 {
		all = append(all, time.Duration(200-n))
	}
	if got := quantile(all, 0.99); got != 199 {
		t.Errorf("the 99th percentile of 1 to 200 is %d", got)
	}
	if got := quantile(nil, 0.99); got != 0 {
		t.Errorf("that of none is %d", got)
	}
}

func TestTooSlow(t *testing.T) {
	for _, c := range []struct {
		before, after time.Duration
		most          float64
		want          bool
	}{
		{10 * time.Millisecond, 100 * time.Millisecond, 1.5, false}, // noise
		{200 * time.Millisecond, 390 * time.Millisecond, 1.5, false},
		{200 * time.Millisecond, 410 * time.Millisecond, 1.5, true},
		{0, time.Second, 3, true},
	} {
		if got := tooSlow(c.before, c.after, c.most, noise); got != c.want {
			t.Errorf("%v after %v is too slow: %v", c.after, c.before, got)
		}
	}
}

func TestMutatedUpdatesAreJSONAndDiffer(t *testing.T) {
	dice := (&stage{seed: 1}).dice(2)
	seen := map[string]bool{}
	for range 2000 {
		update := mutated(dice, 7)
		if !json.Valid([]byte(update)) {
			t.Fatalf("not JSON: %.200q", update)
		}
		seen[update] = true
	}
	if len(seen) < 500 {
		t.Errorf("only %d kinds of 2000", len(seen))
	}
}

func TestTriesIn(t *testing.T) {
	log := `{"level":"warn","update":5,"reason":"undecodable","tries":1,"message":"x"}
not JSON
{"level":"warn","update":6,"tries":1}
{"level":"error","update":5,"tries":2}
{"level":"warn","update":5,"message":"a reply is given up"}
`
	if got := triesIn([]byte(log)); got[5] != 2 || got[6] != 1 || len(got) != 2 {
		t.Errorf("the tries are %v", got)
	}
}

func TestFloodTold(t *testing.T) {
	for text, want := range map[string]int{
		locale.FloodNotice(7): 7, locale.FloodNotice(11814): 11814, locale.Privacy(): 0, "۷": 0, "": 0,
	} {
		if got := floodTold(text); got != want {
			t.Errorf("%q tells of %d", text, got)
		}
	}
}

func TestWitnessLeavesStrangersAlone(t *testing.T) {
	w := newWitness([2]int{1, 1})
	w.free = map[chatID]bool{aChat: true}
	w.see(reply("anything"))
	unknown := demo.Entry{Kind: demo.Refused, Method: "sendMessage", Status: 400, Text: "Bad Request: chat not found"}
	w.strange = true
	w.see(unknown)
	if w.end(0); len(w.broken) > 0 {
		t.Errorf("broken: %q", w.broken)
	}
	w.strange = false
	w.see(unknown)
	if len(w.broken) != 1 {
		t.Errorf("an unknown chat where none is to be expected: %q", w.broken)
	}
}
