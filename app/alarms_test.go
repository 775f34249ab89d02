package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"kartyar/alarm"
	"kartyar/bot"
	"kartyar/card"
	"kartyar/desk"
	"kartyar/locale"
	"kartyar/store"
)

// TestAlarms: each trouble is told once, to the chats that can be reached, and
// a restart repeats nothing.
func TestAlarms(t *testing.T) {
	ctx, noon := context.Background(), time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC)
	dir, key := filepath.Join(t.TempDir(), "data"), bytes.Repeat([]byte{7}, store.KeySize)
	st, err := store.Open(store.Options{Dir: dir, Key: key})
	standby, err2 := newOperatorFile(dir, key)
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	var log bytes.Buffer
	var said []string
	reached := map[card.Platform]bool{card.Bale: true}
	start := func(now time.Time) *alarms {
		p := newPulse(st, []bot.Options{{Profile: bot.Bale()}}, now)
		a := &alarms{
			server: &server{service: &service{store: st, standby: standby}, pulse: p, log: zerolog.New(&log)},
			state:  alarm.State{}, logged: map[alarm.Message]time.Time{},
			send: func(_ context.Context, to card.Subscriber, text string) error {
				if !reached[to.Bot.Platform] {
					return errors.New("down")
				}
				said = append(said, string(to.Bot.Platform)+" "+strings.SplitN(text, "؛", 2)[0])
				return nil
			},
		}
		if err := a.begin(ctx, now); err != nil {
			t.Fatal(err)
		}
		return a
	}
	looks := func(a *alarms, now time.Time, want ...string) {
		t.Helper()
		said = nil
		if err := a.look(ctx, now); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, said); diff != "" {
			t.Error(diff)
		}
	}
	a := start(noon)
	looks(a, noon)
	err = st.Update(ctx, func(tx *store.Tx) error {
		for i, platform := range []card.Platform{card.Bale, card.Telegram} {
			of := card.Subscriber{Bot: card.Bot{Platform: platform, ID: 42}, Chat: int64(i + 1)}
			if _, _, err := tx.SetOperator(store.Operator{Chat: st.Keyer().Chat(of), To: of, Since: noon}); err != nil {
				return err
			}
		}
		return tx.PutNote(fedNote, noon.AddDate(0, 0, -8))
	})
	if err != nil {
		t.Fatal(err)
	}
	looks(a, noon.Add(time.Minute), "bale ۸ روز است که هیچ فهرستی وارد نشده است")
	later := noon.Add(6 * time.Minute)
	looks(a, later, "bale چند دقیقه است که بله پاسخ نمی‌دهد")
	again := start(later)
	looks(again, later.Add(time.Second)) // it is not over, nor known to last
	again.pulse.imported(desk.ImportReport{Arrivals: 99}, false)
	again.pulse.imported(desk.ImportReport{Arrivals: 340, Alerts: 1}, false)
	looks(again, later)
	reached[card.Bale] = false
	again.pulse.imported(desk.ImportReport{Arrivals: 340}, false)
	looks(again, later)
	reached[card.Telegram] = true
	again.pulse.known[card.Bale].answered = true
	looks(again, later.Add(time.Minute),
		"telegram بله دوباره پاسخ می‌دهد و پیام‌های مانده فرستاده می‌شود.",
		"telegram فهرست‌های تازه رسیدن ۳۴۰ کارت را خبر دادند، ولی هیچ‌کس منتظر آن‌ها نبود و به کسی خبر داده نشد.\nببینید ستون شمارهٔ همراه پر است یا نه، و آیا مردم از این ربات خبر دارند.")
	said = nil
	again.storeFailed(ctx, later.Add(time.Minute)) // started twice in an hour
	if said != nil {
		t.Errorf("started twice in an hour, it says %q", said)
	}
	last := start(later.Add(2 * time.Hour))
	if err := last.look(ctx, later.Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	said = nil
	reached[card.Telegram] = false
	reached[card.Bale] = true
	st.Close()
	last.storeFailed(ctx, later.Add(3*time.Hour))
	if len(said) != 1 || !strings.HasPrefix(said[0], "bale انبارهٔ داده") {
		t.Errorf("of a store that failed is said: %q", said)
	}
	if n := strings.Count(log.String(), `"told":false`); n != 1 {
		t.Errorf("%d lines of alarms that nobody was told:\n%s", n, log.String())
	}
}

