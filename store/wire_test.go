package store

import (
	"bytes"
	"encoding/hex"
	"errors"
	"reflect"
	"testing"
	"time"

	"kartyar/card"
)

// row is what is written and read.
type row interface {
	writable
	readable
}

// kinds make one of each kind of row.
var kinds = []func() row{
	func() row { return new(Person) },
	func() row { return new(Chat) },
	func() row { return new(Update) },
	func() row { return new(SetAside) },
	func() row { return new(Invite) },
	func() row { return new(Guesses) },
	func() row { return new(office) },
	func() row { return new(head) },
	func() row { return new(backupHeader) },
}

// full sets each field that there is, to another value than the one before.
func full(v reflect.Value, next *int64) {
	*next++
	switch x := v.Addr().Interface().(type) {
	case *time.Time:
		*x = time.Unix(1795422600+*next, 0).UTC()
		return
	case *card.Stage:
		*x = card.Stage(*next) % (card.StageCollected + 1)
		return
	case *card.IDKind:
		*x = card.ByItsOwnName
		return
	case *card.Platform:
		*x = card.Bale
		return
	case *card.History:
		x[card.StageApproved], x[card.StageReturned] = *next, -*next
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			full(v.Field(i), next)
		}
	case reflect.Slice:
		n := 2
		if v.Type().Elem().Kind() == reflect.Uint8 {
			n = 200 // longer than one byte of length tells
		}
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		fallthrough
	case reflect.Array:
		for i := range v.Len() {
			full(v.Index(i), next)
		}
	case reflect.String:
		v.SetString(time.Unix(*next, 0).UTC().String())
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Float64:
		v.SetFloat(float64(*next) / 3)
	case reflect.Int64:
		v.SetInt(-*next)
	default:
		v.SetUint(uint64(*next) % 251)
	}
}

func encoded(w writable) []byte {
	var e encoder
	w.encode(&e)
	return e.b
}

// TestRowsAreReadAsWritten: no field is forgotten, none takes another's place,
// and nothing is written of what is zero.
func TestRowsAreReadAsWritten(t *testing.T) {
	for _, make := range kinds {
		want, got, zero := make(), make(), make()
		next := int64(0)
		full(reflect.ValueOf(want).Elem(), &next)
		if u, ok := want.(*Update); ok {
			u.Seq = 0 // its key says it
		}
		b := encoded(want)
		if err := decode(b, got); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%T: %v\ngot  %+v\nwant %+v", want, err, got, want)
		}
		for n := range b {
			_ = decode(b[:n], make()) // a row is sealed whole; it must not panic
		}
		if b := encoded(zero); len(b) > 4 {
			t.Errorf("%T: a zero one takes %d bytes", zero, len(b))
		}
	}
}

// TestRowsAreStoredAsBefore: a change of these bytes is a change of what is
// stored; it needs another storeFormat, and a way from one to the other.
func TestRowsAreStoredAsBefore(t *testing.T) {
	at := time.Unix(1795422600, 0).UTC()
	p := Person{
		Applications: []Application{{Record: card.Record{
			ID:    card.ApplicationID{Kind: card.ByReceipt, Key: card.ApplicationKey{1}},
			Known: card.State{Stage: card.StageReady, Office: "77", AsOf: at}, Phone: card.PhoneKey{2}, PhoneAsOf: at,
			Passed: card.History{card.StageIssuing: 1795000000},
		}, Arrival: Arrival{Number: 1, Office: "77", At: at}}},
		Followers: []Follower{{Chat: card.ChatKey{3}, Bot: card.Bot{Platform: card.Bale, ID: 9}, Notify: true, Told: []Told{{}}}},
	}
	const want = "0a540a440a140801121001000000000000000000000000000000120c08071a0237373090e69fb00d" +
		"2210020000000000000000000000000000002890e69fb00d420620809becaf0d" +
		"120c0801120237371890e69fb00d" +
		"12200a100300000000000000000000000000000012080a0462616c65101240015200"
	if got := hex.EncodeToString(encoded(&p)); got != want {
		t.Errorf("got %s", got)
	}
}

