package alert

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"kartyar/card"
	"kartyar/store"
)

func TestWorkerOutcomes(t *testing.T) {
	p := newPost(t)
	p.do(func(w *world) { w.follow(ali, 1); w.ready(ali, "7") })
	p.run(0)
	if m := p.answer(Later, time.Minute); m.To.Chat != 1 || m.Items[0].Event != Arrived {
		t.Errorf("sent %+v", m)
	}
	if rows := p.rows(store.Alerts); len(rows) != 1 || !rows[0].At.Equal(day0.Add(61*time.Second)) {
		t.Errorf("after 429: %+v", rows)
	}
	p.at(day0.Add(61 * time.Second))
	p.answer(Failed, 0)
	if rows := p.rows(store.Alerts); len(rows) != 1 || !rows[0].At.Equal(day0.Add(71*time.Second)) {
		t.Errorf("after a refusal: %+v", rows)
	}
	p.at(day0.Add(71 * time.Second))
	p.answer(Outage, 0)
	if rows := p.rows(store.Alerts); len(rows) != 1 || !rows[0].At.Equal(day0.Add(71*time.Second)) {
		t.Errorf("after an outage: %+v", rows)
	}
	p.at(day0.Add(71*time.Second + outageUntold))
	p.answer(Never, 0)
	if rows := p.rows(store.Alerts); len(rows) != 0 {
		t.Errorf("after a block: %+v", rows)
	}
	p.at(day0.Add(time.Hour))
	p.do(func(w *world) { must(w.rules.Reachable(w.tx, w.now, chat(1), true)) })
	p.answer(Sent, 0)
	if rows := p.rows(store.Alerts); len(rows) != 0 {
		t.Errorf("after it was sent: %+v", rows)
	}
	if rows := p.rows(store.Reminders); len(rows) != 1 || !rows[0].At.Equal(ReminderTime(day0, 3)) {
		t.Errorf("reminders: %+v", rows)
	}
}

func TestWorkerSendsOneMessageAtATimeToAChat(t *testing.T) {
	p := newPost(t)
	p.run(0)
	p.do(func(w *world) {
		w.follow(ali, 1)
		w.follow(sara, 1)
		w.follow(reza, 2)
		w.ready(ali, "7")
		w.ready(sara, "8")
		w.ready(reza, "7")
	})
	one, two := <-p.in, <-p.in
	if one.Chat == two.Chat {
		t.Error("two messages to a chat at once")
	}
	select {
	case m := <-p.in:
		t.Errorf("a third message is on its way: %+v", m)
	default:
	}
	p.out <- Outcome{}
	p.out <- Outcome{}
	if m := p.answer(Sent, 0); m.Chat != chat(1) {
		t.Errorf("sent %+v", m)
	}
}

func TestWorkerSendsAlertsBeforeReminders(t *testing.T) {
	p := newPost(t)
	p.do(func(w *world) {
		for n := range byte(3) {
			w.follow(person(n+1), n+1)
			w.ready(person(n+1), "7")
			must(w.rules.Shown(w.tx, w.now, person(n+1), chat(n+1)))
		}
	})
	p.at(ReminderTime(day0, 3))
	p.run(2)
	if m := <-p.in; !m.Reminder {
		t.Error("not a reminder")
	}
	p.do(func(w *world) { w.follow(omid, 5); w.ready(omid, "7") })
	if m := <-p.in; m.Reminder {
		t.Error("reminders took the place of an alert")
	}
	p.out <- Outcome{}
	p.out <- Outcome{}
	for range 2 {
		if m := p.answer(Sent, 0); !m.Reminder {
			t.Error("not a reminder")
		}
	}
}

