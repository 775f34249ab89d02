package alert

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"kartyar/card"
	"kartyar/store"
)

// Message is the facts of one message to one chat: everything that waits to be
// told there of one office. What is said is written from it when it is sent.
type Message struct {
	To       card.Subscriber
	Chat     card.ChatKey
	Reminder bool
	Silent   bool   // the platform should make no sound; known when its turn has come
	Office   string // code of the office that all items speak of; empty when they speak of none
	Items    []Item
}

// tellsOfOthers reports whether a message tells of anybody but one person.
func (m Message) tellsOfOthers(than card.PersonKey) bool {
	return slices.ContainsFunc(m.Items, func(item Item) bool { return item.Person != than })
}

// Outcome is what became of a message.
type Outcome struct {
	Kind OutcomeKind
	Wait time.Duration // for Later and Outage: how long to wait
}

// OutcomeKind decides what happens next.
type OutcomeKind uint8

// The outcomes.
const (
	Sent   OutcomeKind = iota // the platform has it
	Later                     // a 429, or a failure that may be the platform's: no attempt of this alert
	Failed                    // refused for now, or failed for this chat alone: tried again with growing waits
	Never                     // blocked or gone: ends until the person writes again
	Outage                    // not even tried, since the platform is down or wants a pause: nobody's attempt
)

// compose gathers what is due to be told to the chat of d, beginning with the
// person of d, which it returns as it was read. ok is false when nothing is:
// then d is out of date.
func (r Rules) compose(tx *store.Tx, now time.Time, d store.Due) (m Message, p store.Person, ok bool, err error) {
	c, found, err := tx.Chat(d.Chat)
	if err != nil || !found {
		return Message{}, p, false, err
	}
	m = Message{To: c.Subscriber, Chat: d.Chat, Reminder: d.Class == store.Reminders}
	if p, err = tx.Person(d.Person); err != nil {
		return Message{}, p, false, err
	}
	if f := p.Follower(d.Chat); f == nil || !slices.Contains(dues(d.Person, f), d) {
		return Message{}, p, false, nil
	}
	for _, l := range beginningWith(d.Person, c.People) {
		one := p
		if l.Person != d.Person {
			one, err = tx.Person(l.Person)
			if errors.Is(err, store.ErrDamaged) {
				continue // its own row of the outbox tells of the damage
			}
			if err != nil {
				return Message{}, p, false, err
			}
		}
		items := r.itemsFor(&one, now, d.Class, d.Chat, l)
		if l.Person == d.Person {
			if len(items) == 0 {
				return Message{}, p, false, nil
			}
			m.Office = topic(items[0])
		}
		items = slices.DeleteFunc(items, func(item Item) bool { return topic(item) != m.Office })
		for i := range items {
			items[i].Several = c.NeedsNames()
		}
		if m.Items == nil {
			m.Items = items
		} else {
			m.Items = append(m.Items, items...)
		}
	}
	m.Items = m.Items[:min(len(m.Items), itemsMost)]
	return m, p, true, nil
}

// itemsMost keeps a message readable, and within a platform's length; the rest
// is told in the next one.
const itemsMost = 8

// beginningWith returns a chat's people with the given one first.
func beginningWith(person card.PersonKey, people []store.Link) []store.Link {
	if len(people) == 1 && people[0].Person == person {
		return people
	}
	ordered := []store.Link{{Person: person}}
	for _, l := range people {
		if l.Person == person {
			ordered[0] = l
		} else {
			ordered = append(ordered, l)
		}
	}
	return ordered
}

// topic is what items must share to go in one message.
func topic(item Item) string {
	if item.Event == Arrived || item.Event == Waiting {
		return item.Arrival.Office
	}
	return ""
}

// itemsFor returns what may be told now to a chat of one person.
func (r Rules) itemsFor(p *store.Person, now time.Time, class store.Class, chat card.ChatKey, l store.Link) (items []Item) {
	f := p.Follower(chat)
	if f == nil || f.Blocked || !f.Notify || !f.IsVerified() || f.Held {
		return nil
	}
	switch {
	case class == store.Alerts && !f.Alert.Due.IsZero():
		items = pending(p, f)
	case class == store.Reminders && !f.Reminder.IsZero():
		for _, w := range r.waiting(p, f) {
			if !w.next.After(now) {
				items = append(items, w.Item)
			}
		}
	}
	for i := range items {
		items[i].Person, items[i].Nickname = l.Person, l.Nickname
	}
	return items
}

// Waits between the attempts of an alert that is refused: they grow to an hour
// and stay there, since an alert that is still true is never given up.
var retryWaits = []time.Duration{10 * time.Second, time.Minute, 5 * time.Minute, 20 * time.Minute, time.Hour}

