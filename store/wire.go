package store

import (
	"errors"
	"math"
	"slices"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// Rows are written in the wire format of protocol buffers, each type's fields
// in two functions beside one another: encode leaves out what is zero, decode
// refuses what it does not know. A field's number is never used for anything
// else. Whoever adds one raises storeFormat, so that an older program refuses
// the store as it opens instead of losing the field as it writes a row back.

// writable is what a row can be written from.
type writable interface{ encode(*encoder) }

// readable is what a row can be read into.
type readable interface{ decode(*fields) }

// plain is a row's value as it is, whatever it says.
type plain []byte

func (p plain) encode(e *encoder) { e.b = append(e.b, p...) }

func (p *plain) decode(f *fields) { *p, f.rest = append((*p)[:0], f.rest...), nil }

// encoder appends fields to b.
type encoder struct{ b []byte }

func (e *encoder) tag(n protowire.Number, kind protowire.Type) {
	e.b = protowire.AppendTag(e.b, n, kind)
}

func (e *encoder) number(n protowire.Number, value uint64) {
	if value != 0 {
		e.tag(n, protowire.VarintType)
		e.b = protowire.AppendVarint(e.b, value)
	}
}

func (e *encoder) signed(n protowire.Number, value int64) {
	e.number(n, protowire.EncodeZigZag(value))
}

func (e *encoder) flag(n protowire.Number, value bool) { e.number(n, protowire.EncodeBool(value)) }

func (e *encoder) float(n protowire.Number, value float64) {
	if bits := math.Float64bits(value); bits != 0 {
		e.tag(n, protowire.Fixed64Type)
		e.b = protowire.AppendFixed64(e.b, bits)
	}
}

// time writes the second; a time that is there is told from the zero time even
// if it is the first second of 1970.
func (e *encoder) time(n protowire.Number, t time.Time) {
	if !t.IsZero() {
		e.tag(n, protowire.VarintType)
		e.b = protowire.AppendVarint(e.b, protowire.EncodeZigZag(t.Unix()))
	}
}

func (e *encoder) text(n protowire.Number, value string) {
	if value != "" {
		e.tag(n, protowire.BytesType)
		e.b = protowire.AppendString(e.b, value)
	}
}

func (e *encoder) bytes(n protowire.Number, value []byte) {
	if len(value) > 0 {
		e.tag(n, protowire.BytesType)
		e.b = protowire.AppendBytes(e.b, value)
	}
}

func (e *encoder) key(n protowire.Number, key [16]byte) {
	if key != [16]byte{} {
		e.bytes(n, key[:])
	}
}

// part writes what encode writes as one field, if that is anything.
func (e *encoder) part(n protowire.Number, encode func()) {
	start := len(e.b)
	if e.element(n, encode); len(e.b) == start+protowire.SizeTag(n)+1 {
		e.b = e.b[:start]
	}
}

// element is part for one of several, which is written even if it is empty.
func (e *encoder) element(n protowire.Number, encode func()) {
	e.tag(n, protowire.BytesType)
	e.b = append(e.b, 0) // most are shorter than 128 bytes
	start := len(e.b)
	encode()
	size := len(e.b) - start
	if more := protowire.SizeVarint(uint64(size)) - 1; more > 0 {
		e.b = append(e.b, make([]byte, more)...)
		copy(e.b[start+more:], e.b[start:start+size])
	}
	protowire.AppendVarint(e.b[:start-1], uint64(size))
}

// fields reads what an encoder wrote:
//
//	for f.next() {
//		switch f.number {
//		case 1: x = f.text()
//		default: f.unknown()
//		}
//	}
//
// What does not fit is remembered as the error of the whole row.
type fields struct {
	rest   []byte
	err    *error
	number protowire.Number
	kind   protowire.Type
	value  uint64
	part   []byte // shares the row's memory
}

var (
	errMalformed = errors.New("it is malformed")
	errUnknown   = errors.New("it has a field of a later version")
)

// decode reads a row's plain value.
func decode(b []byte, into readable) (err error) {
	into.decode(&fields{rest: b, err: &err})
	return err
}

// next reads the next field; false after the last, and after an error.
func (f *fields) next() bool {
	if len(f.rest) == 0 || *f.err != nil {
		return false
	}
	number, kind, n := protowire.ConsumeTag(f.rest)
	if n < 0 {
		return f.fail(errMalformed)
	}
	f.rest = f.rest[n:]
	switch f.number, f.kind = number, kind; kind {
	case protowire.VarintType:
		f.value, n = protowire.ConsumeVarint(f.rest)
	case protowire.Fixed64Type:
		f.value, n = protowire.ConsumeFixed64(f.rest)
	case protowire.BytesType:
		f.part, n = protowire.ConsumeBytes(f.rest)
	default:
		n = -1
	}
	if n < 0 {
		return f.fail(errMalformed)
	}
	f.rest = f.rest[n:]
	return true
}

func (f *fields) fail(err error) bool {
	if *f.err == nil {
		*f.err = err
	}
	return false
}

func (f *fields) unknown() { f.fail(errUnknown) }

func (f *fields) is(kind protowire.Type) bool { return f.kind == kind || f.fail(errMalformed) }

// whole returns the field's number if it is at most most.
func (f *fields) whole(most uint64) uint64 {
	if !f.is(protowire.VarintType) {
		return 0
	}
	if f.value > most {
		f.fail(errMalformed)
		return 0
	}
	return f.value
}

func (f *fields) signed() int64 { return protowire.DecodeZigZag(f.whole(math.MaxUint64)) }

func (f *fields) flag() bool { return f.whole(1) == 1 }

func (f *fields) float() float64 {
	if !f.is(protowire.Fixed64Type) {
		return 0
	}
	return math.Float64frombits(f.value)
}

// time returns a second in UTC, so that equal instants are equal values
// wherever the program runs.
func (f *fields) time() time.Time { return time.Unix(f.signed(), 0).UTC() }

func (f *fields) text() string {
	if !f.is(protowire.BytesType) {
		return ""
	}
	return string(f.part)
}

func (f *fields) bytes() []byte {
	if !f.is(protowire.BytesType) {
		return nil
	}
	return append([]byte(nil), f.part...)
}

// fill copies a field of exactly the length of into.
func (f *fields) fill(into []byte) {
	if !f.is(protowire.BytesType) || len(f.part) != len(into) {
		f.fail(errMalformed)
		return
	}
	copy(into, f.part)
}

func (f *fields) key() (key [16]byte) {
	f.fill(key[:])
	return key
}

// further returns a slice with one more element, all zero, and that element.
func further[T any](s []T) ([]T, *T) {
	s = slices.Grow(s, 1)[:len(s)+1]
	return s, &s[len(s)-1]
}

// inner returns the fields inside this one.
func (f *fields) inner() fields {
	if !f.is(protowire.BytesType) {
		return fields{err: f.err}
	}
	return fields{rest: f.part, err: f.err}
}
