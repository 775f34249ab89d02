package store

import (
	"math"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"

	"kartyar/card"
)

func (p *Person) encode(e *encoder) {
	for i := range p.Applications {
		e.element(1, func() { p.Applications[i].encode(e) })
	}
	for i := range p.Followers {
		e.element(2, func() { p.Followers[i].encode(e) })
	}
}

func (p *Person) decode(f *fields) {
	for f.next() {
		switch in := f.inner(); f.number {
		case 1:
			var a *Application
			p.Applications, a = further(p.Applications)
			a.decode(&in)
		case 2:
			var w *Follower
			p.Followers, w = further(p.Followers)
			w.decode(&in)
		default:
			f.unknown()
		}
	}
}

func (a *Application) encode(e *encoder) {
	e.part(1, func() { encodeRecord(e, &a.Record) })
	e.part(2, func() {
		e.number(1, uint64(a.Arrival.Number))
		e.text(2, a.Arrival.Office)
		e.time(3, a.Arrival.At)
	})
	e.number(3, uint64(a.Problem))
	e.number(4, uint64(a.Claimed))
	for i := range a.Undated {
		e.bytes(5, a.Undated[i][:])
	}
}

func (a *Application) decode(f *fields) {
	for f.next() {
		switch f.number {
		case 1:
			in := f.inner()
			decodeRecord(&in, &a.Record)
		case 2:
			in := f.inner()
			a.Arrival.decode(&in)
		case 3:
			a.Problem = uint32(f.whole(math.MaxUint32))
		case 4:
			a.Claimed = uint32(f.whole(math.MaxUint32))
		case 5:
			a.Undated = append(a.Undated, RowHash{})
			f.fill(a.Undated[len(a.Undated)-1][:])
		default:
			f.unknown()
		}
	}
}

func (a *Arrival) decode(f *fields) {
	for f.next() {
		switch f.number {
		case 1:
			a.Number = uint32(f.whole(math.MaxUint32))
		case 2:
			a.Office = f.text()
		case 3:
			a.At = f.time()
		default:
			f.unknown()
		}
	}
}

func encodeRecord(e *encoder, r *card.Record) {
	e.part(1, func() { encodeID(e, &r.ID) })
	e.part(2, func() { encodeState(e, &r.Known) })
	e.part(3, func() { encodeState(e, &r.Unknown) })
	e.key(4, r.Phone)
	e.time(5, r.PhoneAsOf)
	e.key(6, r.Receipt)
	e.time(7, r.ReceiptAsOf)
	e.part(8, func() {
		for stage, at := range r.Passed {
			e.signed(protowire.Number(stage), at)
		}
	})
}

func decodeRecord(f *fields, r *card.Record) {
	for f.next() {
		switch f.number {
		case 1:
			in := f.inner()
			decodeID(&in, &r.ID)
		case 2:
			in := f.inner()
			decodeState(&in, &r.Known)
		case 3:
			in := f.inner()
			decodeState(&in, &r.Unknown)
		case 4:
			r.Phone = f.key()
		case 5:
			r.PhoneAsOf = f.time()
		case 6:
			r.Receipt = f.key()
		case 7:
			r.ReceiptAsOf = f.time()
		case 8:
			for in := f.inner(); in.next(); {
				if in.number > protowire.Number(card.StageCollected) {
					in.unknown()
					continue
				}
				r.Passed[in.number] = in.signed()
			}
		default:
			f.unknown()
		}
	}
}

func encodeID(e *encoder, id *card.ApplicationID) {
	e.number(1, uint64(id.Kind))
	e.key(2, id.Key)
}

func decodeID(f *fields, id *card.ApplicationID) {
	for f.next() {
		switch f.number {
		case 1:
			id.Kind = card.IDKind(f.whole(uint64(card.ByItsOwnName)))
		case 2:
			id.Key = f.key()
		default:
			f.unknown()
		}
	}
}

func encodeState(e *encoder, s *card.State) {
	e.number(1, uint64(s.Stage))
	e.text(2, s.Word)
	e.text(3, s.Office)
	e.text(4, s.Shelf)
	e.text(5, s.Note)
	e.time(6, s.AsOf)
}

