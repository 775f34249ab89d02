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
					if got := w.follower(ali, c); !got.Verified.Equal(day0) || got.Receipt != (card.ReceiptKey{}) {
						t.Errorf("verified: %+v", got)
					}
				} else {
					w.silent()
				}
			})
		})
	}
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
			if got := w.ask(p, c, phone(9), card.ReceiptKey{}); got.Dropped != (i == 3) || got.Verified {
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
			c := w.follow(ali, 1)
			w.ready(ali, "7")
			row, _, err := w.tx.Chat(c)
			must(err)
			row.Seen = w.now
			must(w.tx.PutChat(c, row))
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

func TestReminders(t *testing.T) {
	inWorld(t, func(w *world) {
		c := w.follow(ali, 1)
		w.now = time.Date(2026, 11, 23, 20, 45, 0, 0, time.UTC) // 00:15 on the 24th in Tehran
		told := w.now
		w.ready(ali, "7")
		w.says(arrived())
		for _, days := range []int{3, 7, 14, 30} {
			at := time.Date(2026, 11, 24+days, 6, 30, 0, 0, time.UTC)
			if got := w.follower(ali, c).Reminder; !got.Equal(at) {
				t.Fatalf("day %d: due %v, want %v", days, got, at)
			}
			w.now = at.Add(-time.Second)
			w.silent()
			w.now = at
			if m := w.says(reminded())[0]; !m.Reminder || !m.Items[0].ToldAt.Equal(told) {
				t.Errorf("day %d: %+v", days, m)
			}
		}
		w.now = w.now.AddDate(1, 0, 0)
		w.silent()
	})
}

func TestMissedRemindersBecomeOne(t *testing.T) {
	inWorld(t, func(w *world) {
		c := w.follow(ali, 1)
		w.ready(ali, "7")
		w.says(arrived())
		w.now = day0.AddDate(0, 0, 8)
		w.says(reminded())
		if got, want := w.follower(ali, c).Reminder, ReminderTime(day0, 14); !got.Equal(want) {
			t.Errorf("next %v, want %v", got, want)
		}
	})
}

func TestRemindersWaitForQuietHoursToEnd(t *testing.T) {
	inWorld(t, func(w *world) {
		w.rules.Quiet = Quiet{From: 9, To: 12}
		c := w.follow(ali, 1)
		w.ready(ali, "7")
		w.says(arrived())
		if got, want := w.follower(ali, c).Reminder, ReminderTime(day0, 3).Add(2*hour); !got.Equal(want) {
			t.Errorf("due %v, want %v", got, want)
		}
	})
	inWorld(t, func(w *world) {
		w.follow(ali, 1)
		w.now = day0.Add(12 * hour) // midnight
		w.ready(ali, "7")
		if m := w.says(arrived())[0]; !m.Silent {
			t.Error("an arrival at night was not silent")
		}
	})
}

func TestClaimAndUndo(t *testing.T) {
	inWorld(t, func(w *world) {
		w.follow(ali, 1)
		w.follow(ali, 2)
		w.ready(ali, "7")
		w.says(arrived(), arrived())
		claim := func(arrival uint32, on bool) bool {
			done, err := w.rules.Claim(w.tx, w.now, ali, unnamed, arrival, on)
			must(err)
			return done
		}
		if claim(2, true) || !claim(1, true) {
			t.Error("the wrong arrival was claimed")
		}
		w.now = ReminderTime(day0, 3)
		w.silent()
		if w.person(ali).Applications[0].Record.Current().Stage != card.StageReady {
			t.Error("a claim moved the stage")
		}
		if !claim(1, false) {
			t.Error("not undone")
		}
		w.says(reminded(), reminded())
		claim(1, true)
		w.now = w.now.Add(hour)
		w.apply(row(ali, card.StageReturned, "", w.now))
		w.silent() // who says they have it does not hear that it went back
		if claim(1, false) {
			t.Error("a claim of a card that is not there")
		}
		w.now = w.now.Add(hour)
		w.ready(ali, "7")
		w.says(arrived(), arrived())
	})
}

func TestSnooze(t *testing.T) {
	inWorld(t, func(w *world) {
		c := w.follow(ali, 1)
		snooze := func(arrival uint32, until time.Time) bool {
			done, err := w.rules.Snooze(w.tx, w.now, ali, c, unnamed, arrival, until)
			must(err)
			return done
		}
		w.ready(ali, "7")
		if snooze(1, day0.Add(hour)) {
			t.Error("put off before it was told")
		}
		w.says(arrived())
		if snooze(2, day0.Add(hour)) || !snooze(1, ReminderTime(day0, 5)) {
			t.Error("the wrong arrival was put off")
		}
		w.now = ReminderTime(day0, 3)
		w.silent()
		w.now = ReminderTime(day0, 5)
		w.says(reminded())
		w.now = ReminderTime(day0, 7)
		w.says(reminded())
		w.apply(row(ali, card.StageCollected, "", w.now))
		if snooze(1, w.now.Add(hour)) {
			t.Error("put off after it was collected")
		}
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
			m, ok, err := w.rules.compose(w.tx, w.now, w.rows(store.Alerts)[0])
			must(err)
			w.now = w.now.Add(hour)
			w.ready(ali, "8")
			must(w.rules.Shown(w.tx, w.now, ali, c))
			must(w.rules.note(w.tx, w.now, w.now, m, Outcome{Kind: Sent}))
			if told := w.follower(ali, c).ToldOf(unnamed); !ok || told.Arrival != 2 || told.Office != "8" {
				t.Errorf("told %+v", told)
			}
			w.silent()
		})
	})
}

