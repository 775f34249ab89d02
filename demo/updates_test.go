package demo

import (
	"slices"
	"testing"
	"time"
)

func TestUpdatesAreRedeliveredUntilConfirmed(t *testing.T) {
	platforms(t, func(t *testing.T, p Platform) {
		b := newBench(t)
		sara := b.Person(p, botID, "سارا")
		first := sara.Say("یک").Update
		second := sara.Say("دو").Update
		third := sara.Say("سه").Update
		if p == Bale && first != 0 {
			t.Fatalf("Bale's first update is %d, want 0", first)
		}
		for _, step := range []struct {
			offset int64
			want   []int64
		}{
			{0, []int64{first, second, third}},
			{0, []int64{first, second, third}},
			{first, []int64{first, second, third}},
			{second, []int64{second, third}},
			{first, []int64{second, third}},
			{-1, []int64{third}},
			{0, []int64{third}},
			{third + 1, []int64{}},
			{0, []int64{}},
		} {
			if got := ids(b.call(p, "getUpdates", "offset", step.offset).updates(t)); !slices.Equal(got, step.want) {
				t.Fatalf("offset %d: got %v, want %v", step.offset, got, step.want)
			}
		}
		times := 0
		for _, e := range b.kinds(Handed) {
			if e.Update == third {
				times++
				if e.Times != times {
					t.Errorf("hand-out %d is counted as %d", times, e.Times)
				}
			}
		}
		if confirmed := b.kinds(Confirmed); times != 7 || len(confirmed) != 3 || confirmed[0].Update != first {
			t.Errorf("the last update was handed out %d times, confirmed: %v", times, confirmed)
		}
	})
}

func TestLimitIsClamped(t *testing.T) {
	b := newBench(t)
	sara := b.Person(Telegram, botID, "سارا")
	for range 120 {
		sara.Say("سلام")
	}
	for limit, want := range map[int]int{-3: 1, 0: 1, 1: 1, 7: 7, 100: 100, 500: 100} {
		if got := len(b.call(Telegram, "getUpdates", "limit", limit).updates(t)); got != want {
			t.Errorf("limit %d gave %d updates, want %d", limit, got, want)
		}
	}
	if got := len(b.call(Telegram, "getUpdates").updates(t)); got != 100 {
		t.Errorf("without a limit: %d updates", got)
	}
}

func TestPollWaitsForAnUpdate(t *testing.T) {
	platforms(t, func(t *testing.T, p Platform) {
		b := newBench(t)
		sara := b.Person(p, botID, "سارا")
		answer := make(chan response, 1)
		go func() { answer <- b.call(p, "getUpdates", "timeout", 40) }()
		b.waitForPoll(t, p, nil)
		act := sara.Say("سلام")
		if got := (<-answer).updates(t); len(got) != 1 || got[0].ID != act.Update || got[0].Message.Text != "سلام" {
			t.Errorf("the poll gave %v", got)
		}
	})
}

// waitForPoll returns when a poll other than before is under way.
func (b *bench) waitForPoll(t *testing.T, p Platform, before chan struct{}) chan struct{} {
	t.Helper()
	for {
		b.Server.mu.Lock()
		poll := b.bot(p, botID).poll
		b.Server.mu.Unlock()
		if poll != nil && poll != before {
			return poll
		}
		select {
		case <-t.Context().Done():
			t.Fatal("no poll began")
		default:
		}
	}
}

func TestSecondPollEndsTheFirst(t *testing.T) {
	platforms(t, func(t *testing.T, p Platform) {
		b := newBench(t)
		first, second := make(chan response, 1), make(chan response, 1)
		go func() { first <- b.call(p, "getUpdates", "timeout", 40) }()
		poll := b.waitForPoll(t, p, nil)
		go func() { second <- b.call(p, "getUpdates", "timeout", 40) }()
		(<-first).want(t, 409, "terminated by other getUpdates request")
		b.waitForPoll(t, p, poll)
		b.Person(p, botID, "سارا").Say("سلام")
		if got := (<-second).updates(t); len(got) != 1 {
			t.Errorf("the second poll gave %v", got)
		}
	})
}

func TestWebhookExcludesPolling(t *testing.T) {
	platforms(t, func(t *testing.T, p Platform) {
		b := newBench(t)
		b.Person(p, botID, "سارا").Say("سلام")
		b.call(p, "setWebhook", "url", "https://example.invalid/hook").want(t, 200, "")
		b.call(p, "getUpdates").want(t, 409, "while webhook is active")
		b.call(p, "deleteWebhook").want(t, 200, "")
		if got := b.call(p, "getUpdates").updates(t); len(got) != 1 {
			t.Errorf("after deleteWebhook: %v", got)
		}
		b.call(p, "deleteWebhook", "drop_pending_updates", true).want(t, 200, "")
		if got := b.call(p, "getUpdates").updates(t); len(got) != 0 || len(b.kinds(Dropped)) != 1 {
			t.Errorf("after dropping: %v", got)
		}
	})
}

func TestOldUpdatesAreForgotten(t *testing.T) {
	platforms(t, func(t *testing.T, p Platform) {
		b := newBench(t)
		sara := b.Person(p, botID, "سارا")
		sara.Say("کهنه")
		b.pass(23 * time.Hour)
		kept := sara.Say("تازه").Update
		b.pass(time.Hour)
		if got := ids(b.call(p, "getUpdates").updates(t)); !slices.Equal(got, []int64{kept}) {
			t.Errorf("after a day: %v", got)
		}
		if len(b.kinds(Dropped)) != 1 {
			t.Error("the journal does not say that an update was dropped")
		}
	})
}

func TestBaleKeepsTheLast2000(t *testing.T) {
	for p, want := range map[Platform]int{Telegram: 2100, Bale: 2000} {
		b := newBench(t)
		people := make([]*Person, 2100)
		for i := range people {
			people[i] = b.Person(p, botID, string(rune('آ'+i)))
		}
		SayAll(people, "سلام")
		if got := 2100 - len(b.kinds(Dropped)); got != want {
			t.Errorf("%s keeps %d, want %d", p, got, want)
		}
	}
}

func TestAllowedUpdatesAreRemembered(t *testing.T) {
	b := newBench(t)
	sara := b.Person(Telegram, botID, "سارا")
	poll := func(args ...any) int {
		t.Helper()
		return len(b.call(Telegram, "getUpdates", args...).updates(t))
	}
	sara.Say("یک")
	poll("offset", -1, "allowed_updates", []string{"callback_query"})
	if act := sara.Say("دو"); act.Update != -1 {
		t.Error("a message came although only callbacks were asked for")
	}
	poll() // null keeps the list
	if act := sara.Say("سه"); act.Update != -1 {
		t.Error("the list was forgotten")
	}
	poll("allowed_updates", []string{})
	if act := sara.Say("چهار"); act.Update == -1 {
		t.Error("an empty list does not ask for everything")
	}
	if update := sara.Block(); update == -1 {
		t.Error("a block is not told by default")
	}
	b.call(Telegram, "getUpdates", "allowed_updates", "{").want(t, 400, "can't parse allowed updates")

	reza := b.Person(Bale, botID, "رضا")
	b.call(Bale, "getUpdates", "allowed_updates", []string{"callback_query"}).want(t, 200, "")
	if act := reza.Say("سلام"); act.Update == -1 {
		t.Error("Bale obeyed allowed_updates, which it has not")
	}
}
