package alert

import (
	"testing"
	"time"

	"kartyar/card"
	"kartyar/store"
)

func TestWaitingPairs(t *testing.T) {
	late := func(change func(*card.Row)) card.Row {
		r := row(ali, card.StageReady, "7", day0)
		change(&r)
		return r
	}
	tests := []struct {
		name string
		rows []card.Row
		told bool
	}{
		{"its phone", []card.Row{late(func(r *card.Row) { r.Phone = phone(1) })}, true},
		{"its phone in an old row", []card.Row{late(func(*card.Row) {}), late(func(r *card.Row) { r.State.AsOf, r.Phone = day0.Add(-hour), phone(1) })}, true},
		{"its phone in a row that changes nothing else", []card.Row{late(func(*card.Row) {}), late(func(r *card.Row) { r.Phone = phone(1) })}, true},
		{"its phone under another application", []card.Row{late(func(*card.Row) {}), late(func(r *card.Row) { r.ID, r.State.Stage, r.Phone = byName(1), card.StageApproved, phone(1) })}, true},
		{"its receipt", []card.Row{late(func(r *card.Row) { r.Receipt = receipt(1) })}, true},
		{"no phone", []card.Row{late(func(*card.Row) {})}, false},
		{"another phone", []card.Row{late(func(r *card.Row) { r.Phone = phone(9) })}, false},
		{"a newer phone than its own", []card.Row{late(func(r *card.Row) { r.Phone = phone(9) }), late(func(r *card.Row) { r.State.AsOf, r.Phone = day0.Add(-hour), phone(1) })}, false},
		{"another receipt", []card.Row{late(func(r *card.Row) { r.Receipt = receipt(9) })}, false},
		{"refused", []card.Row{late(func(r *card.Row) { r.State.AsOf, r.Phone = day0.Add(25*hour), phone(1) })}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				c := w.chat(1)
				if got := w.ask(ali, c, phone(1), receipt(1)); got != (Access{New: true}) {
					t.Errorf("asked: %+v", got)
				}
				if got := w.ask(ali, c, phone(1), card.ReceiptKey{}); got != (Access{}) {
					t.Errorf("asked again: %+v", got)
				}
				for _, r := range tt.rows {
					w.apply(r)
				}
				if tt.told {
					w.says(arrived())
					if got := w.follower(ali, c); !got.Verified.Equal(day0) || got.Phone != phone(1) || !got.Waiting.IsZero() {
						t.Errorf("verified: %+v", got)
					}
				} else {
					w.silent()
				}
			})
		})
	}
}

// Whatever a chat proved or typed while it waited counts, not the last of it.
func TestAllThatWaitsCounts(t *testing.T) {
	of := func(change func(*card.Row)) card.Row {
		r := row(ali, card.StageReady, "7", day0)
		change(&r)
		return r
	}
	none := card.ReceiptKey{}
	for _, tt := range []struct {
		name  string
		asked []Asker
		row   card.Row
		told  bool
	}{
		{"the phone of before", []Asker{{Phone: phone(1)}, {Phone: phone(2)}}, of(func(r *card.Row) { r.Phone = phone(1) }), true},
		{"the new phone", []Asker{{Phone: phone(1)}, {Phone: phone(2)}}, of(func(r *card.Row) { r.Phone = phone(2) }), true},
		{"the fourth last phone", []Asker{{Phone: phone(1)}, {Phone: phone(2)}, {Phone: phone(3)}, {Phone: phone(4)}}, of(func(r *card.Row) { r.Phone = phone(1) }), false},
		{"a receipt mistyped after", []Asker{{Phone: phone(1), Receipt: receipt(1)}, {Phone: phone(1), Receipt: receipt(2)}}, of(func(r *card.Row) { r.Receipt = receipt(1) }), true},
		{"a receipt mistyped before", []Asker{{Phone: phone(1), Receipt: receipt(2)}, {Phone: phone(1), Receipt: receipt(1)}}, of(func(r *card.Row) { r.Receipt = receipt(1) }), true},
		{"a receipt typed with the phone of before", []Asker{{Phone: phone(1), Receipt: receipt(1)}, {Phone: phone(2)}}, of(func(r *card.Row) { r.Receipt = receipt(1) }), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				c := w.chat(1)
				for _, a := range tt.asked {
					w.ask(ali, c, a.Phone, a.Receipt)
				}
				w.apply(tt.row)
				if !tt.told {
					w.silent()
					return
				}
				w.says(arrived())
				if last := tt.asked[len(tt.asked)-1].Phone; !w.ask(ali, c, last, none).Verified {
					t.Error("the phone that the chat proved last does not count")
				}
			})
		})
	}
}

