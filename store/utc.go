package store

import (
	"time"

	"kartyar/card"
)

// The decoder gives times in the machine's own zone. Rows give them in UTC, so
// that equal instants are equal values wherever the program runs.

func utc(times ...*time.Time) {
	for _, t := range times {
		*t = t.UTC()
	}
}

func (p *Person) inUTC() {
	for i := range p.Applications {
		p.Applications[i].inUTC()
	}
	for i := range p.Followers {
		p.Followers[i].inUTC()
	}
}

func (a *Application) inUTC() {
	recordInUTC(&a.Record)
	utc(&a.Arrival.At)
}

func recordInUTC(r *card.Record) {
	utc(&r.Known.AsOf, &r.Unknown.AsOf, &r.PhoneAsOf, &r.ReceiptAsOf)
}

func (f *Follower) inUTC() {
	utc(&f.Since, &f.Verified, &f.Alert.Due, &f.Alert.Since, &f.Reminder)
	for i := range f.Told {
		utc(&f.Told[i].At, &f.Told[i].Reminded, &f.Told[i].Snoozed)
	}
}

func (c *Chat) inUTC() { utc(&c.PhoneAt, &c.Seen) }

func (u *Update) inUTC() {
	utc(&u.Received, &u.Done)
	for i := range u.Replies {
		utc(&u.Replies[i].NotBefore)
	}
}

func (i *Invite) inUTC() { utc(&i.Expires) }

func (a *SetAside) inUTC() { utc(&a.At) }

func (g *Guesses) inUTC() {
	for i := range *g {
		utc(&(*g)[i])
	}
}
