package handlers

import (
	"strings"
	"testing"
	"time"

	"kartyar/alert"
	"kartyar/bot"
	"kartyar/card"
	"kartyar/locale"
	"kartyar/store"
)

func TestAlerts(t *testing.T) {
	mother, father := card.PersonKey{1}, card.PersonKey{2}
	told := noon.AddDate(0, 0, -3)
	item := func(p card.PersonKey, name string, e alert.Event, s card.State) alert.Item {
		return alert.Item{Person: p, Nickname: name, Several: name != "", Event: e, State: s, Arrival: store.Arrival{Number: 1, Office: s.Office}}
	}
	one := item(mother, "", alert.Arrived, ready("1"))
	moved := one
	moved.Wish, moved.From = "2", "3"
	nameless := one
	nameless.Several = true
	reminder := item(mother, "", alert.Waiting, ready("1"))
	reminder.ToldAt = told
	left := item(mother, "مامان", alert.Left, card.State{Stage: card.StageDispatched, Office: "2"})
	left.From = "1"
	onBoth(t, func(t *testing.T, on card.Platform) {
		w := newWorld(t, on)
		var all strings.Builder
		for _, tt := range []struct {
			name string
			m    alert.Message
		}{
			{"arrived", alert.Message{Office: "1", Items: []alert.Item{one}}},
			{"arrived elsewhere", alert.Message{Office: "1", Silent: true, Items: []alert.Item{moved}}},
			{"arrived at an unknown office", alert.Message{Office: "XY9", Items: []alert.Item{item(mother, "مامان", alert.Arrived, ready("XY9"))}}},
			{"two arrived", alert.Message{Office: "1", Items: []alert.Item{item(mother, "مامان", alert.Arrived, ready("1")), item(father, "بابا", alert.Arrived, ready("1"))}}},
			{"two of one person", alert.Message{Office: "1", Items: []alert.Item{one, one}}},
			{"nameless", alert.Message{Office: "1", Items: []alert.Item{nameless}}},
			{"reminder", alert.Message{Office: "1", Reminder: true, Items: []alert.Item{reminder}}},
			{"defective", alert.Message{Items: []alert.Item{item(mother, "", alert.Problem, card.State{Stage: card.StageDefective, Note: "عکس *تازه*"})}}},
			{"rejected", alert.Message{Items: []alert.Item{item(father, "بابا", alert.Problem, card.State{Stage: card.StageRejected})}}},
			{"returned", alert.Message{Items: []alert.Item{item(mother, "", alert.Left, card.State{Stage: card.StageReturned})}}},
			{"left, and a problem", alert.Message{Items: []alert.Item{left, item(father, "بابا", alert.Problem, card.State{Stage: card.StageDefective})}}},
		} {
			tt.m.Chat, tt.m.To = w.chat(), w.from
			r := w.h.Alert(tt.m, noon)
			w.sees([]bot.Reply{r})
			if r.Silent != tt.m.Silent || r.Edit != 0 {
				t.Errorf("%s: silent %v, edit %d", tt.name, r.Silent, r.Edit)
			}
			if !strings.Contains(strings.SplitN(r.Text, "\n", 2)[0], locale.ServiceName) {
				t.Errorf("%s: the first line does not say who speaks: %s", tt.name, r.Text)
			}
			all.WriteString("# " + tt.name + "\n" + render(r))
		}
		golden(t, "alerts_"+string(on)+".txt", all.String())
	})
}

func TestLongestAlertFits(t *testing.T) {
	w := newWorld(t, card.Bale)
	m := alert.Message{Chat: w.chat()}
	for i := range 40 {
		m.Items = append(m.Items, alert.Item{
			Person: card.PersonKey{byte(i)}, Nickname: strings.Repeat("م", nicknameSize), Several: true, Event: alert.Problem,
			State: card.State{Stage: card.StageDefective, Note: strings.Repeat("😀", 600)},
		})
	}
	w.sees([]bot.Reply{w.h.Alert(m, noon)}) // Lint watches the length
	w.says(locale.MoreNews())
}

// An alert's buttons, pressed.
func TestAlertButtons(t *testing.T) {
	w := newWorld(t, card.Telegram)
	w.knows(saraCode, saraPhone, "", card.State{Stage: card.StageDispatched, Office: "1"})
	w.proves(saraPhone, saraCode).press("خبرم کن").later(time.Hour)
	w.knows(saraCode, saraPhone, "", ready("1"))
	p := w.person(saraCode)
	key := w.store.Keyer().Person(saraCode)
	m := alert.Message{To: w.from, Chat: w.chat(), Office: "1", Items: []alert.Item{{
		Person: key, ID: p.Applications[0].Record.ID, Event: alert.Arrived, State: p.Applications[0].Record.Current(), Arrival: p.Applications[0].Arrival,
	}}}
	sent := w.h.Alert(m, w.now)
	w.update(func(tx *store.Tx) error { return w.h.Rules.Shown(tx, w.now, key, w.chat()) })
	press := func(label string) *world { w.sees([]bot.Reply{sent}); return w.press(label) }

	press("بعداً").press("فردا").says("۳ آذر", "ساعت ۱۰:۰۰")
	f := w.person(saraCode).Followers[0]
	if want := alert.ReminderTime(w.now, 1); !f.Reminder.Equal(want) {
		t.Errorf("the reminder is at %v, want %v", f.Reminder, want)
	}
	press("تحویل گرفتم").says("یادداشت کردیم")
	if f := w.person(saraCode).Followers[0]; !f.Reminder.IsZero() {
		t.Errorf("a reminder is still due at %v", f.Reminder)
	}
	press("دیگر خبرم نکن").says("دیگر خبری")
	if w.person(saraCode).Followers[0].Notify {
		t.Error("still told")
	}
}

// «بعداً یادم بینداز» under an alert of two people puts both off.
func TestSnoozeForAll(t *testing.T) {
	w := newWorld(t, card.Bale)
	w.knows(saraCode, saraPhone, "", ready("1"))
	w.knows(rezaCode, saraPhone, "", ready("1"))
	w.proves(saraPhone, saraCode).text(rezaCode).text("بازگشت")
	w.text("خبرم کن").press("نفر ۱").text("خبرم کن").press("نفر ۲")
	k := w.store.Keyer()
	m := alert.Message{To: w.from, Chat: w.chat(), Office: "1", Reminder: true}
	for _, code := range []card.NationalCode{saraCode, rezaCode} {
		a := w.person(string(code)).Applications[0]
		m.Items = append(m.Items, alert.Item{Person: k.Person(code), Nickname: string(code[:1]), Several: true, ID: a.Record.ID, Event: alert.Waiting, State: a.Record.Current(), Arrival: a.Arrival})
	}
	w.last = []bot.Reply{w.h.Alert(m, w.now)}
	w.press("بعداً").press("یک هفته").says("۹ آذر")
	for _, code := range []string{saraCode, rezaCode} {
		if f := w.person(code).Followers[0]; !f.Reminder.Equal(alert.ReminderTime(w.now, 7)) {
			t.Errorf("the reminder is at %v", f.Reminder)
		}
	}
	w.last = []bot.Reply{w.h.Alert(m, w.now)}
	if w.press("دیگر خبرم نکن").says(locale.ChoosePerson()); w.last[0].Edit != 0 {
		t.Error("the alert of two people was replaced")
	}
}