// Only what waits already is no guess, and of that no more than is kept.
func TestWhatIsNew(t *testing.T) {
	inWorld(t, func(w *world) {
		c := w.chat(1)
		for i, tt := range []struct {
			phone byte
			isNew bool
		}{{1, true}, {1, false}, {2, true}, {1, false}, {2, false}, {3, true}, {4, true}, {1, true}} {
			if got := w.ask(ali, c, phone(tt.phone), card.ReceiptKey{}); got.New != tt.isNew {
				t.Errorf("asked %d: new: %v", i, got.New)
			}
		}
	})
}

// Each time that «اگر برسد خبر می‌دهیم» is said it is so, whatever was before.
func TestAPromiseOfNewsIsKept(t *testing.T) {
	for name, before := range map[string]func(w *world, c card.ChatKey){
		"had enough while waiting": func(w *world, c card.ChatKey) {
			w.ask(ali, c, phone(2), card.ReceiptKey{})
			must(w.rules.Subscribe(w.tx, w.now, ali, c, false))
		},
		"verified and never asked for news": func(w *world, c card.ChatKey) {
			w.follow(ali, 1)
			must(w.rules.Subscribe(w.tx, w.now, ali, c, false))
		},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				c := w.chat(1)
				before(w, c)
				if w.ask(ali, c, phone(2), card.ReceiptKey{}).Verified {
					t.Fatal("nothing is promised")
				}
				w.now = w.now.Add(hour)
				r := row(ali, card.StageReady, "7", w.now)
				r.Phone = phone(2)
				w.apply(r)
				w.says(arrived())
				if f := w.follower(ali, c); !f.Verified.Equal(w.now) || f.Phone != phone(2) {
					t.Errorf("the proof is not that of the new phone: %+v", f)
				}
			})
		})
		t.Run(name+", and has enough again", func(t *testing.T) {
			inWorld(t, func(w *world) {
				c := w.chat(1)
				before(w, c)
				w.ask(ali, c, phone(2), card.ReceiptKey{})
				must(w.rules.Subscribe(w.tx, w.now, ali, c, false))
				r := row(ali, card.StageReady, "7", w.now)
				r.Phone = phone(2)
				w.apply(r)
				w.silent()
			})
		})
	}
}

// The pair that was asked for just now is never the one that goes.
func TestTheOldestOfTheOthersGoes(t *testing.T) {
	inWorld(t, func(w *world) {
		maker := w.follow(ali, 1)
		c := w.chat(2)
		_, admit := w.invites(maker)
		w.admits(admit, c, Admitted) // the first on its list
		for _, p := range []card.PersonKey{sara, reza, mina} {
			w.ask(p, c, phone(9), card.ReceiptKey{})
		}
		if got := w.ask(ali, c, phone(9), card.ReceiptKey{}); got.Dropped.Person != sara {
			t.Errorf("gone: %v", got.Dropped)
		}
		// A guest's pair is let go like anybody's, and the guest stays one.
		if got := w.ask(sara, c, phone(9), card.ReceiptKey{}); got.Dropped.Person != ali {
			t.Errorf("gone: %v", got.Dropped)
		}
		if f := w.follower(ali, c); !f.IsGuest() || f.Waits() {
			t.Errorf("the guest: %+v", f)
		}
	})
}

