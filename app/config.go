package app

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/caarlos0/env/v11"
	"github.com/joho/godotenv"

	"kartyar/alert"
	"kartyar/settings"
)

// Config is all that the environment says. A zero Config is not valid; see
// LoadConfig.
type Config struct {
	TelegramToken token  `env:"TELEGRAM_TOKEN"`
	TelegramAPI   apiURL `env:"TELEGRAM_API"`
	TelegramProxy proxy  `env:"TELEGRAM_PROXY"`
	BaleToken     token  `env:"BALE_TOKEN"`
	BaleAPI       apiURL `env:"BALE_API"`

	Store storeURL  `env:"STORE" envDefault:"badger:data"`
	Key   secretKey `env:"SECRET_KEY"`

	AdminAddr  adminAddr  `env:"ADMIN_ADDR" envDefault:"127.0.0.1:8090"`
	AdminToken adminToken `env:"ADMIN_TOKEN"`

	ReminderDays reminderDays `env:"REMINDER_DAYS" envDefault:"3,7,14,30"`
	QuietHours   quietHours   `env:"QUIET_HOURS" envDefault:"21-8"`
	SendRate     sendRate     `env:"SEND_RATE" envDefault:"25"`

	SettingsFile string             `env:"SETTINGS"`
	Settings     *settings.Settings // what the file says; the zero Settings when there is none

	LogLevel  logLevel  `env:"LOG_LEVEL" envDefault:"info"`
	LogFormat logFormat `env:"LOG_FORMAT" envDefault:"auto"`

	existing bool // the command needs a store that is there already

	unset []string // a sentence for each thing that `serve` needs and that is not set
}

// secrets are the variables that can also come from a file, NAME_FILE.
var secrets = []string{"TELEGRAM_TOKEN", "BALE_TOKEN", "TELEGRAM_PROXY", "SECRET_KEY", "ADMIN_TOKEN"}

const (
	secretFileLimit = 4096    // bytes, more than any secret needs
	dotenvLimit     = 1 << 20 // likewise for the whole configuration
)

// ConfigError lists everything that is wrong with the configuration, a
// sentence each, which never holds a secret.
type ConfigError struct{ Problems []string }

func (e *ConfigError) Error() string {
	if len(e.Problems) == 1 {
		return "the configuration is wrong: " + e.Problems[0]
	}
	return fmt.Sprintf("the configuration is wrong in %d places:\n  - %s", len(e.Problems), strings.Join(e.Problems, "\n  - "))
}

// LoadConfig reads the environment, given as "NAME=value" entries, over what
// the file dotenv says, if there is one. What is wrong is a *ConfigError, and
// the Config is then good for forServing only.
func LoadConfig(environ []string, dotenv string) (Config, error) {
	values, err := readDotenv(dotenv)
	if err != nil {
		return Config{}, &ConfigError{[]string{err.Error()}}
	}
	// A variable that is set to nothing is one that is not set.
	set := env.ToMap(environ)
	nothing := func(_, value string) bool { return value == "" }
	maps.DeleteFunc(set, nothing)
	maps.DeleteFunc(values, nothing)
	maps.Copy(values, set)
	problems := readSecretFiles(values)

	c := Config{unset: unsetForServing(values)}
	err = env.ParseWithOptions(&c, env.Options{Environment: values})
	var all env.AggregateError
	if errors.As(err, &all) {
		for _, one := range all.Errors {
			problems = append(problems, problem(one))
		}
	} else if err != nil {
		problems = append(problems, err.Error())
	}
	var wrong []string
	c.Settings, wrong = readSettings(values["SETTINGS"])
	if problems = append(problems, wrong...); len(problems) > 0 {
		return Config{unset: c.unset}, &ConfigError{problems}
	}
	return c, nil
}

