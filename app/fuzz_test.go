package app

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Whatever the environment and the file beside it say is taken or refused with
// a sentence that names a variable, and that shows nothing secret.
func FuzzConfig(f *testing.F) {
	f.Add("TELEGRAM_TOKEN", "123456789:CANARYCANARY", "SEND_RATE=7\nexport A='x'\n")
	f.Add("SECRET_KEY", goodKey, "TELEGRAM_PROXY=http://user:CANARY@host:1\nSTORE=\"badger:${A}\"")
	f.Add("STORE", "badger:data", "LOG_LEVEL=warn # as usual")
	f.Add("REMINDER_DAYS", "30, 3,7", "A=\"\n")
	f.Add("QUIET_HOURS", "22 - 7", "ADMIN_ADDR=[::1]:80")
	f.Add("ADMIN_TOKEN", "twenty characters it has", "ADMIN_ADDR=off")
	path := filepath.Join(f.TempDir(), ".env")
	f.Fuzz(func(t *testing.T, name, value, dotenv string) {
		// What names another file is read from there.
		for _, other := range []string{"_FILE", "SETTINGS"} {
			if strings.Contains(name, other) || strings.Contains(dotenv, other) {
				return
			}
		}
		if err := os.WriteFile(path, []byte(dotenv), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := LoadConfig([]string{name + "=" + value}, path)
		if err != nil {
			var wrong *ConfigError
			if !errors.As(err, &wrong) || len(wrong.Problems) == 0 {
				t.Fatalf("no problem is named: %v", err)
			}
			if name == "TELEGRAM_TOKEN" && len(value) > 20 && strings.Contains(err.Error(), value) {
				t.Fatalf("the error shows a secret: %v", err)
			}
			return
		}
		shown, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{string(c.TelegramToken), string(c.BaleToken), string(c.AdminToken), base64.StdEncoding.EncodeToString(c.Key)} {
			if len(secret) > 20 && strings.Contains(string(shown), secret) {
				t.Fatalf("a secret is shown: %s", shown)
			}
		}
	})
}

// Whatever the other end answers, a command ends.
func FuzzEvents(f *testing.F) {
	f.Add([]byte(`{"progress":{"step":1,"done":1,"total":2}}{"done":{"rows":1}}`))
	f.Add([]byte(`{"refused":{"number":2,"reason":255}}{"failed":"why"}`))
	f.Add([]byte(`{"confirm":501}{"data":"eA=="}{"done":null}`))
	f.Fuzz(func(_ *testing.T, sent []byte) {
		say := &speaker{out: json.NewEncoder(io.Discard)}
		var report map[string]any
		_ = listen(json.NewDecoder(strings.NewReader(string(sent))), say, func(e event, s *speaker) error {
			if e.Confirm > 0 {
				s.answer(true)
			}
			return nil
		}, &report)
	})
}