func TestWorkerKeepsRemindersThroughTheNight(t *testing.T) {
	p := newPost(t)
	p.do(func(w *world) {
		w.follow(ali, 1)
		w.ready(ali, "7")
		must(w.rules.Shown(w.tx, w.now, ali, chat(1)))
	})
	night := ReminderTime(day0, 3).Add(13 * time.Hour) // 23:00
	p.at(night)
	p.run(0)
	p.do(func(w *world) { w.follow(sara, 2); w.ready(sara, "7") })
	if m := p.answer(Sent, 0); m.Reminder || !m.Silent {
		t.Errorf("at night: %+v", m)
	}
	p.at(night.Add(9 * time.Hour)) // 08:00
	if m := p.answer(Sent, 0); !m.Reminder || m.Silent {
		t.Errorf("in the morning: %+v", m)
	}
}

func TestWorkerStopsAndStartsAgain(t *testing.T) {
	p := newPost(t)
	p.do(func(w *world) {
		w.follow(ali, 1)
		w.follow(sara, 2)
		w.ready(ali, "7")
		w.ready(sara, "7")
	})
	p.run(1)
	first := <-p.in
	stopped := make(chan struct{})
	stop := p.stop
	go func() { stop(); close(stopped) }()
	select {
	case <-stopped:
		t.Fatal("did not wait for what was on its way")
	case p.out <- Outcome{Kind: Sent}:
	}
	<-stopped
	if rows := p.rows(store.Alerts); len(rows) != 1 || rows[0].Chat == first.Chat {
		t.Errorf("after the stop: %+v", rows)
	}
	p.run(1)
	if m := p.answer(Sent, 0); m.Chat == first.Chat {
		t.Error("told twice")
	}
}

func TestWorkerTellsOfLateAlerts(t *testing.T) {
	p := newPost(t)
	p.do(func(w *world) { w.follow(ali, 1); w.ready(ali, "7") })
	p.run(0)
	p.answer(Failed, 0)
	for i := range 30 { // refused for a day and more, so that its row moves
		p.at(day0.Add(time.Duration(i+1) * time.Hour))
		p.answer(Failed, 0)
	}
	p.at(day0.Add(32 * time.Hour))
	p.answer(Outage, time.Minute) // and now the platform is down
	for i := range 3 {
		p.at(day0.Add(time.Duration(33+i) * time.Hour))
		p.answer(Outage, 0)
	}
	told := strings.Count(p.log.String(), "more than a day")
	if told < 5 || told > 12 {
		t.Errorf("the operator heard of it %d times in 12 hours", told)
	}
	for _, private := range []string{"\"7\"", "Chat"} {
		if strings.Contains(p.log.String(), private) {
			t.Errorf("the log holds %s: %s", private, p.log.String())
		}
	}
}

func TestWorkerLooksOnlyAtItsOwnBot(t *testing.T) {
	p := newPost(t)
	p.run(0)
	p.do(func(w *world) {
		other := card.Bot{Platform: card.Bale, ID: 42}
		must(w.tx.PutChat(chat(1), store.Chat{Subscriber: card.Subscriber{Bot: other, Chat: 1}}))
		must(w.tx.PutPerson(ali, store.Person{}))
		_, err := w.rules.Ask(w.tx, w.now, ali, Asker{Chat: chat(1), Bot: other, Phone: phone(1)})
		must(err)
		r := row(ali, card.StageReady, "7", w.now)
		r.Phone = phone(1)
		w.apply(r)
		w.follow(sara, 2)
		w.ready(sara, "7")
	})
	if m := p.answer(Sent, 0); m.Chat != chat(2) {
		t.Errorf("sent %+v", m)
	}
}

