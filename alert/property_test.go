package alert

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kartyar/card"
)

// step is one thing that happens: a row that comes, or what a follower does.
type step struct {
	Kind    int // 0…4 what a follower does, more: a row
	Row     int
	Chat    byte
	Outcome OutcomeKind
	Pause   int // minutes that pass first
}

func genRows(t *rapid.T) []card.Row {
	rows := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) card.Row {
		stage := rapid.SampledFrom(append(card.Stages(), card.StageUnknown, card.StageReady, card.StageReady)).Draw(t, "stage")
		r := row(ali, stage, rapid.SampledFrom([]string{"7", "8"}).Draw(t, "office"),
			day0.Add(time.Duration(rapid.IntRange(-6, 6).Draw(t, "at"))*hour))
		r.ID = rapid.SampledFrom([]card.ApplicationID{unnamed, byName(1), byName(2), byReceipt(1)}).Draw(t, "id")
		r.Phone = rapid.SampledFrom([]card.PhoneKey{{}, phone(1), phone(2)}).Draw(t, "phone")
		r.Receipt = rapid.SampledFrom([]card.ReceiptKey{{}, receipt(1)}).Draw(t, "receipt")
		return r
	}), 1, 8).Draw(t, "rows")
	return rows
}

func genSteps(t *rapid.T, rows int) (steps []step) {
	order := rapid.Permutation(indices(rows)).Draw(t, "order")
	for _, i := range order {
		steps = append(steps, rapid.SliceOfN(rapid.Custom(func(t *rapid.T) step {
			return step{
				Kind: rapid.IntRange(0, 11).Draw(t, "kind"), Row: rapid.SampledFrom(order).Draw(t, "row"),
				Chat: byte(rapid.IntRange(1, 3).Draw(t, "chat")), Pause: rapid.IntRange(0, 3000).Draw(t, "pause"),
				Outcome: rapid.SampledFrom([]OutcomeKind{Sent, Sent, Later, Failed, Never}).Draw(t, "outcome"),
			}
		}), 0, 3).Draw(t, "between")...)
		steps = append(steps, step{Kind: 99, Row: i})
	}
	return steps
}

func indices(n int) (all []int) {
	for i := range n {
		all = append(all, i)
	}
	return all
}

// witness is what the chats have heard.
type witness map[string]int

func (w *world) do(s step, rows []card.Row, heard witness) {
	w.now = w.now.Add(time.Duration(s.Pause) * time.Minute)
	c := chat(s.Chat)
	switch s.Kind {
	case 0:
		w.ask(ali, c, phone(s.Chat), card.ReceiptKey{})
	case 1:
		w.ask(ali, c, phone(s.Chat), receipt(1))
	case 2:
		must(w.rules.Subscribe(w.tx, w.now, ali, c, s.Outcome != Never))
	case 3:
		must(w.rules.Reachable(w.tx, w.now, c, s.Outcome != Never))
	case 4:
		if s.Outcome == Never {
			_, err := w.rules.Unfollow(w.tx, w.now, ali, c)
			must(err)
			heard.forget(c)
		}
	case 5:
		a := w.person(ali).Applications
		if len(a) > 0 {
			_, err := w.rules.Claim(w.tx, w.now, ali, a[0].Record.ID, a[0].Arrival.Number, s.Outcome == Sent)
			must(err)
		}
	case 6, 7, 8:
		w.hear(w.deliver(s.Outcome), s.Outcome, heard)
	default:
		w.apply(rows[s.Row])
	}
	w.check()
}

func (h witness) forget(c card.ChatKey) {
	for said := range h {
		if len(said) > 33 && said[:32] == fmt.Sprintf("%x", c) {
			delete(h, said)
		}
	}
}

func (w *world) hear(sent []Message, outcome OutcomeKind, heard witness) {
	if outcome != Sent {
		return
	}
	for _, m := range sent {
		for _, item := range m.Items {
			if item.Event == Arrived {
				said := fmt.Sprintf("%x %x %d", m.Chat, item.ID, item.Arrival.Number)
				if heard[said]++; heard[said] > 1 {
					w.fail("an arrival was told twice")
				}
			}
		}
	}
}

func TestAnyOrderOfDatedRows(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rows := genRows(rt)
		steps := genSteps(rt, len(rows))
		err := tryWorld(t, func(w *world) {
			want := map[card.ApplicationID]card.Record{}
			for _, r := range rows {
				want[r.ID] = want[r.ID].Merge(r)
			}
			for n := range byte(3) {
				w.chat(n + 1)
			}
			heard := witness{}
			for _, s := range steps {
				w.do(s, rows, heard)
			}
			p := w.person(ali)
			if len(p.Applications) != len(want) {
				w.fail("%d applications, want %d", len(p.Applications), len(want))
			}
			for _, a := range p.Applications {
				if a.Record != want[a.Record.ID] {
					w.fail("got %+v, want %+v", a.Record, want[a.Record.ID])
				}
			}
			w.everybodyKnows(heard)
		})
		if err != nil {
			rt.Fatal(err)
		}
	})
}

// everybodyKnows delivers until nothing is due, and looks whether every
// subscriber was told of every card that waits.
func (w *world) everybodyKnows(heard witness) {
	for n := range byte(3) {
		must(w.rules.Reachable(w.tx, w.now, chat(n+1), true))
	}
	w.now = w.now.Add(2 * hour)
	w.hear(w.deliver(Sent), Sent, heard)
	w.check()
	p := w.person(ali)
	for i := range p.Followers {
		f := &p.Followers[i]
		if !f.IsVerified() || !f.Notify {
			continue
		}
		for j := range p.Applications {
			a := &p.Applications[j]
			if told := f.ToldOf(a.Record.ID); awaited(p, a) && (told == nil || told.Arrival != a.Arrival.Number) {
				w.fail("a subscriber does not know of a card: %+v", f)
			}
		}
	}
}
