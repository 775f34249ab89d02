package alert

import (
	"slices"
	"time"

	"kartyar/card"
	"kartyar/store"
)

// Event is what a message tells of an application.
type Event uint8

// The events.
const (
	Arrived Event = iota + 1 // the card came to an office
	Waiting                  // the card still lies there: a reminder
	Problem                  // the applicant must act: defective or rejected
	Left                     // the card no longer lies where it was said to lie
)

// Item is one event of one application, with all that is needed to say it.
type Item struct {
	Person   card.PersonKey
	Nickname string // given in this chat; empty when it follows one person
	Several  bool   // the chat tells its people apart by name
	ID       card.ApplicationID
	Event    Event
	State    card.State    // where the application stands now
	Arrival  store.Arrival // for Arrived and Waiting
	Problem  uint32        // the number of the problem told
	Wish     string        // code of the office that the person chose
	From     string        // code of the office where an earlier arrival was told
	ToldAt   time.Time     // when the arrival was told, for Waiting
}

// pending returns what f has not been told of p, whether or not it may be told
// now. Telling it is what settles it. The room for it is the caller's, as that of
// dues.
func pending(p *store.Person, f *store.Follower) []Item {
	return appendPending(make([]Item, 0, 1), p, f)
}

func appendPending(items []Item, p *store.Person, f *store.Follower) []Item {
	for i := range p.Applications {
		a := &p.Applications[i]
		item := Item{ID: a.Record.ID, State: a.Record.Current(), Arrival: a.Arrival, Problem: a.Problem, Wish: f.Office}
		told := f.ToldOf(item.ID)
		if told == nil {
			told = &store.Told{}
		}
		gone, where := false, card.State{}
		if stillTold(a, told) {
			item.From = told.Office
			where, gone = departed(p, a)
		}
		switch {
		case gone:
			item.Event, item.State = Left, where
			if knownToBeGone(p, f, a) || listed(items, item) {
				continue
			}
		case item.State.Stage == card.StageReady:
			item.Event = Arrived
			if told.Arrival >= a.Arrival.Number || !awaited(p, a) || knownElsewhere(p, f, a) || listed(items, item) {
				continue
			}
		case item.State.Stage.WaitsForHolder():
			if told.Problem >= a.Problem {
				continue
			}
			item.Event = Problem
		default:
			continue
		}
		items = append(items, item)
	}
	return items
}

// stillTold reports whether the person was last told that the card of a lies
// somewhere, and has not said that they collected it.
func stillTold(a *store.Application, told *store.Told) bool {
	return told.Arrival > 0 && !told.Ended && a.Claimed != told.Arrival
}

// awaited reports whether the card of a lies ready and nobody says that it was
// collected or went back.
func awaited(p *store.Person, a *store.Application) bool {
	return a.Record.Current().Stage == card.StageReady && a.Claimed != a.Arrival.Number && !ended(p, a)
}

// ended reports whether another id of the card says that it was collected or
// went back, and a's state is history.
func ended(p *store.Person, a *store.Application) bool {
	return endedBy(p, a, card.StageCollected) != nil || endedBy(p, a, card.StageReturned) != nil
}

// endedBy returns an application that may be the same card as a and was said to be
// in that stage no earlier than a in its own, wherever it stands by now; nil for
// none.
func endedBy(p *store.Person, a *store.Application, stage card.Stage) *store.Application {
	since := a.Record.Current().AsOf
	for i := range p.Applications {
		b := &p.Applications[i]
		if b == a || !b.Record.ID.SameCard(a.Record.ID) {
			continue
		}
		if stage == card.StageReturned && !a.Arrival.IsFrom(b.Record.Current(), b.Arrival) {
			continue
		}
		if at := b.Record.History().At(stage); !at.IsZero() && !at.Before(since) {
			return b
		}
	}
	return nil
}

// departed reports whether the card of a is on its way, as far as anybody says,
// and where it stands then.
func departed(p *store.Person, a *store.Application) (where card.State, ok bool) {
	where = a.Record.Current()
	if endedBy(p, a, card.StageCollected) != nil {
		return where, false
	}
	if b := endedBy(p, a, card.StageReturned); b != nil && where.Stage == card.StageReady {
		where = b.Record.Current()
	}
	there := where.Stage == card.StageReady || where.Stage == card.StageCollected
	return where, !there && !where.Stage.WaitsForHolder() // which is told by itself
}

