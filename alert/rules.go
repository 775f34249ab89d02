package alert

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"kartyar/card"
	"kartyar/store"
)

// Rules are the operator's choices about when people are told. Their methods
// read and write the store only through the Tx they are given.
type Rules struct {
	ReminderDays []int // days after the person was told, ascending
	Quiet        Quiet
}

// RowOutcome is what became of a row.
type RowOutcome uint8

// What a row comes to.
const (
	Unchanged  RowOutcome = iota // it said nothing new, or came late
	Applied                      // the record changed
	NeedsDate                    // refused: without a date it cannot undo `collected`
	FromFuture                   // refused: more than a day ahead of the clock
	NeedsHour                    // refused: something else is known of a later time, perhaps wrongly
)

// nothing reports whether nothing at all was done with a row.
func (o RowOutcome) nothing() bool { return o == NeedsDate || o == FromFuture }

// Result is what Apply did with a row.
type Result struct {
	Outcome RowOutcome
	Arrival bool // the card came to an office
	Alerts  int  // chats that now have something to be told, and had not before
}

const (
	day         = 24 * time.Hour
	aheadMost   = day // how far ahead of the clock a row may be
	undatedMost = 16  // undated rows remembered for an application
)

// Apply takes a row in: record, alerts and reminders in the transaction of tx.
// Every row, whatever brings it, comes through here.
func (r Rules) Apply(tx *store.Tx, now time.Time, row card.Row) (Result, error) {
	p, err := tx.Person(row.Person)
	if err != nil {
		return Result{}, fmt.Errorf("applying a row: %w", err)
	}
	before := snapshot(p)
	result := take(&p, now, row)
	if result.Outcome.nothing() {
		return result, nil
	}
	verifyWaiting(&p, now)
	result.Alerts, err = r.settle(tx, row.Person, before, &p, now, result.Arrival)
	if err != nil {
		return Result{}, fmt.Errorf("applying a row: %w", err)
	}
	return result, nil
}

// Preview says what Apply would do with row to p, and changes p alone.
func (r Rules) Preview(p *store.Person, now time.Time, row card.Row) (result Result, told []card.ChatKey) {
	result = take(p, now, row)
	if result.Outcome.nothing() {
		return result, nil
	}
	verifyWaiting(p, now)
	for i := range p.Followers {
		f := &p.Followers[i]
		had := !f.Alert.Due.IsZero()
		r.schedule(p, f, now, result.Arrival)
		if !had && !f.Alert.Due.IsZero() {
			result.Alerts++
			told = append(told, f.Chat)
		}
	}
	return result, told
}

// take merges row into p and numbers what it brings about.
func take(p *store.Person, now time.Time, row card.Row) Result {
	row.State.AsOf = second(row.State.AsOf)
	if row.State.AsOf.After(now.Add(aheadMost)) {
		return Result{Outcome: FromFuture}
	}
	a := p.Application(row.ID)
	if a == nil {
		a = &store.Application{Record: card.Record{ID: row.ID}}
	}
	previous, merged := a.Record.Current(), a.Record.Merge(row)
	var said store.RowHash
	if row.Undated {
		said = hashRow(row)
		switch {
		case slices.Contains(a.Undated, said):
			return Result{Outcome: Unchanged}
		case previous.Stage == card.StageCollected && row.State.Stage == card.StageCollected:
			return Result{Outcome: Unchanged}
		case previous.Stage == card.StageCollected:
			return Result{Outcome: NeedsDate}
		}
	}
	if needsHour(row, merged.Current()) {
		// Where the card stands is not remembered, or it would never be heard; whose it
		// is holds all the same.
		a.Record.Phone, a.Record.PhoneAsOf = merged.Phone, merged.PhoneAsOf
		a.Record.Receipt, a.Record.ReceiptAsOf = merged.Receipt, merged.ReceiptAsOf
		return Result{Outcome: NeedsHour}
	}
	if row.Undated {
		a.Undated = append(a.Undated, said)
		a.Undated = a.Undated[max(0, len(a.Undated)-undatedMost):]
	}
	if merged == a.Record {
		return Result{Outcome: Unchanged}
	}
	late := merged.Apart() == a.Record.Apart() // a passed stage got its date, and that is all
	a.Record = merged
	result := Result{Outcome: Applied, Arrival: number(p, a, previous)}
	if late {
		result.Outcome = Unchanged
	}
	if p.Application(row.ID) == nil {
		p.Applications = append(p.Applications, *a)
	}
	return result
}

