package alert

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"kartyar/card"
	"kartyar/store"
	"kartyar/store/storetest"
)

// spoiled is a store in which neither ali's row nor what the outbox's rows hold
// can be read. Chat 1 follows him and sara, chat 2 follows him; all are to be
// told. Before it is spoiled, arranged has its way with it.
func spoiled(t *testing.T, arranged ...func(w *world)) *store.Store {
	t.Helper()
	s := harmed(t, func(w *world) {
		w.follow(ali, 1)
		w.follow(sara, 1)
		w.follow(ali, 2)
		w.ready(ali, "7")
		w.ready(sara, "7")
		for _, arrange := range arranged {
			arrange(w)
		}
	}, 4, append([]byte("p"), ali[:]...), []byte("o"))
	inStore(t, s, func(w *world) {
		if _, err := w.tx.Person(ali); !errors.Is(err, store.ErrDamaged) {
			t.Fatalf("the row is read: %v", err)
		}
	})
	return s
}

// harmed is a store in which something was arranged and then rows were spoiled, as
// storetest.Spoil does.
func harmed(t *testing.T, arrange func(w *world), rows int, prefixes ...[]byte) *store.Store {
	t.Helper()
	opt := store.Options{Dir: filepath.Join(t.TempDir(), "data"), Key: bytes.Repeat([]byte{7}, store.KeySize)}
	s, err := store.Open(opt)
	if err != nil {
		t.Fatal(err)
	}
	inStore(t, s, arrange)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	storetest.Spoil(t, opt.Dir, rows, prefixes...)
	if s, err = store.Open(opt); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// inStore runs fn in a commit.
func inStore(t *testing.T, s *store.Store, fn func(w *world)) {
	t.Helper()
	err := s.Update(context.Background(), func(tx *store.Tx) error {
		fn(&world{t: t, tx: tx, now: day0, rules: Rules{ReminderDays: []int{3}, Quiet: Quiet{From: 21, To: 8}}})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func pairs(rows []store.Due) (all []string) {
	for _, d := range rows {
		all = append(all, string([]byte{'0' + d.Person[1], '0' + d.Chat[1]}))
	}
	return all
}

// Whoever wants their data deleted is not told to wait for a row to be mended.
func TestForgettingBesideADamagedRow(t *testing.T) {
	s := spoiled(t)
	inStore(t, s, func(w *world) {
		_, err := w.rules.ForgetChat(w.tx, w.now, chat(1))
		must(err)
	})
	inStore(t, s, func(w *world) {
		if _, found, _ := w.tx.Chat(chat(1)); found || w.person(sara).Follower(chat(1)) != nil {
			t.Error("something of the chat is left")
		}
		if left := pairs(w.rows(store.Alerts)); len(left) != 1 || left[0] != "12" {
			t.Errorf("alerts of persons and chats %v are left; want that of the other chat alone", left)
		}
	})
}

func TestErasingADamagedRow(t *testing.T) {
	s := spoiled(t)
	inStore(t, s, func(w *world) {
		erased, err := w.rules.ErasePerson(w.tx, w.now, ali)
		must(err)
		if erased != (Erased{Alerts: 2, Unreadable: true}) {
			t.Errorf("erased %+v", erased)
		}
	})
	inStore(t, s, func(w *world) {
		if !w.person(ali).IsZero() {
			t.Error("the row is left")
		}
		if left := pairs(w.rows(store.Alerts)); len(left) != 1 || left[0] != "21" {
			t.Errorf("alerts of persons and chats %v are left; want sara's alone", left)
		}

		_, err := w.rules.Unfollow(w.tx, w.now, ali, chat(2))
		must(err)
		// the chat's end of the link
		w.apply(row(ali, card.StageReady, "8", w.now)) // a later list begins anew
	})
}

// Chat 1 hears of sara although ali, whom it follows too, cannot be read, and
// the bot does not pause for that.
func TestADamagedRowKeepsNobodyWaiting(t *testing.T) {
	s := spoiled(t)
	log, told := &lockedBuffer{}, make(chan Message)
	w := NewWorker(WorkerOptions{
		Store: s, Rules: workerRules, Bot: aBot, Log: zerolog.New(log),
		Now: func() time.Time { return day0 },
		Deliver: func(_ context.Context, m Message, _ Latest) Outcome {
			told <- m
			return Outcome{Kind: Sent}
		},
	})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- w.Run(ctx) }()
	m := <-told
	cancel()
	must(<-ended)
	if m.Chat != chat(1) || len(m.Items) != 1 {
		t.Errorf("told %+v", m)
	}
	if !w.pause.IsZero() {
		t.Error("the bot pauses")
	}
	for d := range w.aside {
		if d.Person != ali {
			t.Errorf("%v is put aside", d)
		}
	}
	if len(w.aside) == 0 || !strings.Contains(log.String(), "damaged in the store") {
		t.Errorf("%d rows put aside; the operator hears %s", len(w.aside), log.String())
	}
}

// What a restore held back goes out although ali cannot be read. His rows are
// released too, where the worker meets them and tells of the damage.
func TestResumingBesideADamagedRow(t *testing.T) {
	s := spoiled(t, func(w *world) {
		w.held(ali, chat(1))
		w.held(sara, chat(1))
		w.held(ali, chat(2))
	})
	held, err := workerRules.Resume(t.Context(), s, day0)
	if err != nil || held.Messages != 3 || held.Damaged != 2 {
		t.Fatalf("released %+v, %v", held, err)
	}
	if again, err := HeldOutbox(t.Context(), s, day0); err != nil || again != (Held{}) {
		t.Errorf("still held: %+v, %v", again, err)
	}
	inStore(t, s, func(w *world) {
		if left := pairs(w.rows(store.HeldAlerts)); len(left) != 0 {
			t.Errorf("held alerts of persons and chats %v", left)
		}
		if due := pairs(w.rows(store.Alerts)); len(due) != 3 {
			t.Errorf("alerts of persons and chats %v are due; want all", due)
		}
		if w.follower(sara, chat(1)).Held {
			t.Error("sara's is still held")
		}
	})
}

// A chat that cannot be written to is noted as such, and so is that its person
// is back, although ali, whom it follows too, cannot be read.
func TestABlockedChatIsNotedBesideADamagedRow(t *testing.T) {
	s := spoiled(t)
	for _, reachable := range []bool{false, true} {
		inStore(t, s, func(w *world) { must(w.rules.Reachable(w.tx, w.now, chat(1), reachable)) })
		inStore(t, s, func(w *world) {
			c, _, err := w.tx.Chat(chat(1))
			must(err)
			if f := w.follower(sara, chat(1)); c.Blocked == reachable || f.Blocked == reachable || f.Alert.Due.IsZero() == reachable {
				t.Errorf("reachable %v: the chat is blocked: %v, its follower: %+v", reachable, c.Blocked, f)
			}
		})
	}
}

// Whoever follows a person who cannot be read may ask after others, as many as
// anybody.
func TestAskingBesideADamagedRow(t *testing.T) {
	s := spoiled(t)
	inStore(t, s, func(w *world) {
		for n, p := range []card.PersonKey{reza, mina, omid, person(6)} {
			if got := w.ask(p, chat(1), phone(99), card.ReceiptKey{}); (got.Dropped != store.Link{}) != (n == waitingMost) {
				t.Errorf("pair %d that waits: %+v", n+1, got)
			}
		}
	})
}

// A guest's chat that cannot be read keeps nobody's access up: the person's end
// of its link goes, and the other guests are ended and named. Nor is it taken
// for damage of the person.
func TestGuestsEndBesideADamagedChat(t *testing.T) {
	for name, end := range endings {
		t.Run(name, func(t *testing.T) {
			rotten := chat(2)
			s := harmed(t, func(w *world) {
				maker := w.follow(ali, 1)
				for n := byte(2); n <= 4; n++ {
					_, admit := w.invites(maker)
					w.admits(admit, w.chat(n), Admitted)
				}
				w.ready(ali, "7")
			}, 1, append([]byte("c"), rotten[:]...))
			inStore(t, s, func(w *world) {
				ended, err := end(w, chat(1))
				must(err)
				if len(ended) != 2 || ended[0].To.Chat != 3 || ended[1].To.Chat != 4 {
					t.Errorf("ended: %+v", ended)
				}
				for n := byte(2); n <= 4; n++ {
					if w.person(ali).Follower(chat(n)) != nil {
						t.Errorf("chat %d still follows", n)
					}
				}
				if c, _, err := w.tx.Chat(chat(4)); err != nil || len(c.People) != 0 {
					t.Errorf("a guest's chat: %+v, %v", c, err)
				}
				if due := pairs(w.rows(store.Alerts)); slices.ContainsFunc(due, func(pair string) bool { return pair != "11" }) {
					t.Errorf("alerts of persons and chats %v are due", due)
				}
			})
		})
	}
}
