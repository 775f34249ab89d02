package app

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kartyar/alert"
)

var goodKey = base64.StdEncoding.EncodeToString([]byte("0123456789abcdef0123456789abcdef"))

func TestLoadConfigDefaults(t *testing.T) {
	c, err := LoadConfig(nil, filepath.Join(t.TempDir(), ".env"))
	if err != nil {
		t.Fatal(err)
	}
	if c.Store.Dir != "data" || c.SendRate != 25 || alert.Quiet(c.QuietHours) != (alert.Quiet{From: 21, To: 8}) {
		t.Errorf("defaults: %+v", c)
	}
	if diff := cmp.Diff([]int{3, 7, 14, 30}, []int(c.ReminderDays)); diff != "" {
		t.Error(diff)
	}
}

func TestLoadConfigValues(t *testing.T) {
	tests := []struct {
		entry string
		good  bool
	}{
		{"TELEGRAM_TOKEN=123456789:AAF0example_example-example", true},
		{"TELEGRAM_TOKEN=123456789", false},
		{"TELEGRAM_TOKEN=bot:AAF0exampleexample", false},
		{"TELEGRAM_TOKEN=123456789:AAF0 example example", false},
		{"TELEGRAM_API=http://127.0.0.1:8081/", true},
		{"TELEGRAM_API=127.0.0.1:8081", false},
		{"TELEGRAM_API=https://user:pass@host", false},
		{"TELEGRAM_API=https://host/?a=b", false},
		{"TELEGRAM_PROXY=socks5://user:pass@127.0.0.1:1080", true},
		{"TELEGRAM_PROXY=http://proxy:3128", true},
		{"TELEGRAM_PROXY=https://proxy", true},
		{"TELEGRAM_PROXY=socks5://127.0.0.1", false},
		{"TELEGRAM_PROXY=socks4://127.0.0.1:1080", false},
		{"TELEGRAM_PROXY=127.0.0.1:1080", false},
		{"STORE=badger:/var/lib/kartyar/data", true},
		{"STORE=badger:", false},
		{"STORE=data", false},
		{"STORE=postgres://host/db", false},
		{"SECRET_KEY=" + goodKey, true},
		{"SECRET_KEY=" + goodKey[:20], false},
		{"SECRET_KEY=0123456789abcdef0123456789abcdef", false},
		{"REMINDER_DAYS=30, 3,7", true},
		{"REMINDER_DAYS=0", false},
		{"REMINDER_DAYS=3;7", false},
		{"REMINDER_DAYS=3,,7", false},
		{"QUIET_HOURS=0-0", true},
		{"QUIET_HOURS=22 - 7", true},
		{"QUIET_HOURS=21-24", false},
		{"QUIET_HOURS=21:00-8", false},
		{"SEND_RATE=0.5", true},
		{"SEND_RATE=1001", false},
		{"SEND_RATE=NaN", false},
		{"SEND_RATE=-1", false},
		{"LOG_LEVEL=warn", true},
		{"LOG_LEVEL=WARNING", false},
		{"LOG_FORMAT=console", true},
		{"LOG_FORMAT=text", false},
		{"LOG_FORMAT=", true},
	}
	for _, tt := range tests {
		_, err := LoadConfig([]string{tt.entry}, "")
		if (err == nil) != tt.good {
			t.Errorf("%s: %v", tt.entry, err)
		}
		name, _, _ := strings.Cut(tt.entry, "=")
		if err != nil && !strings.Contains(err.Error(), name+" ") {
			t.Errorf("%s: the error does not name the variable: %v", tt.entry, err)
		}
	}
}

func TestReminderDaysAreSorted(t *testing.T) {
	c, err := LoadConfig([]string{"REMINDER_DAYS=30,3, 7"}, "")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(reminderDays{3, 7, 30}, c.ReminderDays); diff != "" {
		t.Error(diff)
	}
}

