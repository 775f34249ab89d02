package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"kartyar/card"
	"kartyar/demo"
	"kartyar/locale"
)

// What is private in the experiment `secrets`, over what a gathering has.
const (
	secretText     = "متن خصوصی قناری"
	secretName     = "قناری Qanarizade"
	secretNickname = "عمه قناری"
	secretReceipt  = "QANARI7719"
	secretAdmin    = "qanari-admin-token-of-thirty-two-letters"
	secretProxy    = "qanari-proxy-password"
	secretBroken   = "qanari-token-that-is-none"
	secretPhone    = "09987654321"
)

// secrets is the experiment `secrets`: canaries go through all that the program
// does, with its log at its most talkative, N times; then they are looked for
// in all that it wrote.
func secrets(ctx context.Context, s *stage) error {
	for n := range s.n {
		if err := secretsRound(ctx, s, n); err != nil {
			return fmt.Errorf("round %d: %w", n+1, err)
		}
	}
	return nil
}

// telling is one round.
type telling struct {
	*gathering
	canaries []canary
	admin    string // the address of the admin endpoint
	said     int    // outputs kept
}

func secretsRound(ctx context.Context, s *stage, n int) (err error) {
	g, err := s.gathering(fmt.Sprint("secrets-", n), 0, 4)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, g.close()) }()
	ctx, end := context.WithTimeout(ctx, 5*time.Minute) // and no child outlives the world
	defer end()
	t := &telling{gathering: g}
	restore, err := allowCores()
	if err != nil {
		return err
	}
	defer restore()
	if err := t.prepare(ctx); err != nil {
		return err
	}
	steps := []struct {
		name string
		do   func(context.Context) error
	}{
		{"following", t.follow}, {"the conversation", t.converse}, {"faults of the platforms", t.meetFaults},
		{"lists", t.sendLists}, {"the admin endpoint", t.askAdmin}, {"commands", t.command}, {"a crash", t.crash},
		{"backup and restore", t.backUp},
	}
	for _, step := range steps {
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return t.verdict()
}

// allowCores lets children leave core files, as a machine may.
func allowCores() (restore func(), err error) {
	var before unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &before); err != nil {
		return nil, fmt.Errorf("reading a limit: %w", err)
	}
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{Cur: before.Max, Max: before.Max}); err != nil {
		return nil, fmt.Errorf("raising a limit: %w", err)
	}
	return func() { _ = unix.Setrlimit(unix.RLIMIT_CORE, &before) }, nil
}

// prepare makes the people and says what is private.
func (t *telling) prepare(_ context.Context) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // on loopback it does not wait
	if err != nil {
		return err
	}
	t.admin = listener.Addr().String()
	if err := listener.Close(); err != nil {
		return err
	}
	t.env = append(t.env, "LOG_LEVEL=debug", "ADMIN_ADDR="+t.admin, "ADMIN_TOKEN="+secretAdmin, "GOTRACEBACK=crash")
	for n := range 4 {
		p := t.server.Person(platforms[n%2], botID, fmt.Sprintf("%s %d", secretName, n))
		p.SetPhone(strangerPhone(7_654_000 + 37*n))
		t.people = append(t.people, &cardholder{p, newHolder(771_900+91*n, p.Phone())})
		t.canaries = append(t.canaries, canary{"a national code", t.people[n].code}, canary{"a phone", p.Phone()})
	}
	key, err := t.key()
	if err != nil {
		return err
	}
	t.canaries = append(t.canaries,
		canary{"the key", string(key)}, canary{"Telegram's token", strings.TrimPrefix(telegramToken, "4242:")},
		canary{"Bale's token", strings.TrimPrefix(baleToken, "4242:")},
		canary{"the admin token", secretAdmin}, canary{"a proxy's password", secretProxy}, canary{"a broken token", secretBroken},
		canary{"a text", secretText}, canary{"a name", secretName}, canary{"a nickname", secretNickname},
		canary{"a receipt code", secretReceipt}, canary{"a stranger's phone", secretPhone})
	return nil
}

