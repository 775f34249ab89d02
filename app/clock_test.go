package app

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"kartyar/alarm"
	"kartyar/bot"
	"kartyar/card"
	"kartyar/locale"
)

// While it serves, a clock that is off is an alarm, and the program not ready;
// both are over once it is set.
func TestClockOfServe(t *testing.T) {
	right := time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC)
	ahead := 12 * time.Second
	platform := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", right.Format(http.TimeFormat))
		_, _ = w.Write([]byte(`{"ok":true,"result":{"url":""}}`))
	}))
	defer platform.Close()
	client := bot.New(bot.Options{Profile: bot.Bale(), Token: "1:x", API: platform.URL, Now: func() time.Time { return right.Add(ahead) }})
	defer client.Close()
	b := beat{platform: card.Bale, client: client}
	if _, known := b.clockFact(); known {
		t.Error("the clock is known before the platform has answered")
	}
	state := alarm.State{}
	for i, step := range []struct {
		ahead time.Duration
		says  string // why it is not ready
		told  string
	}{
		{12 * time.Second, "", ""},
		{3*time.Hour + 30*time.Minute, "this machine's clock is 3h30m0s ahead of the platform's", locale.AlarmClockOff(card.Bale, 3*time.Hour+30*time.Minute)},
		{-2 * time.Minute, "this machine's clock is 2m0s behind the platform's", ""}, // it has been told
		{0, "", locale.AlarmClockRight(card.Bale)},
	} {
		right, ahead = right.Add(time.Second), step.ahead
		if _, err := client.HasWebhook(t.Context()); err != nil {
			t.Fatal(err)
		}
		part, known := b.clockReady()
		if !known || part.Says != step.says || part.OK != (step.says == "") {
			t.Errorf("step %d: %+v", i, part)
		}
		fact, _ := b.clockFact()
		told := ""
		for _, m := range state.Look([]alarm.Fact{fact}, right) {
			told = alarmText(m)
			state.Said(m, right)
		}
		if told != step.told {
			t.Errorf("step %d: told %q", i, told)
		}
	}
}