func TestVerifiedLinkOutlivesThePhone(t *testing.T) {
	inWorld(t, func(w *world) {
		c := w.follow(ali, 1)
		r := row(ali, card.StageReady, "7", w.now)
		r.Phone = phone(9)
		w.apply(r)
		w.says(arrived())
		if !w.ask(ali, c, phone(1), card.ReceiptKey{}).Verified {
			t.Error("the link did not outlive the phone")
		}
		if w.ask(ali, c, phone(8), card.ReceiptKey{}).Verified {
			t.Error("a stranger's phone in a verified chat was let in")
		}
		if !w.ask(ali, w.chat(2), phone(9), card.ReceiptKey{}).Verified {
			t.Error("the new phone was not let in")
		}
	})
}

func TestReceiptVerifies(t *testing.T) {
	inWorld(t, func(w *world) {
		r := row(ali, card.StageReady, "7", w.now)
		r.Phone, r.Receipt = phone(9), receipt(1)
		w.apply(r)
		c := w.chat(1)
		if w.ask(ali, c, phone(1), receipt(2)).Verified {
			t.Error("a wrong receipt was let in")
		}
		if got := w.ask(ali, c, phone(1), receipt(1)); !got.Verified || got.New {
			t.Errorf("got %+v", got)
		}
		w.says(arrived())
	})
}

func TestFourthPairDropsTheOldest(t *testing.T) {
	inWorld(t, func(w *world) {
		c := w.follow(omid, 1) // verified pairs do not count
		for i, p := range []card.PersonKey{ali, sara, reza, mina} {
			if got := w.ask(p, c, phone(9), card.ReceiptKey{}); (got.Dropped.Person == ali) != (i == 3) || got.Verified {
				t.Errorf("pair %d: %+v", i, got)
			}
		}
		if w.person(ali).Follower(c) != nil || w.person(sara).Follower(c) == nil || w.person(omid).Follower(c) == nil {
			t.Error("not the oldest went")
		}
	})
}

func TestWaitingOnOnePersonIsBounded(t *testing.T) {
	inWorld(t, func(w *world) {
		strange := func(i int) card.ChatKey { return card.ChatKey{6, byte(i >> 8), byte(i)} }
		p := store.Person{}
		for i := range waitingOnPerson {
			p.Followers = append(p.Followers, store.Follower{Chat: strange(i), Bot: aBot, Since: day0, Phone: phone(9), Notify: true})
			must(w.tx.PutChat(strange(i), store.Chat{People: []store.Link{{Person: ali}}}))
		}
		must(w.tx.PutPerson(ali, p))
		c := w.chat(1)
		if got := w.ask(ali, c, phone(1), card.ReceiptKey{}); !got.Full || got.Verified {
			t.Errorf("asked: %+v", got)
		}
		if chat, _, _ := w.tx.Chat(c); len(chat.People) > 0 {
			t.Error("a link without a follower")
		}
		r := row(ali, card.StageReady, "7", w.now)
		r.Phone = phone(1)
		w.apply(r)
		if !w.ask(ali, c, phone(1), card.ReceiptKey{}).Verified {
			t.Error("strangers shut the owner out")
		}
	})
}

func TestTellableAgain(t *testing.T) {
	off := func(on bool) func(w *world, c card.ChatKey) {
		return func(w *world, c card.ChatKey) { must(w.rules.Subscribe(w.tx, w.now, ali, c, on)) }
	}
	reach := func(on bool) func(w *world, c card.ChatKey) {
		return func(w *world, c card.ChatKey) { must(w.rules.Reachable(w.tx, w.now, c, on)) }
	}
	tests := []struct {
		name     string
		off, on  func(w *world, c card.ChatKey)
		meantime bool
	}{
		{"unsubscribed, nothing missed", off(false), off(true), false},
		{"unsubscribed, missed one", off(false), off(true), true},
		{"blocked, nothing missed", reach(false), reach(true), false},
		{"blocked, missed one", reach(false), reach(true), true},
		{"blocked, asks again", reach(false), func(w *world, c card.ChatKey) { w.ask(ali, c, phone(1), card.ReceiptKey{}) }, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				c := w.follow(ali, 1)
				w.ready(ali, "7")
				w.says(arrived())
				tt.off(w, c)
				w.check()
				if tt.meantime {
					w.now = w.now.Add(hour)
					w.ready(ali, "8")
				}
				w.now = w.now.AddDate(0, 0, 5)
				w.silent()
				tt.on(w, c)
				if tt.meantime {
					w.says(arrived())
				} else {
					w.now = w.now.Add(24 * hour)
					w.says(reminded()) // those missed are one
				}
			})
		})
	}
}