// TestAlarmToldAsTheProgramEnds: an alarm that went out while the program was
// asked to end is known as told after it, so that its end is told as well.
func TestAlarmToldAsTheProgramEnds(t *testing.T) {
	noon := time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC)
	dir, key := filepath.Join(t.TempDir(), "data"), bytes.Repeat([]byte{7}, store.KeySize)
	st, err := store.Open(store.Options{Dir: dir, Key: key})
	standby, err2 := newOperatorFile(dir, key)
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	of := card.Subscriber{Bot: card.Bot{Platform: card.Bale, ID: 42}, Chat: 1}
	err = st.Update(t.Context(), func(tx *store.Tx) error {
		if _, _, err := tx.SetOperator(store.Operator{Chat: st.Keyer().Chat(of), To: of, Since: noon}); err != nil {
			return err
		}
		return tx.PutNote(fedNote, noon.AddDate(0, 0, -8))
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(t.Context())
	a := &alarms{
		server: &server{
			service: &service{store: st, standby: standby},
			pulse:   newPulse(st, []bot.Options{{Profile: bot.Bale()}}, noon), log: zerolog.Nop(),
		},
		state: alarm.State{}, logged: map[alarm.Message]time.Time{},
		send: func(context.Context, card.Subscriber, string) error { end(); return nil },
	}
	if err := errors.Join(a.begin(ctx, noon), a.look(ctx, noon)); err != nil {
		t.Fatal(err)
	}
	told := alarm.State{}
	err = st.View(t.Context(), func(tx *store.Tx) error { _, err := tx.Note(alarmsNote, &told); return err })
	if diff := cmp.Diff(a.state, told); err != nil || len(told) == 0 || diff != "" {
		t.Errorf("noted of what was told: %v %s", err, diff)
	}
}

// The operator is told once lists are refused, however much of the disk is free.
func TestAlarmOfRoom(t *testing.T) {
	noRoom := fmt.Errorf("looking: %w", store.ErrNoRoom)
	for _, c := range []struct {
		free uint64
		room error
		on   bool
		text string
	}{
		{2 << 30, nil, false, ""},
		{1000 << 20, nil, true, locale.AlarmDiskLow(1000)},
		{100 << 20, noRoom, true, locale.AlarmDiskLow(100)},
		{2 << 30, noRoom, true, locale.AlarmNoRoom()},
		{2 << 30, store.ErrClosed, false, ""},
	} {
		fact := diskFact(c.free, c.room)
		if fact.On != c.on {
			t.Errorf("%d MiB free, %v: on %v", c.free>>20, c.room, fact.On)
		}
		if text := alarmText(alarm.Message{Kind: fact.Kind, Number: fact.Number}); c.on && text != c.text {
			t.Errorf("%d MiB free, %v: %s", c.free>>20, c.room, text)
		}
	}
}

// TestAlarmTexts: each kind has its words.
func TestAlarmTexts(t *testing.T) {
	for _, kind := range []alarm.Kind{alarm.PollFails, alarm.TwoPollers, alarm.TokenRefused, alarm.OutboxLate, alarm.ClockOff, alarm.DiskLow, alarm.FeedSilent, alarm.Held} {
		on, over := alarmText(alarm.Message{Kind: kind, Platform: card.Bale}), alarmText(alarm.Message{Kind: kind, Platform: card.Bale, Over: true})
		if on == "" || over == "" || on == over {
			t.Errorf("%s: %q, %q", kind, on, over)
		}
	}
	if alarmText(alarm.Message{Kind: alarm.StoreRefused, Over: true}) == "" {
		t.Error("that the store is open again has no words")
	}
	unknown := errors.New("a device does not answer")
	for _, cause := range []error{
		store.ErrMissing, store.ErrForeign, store.ErrBehind, store.ErrGap, store.ErrNewer, store.ErrUnfinished,
		store.ErrNotDirectory, store.ErrNoRoom, store.ErrDamaged, unknown,
	} {
		text := locale.AlarmStoreRefused(refusal(fmt.Errorf("opening the store /a/folder: %w", cause)))
		if strings.Contains(text, "folder") || strings.Contains(text, cause.Error()) != !errors.Is(cause, unknown) {
			t.Errorf("%v: %s", cause, text)
		}
		for _, p := range []card.Platform{card.Telegram, card.Bale} {
			for _, fault := range locale.Lint(text, p) {
				t.Errorf("%v: %s", cause, fault)
			}
		}
	}
	for _, kind := range []alarm.Kind{alarm.ToldNobody, alarm.SetAside, alarm.StoreFailed} {
		if alarmText(alarm.Message{Kind: kind, Number: 2}) == "" {
			t.Errorf("%s has no words", kind)
		}
	}
}