func TestDotenvStandsBelowTheEnvironment(t *testing.T) {
	path := filepath.Join(t.TempDir(), ".env")
	if err := os.WriteFile(path, []byte("STORE=badger:below\nSEND_RATE=7\nLOG_LEVEL=debug\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := LoadConfig([]string{"STORE=badger:above", "SEND_RATE="}, path)
	if err != nil {
		t.Fatal(err)
	}
	if c.Store.Dir != "above" || c.SendRate != 7 {
		t.Errorf("store %q, rate %v", c.Store.Dir, c.SendRate)
	}
}

// A dollar sign in a secret is one, and Notepad's mark in front is none of the name.
func TestDotenvIsTakenAsItStands(t *testing.T) {
	path := filepath.Join(t.TempDir(), ".env")
	text := "\ufeffADMIN_TOKEN=abcdefghijklmnopqrstuvwxy$HOME\r\nSTORE=\"badger:a$b${c}\"\nTELEGRAM_PROXY='http://u:p$@127.0.0.1:1'\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := LoadConfig([]string{"HOME=/root"}, path)
	if err != nil {
		t.Fatal(err)
	}
	if string(c.AdminToken) != "abcdefghijklmnopqrstuvwxy$HOME" || c.Store.Dir != "a$b${c}" || c.TelegramProxy.URL == nil || c.TelegramProxy.User.String() != "u:p$" {
		t.Errorf("got token %q, store %q, proxy %v", string(c.AdminToken), c.Store.Dir, c.TelegramProxy)
	}
}

func TestSecretFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(path, []byte("123456789:AAF0exampleexample\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := LoadConfig([]string{"BALE_TOKEN_FILE=" + path}, "")
	if err != nil || string(c.BaleToken) != "123456789:AAF0exampleexample" {
		t.Errorf("%v %q", err, string(c.BaleToken))
	}
	if _, err := LoadConfig([]string{"BALE_TOKEN_FILE=" + path, "BALE_TOKEN=123456789:AAF0exampleexample"}, ""); err == nil {
		t.Error("both were taken")
	}
}

// No way of printing a Config shows a secret of it.
func TestSecretsAreNotPrinted(t *testing.T) {
	c, err := LoadConfig([]string{
		"TELEGRAM_TOKEN=123456789:CANARYCANARY", "BALE_TOKEN=123456789:CANARYCANARY",
		"TELEGRAM_PROXY=http://user:CANARY@host:1", "SECRET_KEY=" + goodKey,
	}, "")
	if err != nil {
		t.Fatal(err)
	}
	asJSON, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	shown := string(asJSON)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		shown += fmt.Sprintf(verb, c) + fmt.Sprintf(verb, &c) + fmt.Sprintf(verb, c.Key) + fmt.Sprintf(verb, c.TelegramToken)
	}
	for _, canary := range []string{"CANARY", "43414e415259", "0123456789abcdef", goodKey, "[48 49 50", "30313233"} {
		if strings.Contains(shown, canary) {
			t.Errorf("a Config prints %q", canary)
		}
	}
	if !strings.Contains(shown, stars) {
		t.Error("nothing was printed in place of the secrets")
	}
}

// No sentence about a wrong configuration shows a value of it.
func TestProblemsHoldNoValues(t *testing.T) {
	var environ []string
	config := reflect.TypeFor[Config]()
	for i := range config.NumField() {
		if name, is := config.Field(i).Tag.Lookup("env"); is {
			environ = append(environ, name+"=CANARY://x:CANARY@ CANARY")
		}
	}
	_, err := LoadConfig(environ, "")
	var wrong *ConfigError
	if !errors.As(err, &wrong) || len(wrong.Problems) != len(environ) {
		t.Fatalf("%v", err)
	}
	if strings.Contains(err.Error(), "CANARY") {
		t.Error(err)
	}
}

// .env.example lists every variable, and nothing else.
func TestEnvExample(t *testing.T) {
	text, err := os.ReadFile("../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	var listed []string
	for line := range strings.Lines(string(text)) {
		name, _, is := strings.Cut(strings.TrimPrefix(line, "#"), "=")
		if is && name == strings.ToUpper(name) && !strings.Contains(name, " ") {
			listed = append(listed, name)
		}
	}
	var known []string
	config := reflect.TypeFor[Config]()
	for i := range config.NumField() {
		if name, is := config.Field(i).Tag.Lookup("env"); is {
			known = append(known, name)
		}
	}
	sorted := cmp.Transformer("set", func(names []string) map[string]bool {
		set := map[string]bool{}
		for _, name := range names {
			set[name] = true
		}
		return set
	})
	if diff := cmp.Diff(known, listed, sorted); diff != "" {
		t.Error(diff)
	}
	for _, name := range known {
		if !strings.Contains(description, name) {
			t.Errorf("--help lacks %s", name)
		}
	}
}

// What is wrong and what `serve` misses is said at once.
func TestServingSaysAllAtOnce(t *testing.T) {
	c, err := LoadConfig([]string{"SEND_RATE=0"}, "")
	var wrong *ConfigError
	if err := c.forServing(err); !errors.As(err, &wrong) || len(wrong.Problems) != 3 {
		t.Errorf("three problems were wanted: %v", err)
	}
	c, err = LoadConfig([]string{"SECRET_KEY=short", "BALE_TOKEN=x"}, "") // wrong, but set
	if err := c.forServing(err); !errors.As(err, &wrong) || len(wrong.Problems) != 2 {
		t.Errorf("two problems were wanted: %v", err)
	}
}