func TestForgetAndErase(t *testing.T) {
	setUp := func(w *world) (mine, other card.ChatKey) {
		mine, other = w.follow(ali, 1), w.follow(ali, 2)
		w.follow(sara, 1)
		w.ask(reza, mine, phone(9), card.ReceiptKey{})
		w.ready(ali, "7")
		w.ready(sara, "7")
		return mine, other
	}
	t.Run("a chat", func(t *testing.T) {
		inWorld(t, func(w *world) {
			mine, other := setUp(w)
			must(w.rules.ForgetChat(w.tx, w.now, mine))
			if _, found, _ := w.tx.Chat(mine); found {
				t.Error("the chat is still there")
			}
			for _, p := range []card.PersonKey{ali, sara, reza} {
				if w.person(p).Follower(mine) != nil {
					t.Error("a link is still there")
				}
			}
			w.check()
			if sent := w.says(arrived()); sent[0].Chat != other {
				t.Error("the other chat was touched")
			}
			must(w.rules.ForgetChat(w.tx, w.now, chat(7)))
		})
	})
	t.Run("a person", func(t *testing.T) {
		inWorld(t, func(w *world) {
			mine, _ := setUp(w)
			must(w.tx.PutGuesses(store.GuessOfReceipt, ali, store.Guesses{w.now}))
			erased, err := w.rules.ErasePerson(w.tx, w.now, ali)
			must(err)
			if erased != (Erased{Applications: 1, Followers: 2, Alerts: 2}) {
				t.Errorf("erased %+v", erased)
			}
			if guesses, _ := w.tx.Guesses(store.GuessOfReceipt, ali); !w.person(ali).IsZero() || len(guesses) > 0 {
				t.Error("something is left")
			}
			w.check()
			if sent := w.says(arrived()); sent[0].Chat != mine || sent[0].Items[0].Person != sara {
				t.Error("the other person was touched")
			}
		})
	})
}

func TestStaleRowsAreDropped(t *testing.T) {
	inWorld(t, func(w *world) {
		c := w.follow(ali, 1)
		w.ready(ali, "7")
		d := w.rows(store.Alerts)[0]
		w.deliver(Failed)
		if _, ok, err := w.rules.compose(w.tx, w.now, d); ok || err != nil {
			t.Errorf("a row that was put off is sent: %v", err)
		}
		if gone, err := w.rules.drop(w.tx, w.now, d); !gone || err != nil {
			t.Errorf("dropped %v, %v", gone, err)
		}
		now := w.rows(store.Alerts)[0]
		must(w.tx.DeleteChat(c)) // as no rule does
		if gone, err := w.rules.drop(w.tx, w.now, now); !gone || err != nil {
			t.Errorf("dropped %v, %v", gone, err)
		}
	})
}

func TestQuiet(t *testing.T) {
	at := func(h, m int) time.Time { return time.Date(2026, 11, 23, h, m, 0, 0, tehran()) }
	tests := []struct {
		quiet Quiet
		t     time.Time
		want  time.Time
	}{
		{Quiet{21, 8}, at(20, 59), at(20, 59)},
		{Quiet{21, 8}, at(21, 0), at(32, 0)},
		{Quiet{21, 8}, at(3, 0), at(8, 0)},
		{Quiet{21, 8}, at(8, 0), at(8, 0)},
		{Quiet{13, 15}, at(14, 30), at(15, 0)},
		{Quiet{0, 24}, at(14, 30), at(24, 0)},
		{Quiet{5, 5}, at(5, 0), at(5, 0)},
	}
	for _, tt := range tests {
		if got := tt.quiet.After(tt.t); !got.Equal(tt.want) {
			t.Errorf("%v after %v: %v, want %v", tt.quiet, tt.t, got, tt.want)
		}
	}
}
