package card

import (
	"bytes"
	"cmp"
	"time"
)

// IDKind says where an application's id comes from. Two ids mean two cards
// only if they are of the same kind and differ.
type IDKind uint8

// The kinds of application id.
const (
	Unnamed      IDKind = iota // the person's one application that no row names
	ByReceipt                  // named by its receipt code
	ByItsOwnName               // named by the feed's own application number
)

// ApplicationID identifies one application of a person. The zero value is the
// person's one unnamed application.
type ApplicationID struct {
	Kind IDKind         `cbor:"1,keyasint,omitempty"`
	Key  ApplicationKey `cbor:"2,keyasint,omitzero"`
}

// SameCard reports whether a and b may speak of one card: ids of different
// kinds may, two different ids of one kind may not.
func (a ApplicationID) SameCard(b ApplicationID) bool { return a.Kind != b.Kind || a.Key == b.Key }

// State is what a row says of an application: the fields that stand and fall
// together.
type State struct {
	Stage  Stage
	Word   string    // the feed's own word, kept for StageUnknown only
	Office string    // office code, folded by FoldID
	Shelf  string    // for staff only
	Note   string    // what is missing, for StageDefective
	AsOf   time.Time // when the source says it held, to the nanosecond; UTC in a Record
}

// IsZero reports whether nothing is known.
func (s State) IsZero() bool { return s.AsOf.IsZero() }

// SaysAs reports whether two states say the same of where an application
// stands, whenever they held.
func (s State) SaysAs(other State) bool {
	return s.Stage == other.Stage && s.Office == other.Office && s.Word == other.Word
}

// Row is one line of a feed, its private fields already turned into keys. Its
// State.AsOf is never zero: an undated row holds as of its import.
type Row struct {
	Person  PersonKey
	ID      ApplicationID
	State   State
	Undated bool // State.AsOf is the time of the import, not the source's word
	Today   bool // State.AsOf is 00:00 of the day of the import, as of a date without an hour
	Phone   PhoneKey
	Receipt ReceiptKey
}

// Record is all that the rows of one application, in any order and repeated
// any number of times, come to.
type Record struct {
	ID      ApplicationID
	Known   State // the newest row with a stage that is understood
	Unknown State // the newest row with a word that is not

	Phone       PhoneKey
	PhoneAsOf   time.Time
	Receipt     ReceiptKey
	ReceiptAsOf time.Time

	Passed History // of all stages but that of Known
}

// History returns all stages that the application was said to be in, the
// present one included.
func (r Record) History() History { return r.Passed.with(r.Known) }

// Apart returns the record without its history: what two records must have in
// common to say the same of an application now.
func (r Record) Apart() Record {
	r.Passed = History{}
	return r
}

// Current returns where the application stands: the newest row, except that a
// word nobody understands does not hide ready, returned or collected. Keeping
// both candidates makes the outcome the same in whatever order rows come. The
// zero State means that no row has come.
func (r Record) Current() State {
	if r.Known.Stage.settled() || compareStates(r.Known, r.Unknown) > 0 {
		return r.Known
	}
	return r.Unknown
}

// Merge returns the record with row, a row of the same application, taken in.
// It is commutative, associative and idempotent in the rows: a row that says
// nothing new returns a record equal (==) to r. Times are kept in UTC. A row
// whose AsOf is zero says nothing at all.
func (r Record) Merge(row Row) Record {
	if row.State.IsZero() {
		return r
	}
	r.ID = row.ID
	row.State.AsOf = row.State.AsOf.UTC() // one instant must not be two values
	slot := &r.Known
	if row.State.Stage == StageUnknown {
		slot = &r.Unknown
	}
	past := r.Passed.with(r.Known).with(row.State)
	if compareStates(row.State, *slot) > 0 {
		*slot = row.State
	}
	r.Passed = past.passed(r.Known.Stage)
	if newer(row.State.AsOf, row.Phone[:], r.PhoneAsOf, r.Phone[:]) && row.Phone != (PhoneKey{}) {
		r.Phone, r.PhoneAsOf = row.Phone, row.State.AsOf
	}
	if newer(row.State.AsOf, row.Receipt[:], r.ReceiptAsOf, r.Receipt[:]) && row.Receipt != (ReceiptKey{}) {
		r.Receipt, r.ReceiptAsOf = row.Receipt, row.State.AsOf
	}
	return r
}

// compareStates orders states by time; states of one instant by stage, then
// office code, then whatever else the row says, so that no order of arrival
// decides.
func compareStates(a, b State) int {
	return cmp.Or(
		a.AsOf.Compare(b.AsOf),
		cmp.Compare(a.Stage, b.Stage),
		cmp.Compare(a.Office, b.Office),
		cmp.Compare(a.Word, b.Word),
		cmp.Compare(a.Shelf, b.Shelf),
		cmp.Compare(a.Note, b.Note),
	)
}

// newer reports whether key, said at the one time, replaces thanKey, said at
// the other; of two keys of one instant the greater stays.
func newer(at time.Time, key []byte, than time.Time, thanKey []byte) bool {
	return cmp.Or(at.Compare(than), bytes.Compare(key, thanKey)) > 0
}
