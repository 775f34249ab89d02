package app

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/rs/zerolog"

	"kartyar/alert"
	"kartyar/card"
	"kartyar/store"
)

// rows writes a list of that many people, all different: rows FILE N
func (w *world) rows(ts *testscript.TestScript, args []string) {
	need(ts, args, 2, "rows FILE N")
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	var b bytes.Buffer
	b.WriteString("national_code,mobile,stage,office,as_of\n")
	for i := range n {
		fmt.Fprintf(&b, "%s,0912%07d,ready,101,2026-11-01\n", codeOf(1_000_000+i), i)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b.Bytes(), 0o600))
}

// codeOf returns the national code whose first nine digits are n.
func codeOf(n int) string {
	digits := fmt.Sprintf("%09d", n)
	sum := 0
	for i, d := range digits {
		sum += int(d-'0') * (10 - i)
	}
	r := sum % 11
	if r >= 2 {
		r = 11 - r
	}
	return digits + strconv.Itoa(r)
}

// absent asks that no file of the store and no log holds any of the texts, nor
// the token of a one-time link that was opened: absent TEXT…
func (w *world) absent(ts *testscript.TestScript, args []string) {
	args = append(args, w.tokens...)
	searched := 0
	err := filepath.WalkDir(ts.MkAbs("."), func(path string, d fs.DirEntry, err error) error {
		name := filepath.Base(path)
		ours := strings.Contains(path, "/data") || name == "serve.log"
		if err != nil || !d.Type().IsRegular() || !ours {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		searched++
		for _, text := range args {
			if bytes.Contains(content, []byte(text)) {
				ts.Fatalf("%s holds %q", name, text)
			}
		}
		return nil
	})
	ts.Check(err)
	if searched < 4 {
		ts.Fatalf("only %d files were found to search", searched)
	}
}

// followers has that many people wait for the cards of a list that rows writes;
// serve must not run: followers N
func (w *world) followers(ts *testscript.TestScript, args []string) {
	need(ts, args, 1, "followers N")
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	s := openData(ts)
	bot, keyer := card.Bot{Platform: card.Platform(w.platform), ID: scriptBot + 1}, s.Keyer()
	ts.Check(s.Update(context.Background(), func(tx *store.Tx) error {
		for i := range n {
			code, err := card.ParseNationalCode(codeOf(1_000_000 + i))
			if err != nil {
				return err
			}
			phone, err := card.ParseMobile(fmt.Sprintf("0912%07d", i))
			if err != nil {
				return err
			}
			who := card.Subscriber{Bot: bot, Chat: int64(1000 + i)}
			if err := tx.PutChat(keyer.Chat(who), store.Chat{Subscriber: who, Phone: keyer.Phone(phone)}); err != nil {
				return err
			}
			asker := alert.Asker{Chat: keyer.Chat(who), Bot: bot, Phone: keyer.Phone(phone)}
			if _, err := (alert.Rules{}).Ask(tx, time.Now(), keyer.Person(code), asker); err != nil {
				return err
			}
		}
		return nil
	}))
	ts.Check(s.Close())
}

// openData opens the script's store; serve must not run.
func openData(ts *testscript.TestScript) *store.Store {
	key, err := base64.StdEncoding.DecodeString(ts.Getenv("SECRET_KEY"))
	ts.Check(err)
	s, err := store.Open(store.Options{Dir: ts.MkAbs("data"), Key: key, Log: zerolog.Nop()})
	ts.Check(err)
	return s
}

// status runs a command and asks for its exit status: status N COMMAND ARG…
func (w *world) status(ts *testscript.TestScript, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if strconv.Itoa(got) != args[0] {
		ts.Fatalf("the exit status is %d, not %s", got, args[0])
	}
}

// mode asks for a file's permissions: mode FILE OCTAL
func (w *world) mode(ts *testscript.TestScript, args []string) {
	need(ts, args, 2, "mode FILE OCTAL")
	info, err := os.Lstat(ts.MkAbs(args[0]))
	ts.Check(err)
	if got := fmt.Sprintf("%o", info.Mode().Perm()); got != args[1] {
		ts.Fatalf("%s has mode %s, not %s", args[0], got, args[1])
	}
}

// await waits until a file is there: await FILE
func (w *world) await(ts *testscript.TestScript, args []string) {
	need(ts, args, 1, "await FILE")
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	late := time.After(patience)
	for {
		if _, err := os.Lstat(ts.MkAbs(args[0])); err == nil {
			return
		}
		select {
		case <-ticker.C:
		case <-late:
			ts.Fatalf("%s does not come", args[0])
		}
	}
}

// dotenv writes a .env with the key that a file holds: dotenv FILE
func (w *world) dotenv(ts *testscript.TestScript, args []string) {
	need(ts, args, 1, "dotenv FILE")
	line := "# a comment\nSECRET_KEY=" + strings.TrimSpace(ts.ReadFile(args[0])) + "\n"
	ts.Check(os.WriteFile(ts.MkAbs(".env"), []byte(line), 0o600))
}

// bytes writes a file: bytes FILE HEX
func (w *world) bytes(ts *testscript.TestScript, args []string) {
	need(ts, args, 2, "bytes FILE HEX")
	content, err := hex.DecodeString(args[1])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), content, 0o600))
}