// converse has people say all sorts of things.
func (t *telling) converse(ctx context.Context) error {
	for n, p := range t.people {
		second := newHolder(771_950+91*n, p.phone)
		t.canaries = append(t.canaries, canary{"a second code", second.code})
		if err := t.stand(ctx, "dispatched", 0, &cardholder{nil, second}); err != nil {
			return err
		}
		before := len(p.Messages())
		p.Say(locale.ButtonAddPerson)
		p.Say(second.code) // known: then both are named
		for range 2 {
			if err := t.asksFor(ctx, p, before, locale.AskNickname("x")); err != nil {
				return err
			}
			p.Say(secretNickname)
		}
		stranger := nationalCode(771_980 + 91*n)
		t.canaries = append(t.canaries, canary{"a stranger's code", stranger})
		for _, text := range []string{locale.ButtonAddPerson, stranger, secretReceipt, secretText, secretPhone, locale.ButtonStatus, "/start " + secretText, locale.ButtonDeleteMyData} {
			p.Say(text)
		}
		p.SendContact(secretPhone, p.ID()+1, true)
		p.Photo()
		p.InGroup(secretText).Say(secretText)
		for _, raw := range []string{`{"message":{"chat":"no","text":%q}}`, `{"message":{"message_id":%q}}`, `{"callback_query":{"id":"1","data":%q,"from":{"id":1}}}`, `{"unknown":%q}`} {
			if _, err := t.server.InjectRaw(p.Platform(), botID, fmt.Sprintf(raw, secretText)); err != nil {
				return err
			}
		}
	}
	return wait(ctx, 3*time.Second)
}

// asksFor waits until a person is asked something, or two seconds.
func (t *telling) asksFor(ctx context.Context, p *cardholder, before int, _ string) error {
	soon, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	_ = t.until(soon, func() bool { return len(p.Messages()) > before+4 })
	return ctx.Err()
}

// meetFaults has the platforms fail in ways that quote what they were given.
func (t *telling) meetFaults(ctx context.Context) error {
	quote := strings.Join([]string{
		"https://api.telegram.org/bot" + telegramToken + "/sendMessage", baleToken, secretText, secretPhone, t.people[0].code,
	}, " ")
	faults := []*demo.Fault{
		{Status: 400, Body: fmt.Sprintf(`{"ok":false,"error_code":400,"description":%q}`, "Bad Request: "+quote)},
		{Status: 403, Body: fmt.Sprintf(`{"ok":false,"error_code":403,"description":%q}`, "Forbidden: "+quote)},
		{Status: 500, Body: fmt.Sprintf(`{"ok":false,"error_code":500,"description":%q}`, quote)},
		{Status: 502, Body: "<html>" + quote + "</html>"},
		{Status: 302, Header: http.Header{"Location": {"http://127.0.0.1:1/bot" + telegramToken + "/" + baleToken}}},
		{Drop: true}, {Lose: true},
	}
	for n, f := range faults {
		left := 4
		t.setFault(func(r demo.FaultRequest) *demo.Fault {
			if left--; left < 0 || r.Method == "getUpdates" && n%2 == 0 {
				return nil
			}
			return f
		})
		for _, p := range t.people {
			p.Say(secretText)
		}
		if err := wait(ctx, 300*time.Millisecond); err != nil {
			return err
		}
	}
	t.setFault(nil)
	return wait(ctx, time.Second)
}

// sendLists sends lists that are good, bad and no lists at all. What is refused
// of them goes into files beside them, which is what those are for.
func (t *telling) sendLists(ctx context.Context) error {
	heading := "national_code,mobile,stage,office,as_of,receipt_code,note\n"
	code, phone := t.people[0].code, t.people[0].phone
	lists := map[string]string{
		"good":   heading + code + "," + phone + ",ready,7700001,2026-01-01," + secretReceipt + "," + secretText + "\n",
		"bad":    heading + code[:9] + "x," + phone + "x,ready,7700001,never," + secretReceipt + "," + secretText + "\n" + strings.Repeat(code+",", 20) + "\n",
		"no":     secretText + "," + code + "\n" + phone + "\n",
		"office": "code,name\n" + secretText + "," + phone + "\n",
	}
	for name, content := range lists {
		path := filepath.Join(t.dir, "list-"+name+".csv")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			return err
		}
		if err := t.hear(ctx, "", "import", "--yes", path); err != nil {
			return err
		}
	}
	return t.hear(ctx, "", "offices", filepath.Join(t.dir, "list-office.csv"))
}

