package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rs/zerolog"

	"kartyar/card"
	"kartyar/store"
)

// damage is one way to harm a store that a killed process left.
type damage struct {
	name string
	// refused says that every case of it loses what was acknowledged, so that
	// the store must not open. Of the others each case may lose something or
	// nothing: only then it opens, whole.
	refused bool
	do      func(*patient, *rand.Rand) error
}

func damages() []damage {
	var all []damage
	for _, kind := range []struct{ name, pattern string }{
		{"MANIFEST", "MANIFEST"}, {"a log", "*.mem"}, {"a table", "*.sst"}, {"a value log", "*.vlog"},
	} {
		all = append(all,
			damage{kind.name + " flipped", false, on(kind.pattern, flip)},
			damage{kind.name + " cut", false, on(kind.pattern, cut)},
			damage{kind.name + " deleted", kind.name == "MANIFEST" || kind.name == "a table", on(kind.pattern, remove)})
	}
	return append(all,
		damage{"the directory emptied", true, func(p *patient, _ *rand.Rand) error {
			return errors.Join(os.RemoveAll(p.dir), os.Mkdir(p.dir, 0o700))
		}},
		damage{"the directory gone", true, func(p *patient, _ *rand.Rand) error { return os.RemoveAll(p.dir) }},
		damage{"an older copy under the newer mark", true, func(p *patient, _ *rand.Rand) error {
			return errors.Join(os.RemoveAll(p.dir), os.CopyFS(p.dir, os.DirFS(p.older)))
		}},
		damage{"the mark gone", true, func(p *patient, _ *rand.Rand) error { return os.Remove(p.dir + ".mark") }},
		damage{"a slot of the mark flipped", false, func(p *patient, dice *rand.Rand) error { return flip(p.dir+".mark", dice) }},
		damage{"both slots of the mark flipped", true, func(p *patient, _ *rand.Rand) error {
			content, err := os.ReadFile(p.dir + ".mark")
			if err != nil {
				return err
			}
			for at := 0; at < len(content); at += 16 {
				content[at] ^= 1
			}
			return os.WriteFile(p.dir+".mark", content, 0o600)
		}})
}

// on has one of the store's files of a kind harmed.
func on(pattern string, harm func(path string, dice *rand.Rand) error) func(*patient, *rand.Rand) error {
	return func(p *patient, dice *rand.Rand) error {
		files, err := filepath.Glob(filepath.Join(p.dir, pattern))
		if err != nil || len(files) == 0 {
			return fmt.Errorf("there is no %s to harm: %w", pattern, err)
		}
		return harm(files[dice.IntN(len(files))], dice)
	}
}

// flip flips a bit in what is written of a file; the rest are zeros.
func flip(path string, dice *rand.Rand) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	written := len(bytes.TrimRight(content, "\x00"))
	if written == 0 {
		return nil
	}
	content[dice.IntN(written)] ^= 1 << dice.IntN(8)
	return os.WriteFile(path, content, 0o600)
}

func cut(path string, dice *rand.Rand) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.Truncate(path, dice.Int64N(int64(max(len(bytes.TrimRight(content, "\x00")), 1))))
}

func remove(path string, _ *rand.Rand) error { return os.Remove(path) }

// patient is a store to be harmed.
type patient struct {
	dir   string
	older string // its directory as it was before the last commits
}