// needsHour reports whether something else than row says is known of a later
// time, and row does not say by itself that it held before that: an undated one
// holds as of when its list began, perhaps by a wrong clock, and one of today that
// names no hour as of 00:00.
func needsHour(row card.Row, known card.State) bool {
	later := known.AsOf.Sub(row.State.AsOf)
	if later <= 0 || known.SaysAs(row.State) {
		return false
	}
	return row.Undated && !passed(row.State, known) || row.Today && later < day
}

// passed reports whether what a row says is a step on the way to where the card is
// known to be by now. It came late, and that is all: the same list tomorrow must
// not bring the card back there.
func passed(row, known card.State) bool {
	return row.Stage < known.Stage && row.Stage < card.StageReady && (row.Office == "" || row.Office == known.Office)
}

// number gives a new arrival, or a new problem, its number.
func number(p *store.Person, a *store.Application, previous card.State) (arrival bool) {
	current := a.Record.Current()
	switch {
	case current.Stage == card.StageReady && (previous.Stage != card.StageReady || previous.Office != current.Office || wasAway(p, a, previous)):
		a.Arrival = store.Arrival{Number: a.Arrival.Number + 1, Office: current.Office, At: current.AsOf}
		return true
	case current.Stage.WaitsForHolder() && previous.Stage != current.Stage:
		a.Problem++
	}
	return false
}

// wasAway reports whether the card of a, which lay ready before as it does now,
// was meanwhile collected, or went back, under another id.
func wasAway(p *store.Person, a *store.Application, before card.State) bool {
	from, to := before.AsOf, a.Record.Current().AsOf
	return slices.ContainsFunc(p.Applications, func(b store.Application) bool {
		if b.Record.ID == a.Record.ID || !b.Record.ID.SameCard(a.Record.ID) {
			return false
		}
		history := b.Record.History()
		return slices.ContainsFunc([]card.Stage{card.StageReturned, card.StageCollected}, func(s card.Stage) bool {
			if s == card.StageReturned && !a.Arrival.IsFrom(b.Record.Current(), b.Arrival) {
				return false
			}
			at := history.At(s)
			return !at.IsZero() && !at.Before(from) && at.Before(to)
		})
	})
}

// hashRow tells what an undated row says from what another says.
func hashRow(row card.Row) (out store.RowHash) {
	var b bytes.Buffer
	for _, field := range []string{row.State.Word, row.State.Office, row.State.Shelf, row.State.Note, string(row.Phone[:]), string(row.Receipt[:])} {
		b.Write(binary.BigEndian.AppendUint32(nil, uint32(len(field))))
		b.WriteString(field)
	}
	b.WriteByte(byte(row.State.Stage))
	sum := sha256.Sum256(b.Bytes())
	copy(out[:], sum[:])
	return out
}

// verifyWaiting verifies every chat of which something waits that fits by now:
// waiting pairs, guests who have a phone or a receipt code of their own, and
// those whose old proof they could not renew.
func verifyWaiting(p *store.Person, now time.Time) {
	for i := range p.Followers {
		if f := &p.Followers[i]; !f.Waiting.IsZero() && fits(p, &f.Waiting) {
			f.Notify = f.Notify || f.IsGuest() // who was told «اگر برسد خبر می‌دهیم»: see Ask
			verify(f, now)
		}
	}
}

// verify has a chat follow on its own proof. The phone that it proved last
// counts from now on, whichever fitted: all were proved in this one chat.
func verify(f *store.Follower, now time.Time) {
	f.Verified, f.Inviter = second(now), card.ChatKey{}
	f.Phone, f.Waiting = f.Waiting.Phones[0], store.Waiting{}
}

// fits reports whether one of the phones, or of the receipt codes, is the
// person's: the newest phone over all their applications, the receipt of any of
// them.
func fits(p *store.Person, w *store.Waiting) bool {
	var newest card.Record
	for i := range p.Applications {
		record := p.Applications[i].Record
		if w.HasReceipt(record.Receipt) {
			return true
		}
		later := record.PhoneAsOf.Compare(newest.PhoneAsOf)
		if later > 0 || later == 0 && bytes.Compare(record.Phone[:], newest.Phone[:]) > 0 {
			newest = record
		}
	}
	return w.HasPhone(newest.Phone)
}

func second(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }
