package store

import (
	"math"

	"google.golang.org/protobuf/encoding/protowire"

	"kartyar/card"
)

func encodeBot(e *encoder, b *card.Bot) {
	e.text(1, string(b.Platform))
	e.signed(2, b.ID)
}

func decodeBot(f *fields, b *card.Bot) {
	for f.next() {
		switch f.number {
		case 1:
			b.Platform = platform(f)
		case 2:
			b.ID = f.signed()
		default:
			f.unknown()
		}
	}
}

// platform allocates for none of ours.
func platform(f *fields) card.Platform {
	switch string(f.part) {
	case string(card.Telegram):
		return card.Telegram
	case string(card.Bale):
		return card.Bale
	}
	return card.Platform(f.text())
}

func (c *Chat) encode(e *encoder) {
	e.part(1, func() {
		e.part(1, func() { encodeBot(e, &c.Subscriber.Bot) })
		e.signed(2, c.Subscriber.Chat)
	})
	e.flag(2, c.Blocked)
	e.key(3, c.Phone)
	e.time(4, c.PhoneAt)
	for i := range c.People {
		e.element(5, func() {
			e.key(1, c.People[i].Person)
			e.text(2, c.People[i].Nickname)
			e.flag(3, c.People[i].Guest)
		})
	}
	e.bytes(6, c.Session)
}

func (c *Chat) decode(f *fields) {
	for f.next() {
		switch f.number {
		case 1:
			in := f.inner()
			decodeSubscriber(&in, &c.Subscriber)
		case 2:
			c.Blocked = f.flag()
		case 3:
			c.Phone = f.key()
		case 4:
			c.PhoneAt = f.time()
		case 5:
			in := f.inner()
			c.People = append(c.People, Link{})
			c.People[len(c.People)-1].decode(&in)
		case 6:
			c.Session = f.bytes()
		case 7:
			f.time() // when it last wrote, which is not kept any more
		default:
			f.unknown()
		}
	}
}

func decodeSubscriber(f *fields, s *card.Subscriber) {
	for f.next() {
		switch f.number {
		case 1:
			in := f.inner()
			decodeBot(&in, &s.Bot)
		case 2:
			s.Chat = f.signed()
		default:
			f.unknown()
		}
	}
}

func (l *Link) decode(f *fields) {
	for f.next() {
		switch f.number {
		case 1:
			l.Person = f.key()
		case 2:
			l.Nickname = f.text()
		case 3:
			l.Guest = f.flag()
		default:
			f.unknown()
		}
	}
}

func (u *Update) encode(e *encoder) {
	e.part(1, func() { encodeBot(e, &u.Bot) })
	e.key(2, u.Chat)
	e.signed(3, u.ChatID)
	e.signed(4, u.ID)
	e.bytes(5, u.Raw)
	e.time(6, u.Received)
	e.flag(7, u.Flood)
	e.number(8, uint64(u.Tries))
	e.flag(9, u.Handled)
	for i := range u.Replies {
		e.element(10, func() {
			e.bytes(1, u.Replies[i].Body)
			e.time(2, u.Replies[i].NotBefore)
			e.number(3, uint64(u.Replies[i].Attempts))
		})
	}
	e.time(11, u.Done)
}

func (u *Update) decode(f *fields) {
	for f.next() {
		switch f.number {
		case 1:
			in := f.inner()
			decodeBot(&in, &u.Bot)
		case 2:
			u.Chat = f.key()
		case 3:
			u.ChatID = f.signed()
		case 4:
			u.ID = f.signed()
		case 5:
			u.Raw = f.bytes()
		case 6:
			u.Received = f.time()
		case 7:
			u.Flood = f.flag()
		case 8:
			u.Tries = uint8(f.whole(math.MaxUint8))
		case 9:
			u.Handled = f.flag()
		case 10:
			in := f.inner()
			u.Replies = append(u.Replies, Outgoing{})
			u.Replies[len(u.Replies)-1].decode(&in)
		case 11:
			u.Done = f.time()
		default:
			f.unknown()
		}
	}
}

func (o *Outgoing) decode(f *fields) {
	for f.next() {
		switch f.number {
		case 1:
			o.Body = f.bytes()
		case 2:
			o.NotBefore = f.time()
		case 3:
			o.Attempts = uint16(f.whole(math.MaxUint16))
		default:
			f.unknown()
		}
	}
}

func (a *SetAside) encode(e *encoder) {
	e.part(1, func() { encodeBot(e, &a.Bot) })
	e.key(2, a.Chat)
	e.signed(3, a.ID)
	e.bytes(4, a.Raw)
	e.time(5, a.At)
	e.text(6, a.Reason)
}

func (a *SetAside) decode(f *fields) {
	for f.next() {
		switch f.number {
		case 1:
			in := f.inner()
			decodeBot(&in, &a.Bot)
		case 2:
			a.Chat = f.key()
		case 3:
			a.ID = f.signed()
		case 4:
			a.Raw = f.bytes()
		case 5:
			a.At = f.time()
		case 6:
			a.Reason = f.text()
		default:
			f.unknown()
		}
	}
}

func (i *Invite) encode(e *encoder) {
	e.text(1, string(i.Kind))
	e.part(2, func() { encodeBot(e, &i.Bot) })
	e.key(3, i.By)
	e.key(4, i.Person)
	e.time(5, i.Expires)
}

func (i *Invite) decode(f *fields) {
	for f.next() {
		switch f.number {
		case 1:
			i.Kind = InviteKind(f.text())
		case 2:
			in := f.inner()
			decodeBot(&in, &i.Bot)
		case 3:
			i.By = f.key()
		case 4:
			i.Person = f.key()
		case 5:
			i.Expires = f.time()
		default:
			f.unknown()
		}
	}
}

func (g *Guesses) encode(e *encoder) {
	for _, at := range *g {
		e.time(1, at)
	}
}

func (g *Guesses) decode(f *fields) {
	for f.next() {
		switch f.number {
		case 1:
			*g = append(*g, f.time())
		default:
			f.unknown()
		}
	}
}

// office is a row of the directory.
type office card.Office

func (o *office) encode(e *encoder) {
	for i, text := range []string{o.Code, o.Name, string(o.Kind), o.Province, o.City, o.Address, o.Phone, o.Hours} {
		e.text(protowire.Number(1+i), text)
	}
	e.float(9, o.Latitude)
	e.float(10, o.Longitude)
	e.flag(11, o.Located)
}

func (o *office) decode(f *fields) {
	for f.next() {
		switch f.number {
		case 1:
			o.Code = f.text()
		case 2:
			o.Name = f.text()
		case 3:
			o.Kind = card.OfficeKind(f.text())
		case 4:
			o.Province = f.text()
		case 5:
			o.City = f.text()
		case 6:
			o.Address = f.text()
		case 7:
			o.Phone = f.text()
		case 8:
			o.Hours = f.text()
		case 9:
			o.Latitude = f.float()
		case 10:
			o.Longitude = f.float()
		case 11:
			o.Located = f.flag()
		default:
			f.unknown()
		}
	}
}
