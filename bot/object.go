package bot

import (
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

// readObject reads raw as an object.
func readObject(raw string) (object, error) {
	// Neither check says anything of what it read, unlike a decoder's errors.
	if !valid(raw) {
		return nil, errNoObject
	}
	return split(raw)
}

// nested is how many brackets gjson is let into: it goes into one after the
// other and knows no end.
const nested = 10_000

// valid reports whether raw is JSON. gjson finds out in a quarter of the time
// that the standard library takes, which bounds the depth.
func valid(raw string) bool {
	if strings.Count(raw, "{")+strings.Count(raw, "[") > nested {
		return json.Valid([]byte(raw))
	}
	return gjson.Valid(raw)
}

// split reads valid JSON as an object.
func split(raw string) (object, error) {
	result := gjson.Parse(raw)
	if !result.IsObject() {
		return nil, errNoObject
	}
	o := make(object, 0, 8)
	result.ForEach(func(name, value gjson.Result) bool {
		o = append(o, field{name.Str, value.Raw})
		return true
	})
	return o, nil
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

// object returns a field that is an object, otherwise nil.
func (o object) object(name string) object {
	raw := o.raw(name)
	if !strings.HasPrefix(raw, "{") {
		return nil
	}
	inner, _ := split(raw)
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

// decimal returns a field that is a finite number, or one in a string.
func (o object) decimal(name string) (float64, bool) {
	s := o.raw(name)
	if strings.HasPrefix(s, `"`) {
		s, _ = o.text(name)
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil && !math.IsNaN(f) && !math.IsInf(f, 0)
}
