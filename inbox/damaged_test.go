package inbox_test

import (
	"context"
	"encoding/binary"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"kartyar/bot"
	"kartyar/card"
	"kartyar/inbox"
	"kartyar/store"
	"kartyar/store/storetest"
)

// rot has rows of the inbox rot, while nobody has the store in hand.
func (w *world) rot(places ...uint64) {
	w.t.Helper()
	if err := w.store.Close(); err != nil {
		w.t.Fatal(err)
	}
	var prefixes [][]byte
	for _, place := range places {
		prefixes = append(prefixes, binary.BigEndian.AppendUint64([]byte("i"), place))
	}
	storetest.Spoil(w.t, w.dir, len(places), prefixes...)
	w.open()
}

// received keeps updates that nobody handles, and returns their places.
func (w *world) received(batch ...bot.Raw) (places []uint64) {
	w.t.Helper()
	err := w.store.Update(context.Background(), func(tx *store.Tx) error {
		for _, raw := range batch {
			chat, _ := bot.ChatOf(raw.Body)
			row := store.Update{
				Bot: aBot, Chat: w.store.Keyer().Chat(card.Subscriber{Bot: aBot, Chat: chat}), ChatID: chat,
				ID: raw.UpdateID, Raw: raw.Body, Received: noon,
			}
			if kept, err := tx.Keep(&row); err != nil || !kept {
				w.t.Errorf("kept: %v, %v", kept, err)
			}
			places = append(places, row.Seq)
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return places
}

// Rows that rotted are left out at the start and removed, and the operator hears
// of them once. All others are handled, those
// of the same chat in their order; and what stood in a row is not taken again,
// since nobody knows whether it had been handled.
func TestDamagedRowsKeepNobodyWaiting(t *testing.T) {
	w := newWorld(t)
	batch := []bot.Raw{said(1, 1, "a"), said(2, 1, "a secret"), said(3, 1, "c"), said(4, 2, "another secret"), said(5, 3, "z")}
	places := w.received(batch...)
	w.rot(places[1], places[3])

	w.run().keep(batch...)
	answers := map[int64][]string{}
	for range 3 {
		m := w.sender.next(t)
		answers[m.chat] = append(answers[m.chat], m.Text)
	}
	if got := strings.Join(answers[1], ", "); got != "re a, re c" || len(answers[3]) != 1 {
		t.Errorf("said %v", answers)
	}
	w.settled()
	w.restart()
	w.keep(batch...)
	w.settled()
	if n := w.effects(1) + w.effects(2) + w.effects(3); n != 3 {
		t.Errorf("%d updates had an effect", n)
	}
	if said := w.log.String(); strings.Count(said, "damaged") != 1 || !strings.Contains(said, `"rows":2`) {
		t.Errorf("the operator hears %s", said)
	}
	w.noSecrets()
}

// Two bots' inboxes meet the same rows, at the same time as well; one tells.
func TestOneInboxTellsOfDamagedRows(t *testing.T) {
	w := newWorld(t)
	w.rot(w.received(said(1, 1, "a"), said(2, 1, "b"))...)
	w.opt.Store, w.opt.Log = w.store, zerolog.New(zerolog.SyncWriter(w.log))
	ended := make(chan error, 2)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var all []*inbox.Inbox
	for _, b := range []card.Bot{aBot, other} {
		opt := w.opt
		opt.Senders = map[card.Bot]inbox.Sender{b: w.sender}
		i := inbox.New(opt)
		i.SetUntil(w.clock.until)
		all = append(all, i)
		go func() { ended <- i.Run(ctx) }()
	}
	for n, b := range []card.Bot{aBot, other} { // which waits until the inbox was read
		if err := all[n].Keep(ctx, b, []bot.Raw{said(10, 5, "x")}); err != nil {
			t.Error(err)
		}
	}
	cancel()
	for range 2 {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	if said := w.log.String(); strings.Count(said, "damaged") != 1 || !strings.Contains(said, `"rows":2`) {
		t.Errorf("the operator hears %s", said)
	}
}

// A row that rots while it waits keeps neither its chat nor the bot's other
// updates back, although it is the one that counts its chat's flood.
func TestARowThatRotsWhileItWaits(t *testing.T) {
	w := newWorld(t)
	w.sender.pace[1] = noon.Add(time.Hour / 2)
	var flood []bot.Raw
	for id := range int64(202) {
		flood = append(flood, said(1+id, 1, "x"))
	}
	w.run().keep(flood...)
	w.clock.asleep(t, time.Hour/2)
	w.clock.asleep(t, time.Hour) // nor is anything tidied up
	rows := w.rows()
	counting := rows[len(rows)-1]
	if !counting.Flood {
		t.Fatalf("the last row is %+v", counting)
	}
	w.rot(rows[1].Seq, counting.Seq)
	w.inbox.SetStore(w.store)

	w.keep(said(300, 2, "b"), said(301, 1, "x"))
	w.sender.expect(t, 2, "re b")
	w.clock.pass(t, time.Hour/2)
	for range 199 {
		w.sender.expect(t, 1, "re x")
	}
	w.sender.expect(t, 1, "flood 1")
	w.settled()
	if said := w.log.String(); strings.Count(said, "damaged") != 2 {
		t.Errorf("the operator hears %s", said)
	}
}
