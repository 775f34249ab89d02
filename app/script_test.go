package app

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"flag"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"kartyar/demo"
	"kartyar/store"
)

// TestMain makes the test binary the program itself where a script runs
// `kartyar`.
func TestMain(m *testing.M) {
	// Scripts wait, for the pace of a chat above all: many of them fit in a core.
	if err := flag.Set("test.parallel", "12"); err != nil {
		panic(err)
	}
	testscript.Main(m, map[string]func(){"kartyar": func() {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		context.AfterFunc(ctx, stop)
		os.Exit(Standard().Main(ctx, os.Args[1:]))
	}})
}

// TestScripts runs the conversations and commands of testdata/script against
// the program, a process of its own, on each platform. See world_test.go for
// the commands that the scripts have beyond testscript's.
func TestScripts(t *testing.T) {
	for _, platform := range []demo.Platform{demo.Telegram, demo.Bale} {
		t.Run(string(platform), func(t *testing.T) {
			t.Parallel()
			testscript.Run(t, testscript.Params{
				Dir:                 "testdata/script",
				RequireExplicitExec: true,
				RequireUniqueNames:  true,
				Setup:               func(env *testscript.Env) error { return setUp(env, platform) },
				Condition:           func(name string) (bool, error) { return name == string(platform), nil },
				Cmds: map[string]func(*testscript.TestScript, bool, []string){
					"botapi":    inWorld((*world).botAPI),
					"serve":     inWorld((*world).serve),
					"platform":  inWorld((*world).isDown),
					"term":      inWorld((*world).term),
					"hangup":    inWorld((*world).hangup),
					"kill9":     inWorld((*world).kill9),
					"citizen":   inWorld((*world).citizen),
					"say":       inWorld((*world).say),
					"start":     inWorld((*world).start),
					"open":      inWorld((*world).open),
					"reopen":    inWorld((*world).reopen),
					"share":     inWorld((*world).share),
					"contact":   inWorld((*world).contact),
					"send":      inWorld((*world).send),
					"press":     inWorld((*world).press),
					"forge":     inWorld((*world).forge),
					"block":     inWorld((*world).block),
					"see":       inWorld((*world).see),
					"count":     inWorld((*world).count),
					"photos":    inWorld((*world).photos),
					"menu":      inWorld((*world).menu),
					"quiet":     inWorld((*world).quiet),
					"rows":      inWorld((*world).rows),
					"absent":    inWorld((*world).absent),
					"rot":       inWorld((*world).rot),
					"followers": inWorld((*world).followers),
					"status":    inWorld((*world).status),
					"mode":      inWorld((*world).mode),
					"await":     inWorld((*world).await),
					"dotenv":    inWorld((*world).dotenv),
					"http":      inWorld((*world).http),
					"adminaddr": inWorld((*world).adminAddr),
					"metricsof": inWorld((*world).metricsOf),
					"taken":     inWorld((*world).taken),
					"rival":     inWorld((*world).rival),
					"bytes":     inWorld((*world).bytes),
					"fifo":      inWorld((*world).fifo),
					"killwhen":  inWorld((*world).killWhen),
					"termwhen":  inWorld((*world).termWhen),
					"logged":    inWorld((*world).logged),
					"profiled":  inWorld((*world).profiled),
					"owner":     inWorld((*world).owner),
					"xlsx":      inWorld((*world).xlsx),
					"csv":       inWorld((*world).csv),
				},
			})
		})
	}
}

// TestScriptsRunToTheirEnd: testscript has a command of its own, stop, that ends
// a script early and calls it passed, and goes before one of ours of that name.
func TestScriptsRunToTheirEnd(t *testing.T) {
	paths, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	early := regexp.MustCompile(`(?m)^(\[.*\] *)?stop\b`)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if early.Match(text) {
			t.Errorf("%s: stop ends the script; term is what ends serve", path)
		}
	}
}

func setUp(env *testscript.Env, platform demo.Platform) error {
	key := make([]byte, store.KeySize)
	if _, err := rand.Read(key); err != nil {
		return err
	}
	env.Setenv("PLATFORM", string(platform))
	env.Setenv("SECRET_KEY", base64.StdEncoding.EncodeToString(key))
	env.Setenv("LOG_FORMAT", "json")
	env.Setenv("ADMIN_ADDR", "127.0.0.1:0") // so that many run beside each other
	docs, err := filepath.Abs("../docs")
	if err != nil {
		return err
	}
	env.Values[worldKey{}] = &world{platform: platform, docs: docs, people: map[string]*citizen{}, polled: make(chan struct{}, 1)}
	return nil
}

type worldKey struct{}

// inWorld makes a command of a method of the script's world. None of them can
// be negated.
func inWorld(do func(*world, *testscript.TestScript, []string)) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg {
			ts.Fatalf("this command cannot be negated")
		}
		do(ts.Value(worldKey{}).(*world), ts, args)
	}
}
