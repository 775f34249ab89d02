// Package packaging holds what installs Kartyar; its tests try that on this
// machine. They skip what the machine has not: systemd's tools, bubblewrap, or
// the rights of root. With KARTYAR_PACKAGING=required they fail instead.
package packaging

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"kartyar/demo"
)

// lacking skips the test, or fails it where everything must be tried.
func lacking(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("KARTYAR_PACKAGING") == "required" {
		t.Fatalf("there is no %s", what)
	}
	t.Skipf("there is no %s", what)
}

func need(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		lacking(t, program)
	}
}

// exposure is how much of the machine the service may reach at most, in tenths
// of systemd's scale from 0 to 10.
const exposure = "12"

func TestUnit(t *testing.T) {
	need(t, "systemd-analyze")
	unit, err := os.ReadFile("kartyar.service")
	if err != nil {
		t.Fatal(err)
	}
	// Verifying looks whether the program is there.
	copied := filepath.Join(t.TempDir(), "kartyar.service")
	if err := os.WriteFile(copied, []byte(strings.ReplaceAll(string(unit), "/usr/local/bin/kartyar", "/bin/true")), 0o644); err != nil {
		t.Fatal(err)
	}
	if said, err := exec.Command("systemd-analyze", "verify", "--man=no", copied).CombinedOutput(); err != nil || len(said) > 0 {
		t.Errorf("systemd-analyze verify: %v\n%s", err, said)
	}
	said, err := exec.Command("systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold="+exposure, "kartyar.service").CombinedOutput()
	if err != nil {
		t.Errorf("systemd-analyze security: %v\n%s", err, said)
	}
}

// Every variable that the unit sets is one that the program knows.
func TestUnitSetsKnownVariables(t *testing.T) {
	unit, err := os.ReadFile("kartyar.service")
	if err != nil {
		t.Fatal(err)
	}
	example, err := os.ReadFile("../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	set := 0
	for line := range strings.Lines(string(unit)) {
		if assignment, is := strings.CutPrefix(line, "Environment="); is {
			name, _, _ := strings.Cut(assignment, "=")
			set++
			if !strings.Contains(string(example), strings.TrimSuffix(name, "_FILE")+"=") {
				t.Errorf("the unit sets %s, of which .env.example does not know", name)
			}
		}
	}
	if set == 0 {
		t.Error("the unit sets nothing")
	}
}

// world is a platform on loopback, and a program to serve it.
type world struct {
	api     *demo.Server
	web     *httptest.Server
	program string
	home    string // the directory that stands for the machine's state
}

const (
	user  = 61200 // as one of systemd's dynamic users
	token = "4242:a-token-for-the-packaging"
	key   = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
	list  = "national_code,mobile,stage,as_of\n9990000050,09121112233,issuing,2026-11-01\n"
)

func newWorld(t *testing.T) *world {
	t.Helper()
	home, err := os.MkdirTemp("", "kartyar-packaging-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(home) })
	w := &world{api: demo.New(demo.Options{}), home: home, program: filepath.Join(home, "kartyar")}
	w.api.AddBot(demo.Bale, token, 4242, "packaging_bot")
	w.web = httptest.NewTLSServer(w.api.Handler())
	t.Cleanup(func() { w.api.Close(); w.web.Close() })
	build := exec.Command("go", "build", "-trimpath", "-o", w.program, "kartyar")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	root := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: w.web.Certificate().Raw})
	err = errors.Join(
		os.Chmod(home, 0o755),
		os.WriteFile(filepath.Join(home, "roots.pem"), root, 0o644),
		os.WriteFile(filepath.Join(home, "token"), []byte(token+"\n"), 0o644),
		os.WriteFile(filepath.Join(home, "key"), []byte(key+"\n"), 0o644),
		// As systemd lays out the state of a dynamic user.
		os.MkdirAll(filepath.Join(home, "private", "kartyar"), 0o700),
		os.Symlink("private/kartyar", filepath.Join(home, "lib")),
	)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) environment(dir, credentials string) []string {
	return []string{
		"STORE=badger:" + dir,
		"SECRET_KEY_FILE=" + filepath.Join(credentials, "key"),
		"BALE_TOKEN_FILE=" + filepath.Join(credentials, "token"),
		"BALE_API=" + w.web.URL + "/bale",
		"ADMIN_ADDR=127.0.0.1:0", // others may run on this machine
	}
}