// unsetForServing looks for what `serve` needs in what is set, right or wrong.
func unsetForServing(values map[string]string) (unset []string) {
	given := func(name string) bool { return values[name] != "" || values[name+"_FILE"] != "" }
	if !given("TELEGRAM_TOKEN") && !given("BALE_TOKEN") {
		unset = append(unset, "neither TELEGRAM_TOKEN nor BALE_TOKEN is set; one platform is enough (without any, try `kartyar demo`)")
	}
	if !given("SECRET_KEY") {
		unset = append(unset, keyMissing)
	}
	return unset
}

// readDotenv reads the file's variables. Its errors do not show a line of the
// file, which may hold a secret.
func readDotenv(path string) (map[string]string, error) {
	text, err := readRegular(path, dotenvLimit)
	if errors.Is(err, fs.ErrNotExist) {
		return map[string]string{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", path, err)
	}
	if len(text) > dotenvLimit {
		return nil, fmt.Errorf("%s is too long to be a configuration", path)
	}
	values, err := dotenv(text)
	if err != nil {
		return nil, fmt.Errorf("%s has a line that is not NAME=value", path)
	}
	return values, nil
}

// dotenv reads the text of such a file, with or without the byte order mark that
// Notepad begins one with. A dollar sign is one: the library would put another
// variable's value, or nothing, in the place of what follows it, and a secret
// would be another without a word.
func dotenv(text []byte) (map[string]string, error) {
	const dollar = "\x00" // which no such file has
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	values, err := godotenv.UnmarshalBytes(bytes.ReplaceAll(text, []byte("$"), []byte(dollar)))
	for name, value := range values {
		values[name] = strings.ReplaceAll(value, dollar, "$")
	}
	return values, err
}

// readSecretFiles replaces each NAME_FILE by NAME.
func readSecretFiles(values map[string]string) (problems []string) {
	for _, name := range secrets {
		path, given := values[name+"_FILE"]
		if !given {
			continue
		}
		if _, both := values[name]; both {
			problems = append(problems, fmt.Sprintf("%s and %s_FILE are both set; leave one", name, name))
			continue
		}
		content, err := readRegular(path, secretFileLimit)
		switch {
		case err != nil:
			problems = append(problems, fmt.Sprintf("%s_FILE cannot be read: %v", name, err))
		case len(content) > secretFileLimit:
			problems = append(problems, fmt.Sprintf("%s_FILE is too long to be a secret", name))
		default:
			if value := strings.TrimSpace(string(content)); value != "" {
				values[name] = value
			} else {
				problems = append(problems, fmt.Sprintf("%s_FILE is empty", name))
			}
		}
	}
	return problems
}

// problem names the variable of a field, for the person who set it.
func problem(err error) string {
	var parse env.ParseError
	if errors.As(err, &parse) {
		if field, found := reflect.TypeFor[Config]().FieldByName(parse.Name); found {
			return field.Tag.Get("env") + " " + parse.Err.Error()
		}
	}
	return err.Error()
}

// forServing adds what `serve` needs and does not find to what LoadConfig found
// wrong, err.
func (c Config) forServing(err error) error {
	var wrong *ConfigError
	switch {
	case len(c.unset) == 0, err != nil && !errors.As(err, &wrong):
		return err
	case wrong == nil:
		return &ConfigError{c.unset}
	}
	return &ConfigError{slices.Concat(wrong.Problems, c.unset)}
}

const keyMissing = "SECRET_KEY is not set; it is needed to open the store (`kartyar keygen` prints a new one; losing it loses the store)"

// opening is the store that is configured, and the rules for it.
func (c Config) opening() (opening, error) {
	dir, err := filepath.Abs(c.Store.Dir)
	if err != nil {
		return opening{}, fmt.Errorf("looking for the store: %w", err)
	}
	return opening{Dir: dir, Key: c.Key, Rules: c.rules(), Words: c.Settings.Words, Existing: c.existing}, nil
}

func (c Config) rules() alert.Rules {
	return alert.Rules{ReminderDays: c.ReminderDays, Quiet: alert.Quiet(c.QuietHours)}
}
