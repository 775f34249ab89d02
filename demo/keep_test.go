package demo

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// keeps is newBench with people that outlive it.
func keeps(t *testing.T, path string) *bench {
	t.Helper()
	b := newBench(t)
	if err := b.KeepPeople(path, func(err error) { t.Error(err) }); err != nil {
		t.Fatal(err)
	}
	return b
}

// Who began a chat, or blocked the bot, has done so after a restart too, under
// the same id.
func TestPeopleOutliveTheServer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "demo.people")
	b := keeps(t, path)
	silent := b.Person(Telegram, botID, "خاموش")
	sara := b.Person(Telegram, botID, "سارا")
	sara.SetPhone("09990000001")
	reza := b.Person(Bale, botID, "رضا")
	sara.Start("")
	reza.Say("سلام")
	reza.Block()

	b = keeps(t, path) // the first one was killed
	for _, before := range []*Person{silent, sara, reza} {
		p := b.Person(before.Platform(), botID, before.Name())
		if p.ID() != before.ID() || p.Phone() != before.Phone() || p.id != before.id {
			t.Errorf("%s was %d with %s, is %d with %s", p.Name(), before.ID(), before.Phone(), p.ID(), p.Phone())
		}
	}
	b.call(Telegram, "sendMessage", "chat_id", sara.ID(), "text", "کارت رسید").want(t, 200, "")
	b.call(Telegram, "sendMessage", "chat_id", silent.ID(), "text", "کارت رسید").want(t, 400, "chat not found")
	b.call(Bale, "sendMessage", "chat_id", reza.ID(), "text", "کارت رسید").want(t, 403, "")
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", info, err)
	}
}

func TestPeopleOfNoDemo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "demo.people")
	for _, text := range []string{"{", `[{"platform":"telegram","bot":1,"name":"سارا"}]`} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := newBench(t).KeepPeople(path, nil); err == nil || !strings.Contains(err.Error(), "delete it") {
			t.Errorf("%s: %v", text, err)
		}
	}
}
