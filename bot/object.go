package bot

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// object is a JSON object whose fields are read one by one, so that a field
// that is of another type than documented, or null, spoils nothing but itself.
// A nil object has no fields. Of a name that comes twice the later one counts.
//
// Only what is asked for is decoded: an update has some thirty fields, of which
// a conversation needs six.
type object []field

type field struct{ name, raw string }

var errNoObject = errors.New("not a JSON object")

// few is room for the fields of most objects, which a caller has on its stack.
type few [8]field

// readObject reads raw as an object. Its fields stand in room while they fit.
func readObject(raw []byte, room object) (object, error) {
	// Neither check says anything of what it read, unlike a decoder's errors.
	if !valid(raw) {
		return nil, errNoObject
	}
	return split(string(raw), room)
}

// nested is how many brackets gjson is let into: it goes into one after the
// other and knows no end.
const nested = 10_000

// valid reports whether raw is JSON. gjson finds out in a quarter of the time
// that the standard library takes, which bounds the depth.
func valid(raw []byte) bool {
	if bytes.Count(raw, []byte("{"))+bytes.Count(raw, []byte("[")) > nested {
		return json.Valid(raw)
	}
	return gjson.ValidBytes(raw)
}

// split reads valid JSON as an object. Its fields stand in room while they fit.
func split(raw string, room object) (object, error) {
	result := gjson.Parse(raw)
	if !result.IsObject() {
		return nil, errNoObject
	}
	o := room[:0]
	result.ForEach(func(name, value gjson.Result) bool {
		o = append(o, field{name.Str, value.Raw})
		return true
	})
	if o == nil {
		o = object{} // without fields, but an object
	}
	return o, nil
}

// within returns a field of what an object's field is, as it is written, empty
// when there is none or that is no object. It is for who wants one field or two:
// the others are passed over.
func within(raw, name string) string {
	if !strings.HasPrefix(raw, "{") {
		return ""
	}
	found := ""
	gjson.Parse(raw).ForEach(func(other, value gjson.Result) bool {
		if other.Str == name {
			found = value.Raw
		}
		return true
	})
	return found
}

// raw returns a field as it is written, empty when it is not there.
func (o object) raw(name string) string {
	for i := len(o) - 1; i >= 0; i-- {
		if o[i].name == name {
			return o[i].raw
		}
	}
	return ""
}

// has reports whether the field is there and not null.
func (o object) has(name string) bool {
	raw := o.raw(name)
	return raw != "" && raw != "null"
}

// object returns a field that is an object, otherwise nil. Its fields stand in
// room while they fit.
func (o object) object(name string, room object) object {
	raw := o.raw(name)
	if !strings.HasPrefix(raw, "{") {
		return nil
	}
	inner, _ := split(raw, room)
	return inner
}

// text returns a field that is a string.
func (o object) text(name string) (string, bool) {
	return unquote(o.raw(name))
}

// unquote reads the string that a field is, as it is written.
func unquote(raw string) (string, bool) {
	if !strings.HasPrefix(raw, `"`) {
		return "", false
	}
	if inner := raw[1 : len(raw)-1]; !strings.Contains(inner, `\`) && utf8.ValidString(inner) {
		return inner, true
	}
	var s string
	return s, json.Unmarshal([]byte(raw), &s) == nil
}

// flag returns a field that is true or false.
func (o object) flag(name string) (value, ok bool) {
	switch o.raw(name) {
	case "true":
		return true, true
	case "false":
		return false, true
	}
	return false, false
}

// number returns a field that is a whole number, written as one, as a float
// without a fraction or as a string.
func (o object) number(name string) (int64, bool) {
	return whole(o.raw(name))
}

// whole reads the whole number that a field is, as it is written; empty is none.
func whole(raw string) (int64, bool) {
	if raw == "" {
		return 0, false
	}
	s := raw
	if strings.HasPrefix(s, `"`) {
		s, _ = unquote(raw)
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return 0, false
	}
	return int64(f), true
}

// fraction reads the finite number that a field is, as it is written, or one in
// a string.
func fraction(raw string) (float64, bool) {
	s := raw
	if strings.HasPrefix(s, `"`) {
		s, _ = unquote(raw)
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil && !math.IsNaN(f) && !math.IsInf(f, 0)
}