// hear runs a command, however it ends, and keeps what it says.
func (t *telling) hear(ctx context.Context, input string, args ...string) error {
	out, err := t.runWith(ctx, input, args...)
	if ctx.Err() != nil {
		return err
	}
	return t.keep(out)
}

// keep keeps what the program said, to be searched with the rest.
func (t *telling) keep(out []byte) error {
	t.said++
	return os.WriteFile(filepath.Join(t.dir, fmt.Sprintf("said-%d", t.said)), out, 0o600)
}

// askAdmin asks the admin endpoint for everything, with and without the token.
func (t *telling) askAdmin(ctx context.Context) error {
	list := `{"national_code":"` + t.people[1].code + `","mobile":"` + t.people[1].phone + `x","stage":"` + secretText + `","receipt_code":"` + secretReceipt + `"}` + "\n"
	for _, path := range []string{"/healthz", "/readyz", "/metrics", "/v1/report", "/v1/records", "/v1/offices", "/" + t.people[0].code} {
		for _, token := range []string{secretAdmin, secretAdmin + "x"} {
			for _, method := range []string{http.MethodGet, http.MethodPost} {
				for _, kind := range []string{"application/x-ndjson", "text/csv"} {
					if err := t.askOnce(ctx, method, path, token, kind, list); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

func (t *telling) askOnce(ctx context.Context, method, path, token, kind, body string) error {
	r, err := http.NewRequestWithContext(ctx, method, "http://"+t.admin+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", kind)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return fmt.Errorf("asking the admin endpoint: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
	content, err := io.ReadAll(answer.Body)
	return errors.Join(err, t.keep(fmt.Appendf(content, "\n%s %v", answer.Status, answer.Header)))
}

// command runs the other commands, well and badly.
func (t *telling) command(ctx context.Context) error {
	invited, err := t.run(ctx, "operator", "invite")
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(invited)) {
		if _, token, is := strings.Cut(line, "start="); is {
			token, _, _ = strings.Cut(token, " ")
			t.canaries = append(t.canaries, canary{"an invitation", token})
			t.people[0].Start(token)
			t.people[1].Start(token)
		}
	}
	for _, p := range t.people[:2] {
		if err := t.becomesOperator(ctx, p); err != nil {
			return err
		}
	}
	for _, c := range []struct {
		input string
		args  []string
	}{
		{t.people[2].code + "\n", []string{"erase"}}, {t.people[2].code[:9] + "x\n", []string{"erase"}},
		{"", []string{"operator", "show"}}, {"", []string{"report"}}, {"", []string{"check"}},
		{"", []string{"backup", "."}}, {"", []string{"restore", "--no-ledger", "list-good.csv"}},
	} {
		if err := t.hear(ctx, c.input, c.args...); err != nil {
			return err
		}
	}
	usual := t.env
	defer func() { t.env = usual }()
	for _, wrong := range []string{"TELEGRAM_TOKEN=" + secretBroken, "SECRET_KEY=" + secretBroken, "TELEGRAM_PROXY=nonsense://x:" + secretProxy + "@h h", "ADMIN_TOKEN=" + secretBroken[:9], "TELEGRAM_API=http://" + secretBroken + "@:x", "STORE=" + secretBroken + ":x"} {
		t.env = append(slices.Clone(usual), wrong)
		for _, args := range [][]string{{"check"}, {"report"}} {
			if err := t.hear(ctx, "", args...); err != nil {
				return err
			}
		}
	}
	return nil
}

// becomesOperator has somebody whose link was opened accept it; then the chat
// stands in the file beside the store too.
func (t *telling) becomesOperator(ctx context.Context, p *cardholder) error {
	of := card.Subscriber{Bot: card.Bot{Platform: card.Platform(p.Platform()), ID: botID}, Chat: p.ChatID()}
	encoded, err := json.Marshal(of)
	if err != nil {
		return err
	}
	t.canaries = append(t.canaries, canary{"an operator's chat", string(encoded)})
	asked, cancel := context.WithTimeout(ctx, settleMost)
	defer cancel()
	for {
		if _, err := p.Press(locale.ButtonAccept); err == nil {
			break
		}
		if err := wait(asked, 100*time.Millisecond); err != nil {
			return fmt.Errorf("nobody is asked whether to be the operator: %w", err)
		}
	}
	for {
		if _, err := os.Stat(filepath.Join(t.dir, "store.operator")); err == nil {
			return nil
		}
		if err := wait(asked, 100*time.Millisecond); err != nil {
			return fmt.Errorf("the operator's chat is not kept beside the store: %w", err)
		}
	}
}

// crash has the program die by signals that make it tell where it was.
func (t *telling) crash(ctx context.Context) (err error) {
	for _, signal := range []syscall.Signal{syscall.SIGQUIT, syscall.SIGABRT, syscall.SIGSEGV} {
		for _, p := range t.people {
			p.Say(secretText)
		}
		if err := t.serving.cmd.Process.Signal(signal); err != nil {
			return err
		}
		<-t.serving.done
		if err := t.quiet(ctx); err != nil {
			return err
		}
		log, err := os.ReadFile(t.logPath())
		if err != nil {
			return err
		}
		if !bytes.Contains(log, []byte("\ngoroutine ")) {
			return fmt.Errorf("%v left no traceback", signal)
		}
		if cores, err := filepath.Glob(filepath.Join(t.dir, "core*")); err != nil || len(cores) > 0 {
			t.stage.breaks("%v left the process's memory in %v: %v", signal, cores, err)
		}
		if t.serving, err = t.serve(ctx); err != nil {
			return err
		}
	}
	return nil
}

// backUp makes a backup, loses the store, and restores it.
func (t *telling) backUp(ctx context.Context) (err error) {
	if err := t.hear(ctx, "", "backup", "kept"); err != nil {
		return err
	}
	if err := t.serving.stop(ctx); err != nil {
		return err
	}
	for _, end := range []string{"", ".mark", ".erased"} {
		err = errors.Join(err, os.Rename(filepath.Join(t.dir, "store"+end), filepath.Join(t.dir, "lost"+end)))
	}
	if err != nil {
		return err
	}
	if err := t.hear(ctx, "", "restore", "--erased", "lost.erased", "kept"); err != nil {
		return err
	}
	if t.serving, err = t.serve(ctx, "--resume-outbox"); err != nil {
		return err
	}
	if err := t.stand(ctx, "ready", 1, t.people[0], t.people[1]); err != nil {
		return err
	}
	return errors.Join(wait(ctx, time.Second), t.dies(ctx))
}

// mayHave reports whether a file may have what is private: the lists that were
// sent, and what was refused of them.
func mayHave(name string) bool {
	return strings.HasPrefix(name, "list-") || name == "planted"
}

func (t *telling) verdict() error {
	found, size, err := look(t.dir, t.canaries, mayHave)
	if err != nil {
		return err
	}
	for _, f := range found {
		t.stage.breaks("%v", f)
	}
	forms := 0
	var all []byte
	for _, c := range t.canaries {
		for _, f := range c.forms() {
			forms++
			all = append(append(all, f.bytes...), 0)
		}
	}
	// The search itself: each form of each canary is found where it was planted.
	if err := os.WriteFile(filepath.Join(t.dir, "planted"), all, 0o600); err != nil {
		return err
	}
	planted, _, err := look(t.dir, t.canaries, func(name string) bool { return name != "planted" })
	if len(planted) != forms {
		t.stage.breaks("of %d forms planted %d were found", forms, len(planted))
	}
	t.stage.line("canaries", "%d in %d forms: %d found in %.1f MiB of logs, answers, store, mark, ledger, operator's file, backup and what was left; all %d found where they were planted",
		len(t.canaries), forms, len(found), float64(size)/(1<<20), len(planted))
	t.stage.line("", "tracebacks of SIGQUIT, SIGABRT and SIGSEGV searched too; no core files, though the limit allowed them")
	return err
}
