package bot

import (
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
)

// object is a JSON object whose fields are read one by one, so that a field
// that is of another type than documented, or null, spoils nothing but itself.
// A nil object has no fields.
type object map[string]json.RawMessage

var errNoObject = errors.New("not a JSON object")

// readObject reads raw as an object.
func readObject(raw []byte) (object, error) {
	var o object
	// The decoder's own errors quote what they read, so they are not passed on.
	if err := json.Unmarshal(raw, &o); err != nil || o == nil {
		return nil, errNoObject
	}
	return o, nil
}

// has reports whether the field is there and not null.
func (o object) has(name string) bool {
	raw, ok := o[name]
	return ok && string(raw) != "null"
}

// object returns a field that is an object, otherwise nil.
func (o object) object(name string) object {
	if !o.has(name) {
		return nil
	}
	inner, _ := readObject(o[name])
	return inner
}

// text returns a field that is a string.
func (o object) text(name string) (string, bool) {
	var s *string
	if json.Unmarshal(o[name], &s) != nil || s == nil {
		return "", false
	}
	return *s, true
}

// flag returns a field that is true or false.
func (o object) flag(name string) (value, ok bool) {
	switch string(o[name]) {
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
	s := string(o[name])
	if strings.HasPrefix(s, `"`) {
		s, _ = o.text(name)
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
	s := string(o[name])
	if strings.HasPrefix(s, `"`) {
		s, _ = o.text(name)
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil && !math.IsNaN(f) && !math.IsInf(f, 0)
}
