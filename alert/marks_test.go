package alert

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"kartyar/store"
)

// What was sent and cannot be noted is not sent again for that, however long the
// disk is full: it is noted when there is room.
func TestWhatIsSentWithoutRoomIsNotSentAgain(t *testing.T) {
	p := newPost(t)
	p.do(func(w *world) { w.follow(ali, 1); w.ready(ali, "7") })
	room, refused := make(chan struct{}), make(chan struct{}, 100)
	p.run(0, func(w *Worker) {
		w.noteEvery = time.Millisecond
		write := w.write
		w.write = func(ctx context.Context, fn func(*store.Tx) error) error {
			select {
			case <-room:
				return write(ctx, fn)
			default:
			}
			return write(ctx, func(tx *store.Tx) error {
				refused <- struct{}{}
				return errors.Join(fn(tx), fmt.Errorf("writing: %w", store.ErrNoRoom))
			})
		}
	})
	<-p.in
	p.out <- Outcome{Kind: Sent}
	for range 10 {
		p.at(p.time().Add(time.Minute))
		select {
		case <-refused:
		case m := <-p.in:
			p.out <- Outcome{}
			t.Fatalf("sent again: %+v", m)
		}
	}
	close(room)
	for len(p.rows(store.Alerts)) > 0 {
		select {
		case m := <-p.in:
			p.out <- Outcome{}
			t.Fatalf("sent again: %+v", m)
		default:
		}
	}
	if !strings.Contains(p.log.String(), "nothing more is sent until it is") {
		t.Errorf("the operator was not told: %s", p.log.String())
	}
}

func TestWorkerStopsThoughThereIsNoRoom(t *testing.T) {
	p := newPost(t)
	p.do(func(w *world) { w.follow(ali, 1); w.ready(ali, "7") })
	p.run(0, func(w *Worker) {
		w.write = func(context.Context, func(*store.Tx) error) error {
			return fmt.Errorf("writing: %w", store.ErrNoRoom)
		}
		w.lastNote = time.Millisecond
	})
	<-p.in
	p.out <- Outcome{Kind: Sent}
	p.stop()
	if rows := p.rows(store.Alerts); len(rows) != 1 {
		t.Errorf("%d alerts are to be told at the next start, want 1", len(rows))
	}
}

// A panic over one message is that message's trouble: the others go, and it is
// tried again.
func TestAPanicOverOneMessageEndsNothing(t *testing.T) {
	p := newPost(t)
	p.do(func(w *world) {
		w.follow(ali, 1)
		w.follow(sara, 2)
		w.ready(ali, "7")
		w.ready(sara, "7")
	})
	fell := make(chan struct{}, 1)
	p.run(1, func(w *Worker) {
		deliver := w.Deliver
		w.Deliver = func(ctx context.Context, m Message, latest Latest) Outcome {
			if m.Chat == chat(1) && p.time().Equal(day0) {
				fell <- struct{}{}
				panic("private")
			}
			return deliver(ctx, m, latest)
		}
	})
	<-fell
	if m := p.answer(Sent, 0); m.Chat != chat(2) {
		t.Errorf("sent %+v", m)
	}
	p.at(day0.Add(asideFor))
	if m := p.answer(Sent, 0); m.Chat != chat(1) {
		t.Errorf("then sent %+v", m)
	}
	if said := p.log.String(); !strings.Contains(said, "the program fails at it") || strings.Contains(said, "private") {
		t.Errorf("the log says %s", said)
	}
}

// What cannot be noted of one message is not what the others wait for.
func TestWhatCannotBeNotedIsPutAside(t *testing.T) {
	p := newPost(t)
	p.do(func(w *world) {
		w.follow(ali, 1)
		w.follow(sara, 2)
		w.ready(ali, "7")
		w.ready(sara, "7")
	})
	p.run(2, func(w *Worker) {
		write := w.write
		w.write = func(ctx context.Context, fn func(*store.Tx) error) error {
			return write(ctx, func(tx *store.Tx) error {
				if err := fn(tx); err != nil {
					return err
				}
				if of, err := tx.Person(ali); err != nil || of.Follower(chat(1)).Alert.Due.IsZero() {
					return errors.Join(errors.New("this one cannot be noted"), err)
				}
				return nil
			})
		}
	})
	for range 2 {
		<-p.in
	}
	for range 2 {
		p.out <- Outcome{Kind: Sent}
	}
	p.settled(chat(1))
	p.settled(chat(2))
	if rows := p.rows(store.Alerts); len(rows) != 1 || rows[0].Chat != chat(1) {
		t.Errorf("left: %+v", rows)
	}
	p.do(func(w *world) { w.follow(reza, 3); w.ready(reza, "7") })
	if m := p.answer(Sent, 0); m.Chat != chat(3) {
		t.Errorf("sent %+v", m)
	}
}

// Rows that were put aside and are gone from the outbox are not kept for ever.
func TestWhatIsPutAsideIsForgotten(t *testing.T) {
	now := day0
	w := NewWorker(WorkerOptions{Store: shared, Bot: aBot, Now: func() time.Time { return now }})
	for n := range 1000 {
		now = day0.Add(time.Duration(n) * time.Minute)
		d := store.Due{Bot: aBot, Class: store.Alerts, At: now, Person: ali, Chat: chat(1)}
		w.putAside(d, store.ErrDamaged)
		if until := w.aside[d]; !until.Equal(now.Add(asideFor)) {
			t.Fatalf("it is put aside until %v", until)
		}
	}
	if most := int(2 * asideFor / time.Minute); len(w.aside) > most {
		t.Errorf("%d rows are kept; want %d at most", len(w.aside), most)
	}
	for d, until := range w.aside {
		if !now.Before(until) && now.Sub(until) >= asideFor {
			t.Errorf("of %v one is kept, %v after it could be tried again", d.At, now.Sub(until))
		}
	}
}