// serveAndTry has the service run while a list comes from outside, as root
// gives it, and a citizen asks; then it must end in good order.
func (w *world) serveAndTry(t *testing.T, serve *exec.Cmd) {
	t.Helper()
	var log strings.Builder
	serve.Stdout, serve.Stderr = &log, &log
	if err := serve.Start(); err != nil {
		lacking(t, fmt.Sprintf("right to run a program confined (%v)", err))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	ctx, stopped := context.WithCancelCause(ctx)
	exited := make(chan error, 1)
	go func() {
		err := serve.Wait()
		stopped(fmt.Errorf("serve ended: %w", errors.Join(errors.New("too early"), err)))
		exited <- err
	}()
	t.Cleanup(func() { _ = serve.Process.Kill() })

	ali := w.api.Person(demo.Bale, 4242, "ali")
	ali.SetPhone("09121112233")
	w.await(ctx, t, "a welcome", "کارت‌یار", func() { ali.Start("") }, &log)
	work := t.TempDir() // in root's home, as it were: the service cannot look there
	if err := os.WriteFile(filepath.Join(work, "list.csv"), []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	give := exec.Command(w.program, "import", "list.csv")
	give.Dir, give.Env = work, []string{"STORE=badger:" + filepath.Join(w.home, "lib", "data")}
	if said, err := give.CombinedOutput(); err != nil || !strings.Contains(string(said), "1 applied") {
		t.Fatalf("import: %v\n%s\n%s", err, said, log.String())
	}
	w.await(ctx, t, "to be asked for the code", "کد ملی", func() { ali.ShareContact() }, &log)
	w.await(ctx, t, "the status", "به‌روز تا", func() { ali.Say("9990000050") }, &log)

	if err := syscall.Kill(innermost(t, serve.Process.Pid), syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := <-exited; err != nil {
		t.Errorf("serve ended with %v\n%s", err, log.String())
	}
	// While the service is down, root opens the store as its owner.
	give = exec.Command(w.program, "import", "list.csv")
	give.Dir, give.Env = work, []string{"STORE=badger:" + filepath.Join(w.home, "lib", "data"), "SECRET_KEY=" + key}
	if said, err := give.CombinedOutput(); err != nil || !strings.Contains(string(said), "1 unchanged") {
		t.Errorf("import while the service is down: %v\n%s", err, said)
	}
}

// innermost returns the process that the wrappers around it have started, one
// in the other.
func innermost(t *testing.T, pid int) int {
	t.Helper()
	for {
		children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
		if err != nil {
			t.Fatal(err)
		}
		child := strings.Fields(string(children))
		if len(child) == 0 {
			return pid
		}
		if pid, err = strconv.Atoi(child[0]); err != nil {
			t.Fatal(err)
		}
	}
}

func (w *world) await(ctx context.Context, t *testing.T, what, text string, act func(), log *strings.Builder) {
	t.Helper()
	before := len(w.api.Journal())
	act()
	err := w.api.Wait(ctx, func(journal []demo.Entry) bool {
		return slices.ContainsFunc(journal[before:], func(e demo.Entry) bool { return e.Kind == demo.Sent && strings.Contains(e.Text, text) })
	})
	if err != nil {
		t.Fatalf("waiting for %s: %v, %v\n%s", what, err, context.Cause(ctx), log.String())
	}
}

// The service as systemd confines it, as far as that goes without systemd: a
// dynamic user whose state lies behind a directory that is root's alone, a
// read-only machine, no capabilities, no new privileges, a user namespace that
// knows root and that user only.
func TestServiceOfADynamicUser(t *testing.T) {
	if os.Geteuid() != 0 {
		lacking(t, "right of root")
	}
	need(t, "bwrap")
	need(t, "setpriv")
	w := newWorld(t)
	state := filepath.Join(w.home, "private", "kartyar")
	if err := os.Chown(state, user, user); err != nil {
		t.Fatal(err)
	}
	serve := exec.Command("bwrap", "--unshare-pid", "--unshare-ipc", "--unshare-uts",
		"--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "--bind", state, "/mnt", "--chdir", "/",
		"--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--cap-add", "CAP_SETPCAP",
		"setpriv", fmt.Sprintf("--reuid=%d", user), fmt.Sprintf("--regid=%d", user), "--clear-groups",
		"--bounding-set=-all", "--inh-caps=-all", "--no-new-privs",
		w.program, "serve")
	serve.Env = append(w.environment("/mnt/data", w.home), "SSL_CERT_FILE="+filepath.Join(w.home, "roots.pem"), "PATH="+os.Getenv("PATH"))
	known := []syscall.SysProcIDMap{{ContainerID: 0, HostID: 0, Size: 1}, {ContainerID: user, HostID: user, Size: 1}}
	serve.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWUSER, UidMappings: known, GidMappings: known, GidMappingsEnableSetgroups: true,
	}
	w.serveAndTry(t, serve)
}

// The container's image: the program, the roots of TLS, a place for the store,
// and nothing else; the zone of Tehran must be in the program.
func TestServiceInAnEmptyRoot(t *testing.T) {
	need(t, "bwrap")
	w := newWorld(t)
	serve := exec.Command("bwrap", "--unshare-all", "--share-net", "--clearenv", "--uid", "65532", "--gid", "65532", "--cap-drop", "ALL",
		"--ro-bind", w.program, "/kartyar", "--ro-bind", filepath.Join(w.home, "roots.pem"), "/etc/ssl/certs/ca-certificates.crt",
		"--ro-bind", filepath.Join(w.home, "key"), "/run/secrets/key", "--ro-bind", filepath.Join(w.home, "token"), "/run/secrets/token",
		"--bind", filepath.Join(w.home, "private", "kartyar"), "/data", "--tmpfs", "/tmp", "--proc", "/proc", "--dev", "/dev", "--chdir", "/data")
	for _, set := range w.environment("/data/data", "/run/secrets") {
		name, value, _ := strings.Cut(set, "=")
		serve.Args = append(serve.Args, "--setenv", name, value)
	}
	serve.Args = append(serve.Args, "/kartyar", "serve")
	w.serveAndTry(t, serve)
}

// The image is made by the command of the release, from the Go of go.mod.
func TestDockerfile(t *testing.T) {
	text, err := os.ReadFile("Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	module, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	_, goVersion, _ := strings.Cut(string(module), "\ngo ")
	goVersion, _, _ = strings.Cut(goVersion, "\n")
	minor := strings.Join(strings.Split(goVersion, ".")[:2], ".")
	for _, want := range []string{
		"FROM golang:" + minor + ".", "go run ./release ", "\nFROM scratch\n", "\nUSER 65532:65532\n", "\nSTOPSIGNAL SIGTERM\n",
		"/etc/ssl/certs/ca-certificates.crt", "\nENTRYPOINT [\"/kartyar\"]\n", "\nENV STORE=badger:/data/",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the Dockerfile does not have %q", want)
		}
	}
}
