package bot

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestBreaker(t *testing.T) {
	b := newBreaker(outages)
	now := time.Unix(1, 0)
	chat := int64(0) // each failure is another's
	fail := func() {
		t.Helper()
		leave, wait := b.try(now)
		if !leave.ok {
			t.Fatalf("no leave for %v", wait)
		}
		chat++
		b.failed(leave, chat, true, now)
	}
	for range outages.chats - 1 {
		fail()
	}
	b.answered(1000, now)
	early, _ := b.try(now) // still under way when the breaker opens
	for range outages.chats {
		fail()
	}
	if b.wait(now) != outages.first {
		t.Fatalf("after %d outages: wait %v", outages.chats, b.wait(now))
	}
	now = now.Add(outages.first / 2)
	b.failed(early, 1001, true, now)
	if b.wait(now) != outages.first/2 {
		t.Error("a call from before tells something new")
	}

	now = now.Add(outages.first / 2)
	probe, _ := b.try(now)
	if !probe.ok || !probe.probe {
		t.Fatal("no probe when the wait is over")
	}
	if second, wait := b.try(now); second.ok || wait <= 0 {
		t.Error("two probes at one time")
	}
	b.left(probe)
	if b.wait(now) != 0 {
		t.Error("a probe that was given up blocks the next")
	}
	var waits []time.Duration
	for range 6 {
		fail()
		waits = append(waits, b.wait(now))
		now = now.Add(b.wait(now))
	}
	if want := []time.Duration{2e9, 4e9, 8e9, 10e9, 10e9, 10e9}; !slices.Equal(waits, want) {
		t.Errorf("waits %v, want %v", waits, want)
	}
	probe, _ = b.try(now)
	b.answered(1000, now)
	if leave, _ := b.try(now); !probe.probe || !leave.ok || leave.probe {
		t.Error("an answer does not close the breaker")
	}
}

// Whose trouble a failure is: in each story chats fail (a letter) or are served
// (a capital), one a second, and the verdict on each is C for the chat's own
// trouble, ? for an open question, P for the platform's, and . for a success.
func TestWhoseTrouble(t *testing.T) {
	long := strings.Repeat("x", int(outages.memory/time.Second)) // served meanwhile, many times
	for _, tt := range []struct{ name, story, want string }{
		{"one chat alone says nothing", "aaaaaaaaaa", "??????????"},
		{"one chat among others", "aBaBaBaBa", "?.C.C.C.C"},
		{"one chat, tried often", "aBaaaaaaaa", "?.CCCCCCCC"},
		{"some chats among others", "abcXabcXabc", "???.CCC.CCC"},
		{"an outage", "ABabcdefgh", "..????PPPP"},
		{"an outage of those who failed before", "abcdeXabcdeYabc", "????P.CCCCC.CCC"},
		{"an outage that others meet too", "aBacaca", "?.C????"},
		{"a chat that is served again", "aBaABaBa", "?.C..?.C"},
		{"its own success does not make it one", "aAaAa", "?.?.?"},
		{"a failure of long ago", "aB" + strings.ToUpper(long) + "a", "?." + strings.Repeat(".", len(long)) + "?"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, now := newBreaker(outages), time.Unix(1, 0)
			var got strings.Builder
			for _, c := range tt.story {
				chat := strings.ToLower(string(c))[0]
				switch {
				case c < 'a':
					b.answered(int64(chat), now)
					got.WriteByte('.')
				case own(b.failed(ticket{ok: true}, int64(chat), true, now)):
					got.WriteByte('C')
				case b.open > 0:
					got.WriteByte('P')
				default:
					got.WriteByte('?')
				}
				now = now.Add(time.Second)
			}
			if got.String() != tt.want {
				t.Errorf("%s\ngot  %s\nwant %s", tt.story, got.String(), tt.want)
			}
		})
	}
}

func own(is bool, _ time.Duration) bool { return is }

// What is remembered of chats stays small, however many fail once.
func TestSuspectsAreForgotten(t *testing.T) {
	b, now := newBreaker(outages), time.Unix(1, 0)
	for chat := range int64(10 * sweepAt) {
		b.failed(ticket{ok: true}, chat, true, now)
		b.answered(-1, now)
		now = now.Add(outages.memory / sweepAt)
	}
	if len(b.suspects) > 2*sweepAt+1 {
		t.Errorf("%d chats are remembered", len(b.suspects))
	}
}

func TestTroublesAreToldOnceAMinute(t *testing.T) {
	var told troubles
	now := time.Unix(1, 0)
	type line struct{ at, unsaid int }
	var lines []line
	for second := range 150 {
		if say, unsaid := told.note(Outage, now.Add(time.Duration(second)*time.Second)); say {
			lines = append(lines, line{second, unsaid})
		}
	}
	if want := []line{{0, 0}, {60, 59}, {120, 59}}; !slices.Equal(lines, want) {
		t.Errorf("told at (second, untold before): %v, want %v", lines, want)
	}
	if say, _ := told.note(Limited, now); !say {
		t.Error("another kind of trouble is not told")
	}
}

// Each kind has a sentence of its own.
func TestAllTroublesHaveWords(t *testing.T) {
	for kind := range errorKinds {
		if whatHappens[kind] == "" {
			t.Errorf("%v has none", ErrorKind(kind))
		}
	}
}
