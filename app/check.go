package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"kartyar/alert"
	"kartyar/bot"
	"kartyar/store"
)

type checkCommand struct{}

// finding is what was found of one piece of the configuration.
type finding struct {
	piece string
	says  string
	fault bool
}

const (
	platformPatience = 20 * time.Second // for a platform's answers
	adminPatience    = 5 * time.Second  // for the admin endpoint's answer
	storePatience    = time.Minute      // for a store that is opened
)

// Run runs `check`.
func (checkCommand) Run(ctx context.Context, p *Program) error {
	config, err := p.config()
	var found []finding
	var wrong *ConfigError
	if err != nil && !errors.As(err, &wrong) {
		return err
	}
	readable := err == nil
	if errors.As(config.forServing(err), &wrong) {
		for _, problem := range wrong.Problems {
			found = append(found, finding{"configuration", problem, true})
		}
	} else {
		found = append(found, finding{piece: "configuration", says: "complete"})
	}
	if readable {
		found = append(found, p.try(ctx, config)...)
	} else {
		found = append(found, finding{"the rest", "not tried before the configuration can be read", true})
	}
	return p.show(found)
}

func (p *Program) show(found []finding) error {
	failed := false
	for _, f := range found {
		verdict := "ok   "
		if f.fault {
			verdict, failed = "FAULT", true
		}
		if err := p.print("%s %s: %s\n", verdict, f.piece, f.says); err != nil {
			return err
		}
	}
	if failed {
		return errToldAlready
	}
	return nil
}

// try tries the pieces of a configuration that can be read, the platforms at
// the same time.
func (p *Program) try(ctx context.Context, c Config) []finding {
	settings := finding{piece: "settings", says: "none; SETTINGS is not set"}
	if c.SettingsFile != "" {
		settings.says = c.SettingsFile + " can be read"
	}
	accounts := c.accounts(p.quietLog(c))
	platforms := make([][]finding, len(accounts))
	var trying sync.WaitGroup
	for i, account := range accounts {
		trying.Go(func() { platforms[i] = tryPlatform(ctx, account) })
	}
	serving := serves(ctx, c.Store.Dir)
	found := append([]finding{settings, tryAdmin(ctx, c.AdminAddr, serving)}, p.tryStore(ctx, c, serving)...)
	trying.Wait()
	for _, one := range platforms {
		found = append(found, one...)
	}
	return found
}

