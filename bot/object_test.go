package bot

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzObject holds an object's fields to what the standard decoder makes of
// them.
func FuzzObject(f *testing.F) {
	for _, seed := range []string{
		``, ` `, `null`, `[]`, `1`, `"a"`, `{`, `{}`, ` { } `, `{} {}`, `{"a":1,"a":"2"}`, `{"a":null}`, `{"a" : { "b" : [1, {"c":"}"}] } }`,
		`{"\u0061":"\u0633\ud83d\ude00\ud800","b":"\"\\"}`, "{\"a\":\"\xff\"}", `{"a":-1.0e3,"b":true,"":false}`, `{"a":{"a":{"a":"b"}}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var want map[string]json.RawMessage
		failed := json.Unmarshal(raw, &want) != nil || want == nil
		var room few
		got, err := readObject(raw, room[:])
		if (err != nil) != failed {
			t.Fatalf("%q: %v", raw, err)
		}
		for name, value := range want {
			if strings.ContainsRune(name, utf8.RuneError) {
				continue // nothing that anybody looks for
			}
			if inside := within(string(bytes.TrimLeft(raw, " \t\r\n")), name); inside != string(value) {
				t.Errorf("%q: within it field %q is %q, not %q", raw, name, inside, value)
			}
			if got.raw(name) != string(value) {
				t.Errorf("%q: field %q is %q, not %q", raw, name, got.raw(name), value)
			}
			var s *string
			isText := json.Unmarshal(value, &s) == nil && s != nil
			if text, ok := got.text(name); ok != isText || ok && text != *s {
				t.Errorf("%q: text %q is %q, %v", raw, name, text, ok)
			}
			var inner map[string]json.RawMessage
			isObject := json.Unmarshal(value, &inner) == nil && inner != nil
			if o := got.object(name, nil); (o != nil) != isObject {
				t.Errorf("%q: object %q is %v", raw, name, o)
			}
		}
		if len(want) == 0 && len(got) > 0 {
			t.Errorf("%q has fields %v", raw, got)
		}
	})
}