func TestNever(t *testing.T) {
	inWorld(t, func(w *world) {
		c := w.follow(ali, 1)
		w.follow(sara, 1)
		w.ready(ali, "7")
		if sent := w.deliver(Never); len(sent) != 1 {
			t.Errorf("%d messages", len(sent))
		}
		w.ready(sara, "7")
		w.silent()
		must(w.rules.Reachable(w.tx, w.now, c, true))
		w.says([]Event{Arrived, Arrived})
	})
	t.Run("written since", func(t *testing.T) {
		inWorld(t, func(w *world) {
			c := w.follow(ali, 200) // that it was heard of is not undone
			w.ready(ali, "7")
			w.tx.Hear(c, w.now)
			w.deliver(Never)
			w.now = w.now.Add(retryWaits[0])
			w.says(arrived())
		})
	})
}

func TestRetries(t *testing.T) {
	inWorld(t, func(w *world) {
		c := w.follow(ali, 1)
		w.ready(ali, "7")
		for i := range 8 {
			if sent := w.deliver(Failed); len(sent) != 1 {
				t.Fatalf("attempt %d: %d messages", i, len(sent))
			}
			w.check()
			w.now = w.now.Add(retryWaits[min(i, len(retryWaits)-1)] - time.Second)
			w.silent()
			w.now = w.now.Add(time.Second)
		}
		if since := w.follower(ali, c).Alert.Since; !since.Equal(day0) {
			t.Errorf("waiting since %v", since)
		}
		w.says(arrived())
	})
	t.Run("news bring it forward", func(t *testing.T) {
		inWorld(t, func(w *world) {
			w.follow(ali, 1)
			w.ready(ali, "7")
			w.deliver(Failed)
			w.now = w.now.Add(time.Second)
			w.ready(ali, "8")
			w.says(arrived())
		})
	})
	t.Run("a reminder", func(t *testing.T) {
		inWorld(t, func(w *world) {
			w.follow(ali, 1)
			w.ready(ali, "7")
			w.says(arrived())
			w.now = ReminderTime(w.now, 3)
			if sent := w.deliver(Failed); len(sent) != 1 {
				t.Errorf("%d messages", len(sent))
			}
			w.silent()
			w.now = w.now.Add(reminderWait)
			w.says(reminded())
			w.now = w.now.Add(hour)
			w.silent()
		})
	})
}

func TestShownCountsAsTold(t *testing.T) {
	inWorld(t, func(w *world) {
		c, other := w.follow(ali, 1), w.follow(ali, 2)
		w.ready(ali, "7")
		must(w.rules.Shown(w.tx, w.now, ali, c))
		if sent := w.says(arrived()); sent[0].Chat != other {
			t.Error("the wrong chat was told")
		}
		w.now = ReminderTime(day0, 3)
		w.says(reminded(), reminded())
	})
	t.Run("not to a waiting pair", func(t *testing.T) {
		inWorld(t, func(w *world) {
			c := w.chat(1)
			w.ready(ali, "7")
			w.ask(ali, c, phone(1), card.ReceiptKey{})
			must(w.rules.Shown(w.tx, w.now, ali, c))
			if got := w.follower(ali, c).Told; len(got) > 0 {
				t.Errorf("told %+v", got)
			}
		})
	})
	t.Run("while the message is on its way", func(t *testing.T) {
		inWorld(t, func(w *world) {
			c := w.follow(ali, 1)
			w.ready(ali, "7")
			m, _, ok, err := w.rules.compose(w.tx, w.now, w.rows(store.Alerts)[0])
			must(err)
			w.now = w.now.Add(hour)
			w.ready(ali, "8")
			must(w.rules.Shown(w.tx, w.now, ali, c))
			must(w.rules.note(w.tx, w.now, w.now, m, Outcome{Kind: Sent}, nil))
			if told := w.follower(ali, c).ToldOf(unnamed); !ok || told.Arrival != 2 || told.Office != "8" {
				t.Errorf("told %+v", told)
			}
			w.silent()
		})
	})
}