// serves reports whether a `serve` has the store open.
func serves(ctx context.Context, dir string) bool {
	conn, err := dialControl(ctx, dir)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

// tryAdmin listens where the admin endpoint is to be, or asks the `serve` that
// does.
func tryAdmin(ctx context.Context, at adminAddr, serving bool) finding {
	ctx, cancel := context.WithTimeout(ctx, adminPatience)
	defer cancel()
	f := finding{piece: "admin"}
	if at == "" {
		f.says = "there is to be no admin endpoint; ADMIN_ADDR is off"
		return f
	}
	if serving && at.fixed() {
		if f.says = fmt.Sprintf("`serve` answers at %s", at); !at.alive(ctx) {
			f.says, f.fault = fmt.Sprintf("`serve` runs and does not answer at ADMIN_ADDR %s; if that was changed, start it again", at), true
		}
		return f
	}
	listener, err := at.listen(ctx)
	if err == nil {
		err = listener.Close()
	}
	if f.says = fmt.Sprintf("%s can be listened at", at); err != nil {
		f.says, f.fault = err.Error(), true
	}
	return f
}

// tryPlatform asks a platform who the bot is.
func tryPlatform(ctx context.Context, account bot.Options) []finding {
	ctx, cancel := context.WithTimeout(ctx, platformPatience)
	defer cancel()
	client := bot.New(account)
	defer client.Close()
	piece := string(account.Profile.Platform)
	me, name, err := client.Me(ctx)
	if err != nil {
		says := fmt.Sprintf("%s_TOKEN is refused: it is wrong or was revoked", strings.ToUpper(piece))
		if !errors.Is(err, bot.ErrUnauthorized) {
			says = fmt.Sprintf("it cannot be reached%s: %v", wayOf(account), err)
		}
		return []finding{{piece, says, true}}
	}
	says := fmt.Sprintf("bot %d, @%s%s", me.ID, name, wayOf(account))
	switch set, err := client.HasWebhook(ctx); {
	case err != nil:
		says += fmt.Sprintf("; whether a webhook is set is not known (%v)", err)
	case set:
		says += "; a webhook is set, which `serve` takes away"
	}
	return []finding{{piece: piece, says: says}, clock(piece, client)}
}

// wayOf says that a platform is reached through a proxy, whose address may hold
// a password.
func wayOf(account bot.Options) string {
	if account.Proxy != nil {
		return " (through the proxy)"
	}
	return ""
}

// clock compares this machine's clock with a platform's.
func clock(platform string, client *bot.Client) finding {
	ahead, known := client.Ahead()
	return judgeClock(platform, ahead, known)
}

func judgeClock(platform string, ahead time.Duration, known bool) finding {
	f := finding{piece: "clock"}
	switch {
	case !known:
		f.says = platform + " does not tell the time"
	case !clockOff(ahead):
		f.says = "agrees with that of " + platform
	default:
		f.says, f.fault = fmt.Sprintf("is %s that of %s; set it (an NTP service keeps it right)", aheadBy(ahead), platform), true
	}
	return f
}

// tryStore opens the store, or asks the `serve` that has it open.
func (p *Program) tryStore(ctx context.Context, c Config, serving bool) []finding {
	ctx, cancel := context.WithTimeout(ctx, storePatience)
	defer cancel()
	found := []finding{rights(c.Store.Dir)}
	absent, err := store.Absent(c.Store.Dir)
	if err != nil {
		return append(found, finding{"store", err.Error(), true})
	}
	if absent {
		return append(found, finding{piece: "store", says: "there is none yet at " + c.Store.Dir + "; `kartyar serve` makes it"})
	}
	if c.Key != nil {
		found = append(found, key(c))
	}
	if !serving && c.Key == nil {
		return append(found, finding{"store", "it cannot be opened without SECRET_KEY", true})
	}
	c.existing = true
	var report checkReport
	if err := p.ask(ctx, c, request{Do: doCheck}, nil, func(event, *speaker) error { return nil }, &report); err != nil {
		return append(found, finding{"store", sentence(err), true})
	}
	return append(found, report.findings(serving)...)
}

// key compares SECRET_KEY with the store's mark.
func key(c Config) finding {
	f := finding{piece: "key", says: "it is the store's"}
	if err := store.KeyFits(c.Store.Dir, c.Key); err != nil {
		f.says, f.fault = err.Error(), true
	}
	return f
}

// rights looks whether this user may make and keep the files of a store.
func rights(dir string) finding {
	f := finding{piece: "directory"}
	fault := func(err error) finding {
		f.says, f.fault = err.Error(), true
		return f
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return fault(err)
	}
	owner, err := ownerOf(dir)
	if err != nil {
		return fault(err)
	}
	user := os.Geteuid()
	if user != 0 && uint32(user) != owner {
		if absent, err := store.Absent(dir); err != nil || !absent {
			return fault(fmt.Errorf("%s belongs to user %d; run Kartyar as that user", dir, owner))
		}
	}
	parent := filepath.Dir(dir)
	for {
		if there, err := os.Stat(parent); err == nil && there.IsDir() || parent == filepath.Dir(parent) {
			break
		}
		parent = filepath.Dir(parent)
	}
	if err := unix.Access(parent, unix.W_OK|unix.X_OK); err != nil {
		return fault(fmt.Errorf("%s cannot be written to by this user, and the store's files stand there: %w", parent, err))
	}
	f.says = parent + " can be written to"
	return f
}

// checkReport is what a store that is open says of itself.
type checkReport struct {
	Offices int    `json:"offices"`
	Full    string `json:"full,omitempty"` // why nothing more is taken in
	Held    int    `json:"held,omitempty"`
}

// check looks after the store that is open.
func (s *service) check(ctx context.Context) (any, error) {
	report := checkReport{Offices: s.offices.Directory().Len()}
	if err := s.store.HasRoom(); err != nil {
		report.Full = err.Error()
	}
	held, err := alert.HeldOutbox(ctx, s.store, time.Now())
	report.Held = held.Messages
	return report, err
}

func (r checkReport) findings(serving bool) []finding {
	says := "it opens, and nothing acknowledged is missing"
	if serving {
		says = "`serve` has it open and answers"
	}
	found := []finding{{piece: "store", says: fmt.Sprintf("%s; %d offices", says, r.Offices)}}
	if r.Full != "" {
		found = append(found, finding{"disk", r.Full, true})
	} else {
		found = append(found, finding{piece: "disk", says: "there is room"})
	}
	if r.Held > 0 {
		found = append(found, finding{piece: "outbox", says: fmt.Sprintf("%d messages of a restored backup are held back; `kartyar serve --resume-outbox` sends them", r.Held)})
	}
	return found
}