// A waiting pair of format 1, its phone in field 5 and its receipt code in field
// 6, waits as it did, and so does the phone of a guest; of one that proved itself it
// stays the proof.
func TestWaitingPairsOfFormat1(t *testing.T) {
	old := func(verified time.Time, inviter card.ChatKey) []byte {
		var e encoder
		e.element(2, func() {
			e.key(1, card.ChatKey{3})
			e.time(4, verified)
			e.key(5, card.PhoneKey{5})
			if verified.IsZero() {
				e.key(6, card.ReceiptKey{6})
			}
			e.flag(8, true)
			e.key(14, inviter)
		})
		return e.b
	}
	at := time.Unix(1795422600, 0).UTC()
	for _, tt := range []struct {
		row  []byte
		want Follower
	}{
		{old(time.Time{}, card.ChatKey{}), Follower{Chat: card.ChatKey{3}, Notify: true, Waiting: Waiting{
			Phones: [KeptWaiting]card.PhoneKey{{5}}, Receipts: [KeptWaiting]card.ReceiptKey{{6}},
		}}},
		{old(at, card.ChatKey{4}), Follower{Chat: card.ChatKey{3}, Notify: true, Verified: at, Inviter: card.ChatKey{4}, Waiting: Waiting{
			Phones: [KeptWaiting]card.PhoneKey{{5}},
		}}},
		{old(at, card.ChatKey{}), Follower{Chat: card.ChatKey{3}, Notify: true, Verified: at, Phone: card.PhoneKey{5}}},
	} {
		var got, again Person
		if err := decode(tt.row, &got); err != nil || !reflect.DeepEqual(got.Followers, []Follower{tt.want}) {
			t.Errorf("%v: got %+v, want %+v", err, got.Followers, tt.want)
		}
		if err := decode(encoded(&got), &again); err != nil || !reflect.DeepEqual(got, again) {
			t.Errorf("written anew it is %+v (%v)", again, err)
		}
	}
}

func TestRowsThatDoNotFit(t *testing.T) {
	for name, b := range map[string][]byte{
		"a field of a later version": {3<<3 | 2, 0}, "a field of another kind": {1 << 3, 1}, "a field cut short": {1<<3 | 2, 9},
		"a stage of a later version":        {1<<3 | 2, 6, 1<<3 | 2, 4, 2<<3 | 2, 2, 1 << 3, 99},
		"a passed stage of a later version": {1<<3 | 2, 6, 1<<3 | 2, 4, 8<<3 | 2, 2, 12 << 3, 2},
		"a key of 3 bytes":                  {2<<3 | 2, 5, 1<<3 | 2, 3, 1, 1, 1},
		"a fourth phone that waits":         append([]byte{2<<3 | 2, 76}, bytes.Repeat(append([]byte{0x82, 1, 16}, bytes.Repeat([]byte{1}, 16)...), 4)...),
		"a group":                           {1<<3 | 3, 1<<3 | 4},
	} {
		if err := decode(b, new(Person)); err == nil {
			t.Errorf("%s was read", name)
		}
	}
}

func TestAStoreOfALaterVersionIsRefused(t *testing.T) {
	v, err := newVault(bytes.Repeat([]byte{7}, KeySize))
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := v.seal(new(rowRoom), headKey, plain{6 << 3, storeFormat + 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := v.open(headKey, sealed, new(head)); !errors.Is(err, ErrNewer) || errors.Is(err, ErrDamaged) {
		t.Errorf("got %v", err)
	}
}

// Whatever a row holds, reading it does not panic, and what is read is written
// and read again as the same.
func FuzzRows(f *testing.F) {
	for i, make := range kinds {
		r, next := make(), int64(0)
		full(reflect.ValueOf(r).Elem(), &next)
		f.Add(byte(i), encoded(r))
		f.Add(byte(i), []byte{})
	}
	f.Fuzz(func(t *testing.T, kind byte, b []byte) {
		make := kinds[int(kind)%len(kinds)]
		r, again := make(), make()
		if decode(b, r) != nil {
			return
		}
		written := encoded(r)
		if err := decode(written, again); err != nil || !bytes.Equal(encoded(again), written) {
			t.Fatalf("%T %+v became %+v (%v)", r, r, again, err)
		}
	})
}

func BenchmarkRow(b *testing.B) {
	v, err := newVault(bytes.Repeat([]byte{7}, KeySize))
	if err != nil {
		b.Fatal(err)
	}
	at := time.Unix(1795422600, 0).UTC()
	p := Person{Applications: []Application{{Record: card.Record{
		Known: card.State{Stage: card.StageIssuing, Office: "1077", AsOf: at}, Phone: card.PhoneKey{2}, PhoneAsOf: at,
	}}}}
	key := rowKey(personKind, bytes.Repeat([]byte{9}, 16))
	sealed, err := v.seal(new(rowRoom), key, &p)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("seal", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := v.seal(new(rowRoom), key, &p); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(len(sealed)), "bytes")
	})
	b.Run("open", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var got Person
			if err := v.open(key, sealed, &got); err != nil {
				b.Fatal(err)
			}
		}
	})
}
