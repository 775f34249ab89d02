package app

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/rs/zerolog"

	"kartyar/alert"
	"kartyar/store"
)

// stars stand for a secret wherever it is printed.
const stars = "***"

// hide is the Format method of secrets, for every verb.
func hide(f fmt.State) { _, _ = f.Write([]byte(stars)) }

// token is a bot's token. It prints as ***; string(t) is the token itself.
type token string

var tokenShape = regexp.MustCompile(`^[0-9]{3,20}:[A-Za-z0-9_-]{10,100}$`)

func (t *token) UnmarshalText(text []byte) error {
	if !tokenShape.Match(text) {
		return errors.New("is not a bot's token: it should look like 123456789:AAF0exampleexampleexample, as the platform's BotFather gave it")
	}
	*t = token(text)
	return nil
}

func (t token) String() string               { return stars }
func (t token) Format(f fmt.State, _ rune)   { hide(f) }
func (t token) MarshalText() ([]byte, error) { return []byte(stars), nil }

// secretKey is SECRET_KEY, store.KeySize bytes. It prints as ***.
type secretKey []byte

func (k *secretKey) UnmarshalText(text []byte) error {
	raw, err := base64.StdEncoding.DecodeString(string(text))
	if err != nil {
		raw, err = base64.RawURLEncoding.DecodeString(strings.TrimRight(string(text), "="))
	}
	if err != nil || len(raw) != store.KeySize {
		return fmt.Errorf("must be %d bytes in base64; `kartyar keygen` prints a new one", store.KeySize)
	}
	*k = raw
	return nil
}

func (k secretKey) String() string               { return stars }
func (k secretKey) Format(f fmt.State, _ rune)   { hide(f) }
func (k secretKey) MarshalText() ([]byte, error) { return []byte(stars), nil }

// apiURL is the base of a Bot API, without a slash at the end; empty is the
// platform's own.
type apiURL string

func (a *apiURL) UnmarshalText(text []byte) error {
	u, err := url.Parse(string(text))
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return errors.New("must be an address such as https://api.telegram.org")
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return errors.New("must be a plain address without user, ? and #")
	}
	*a = apiURL(strings.TrimRight(string(text), "/"))
	return nil
}

// proxy is the way to Telegram. It may hold a password and prints as ***.
type proxy struct{ *url.URL }

func (p *proxy) UnmarshalText(text []byte) error {
	u, err := url.Parse(string(text))
	if err != nil || u.Hostname() == "" || !slices.Contains([]string{"http", "https", "socks5"}, u.Scheme) {
		return errors.New("must be http://host:port, https://host:port or socks5://host:port")
	}
	if u.Scheme == "socks5" && u.Port() == "" {
		return errors.New("needs a port, as in socks5://host:1080")
	}
	p.URL = u
	return nil
}

func (p proxy) String() string               { return stars }
func (p proxy) Format(f fmt.State, _ rune)   { hide(f) }
func (p proxy) MarshalText() ([]byte, error) { return []byte(stars), nil }

// storeURL is the directory of a Badger store.
type storeURL struct{ Dir string }

func (s *storeURL) UnmarshalText(text []byte) error {
	scheme, rest, found := strings.Cut(string(text), ":")
	switch {
	case found && (scheme == "postgres" || scheme == "postgresql"):
		return errors.New("names a PostgreSQL database, which is not yet supported; use badger:DIR")
	case !found || scheme != "badger":
		return errors.New("must be badger:DIR, as in badger:data")
	case strings.TrimSpace(rest) == "" || strings.ContainsRune(rest, 0):
		return errors.New("names no directory; it must be badger:DIR, as in badger:data")
	}
	s.Dir = rest
	return nil
}

// reminderDays are days after the person was told, ascending.
type reminderDays []int

const lastReminderDay = 3650

func (d *reminderDays) UnmarshalText(text []byte) error {
	wrong := fmt.Errorf("must be different numbers of days from 1 to %d with commas between them, as in 3,7,14,30", lastReminderDay)
	var days []int
	for part := range strings.SplitSeq(string(text), ",") {
		day, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil || day < 1 || day > lastReminderDay || slices.Contains(days, day) {
			return wrong
		}
		days = append(days, day)
	}
	slices.Sort(days)
	*d = days
	return nil
}

// quietHours are full hours in Tehran.
type quietHours alert.Quiet

var quietShape = regexp.MustCompile(`^\s*([0-9]{1,2})\s*-\s*([0-9]{1,2})\s*$`)

func (q *quietHours) UnmarshalText(text []byte) error {
	wrong := errors.New("must be two full hours from 0 to 23 with a dash between them, as in 21-8 (two equal hours: none)")
	parts := quietShape.FindSubmatch(text)
	if parts == nil {
		return wrong
	}
	from, err1 := strconv.Atoi(string(parts[1]))
	to, err2 := strconv.Atoi(string(parts[2]))
	if errors.Join(err1, err2) != nil || from > 23 || to > 23 {
		return wrong
	}
	q.From, q.To = from, to
	return nil
}

// sendRate is messages a second.
type sendRate float64

func (r *sendRate) UnmarshalText(text []byte) error {
	rate, err := strconv.ParseFloat(string(text), 64)
	if err != nil || !(rate >= 0.1 && rate <= 1000) {
		return errors.New("must be a number of messages a second from 0.1 to 1000")
	}
	*r = sendRate(rate)
	return nil
}

// logLevel is the least that is logged.
type logLevel zerolog.Level

func (l *logLevel) UnmarshalText(text []byte) error {
	levels := map[string]zerolog.Level{
		"debug": zerolog.DebugLevel, "info": zerolog.InfoLevel, "warn": zerolog.WarnLevel, "error": zerolog.ErrorLevel,
	}
	level, known := levels[string(text)]
	if !known {
		return errors.New("must be debug, info, warn or error")
	}
	*l = logLevel(level)
	return nil
}

// logFormat is auto, console or json.
type logFormat string

func (f *logFormat) UnmarshalText(text []byte) error {
	if !slices.Contains([]string{"auto", "console", "json"}, string(text)) {
		return errors.New("must be auto, console or json")
	}
	*f = logFormat(text)
	return nil
}