func TestWorkerGoesThroughMany(t *testing.T) {
	const people = 300
	p := newPost(t)
	p.run(8)
	p.do(func(w *world) {
		for i := range people {
			who, c := card.PersonKey{9, byte(i >> 8), byte(i)}, card.ChatKey{9, byte(i >> 8), byte(i)}
			must(w.tx.PutChat(c, store.Chat{Subscriber: card.Subscriber{Bot: aBot, Chat: int64(i)}}))
			r := row(who, card.StageReady, "7", w.now)
			r.Phone = phone(1)
			w.apply(r)
			w.ask(who, c, phone(1), card.ReceiptKey{})
			must(w.rules.Subscribe(w.tx, w.now, who, c, true))
		}
	})
	told := map[card.ChatKey]int{}
	for range people {
		m := <-p.in
		told[m.Chat]++
		p.out <- Outcome{Kind: Sent}
	}
	for c := range told {
		p.settled(c)
	}
	err := p.store.View(context.Background(), func(tx *store.Tx) error {
		w := &world{tx: tx, now: day0}
		alerts, reminders := len(w.rows(store.Alerts)), len(w.rows(store.Reminders))
		if len(told) != people || alerts != 0 || reminders != people {
			t.Errorf("%d chats told, %d alerts left, %d reminders to come", len(told), alerts, reminders)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// What is read for a message is used again when it is noted. That must not undo
// what was written in between.
func TestWorkerKeepsWhatCameWhileAMessageWasOut(t *testing.T) {
	p := newPost(t)
	p.do(func(w *world) { w.follow(ali, 1); w.ready(ali, "7") })
	p.run(0)
	if m := <-p.in; m.Office != "7" {
		t.Errorf("sent %+v", m)
	}
	p.at(day0.Add(time.Minute))
	p.do(func(w *world) { w.ready(ali, "8") })
	p.out <- Outcome{Kind: Sent}
	if m := p.answer(Sent, 0); m.Office != "8" {
		t.Errorf("then sent %+v", m)
	}
	p.rows(store.Reminders)
}

func TestWorkerNotesOnePersonForManyChatsAtOnce(t *testing.T) {
	p := newPost(t)
	p.do(func(w *world) {
		for n := range byte(6) {
			w.follow(ali, n+1)
		}
		w.ready(ali, "7")
	})
	p.run(0)
	told := map[card.ChatKey]bool{}
	for range 6 {
		told[(<-p.in).Chat] = true
	}
	for range 6 {
		p.out <- Outcome{Kind: Sent}
	}
	for c := range told {
		p.settled(c)
	}
	if alerts, reminders := p.rows(store.Alerts), p.rows(store.Reminders); len(told) != 6 || len(alerts) != 0 || len(reminders) != 6 {
		t.Errorf("%d chats told, %d alerts left, %d reminders to come", len(told), len(alerts), len(reminders))
	}
}

// A commit is two syncs, so what ended in one moment shares one.
func TestWorkerNotesManyInOneCommit(t *testing.T) {
	const people = 32
	p := newPost(t)
	p.do(func(w *world) {
		for n := range byte(people) {
			w.follow(card.PersonKey{1, 20 + n}, 20+n)
			w.ready(card.PersonKey{1, 20 + n}, "7")
		}
	})
	var commits atomic.Int32
	p.store.OnCommit(func(store.Commit) { commits.Add(1) })
	p.run(people)
	var all []Message
	for range people {
		all = append(all, <-p.in)
	}
	for range people {
		p.out <- Outcome{Kind: Sent}
	}
	for _, m := range all {
		p.settled(m.Chat)
	}
	if n := commits.Load(); n > people/4 {
		t.Errorf("%d commits for %d messages", n, people)
	}
}

func TestLateAlertsAreLookedForWhenThereIsTime(t *testing.T) {
	p := newPost(t)
	p.do(func(w *world) { w.follow(ali, 1); w.ready(ali, "7") })
	p.at(day0.Add(30 * time.Hour))
	w := NewWorker(WorkerOptions{Store: p.store, Rules: workerRules, Bot: aBot, Now: p.time})
	var late lateness
	looked := func() bool {
		if err := late.watch(t.Context(), w); err != nil {
			t.Fatal(err)
		}
		_, known := w.Late()
		return known
	}
	w.sending = 1
	if looked() {
		t.Error("looked while messages go out")
	}
	p.at(p.time().Add(lateOff))
	if !looked() {
		t.Error("did not look though it was put off for long")
	}
	if n, _ := w.Late(); n != 1 {
		t.Errorf("%d alerts are late", n)
	}
}
