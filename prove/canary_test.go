package main

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"testing"
)

// Whatever a program might do to a text before it writes it, the search finds
// it.
func TestCanariesAreFound(t *testing.T) {
	number, phone, text := canary{"code", "9991234567"}, canary{"phone", "09981234567"}, canary{"text", "متن کاملاً خصوصی"}
	ascii, err := json.Marshal(text.text)
	if err != nil {
		t.Fatal(err)
	}
	b64 := base64.StdEncoding
	tests := []struct {
		name    string
		of      canary
		written string
		found   bool
	}{
		{"as it is", number, "code=9991234567;", true},
		{"grouped as on the card", number, "999-123456-7", true},
		{"in Persian digits", number, "کد ۹۹۹۱۲۳۴۵۶۷", true},
		{"a phone abroad", phone, "+989981234567", true},
		{"a phone in groups", phone, "0998 123 4567", true},
		{"base64, first in its group", text, b64.EncodeToString([]byte(text.text + " and more")), true},
		{"base64, second", text, b64.EncodeToString([]byte("1" + text.text)), true},
		{"base64, third", text, b64.EncodeToString([]byte("12" + text.text)), true},
		{"in a query", text, "?q=" + url.QueryEscape(text.text), true},
		{"in JSON", text, string(ascii), true},
		{"in UTF-16", text, inUTF16("x"+text.text, false), true},
		{"another number", number, "9991234568 99912345 67x", false},
		{"another text", text, "متن کاملاً عمومی", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "file"), []byte("before"+tt.written+"after"), 0o600); err != nil {
				t.Fatal(err)
			}
			found, _, err := look(dir, []canary{tt.of}, func(string) bool { return false })
			if err != nil || len(found) > 0 != tt.found {
				t.Errorf("found %v, %v", found, err)
			}
		})
	}
}