func decodeState(f *fields, s *card.State) {
	for f.next() {
		switch f.number {
		case 1:
			s.Stage = card.Stage(f.whole(uint64(card.StageCollected)))
		case 2:
			s.Word = f.text()
		case 3:
			s.Office = f.text()
		case 4:
			s.Shelf = f.text()
		case 5:
			s.Note = f.text()
		case 6:
			s.AsOf = f.time()
		default:
			f.unknown()
		}
	}
}

func (f *Follower) encode(e *encoder) {
	e.key(1, f.Chat)
	e.part(2, func() { encodeBot(e, &f.Bot) })
	e.time(3, f.Since)
	e.time(4, f.Verified)
	e.key(5, f.Phone)
	e.text(7, f.Office)
	e.flag(8, f.Notify)
	e.flag(9, f.Blocked)
	for i := range f.Told {
		e.element(10, func() { f.Told[i].encode(e) })
	}
	e.part(11, func() {
		e.time(1, f.Alert.Due)
		e.time(2, f.Alert.Since)
		e.number(3, uint64(f.Alert.Attempts))
	})
	e.time(12, f.Reminder)
	e.flag(13, f.Held)
	e.key(14, f.Inviter)
	e.key(15, f.Invited)
	for i := range f.Waiting.Phones {
		e.key(16, f.Waiting.Phones[i])
	}
	for i := range f.Waiting.Receipts {
		e.key(17, f.Waiting.Receipts[i])
	}
}

func (f *Follower) decode(in *fields) {
	for in.next() {
		switch in.number {
		case 1:
			f.Chat = in.key()
		case 2:
			part := in.inner()
			decodeBot(&part, &f.Bot)
		case 3:
			f.Since = in.time()
		case 4:
			f.Verified = in.time()
		case 5:
			f.Phone = in.key()
		case 6:
			f.Waiting.Add(card.PhoneKey{}, in.key()) // of format 1, which kept one
		case 7:
			f.Office = in.text()
		case 8:
			f.Notify = in.flag()
		case 9:
			f.Blocked = in.flag()
		case 10:
			part := in.inner()
			f.Told = append(f.Told, Told{})
			f.Told[len(f.Told)-1].decode(&part)
		case 11:
			part := in.inner()
			f.Alert.decode(&part)
		case 12:
			f.Reminder = in.time()
		case 13:
			f.Held = in.flag()
		case 14:
			f.Inviter = in.key()
		case 15:
			f.Invited = in.key()
		case 16:
			fillNext(in, f.Waiting.Phones[:])
		case 17:
			fillNext(in, f.Waiting.Receipts[:])
		default:
			in.unknown()
		}
	}
	if !f.IsVerified() || f.IsGuest() && f.Waiting.IsZero() {
		f.Waiting.Add(f.Phone, card.ReceiptKey{}) // format 1 kept the phone that waits there
		f.Phone = card.PhoneKey{}
	}
}

// fillNext reads a key into the first place that is free.
func fillNext[K ~[16]byte](in *fields, keys []K) {
	at := slices.Index(keys, K{})
	if at < 0 {
		in.fail(errMalformed)
		return
	}
	keys[at] = in.key()
}

func (p *Pending) decode(f *fields) {
	for f.next() {
		switch f.number {
		case 1:
			p.Due = f.time()
		case 2:
			p.Since = f.time()
		case 3:
			p.Attempts = uint16(f.whole(math.MaxUint16))
		default:
			f.unknown()
		}
	}
}

func (t *Told) encode(e *encoder) {
	e.part(1, func() { encodeID(e, &t.ID) })
	e.number(2, uint64(t.Arrival))
	e.text(3, t.Office)
	e.time(4, t.At)
	e.flag(5, t.Ended)
	e.number(6, uint64(t.Problem))
	e.time(7, t.Reminded)
	e.time(8, t.Snoozed)
}

func (t *Told) decode(f *fields) {
	for f.next() {
		switch f.number {
		case 1:
			in := f.inner()
			decodeID(&in, &t.ID)
		case 2:
			t.Arrival = uint32(f.whole(math.MaxUint32))
		case 3:
			t.Office = f.text()
		case 4:
			t.At = f.time()
		case 5:
			t.Ended = f.flag()
		case 6:
			t.Problem = uint32(f.whole(math.MaxUint32))
		case 7:
			t.Reminded = f.time()
		case 8:
			t.Snoozed = f.time()
		default:
			f.unknown()
		}
	}
}