// harm is the experiment `damage`: the store that a killed process left is
// harmed in every way, N times each, and opened.
func harm(ctx context.Context, s *stage) (err error) {
	t, err := s.trial("damage", trialOptions{people: 20, offices: 2 * (8 + 4)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	ctx, end := context.WithCancel(ctx) // no child outlives the world
	defer end()
	if err := errors.Join(t.prepare(ctx), t.begin(ctx)); err != nil {
		return err
	}
	healthy := filepath.Join(t.dir, "store")
	older := filepath.Join(t.dir, "older")
	if err := errors.Join(t.kill(ctx), os.CopyFS(older, os.DirFS(healthy)), t.up(ctx)); err != nil {
		return err
	}
	for round := range 3 {
		list, err := t.write(fmt.Sprint(round), t.news(round+1))
		if err != nil {
			return err
		}
		if err := t.take(ctx, list); err != nil {
			return err
		}
	}
	if err := t.kill(ctx); err != nil {
		return err
	}
	want, err := t.readCopy(ctx, healthy)
	if err != nil {
		return fmt.Errorf("reading the healthy store: %w", err)
	}
	for n, d := range damages() {
		if err := t.harmed(ctx, d, patient{healthy, older}, want, s.dice(uint64(n)+1)); err != nil {
			return fmt.Errorf("%s: %w", d.name, err)
		}
	}
	return nil
}

// harmed harms copies of a store in one way and looks what comes of it.
func (t *trial) harmed(ctx context.Context, d damage, healthy patient, want [32]byte, dice *rand.Rand) error {
	refused, whole := 0, 0
	for range t.stage.n {
		p, err := t.copyOf(healthy)
		if err != nil {
			return err
		}
		if err := d.do(&p, dice); err != nil {
			return err
		}
		switch opened, err := t.opens(ctx, d, p); {
		case err != nil:
			return err
		case !opened:
			refused++
		default:
			got, err := t.contents(ctx, p.dir)
			switch {
			case errors.Is(err, store.ErrDamaged):
				t.stage.breaks("%s: the store opened, and says only as it is read that it is damaged", d.name)
			case err != nil:
				return err
			case d.refused || got != want:
				t.stage.breaks("%s: the store opened and is not what it was", d.name)
			default:
				whole++
			}
		}
		if err := os.RemoveAll(filepath.Dir(p.dir)); err != nil {
			return err
		}
	}
	t.stage.line(d.name, "refused %d, opened whole %d", refused, whole)
	return nil
}

// copyOf copies a store as a killed process left it.
func (t *trial) copyOf(p patient) (patient, error) {
	at, err := os.MkdirTemp(t.dir, "harmed-")
	if err != nil {
		return p, fmt.Errorf("making a place for a copy: %w", err)
	}
	c := patient{dir: filepath.Join(at, "store"), older: p.older}
	err = os.CopyFS(c.dir, os.DirFS(p.dir))
	for _, beside := range []string{".mark", ".erased"} {
		content, e := os.ReadFile(p.dir + beside)
		err = errors.Join(err, e, os.WriteFile(c.dir+beside, content, 0o600))
	}
	return c, err
}

// readCopy reads what a store holds, and leaves it as it was killed.
func (t *trial) readCopy(ctx context.Context, dir string) (sum [32]byte, err error) {
	c, err := t.copyOf(patient{dir: dir})
	if err != nil {
		return sum, err
	}
	return t.contents(ctx, c.dir)
}

// opens has the program open a store, for a list that it only looks at. A store
// that it refuses, it refuses with a sentence that says what to do.
func (t *trial) opens(ctx context.Context, d damage, p patient) (bool, error) {
	list := filepath.Join(t.dir, "look.csv")
	if err := writeList(list, t.history.rows[:1]); err != nil {
		return false, err
	}
	usual := t.env
	t.env = append(slices.Clone(usual), "STORE=badger:"+p.dir)
	started, err := t.start(ctx, nil, "import", "--dry-run", list)
	t.env = usual
	if err != nil {
		return false, err
	}
	failed := started.finish(ctx)
	said := started.out.String()
	if strings.Contains(said, "panic") || strings.Contains(said, "goroutine ") {
		t.stage.breaks("%s: the program panics: %.300s", d.name, said)
	}
	if failed != nil && !strings.Contains(said, "restore a backup") {
		t.stage.breaks("%s: refused without saying what to do: %.500s", d.name, said)
	}
	return failed == nil, ctx.Err()
}

// contents reads all that a store holds of the people in the trial.
func (t *trial) contents(ctx context.Context, dir string) (sum [32]byte, err error) {
	key, err := t.key()
	if err != nil {
		return sum, err
	}
	s, err := store.Open(store.Options{Dir: dir, Key: key, Log: zerolog.Nop()})
	if err != nil {
		return sum, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	all := sha256.New()
	out := json.NewEncoder(all)
	err = s.View(ctx, func(tx *store.Tx) error {
		for _, h := range t.holders() {
			person, err := tx.Person(s.Keyer().Person(card.NationalCode(h.code)))
			if err := errors.Join(err, out.Encode(person)); err != nil {
				return err
			}
			for _, f := range person.Followers {
				chat, _, err := tx.Chat(f.Chat)
				if err := errors.Join(err, out.Encode(chat)); err != nil {
					return err
				}
			}
		}
		offices, err := tx.Offices()
		if err := errors.Join(err, out.Encode(offices)); err != nil {
			return err
		}
		return tx.Inbox(func(u store.Update, damaged error) error { return errors.Join(damaged, out.Encode(u)) })
	})
	return [32]byte(all.Sum(nil)), err
}

// key is the world's SECRET_KEY.
func (w *world) key() ([]byte, error) {
	for _, entry := range w.env {
		if text, is := strings.CutPrefix(entry, "SECRET_KEY="); is {
			return base64.StdEncoding.DecodeString(text)
		}
	}
	return nil, errors.New("the world has no key")
}

// holders are all of whom a list speaks.
func (t *trial) holders() []*holder { return append(t.crowd.known(), t.others...) }