// knownToBeGone reports whether f has been told, of the same arrival under another
// id, that the card of a no longer lies there.
func knownToBeGone(p *store.Person, f *store.Follower, a *store.Application) bool {
	of := f.ToldOf(a.Record.ID)
	for i := range p.Applications {
		b := &p.Applications[i]
		if b == a || !mayBeSame(a, b) {
			continue
		}
		if told := f.ToldOf(b.Record.ID); told != nil && told.Arrival > 0 && told.Ended && !told.At.Before(of.At) {
			return true
		}
	}
	return false
}

// knownElsewhere reports whether f has been told of a waiting card at the
// office of a under another id that may be the same card.
func knownElsewhere(p *store.Person, f *store.Follower, a *store.Application) bool {
	for i := range p.Applications {
		b := &p.Applications[i]
		if b == a || !mayBeSame(a, b) || !awaited(p, b) {
			continue
		}
		if told := f.ToldOf(b.Record.ID); told != nil && told.Arrival == b.Arrival.Number {
			return true
		}
	}
	return false
}

// mayBeSame reports whether two applications may be one card that came to one
// office.
func mayBeSame(a, b *store.Application) bool {
	return b.Record.ID.SameCard(a.Record.ID) && b.Arrival.Office == a.Arrival.Office
}

// listed reports whether the same card at the same office is in items already,
// under another id.
func listed(items []Item, item Item) bool {
	return slices.ContainsFunc(items, func(other Item) bool { return other.isAs(item) })
}

// isAs reports whether two items tell the same of one card, maybe under two ids.
func (i Item) isAs(other Item) bool {
	return i.Event == other.Event && i.Arrival.Office == other.Arrival.Office && i.ID.SameCard(other.ID)
}

// remindable is a card of which somebody was told and that still lies there.
type remindable struct {
	Item
	next time.Time // of its reminders
}

// waiting returns the cards of which f was told and that still lie there; those
// without a further reminder are left out. The room for it is the caller's, as
// that of dues.
func (r Rules) waiting(p *store.Person, f *store.Follower) []remindable {
	return r.appendWaiting(make([]remindable, 0, 1), p, f)
}

func (r Rules) appendWaiting(all []remindable, p *store.Person, f *store.Follower) []remindable {
	for i := range p.Applications {
		a := &p.Applications[i]
		told := f.ToldOf(a.Record.ID)
		if told == nil || told.Arrival != a.Arrival.Number || told.Arrival == 0 || !awaited(p, a) {
			continue
		}
		next, ok := r.nextReminder(told)
		item := Item{
			ID: a.Record.ID, Event: Waiting, State: a.Record.Current(), Arrival: a.Arrival,
			Wish: f.Office, ToldAt: told.At,
		}
		if ok && !slices.ContainsFunc(all, func(other remindable) bool { return other.isAs(item) }) {
			all = append(all, remindable{item, next})
		}
	}
	return all
}

// nextReminder returns when the next reminder of a told arrival is due. Those
// that were missed become one: only what comes after the last one counts.
func (r Rules) nextReminder(told *store.Told) (time.Time, bool) {
	if told.Snoozed.After(told.Reminded) {
		return r.Quiet.After(told.Snoozed), true
	}
	last := told.At
	if told.Reminded.After(last) {
		last = told.Reminded
	}
	for _, days := range r.ReminderDays {
		if at := ReminderTime(told.At, days); at.After(last) {
			return r.Quiet.After(at), true
		}
	}
	return time.Time{}, false
}

// tell notes that f now knows what item says, and no less than it knew.
func tell(f *store.Follower, item Item, now time.Time) {
	now = second(now)
	told := f.ToldOf(item.ID)
	if told == nil {
		f.Told = append(f.Told, store.Told{ID: item.ID})
		told = &f.Told[len(f.Told)-1]
	}
	switch item.Event {
	case Arrived:
		if told.Arrival < item.Arrival.Number {
			*told = store.Told{ID: item.ID, Arrival: item.Arrival.Number, Office: item.Arrival.Office, At: now, Problem: told.Problem}
		}
		return
	case Waiting:
		if told.Arrival == item.Arrival.Number {
			told.Reminded = now
		}
		return
	case Problem:
		told.Problem = max(told.Problem, item.Problem)
	}
	if told.Arrival > 0 && told.Arrival <= item.Arrival.Number {
		told.Ended = true
	}
}