// retryMost is the longest wait of an alert.
const retryMost = time.Hour

// reminderWait is how long a reminder that was refused waits.
const reminderWait = 20 * time.Minute

// known is a person as it was read, and as it still stands in the store.
type known struct {
	key    card.PersonKey
	person store.Person
}

// note writes what became of a message that was composed at the time began.
// What was told is told, whatever came in meanwhile; what came in meanwhile is
// still to be told. Who is known need not be read; nil for nobody. It is changed by
// this, so it is good for one attempt, even for one that fails.
func (r Rules) note(tx *store.Tx, began, now time.Time, m Message, outcome Outcome, who *known) error {
	if outcome.Kind == Never {
		_, found, err := tx.Chat(m.Chat)
		if err != nil {
			return fmt.Errorf("noting what became of a message: %w", err)
		}
		if !found || !tx.HeardSince(m.Chat, began) {
			return r.Reachable(tx, now, m.Chat, false)
		}
		outcome.Kind = Failed // the person has written since
	}
	for items := m.Items; len(items) > 0; {
		n := slices.IndexFunc(items, func(item Item) bool { return item.Person != items[0].Person })
		if n < 0 {
			n = len(items)
		}
		if err := r.noteItems(tx, now, m, items[:n], outcome, who); err != nil {
			return fmt.Errorf("noting what became of a message: %w", err)
		}
		items = items[n:]
	}
	return nil
}

// noteItems is note of what a message tells of one person.
func (r Rules) noteItems(tx *store.Tx, now time.Time, m Message, items []Item, outcome Outcome, who *known) (err error) {
	person := items[0].Person
	var p store.Person
	if who != nil && who.key == person && !tx.PersonChanged(person) {
		p = who.person
	} else if p, err = tx.Person(person); err != nil {
		return err
	}
	before := p // as it stays: followers are all that changes by being told
	before.Followers = appendFollowers(make([]store.Follower, 0, 1), p.Followers)
	f := p.Follower(m.Chat)
	if f == nil {
		return nil
	}
	for _, item := range items {
		noteItem(f, item, now, outcome)
	}
	noteAttempt(f, m.Reminder, now, outcome)
	_, err = r.settle(tx, person, before, &p, now, false)
	return err
}

func noteItem(f *store.Follower, item Item, now time.Time, outcome Outcome) {
	if outcome.Kind == Sent {
		tell(f, item, now)
		return
	}
	if told := f.ToldOf(item.ID); item.Event == Waiting && told != nil && told.Arrival == item.Arrival.Number {
		// A reminder has no row of attempts: it is put off.
		wait := reminderWait
		if outcome.Kind == Later {
			wait = outcome.Wait + time.Second
		}
		if until := second(now.Add(wait)); until.After(told.Snoozed) {
			told.Snoozed = until
		}
	}
}

func noteAttempt(f *store.Follower, reminder bool, now time.Time, outcome Outcome) {
	if reminder || f.Alert.Due.IsZero() {
		return
	}
	switch outcome.Kind {
	case Sent:
		f.Alert = store.Pending{Since: f.Alert.Since, Due: second(now)}
	case Later:
		// No row waits for longer than retryMost, which is how one is known that a
		// wrong clock wrote. A bot's own limits hold for as long as they last.
		f.Alert.Due = second(now.Add(min(outcome.Wait+time.Second, retryMost)))
	case Failed:
		wait := retryWaits[min(int(f.Alert.Attempts), len(retryWaits)-1)]
		f.Alert.Attempts++
		f.Alert.Due = second(now.Add(wait))
	}
}

// drop removes a row that stands for nothing any more. gone is false when the
// rules say that it does stand for something, though there is nothing to say.
func (r Rules) drop(tx *store.Tx, now time.Time, d store.Due) (gone bool, err error) {
	if _, found, err := tx.Chat(d.Chat); err != nil {
		return false, fmt.Errorf("dropping a row of the outbox: %w", err)
	} else if !found {
		if _, err := r.Unfollow(tx, now, d.Person, d.Chat); err != nil {
			return false, fmt.Errorf("dropping a row of the outbox: %w", err)
		}
	}
	p, err := tx.Person(d.Person)
	if err != nil {
		return false, fmt.Errorf("dropping a row of the outbox: %w", err)
	}
	if f := p.Follower(d.Chat); f != nil {
		before := snapshot(p)
		if _, err := r.settle(tx, d.Person, before, &p, now, false); err != nil {
			return false, fmt.Errorf("dropping a row of the outbox: %w", err)
		}
		if slices.Contains(dues(d.Person, p.Follower(d.Chat)), d) {
			return false, nil
		}
	}
	return true, tx.DeleteDue(d)
}
