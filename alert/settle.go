package alert

import (
	"slices"
	"time"

	"kartyar/card"
	"kartyar/store"
)

// schedule decides when f is next told and reminded of p. rush brings an alert
// that waits to be tried again forward, because there is news.
func (r Rules) schedule(p *store.Person, f *store.Follower, now time.Time, rush bool) {
	hushKnown(p, f)
	f.Reminder = time.Time{}
	if !f.IsVerified() || !f.Notify || f.Blocked {
		f.Alert = store.Pending{}
		return
	}
	if len(pending(p, f)) > 0 {
		if f.Alert.Due.IsZero() {
			f.Alert = store.Pending{Since: second(now), Due: second(now)}
		} else if rush && f.Alert.Due.After(now) {
			f.Alert.Due = second(now)
		}
		return
	}
	f.Alert = store.Pending{}
	for _, w := range r.waiting(p, f) {
		if f.Reminder.IsZero() || w.next.Before(f.Reminder) {
			f.Reminder = second(w.next)
		}
	}
}

// hushKnown notes as told, from the same day, an arrival that is not announced
// because the person knows of a waiting card at that office under another id; and
// as ended, one of whose end the person knows in the same way.
func hushKnown(p *store.Person, f *store.Follower) {
	for i := range p.Applications {
		a := &p.Applications[i]
		told := f.ToldOf(a.Record.ID)
		if told != nil && stillTold(a, told) && knownToBeGone(p, f, a) {
			if _, gone := departed(p, a); gone {
				told.Ended = true
			}
		}
		if told != nil && told.Arrival >= a.Arrival.Number {
			continue
		}
		if awaited(p, a) && knownElsewhere(p, f, a) {
			tell(f, Item{ID: a.Record.ID, Event: Arrived, Arrival: a.Arrival}, knownSince(p, f, a))
		}
	}
}

func knownSince(p *store.Person, f *store.Follower, a *store.Application) (at time.Time) {
	for i := range p.Applications {
		b := &p.Applications[i]
		told := f.ToldOf(b.Record.ID)
		if b != a && told != nil && mayBeSame(a, b) && told.Arrival == b.Arrival.Number && told.At.After(at) {
			at = told.At
		}
	}
	return at
}

// snapshot copies a person so that settle can tell what changed.
func snapshot(p store.Person) store.Person {
	p.Applications = slices.Clone(p.Applications)
	p.Followers = appendFollowers(nil, p.Followers)
	return p
}

// appendFollowers copies followers with what they know, which settle changes.
func appendFollowers(own, all []store.Follower) []store.Follower {
	own = append(own, all...)
	for i := range own {
		own[i].Told = slices.Clone(own[i].Told)
	}
	return own
}

// settle schedules every follower of p, writes the person when anything is
// other than before, and moves the outbox rows along. It returns the number of
// chats that have something to be told and had not before.
func (r Rules) settle(tx *store.Tx, person card.PersonKey, before store.Person, p *store.Person, now time.Time, rush bool) (alerts int, err error) {
	for i := range p.Followers {
		f := &p.Followers[i]
		r.schedule(p, f, now, rush)
		if f.Held {
			release(&before, p, f, now)
		}
	}
	if samePerson(before, *p) {
		return 0, nil
	}
	for i := range p.Followers {
		f := &p.Followers[i]
		had := before.Follower(f.Chat)
		if err := moveDues(tx, dues(person, had), dues(person, f)); err != nil {
			return 0, err
		}
		if !f.Alert.Due.IsZero() && (had == nil || had.Alert.Due.IsZero()) {
			alerts++
		}
	}
	for i := range before.Followers {
		if had := &before.Followers[i]; p.Follower(had.Chat) == nil {
			if err := moveDues(tx, dues(person, had), nil); err != nil {
				return 0, err
			}
		}
	}
	return alerts, tx.PutPerson(person, *p)
}

// moveDues has rows of the outbox give way to others.
func moveDues(tx *store.Tx, from, to []store.Due) error {
	for _, due := range from {
		if !slices.Contains(to, due) {
			if err := tx.DeleteDue(due); err != nil {
				return err
			}
		}
	}
	for _, due := range to {
		if !slices.Contains(from, due) {
			if err := tx.PutDue(due); err != nil {
				return err
			}
		}
	}
	return nil
}

// dues are the outbox rows that stand for what a follower waits for; none where
// there is no follower. It is as short as it is so that the room for them is its
// callers': of most it need not be taken from the heap.
func dues(person card.PersonKey, f *store.Follower) []store.Due {
	return appendDues(make([]store.Due, 0, 2), person, f)
}

func appendDues(rows []store.Due, person card.PersonKey, f *store.Follower) []store.Due {
	if f == nil {
		return rows
	}
	alerts, reminders := store.Alerts, store.Reminders
	if f.Held {
		alerts, reminders = store.HeldAlerts, store.HeldReminders
	}
	if !f.Alert.Due.IsZero() {
		rows = append(rows, store.Due{Bot: f.Bot, Class: alerts, At: f.Alert.Due.UTC(), Person: person, Chat: f.Chat})
	}
	if !f.Reminder.IsZero() {
		rows = append(rows, store.Due{Bot: f.Bot, Class: reminders, At: f.Reminder.UTC(), Person: person, Chat: f.Chat})
	}
	return rows
}

func samePerson(a, b store.Person) bool {
	return slices.EqualFunc(a.Applications, b.Applications, func(a, b store.Application) bool {
		return a.Record == b.Record && a.Arrival == b.Arrival && a.Problem == b.Problem && a.Claimed == b.Claimed &&
			slices.Equal(a.Undated, b.Undated)
	}) && slices.EqualFunc(a.Followers, b.Followers, func(a, b store.Follower) bool {
		return a.Chat == b.Chat && a.Bot == b.Bot && a.Since.Equal(b.Since) && a.Verified.Equal(b.Verified) &&
			a.Phone == b.Phone && a.Waiting == b.Waiting && a.Office == b.Office && a.Notify == b.Notify &&
			a.Blocked == b.Blocked && a.Held == b.Held && a.Alert.Due.Equal(b.Alert.Due) && a.Alert.Since.Equal(b.Alert.Since) &&
			a.Alert.Attempts == b.Alert.Attempts && a.Reminder.Equal(b.Reminder) &&
			a.Inviter == b.Inviter && a.Invited == b.Invited && slices.EqualFunc(a.Told, b.Told, sameTold)
	})
}

func sameTold(a, b store.Told) bool {
	return a.ID == b.ID && a.Arrival == b.Arrival && a.Office == b.Office && a.At.Equal(b.At) && a.Ended == b.Ended &&
		a.Problem == b.Problem && a.Reminded.Equal(b.Reminded) && a.Snoozed.Equal(b.Snoozed)
}
