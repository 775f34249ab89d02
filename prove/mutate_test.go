package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func TestCrookedUpdates(t *testing.T) {
	all := crooked(77)
	for _, update := range all {
		if !json.Valid([]byte(update)) || strings.Contains(update, "%") {
			t.Errorf("%s is no update", update)
		}
	}
	for _, want := range []string{`{"callback_query":null}`, `"chat":{"id":null,"type":"private"}`, `"chat":null`} {
		if !slices.ContainsFunc(all, func(update string) bool { return strings.Contains(update, want) }) {
			t.Errorf("none of %d has %s", len(all), want)
		}
	}
}
