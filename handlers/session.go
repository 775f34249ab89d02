package handlers

import (
	"time"

	"github.com/fxamacker/cbor/v2"

	"kartyar/card"
)

// state is what a chat's next text is taken for. The numbers are stored.
type state byte

// The states. None of them locks anything: commands, main buttons and buttons
// under messages work in all.
const (
	idle     state = iota
	contact        // the contact, asked for at session.At
	code           // a national code
	receipt        // the receipt code of session.Person
	nickname       // a nickname for the first of session.Naming
	office         // a part of an office's name, for session.Person
	forget         // whether to delete everything, asked at session.At
	nearby         // where the person is, or a part of an office's name, for session.Person
	question       // one of the questions that people ask, whose list was shown at session.At
)

// session is where a conversation stands.
type session struct {
	State  state            `cbor:"1,keyasint,omitempty"`
	At     int64            `cbor:"2,keyasint,omitempty"` // unix seconds of the question
	Person card.PersonKey   `cbor:"3,keyasint,omitzero"`
	Naming []card.PersonKey `cbor:"4,keyasint,omitempty"` // those to be given a nickname
	// Unkept: the pair of Person does not wait, because too many do.
	Unkept bool `cbor:"5,keyasint,omitempty"`
	// Sent is when the message that brought the question was sent, in unix seconds
	// of the platform's clock; 0 for a button, of whose press no date is told.
	Sent int64 `cbor:"6,keyasint,omitempty"`
}

const (
	promptFresh = 30 * time.Minute     // how long an asked contact or confirmation counts as asked
	officeFresh = 2 * time.Hour        // how long what is typed may be an office's name
	sentSkew    = 5 * time.Second      // how far one platform's clocks may be apart
	proofLasts  = 180 * 24 * time.Hour // after that asking needs proof again
)

// decodeSession reads a kept session; one that cannot be read, or of a later
// version, begins anew.
func decodeSession(b []byte) session {
	if len(b) == 0 {
		return session{}
	}
	var s session // on the heap, and only here
	if cbor.Unmarshal(b, &s) != nil || s.State > question {
		return session{}
	}
	return s
}

func (s session) encode() ([]byte, error) {
	if s.State == idle {
		return nil, nil
	}
	return cbor.Marshal(s)
}

// askedWithin reports whether the question was put at most d ago.
func (s session) askedWithin(d time.Duration, now time.Time) bool {
	return now.Sub(time.Unix(s.At, 0)) <= d
}

// sentSince reports whether a message was sent after the one that brought the
// question, as far as the platform tells. Both dates are of its clock, since
// ours may be off.
func (s session) sentSince(sent time.Time) bool {
	return s.Sent == 0 || !sent.Before(time.Unix(s.Sent, 0).Add(-sentSkew))
}

// hasOwnMenu reports whether the main buttons give way to others in a state.
func (s state) hasOwnMenu() bool { return s == contact || s == code || s == receipt || s == nearby }

// shows is what a reply that shows a status is rendered anew from.
type shows struct {
	Person card.PersonKey `cbor:"1,keyasint"`
	Lead   lead           `cbor:"2,keyasint,omitempty"`
	// Way is set when the reply shows the way of one card: of this application.
	Way *card.ApplicationID `cbor:"3,keyasint,omitempty"`
}

func (s shows) encode() ([]byte, error) { return cbor.Marshal(s) }

func decodeShows(b []byte) (s shows, ok bool) {
	return s, len(b) > 0 && cbor.Unmarshal(b, &s) == nil
}
