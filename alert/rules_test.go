package alert

import (
	"testing"
	"time"

	"kartyar/card"
	"kartyar/store"
)

const hour = time.Hour

func undated(r card.Row) card.Row { r.Undated = true; return r }

func (w *world) wants(got Result, outcome RowOutcome, arrival bool, alerts int) {
	w.t.Helper()
	if want := (Result{outcome, arrival, alerts}); got != want {
		w.t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestDatedRows(t *testing.T) {
	inWorld(t, func(w *world) {
		w.wants(w.apply(row(ali, card.StageReady, "7", day0)), Applied, true, 0)
		w.wants(w.apply(row(ali, card.StageReady, "7", day0)), Unchanged, false, 0)
		w.wants(w.apply(row(ali, card.StageIssuing, "", day0.Add(-hour))), Unchanged, false, 0)
		if at := w.person(ali).Applications[0].Record.History().At(card.StageIssuing); !at.Equal(day0.Add(-hour)) {
			w.t.Errorf("a late row left %v as the day of its stage", at)
		}
		w.wants(w.apply(row(ali, card.StageReady, "7", day0.Add(hour))), Applied, false, 0)
		w.wants(w.apply(row(ali, card.StageReady, "8", day0.Add(2*hour))), Applied, true, 0)
		w.wants(w.apply(row(ali, card.StageReturned, "", day0.Add(3*hour))), Applied, false, 0)
		w.wants(w.apply(row(ali, card.StageReady, "8", day0.Add(4*hour))), Applied, true, 0)
		w.wants(w.apply(row(ali, card.StageReady, "9", day0.Add(24*hour))), Applied, true, 0)
		w.wants(w.apply(row(ali, card.StageReady, "9", day0.Add(24*hour+time.Second))), FromFuture, false, 0)
		a := w.person(ali).Application(unnamed)
		if a.Arrival.Number != 4 || a.Arrival.Office != "9" || !a.Arrival.At.Equal(day0.Add(24*hour)) {
			t.Errorf("got %+v", a.Arrival)
		}
	})
}

func TestUndatedRows(t *testing.T) {
	at := func(office string, after time.Duration) card.Row {
		return undated(row(ali, card.StageReady, office, day0.Add(after)))
	}
	t.Run("yesterday's list again", func(t *testing.T) {
		inWorld(t, func(w *world) {
			w.wants(w.apply(at("7", 0)), Applied, true, 0)
			w.wants(w.apply(at("7", hour)), Unchanged, false, 0)
			w.wants(w.apply(row(ali, card.StageReturned, "", day0.Add(2*hour))), Applied, false, 0)
			w.wants(w.apply(at("7", 3*hour)), Unchanged, false, 0)
			if got := w.person(ali).Applications[0].Record.Current().Stage; got != card.StageReturned {
				t.Errorf("a list read again moved the card to %v", got)
			}
		})
	})
	t.Run("over collected", func(t *testing.T) {
		inWorld(t, func(w *world) {
			w.apply(at("7", 0))
			w.apply(row(ali, card.StageCollected, "", day0.Add(hour)))
			w.wants(w.apply(at("7", 2*hour)), Unchanged, false, 0)
			w.wants(w.apply(at("8", 2*hour)), NeedsDate, false, 0)
			w.wants(w.apply(undated(row(ali, card.StageCollected, "", day0.Add(2*hour)))), Unchanged, false, 0)
			w.wants(w.apply(row(ali, card.StageReady, "8", day0.Add(2*hour))), Applied, true, 0)
		})
	})
	t.Run("the last 16", func(t *testing.T) {
		inWorld(t, func(w *world) {
			office := func(i int) string { return string(rune('A' + i)) }
			for i := range 17 {
				w.wants(w.apply(at(office(i), time.Duration(i)*time.Minute)), Applied, true, 0)
			}
			if got := len(w.person(ali).Applications[0].Undated); got != 16 {
				t.Errorf("%d are remembered", got)
			}
			w.wants(w.apply(at(office(1), hour)), Unchanged, false, 0)
			w.wants(w.apply(at(office(0), hour)), Applied, true, 0)
		})
	})
	t.Run("older than a dated row", func(t *testing.T) {
		inWorld(t, func(w *world) {
			w.apply(row(ali, card.StageReady, "7", day0.Add(hour)))
			w.wants(w.apply(at("7", 0)), Unchanged, false, 0)
			w.wants(w.apply(at("8", 0)), NeedsHour, false, 0)
			w.wants(w.apply(at("8", 2*hour)), Applied, true, 0)
			w.wants(w.apply(at("8", 3*hour)), Unchanged, false, 0)
		})
	})
	t.Run("ready, older than dispatched", func(t *testing.T) {
		inWorld(t, func(w *world) {
			w.follow(ali, 1)
			w.apply(undated(row(ali, card.StageDispatched, "7", day0.Add(hour)))) // of a list that began later, or by a wrong clock
			w.wants(w.apply(at("7", 0)), NeedsHour, false, 0)
			if got := w.person(ali).Applications[0].Undated; len(got) != 1 {
				t.Errorf("%d are remembered", len(got))
			}
			w.now = day0.Add(24 * hour)
			w.wants(w.apply(at("7", 24*hour)), Applied, true, 1)
			w.says(arrived())
		})
	})
	t.Run("a step that has passed", func(t *testing.T) {
		inWorld(t, func(w *world) {
			dispatched := func(office string, after time.Duration) card.Row {
				return undated(row(ali, card.StageDispatched, office, day0.Add(after)))
			}
			w.apply(row(ali, card.StageReady, "7", day0.Add(hour)))
			w.wants(w.apply(dispatched("7", 0)), Unchanged, false, 0)
			w.wants(w.apply(dispatched("7", 24*hour)), Unchanged, false, 0) // the same list does not take the card away
			w.wants(w.apply(dispatched("8", 0)), NeedsHour, false, 0)       // but this is another way
		})
	})
	t.Run("what is compared", func(t *testing.T) {
		inWorld(t, func(w *world) {
			r := at("7", 0)
			w.apply(r)
			for i, change := range []func(*card.Row){
				func(r *card.Row) { r.Phone = phone(9) },
				func(r *card.Row) { r.Receipt = receipt(9) },
				func(r *card.Row) { r.State.Shelf = "3" },
				func(r *card.Row) { r.State.Note = "x" },
			} {
				other := at("7", time.Duration(i+1)*time.Minute)
				change(&other)
				w.wants(w.apply(other), Applied, false, 0)
			}
		})
	})
}

// A date without an hour is the beginning of its day: on that day itself, what it
// says may well be newer than what it loses to.
func TestRowsOfToday(t *testing.T) {
	today := func(stage card.Stage, office string) card.Row {
		r := row(ali, stage, office, day0)
		r.Today = true
		return r
	}
	for _, tt := range []struct {
		name  string
		known card.Row
		row   card.Row
		want  RowOutcome
	}{
		{"dispatched in the morning", undated(row(ali, card.StageDispatched, "7", day0.Add(9*hour))), today(card.StageReady, "7"), NeedsHour},
		{"collected by mistake", undated(row(ali, card.StageCollected, "7", day0.Add(9*hour))), today(card.StageReady, "7"), NeedsHour},
		{"ready at another office", row(ali, card.StageReady, "8", day0.Add(9*hour)), today(card.StageReady, "7"), NeedsHour},
		{"ready by mistake", row(ali, card.StageReady, "7", day0.Add(9*hour)), today(card.StageDispatched, "7"), NeedsHour},
		{"known", row(ali, card.StageReady, "7", day0.Add(9*hour)), today(card.StageReady, "7"), Unchanged},
		{"known of tomorrow", row(ali, card.StageCollected, "7", day0.Add(24*hour)), today(card.StageReady, "7"), Unchanged},
		{"known of today, without an hour", row(ali, card.StageCollected, "7", day0), today(card.StageReady, "7"), Unchanged},
		{"known of yesterday", row(ali, card.StageCollected, "7", day0.Add(-hour)), today(card.StageReady, "7"), Applied},
		{"of another day", row(ali, card.StageCollected, "7", day0.Add(9*hour)), row(ali, card.StageReady, "7", day0), Unchanged},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.now = day0.Add(10 * hour)
				w.apply(tt.known)
				before := *w.person(ali)
				preview, _ := w.rules.Preview(&before, w.now, tt.row)
				got := w.apply(tt.row)
				if got.Outcome != tt.want || preview.Outcome != tt.want {
					t.Errorf("got %+v, beforehand %+v, want %v", got, preview, tt.want)
				}
				if tt.want != NeedsHour {
					return
				}
				tt.row.State.AsOf, tt.row.Today = day0.Add(11*hour), false // the hour is written
				if got := w.apply(tt.row); got.Outcome != Applied {
					t.Errorf("with its hour: %+v", got)
				}
			})
		})
	}
}

func TestArrivalIsToldOnce(t *testing.T) {
	inWorld(t, func(w *world) {
		one, other := w.follow(ali, 1), w.follow(ali, 2)
		w.wants(w.ready(ali, "7"), Applied, true, 2)
		sent := w.says(arrived(), arrived())
		if sent[0].Chat == sent[1].Chat || sent[0].Office != "7" || sent[0].To.Bot != aBot {
			t.Errorf("sent %+v", sent)
		}
		w.now = w.now.Add(hour)
		w.ready(ali, "7")
		w.silent()
		for _, c := range []card.ChatKey{one, other} {
			if told := w.follower(ali, c).ToldOf(unnamed); told.Arrival != 1 || told.Office != "7" || !told.At.Equal(day0) {
				t.Errorf("told %+v", told)
			}
		}
	})
}

func TestMovedReturnedAndBack(t *testing.T) {
	inWorld(t, func(w *world) {
		w.follow(ali, 1)
		w.ready(ali, "7")
		w.says(arrived())
		w.now = w.now.Add(hour)
		w.ready(ali, "8")
		if m := w.says(arrived())[0]; m.Items[0].From != "7" || m.Office != "8" {
			t.Errorf("moved: %+v", m)
		}
		w.now = w.now.Add(hour)
		w.apply(row(ali, card.StageReturned, "", w.now))
		if m := w.says([]Event{Left})[0]; m.Items[0].From != "8" || m.Office != "" {
			t.Errorf("returned: %+v", m)
		}
		w.now = w.now.Add(hour)
		w.apply(row(ali, card.StageDispatched, "8", w.now))
		w.silent()
		w.now = w.now.Add(hour)
		w.ready(ali, "8")
		if m := w.says(arrived())[0]; m.Items[0].From != "" || m.Items[0].Arrival.Number != 3 {
			t.Errorf("again: %+v", m)
		}
	})
}

func TestSupersededArrivalIsNotAnnounced(t *testing.T) {
	inWorld(t, func(w *world) {
		w.follow(ali, 1)
		w.apply(row(ali, card.StageCollected, "", day0))
		w.apply(row(ali, card.StageReady, "7", day0.Add(-hour)))
		w.silent()
		// An alert that became untrue before it was sent is dropped.
		w.now = w.now.Add(hour)
		w.ready(ali, "7")
		w.apply(row(ali, card.StageCollected, "", w.now.Add(time.Minute)))
		if rows := w.rows(store.Alerts); len(rows) > 0 {
			t.Errorf("waiting: %+v", rows)
		}
		w.silent()
	})
}

func TestProblems(t *testing.T) {
	inWorld(t, func(w *world) {
		w.follow(ali, 1)
		for _, step := range []struct {
			stage card.Stage
			said  bool
		}{
			{card.StageDefective, true}, {card.StageDefective, false}, {card.StageRejected, true},
			{card.StageIssuing, false}, {card.StageDefective, true}, {card.StageApproved, false},
		} {
			w.now = w.now.Add(hour)
			w.apply(row(ali, step.stage, "", w.now))
			if step.said {
				w.says([]Event{Problem})
			} else {
				w.silent()
			}
		}
	})
}

func TestTwoIDsOfOneCard(t *testing.T) {
	with := func(id card.ApplicationID, r card.Row) card.Row { r.ID = id; return r }
	tests := []struct {
		name       string
		one, other card.ApplicationID
		office     string
		again      bool
	}{
		{"receipt and none, same office", byReceipt(1), unnamed, "7", false},
		{"name and receipt, same office", byName(1), byReceipt(1), "7", false},
		{"name and receipt, other office", byName(1), byReceipt(1), "8", true},
		{"two names", byName(1), byName(2), "7", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.follow(ali, 1)
				w.apply(with(tt.one, row(ali, card.StageReady, "7", w.now)))
				w.says(arrived())
				w.now = w.now.Add(hour)
				w.apply(with(tt.other, row(ali, card.StageReady, tt.office, w.now)))
				if !tt.again {
					w.silent()
					done, err := w.rules.Claim(w.tx, w.now, ali, tt.one, 1, true)
					must(err)
					if rows := w.rows(store.Reminders); !done || len(rows) > 0 {
						t.Errorf("claimed %v, and yet %+v", done, rows)
					}
					return
				}
				w.says(arrived())
			})
		})
	}
	t.Run("both at once", func(t *testing.T) {
		inWorld(t, func(w *world) {
			w.follow(ali, 1)
			w.apply(with(byName(1), row(ali, card.StageReady, "7", w.now)))
			w.apply(with(byReceipt(1), row(ali, card.StageReady, "7", w.now)))
			w.says(arrived())
		})
	})
	t.Run("collected ends the other's reminders", func(t *testing.T) {
		inWorld(t, func(w *world) {
			w.follow(ali, 1)
			w.apply(with(byName(1), row(ali, card.StageReady, "7", w.now)))
			w.says(arrived())
			w.apply(with(byReceipt(1), row(ali, card.StageCollected, "", w.now)))
			if rows := w.rows(store.Reminders); len(rows) > 0 {
				t.Errorf("waiting: %+v", rows)
			}
			w.now = w.now.AddDate(0, 0, 10)
			w.silent()
		})
	})
}

// The office's lists name the receipt, the centre's the application.
func TestReturnedUnderAnotherID(t *testing.T) {
	office := func(w *world) Result {
		r := row(ali, card.StageReady, "7", w.now)
		r.ID = byReceipt(1)
		return w.apply(r)
	}
	centre := func(w *world, stage card.Stage, at string) Result {
		r := row(ali, stage, at, w.now)
		r.ID = byName(9)
		return w.apply(r)
	}
	days := func(w *world, n int) { w.now = w.now.AddDate(0, 0, n) }
	goesBack := func(w *world) Message {
		days(w, 1)
		centre(w, card.StageReturned, "")
		m := w.says([]Event{Left})[0]
		if m.Items[0].State.Stage != card.StageReturned || m.Items[0].From != "7" {
			t.Errorf("said %+v", m)
		}
		if rows := w.rows(store.Reminders); len(rows) > 0 {
			t.Errorf("waiting: %+v", rows)
		}
		return m
	}
	comesAgain := func(w *world, number uint32) {
		days(w, 1)
		w.wants(office(w), Applied, true, 1)
		if m := w.says(arrived())[0]; m.Items[0].Arrival.Number != number {
			t.Errorf("said %+v", m)
		}
		days(w, 1)
		w.wants(office(w), Applied, false, 0) // it lies there still
		w.silent()
	}
	t.Run("told once, and again when it comes again", func(t *testing.T) {
		inWorld(t, func(w *world) {
			w.follow(ali, 1)
			office(w)
			w.says(arrived())
			goesBack(w)
			days(w, 10)
			w.silent()
			comesAgain(w, 2)
			days(w, 10)
			w.says(reminded())
			goesBack(w)
			comesAgain(w, 3)
		})
	})
	t.Run("from another office", func(t *testing.T) {
		inWorld(t, func(w *world) {
			w.follow(ali, 1)
			centre(w, card.StageReady, "8")
			w.says(arrived())
			days(w, 1)
			office(w)
			w.says(arrived())
			days(w, 1)
			centre(w, card.StageReturned, "8")
			if m := w.says([]Event{Left})[0]; m.Items[0].From != "8" {
				t.Errorf("said %+v", m)
			}
			days(w, 10)
			w.says(reminded())
		})
	})
	t.Run("learnt late of one at another office", func(t *testing.T) {
		inWorld(t, func(w *world) {
			w.follow(ali, 1)
			centre(w, card.StageReady, "8")
			w.says(arrived())
			days(w, 2)
			centre(w, card.StageReturned, "8")
			w.says([]Event{Left})
			r := row(ali, card.StageReady, "7", w.now.AddDate(0, 0, -1))
			r.ID = byReceipt(1)
			w.wants(w.apply(r), Applied, true, 1)
			w.says(arrived())
		})
	})
	t.Run("under way again", func(t *testing.T) {
		inWorld(t, func(w *world) {
			w.follow(ali, 1)
			office(w)
			w.says(arrived())
			goesBack(w)
			days(w, 1)
			centre(w, card.StageDispatched, "7")
			days(w, 10) // and no reminder of where it lay
			w.silent()
			comesAgain(w, 2)
		})
	})
	t.Run("known ready under both", func(t *testing.T) {
		inWorld(t, func(w *world) {
			w.follow(ali, 1)
			office(w)
			w.says(arrived())
			days(w, 1)
			centre(w, card.StageReady, "7")
			w.silent()
			goesBack(w)
			days(w, 1)
			r := row(ali, card.StageReturned, "", w.now)
			r.ID = byReceipt(1)
			w.apply(r)
			w.silent() // they know
			comesAgain(w, 2)
		})
	})
	t.Run("before it was told", func(t *testing.T) {
		inWorld(t, func(w *world) {
			w.follow(ali, 1)
			office(w)
			w.now = w.now.Add(hour)
			centre(w, card.StageReturned, "")
			w.silent()
		})
	})
	t.Run("collected, and another one", func(t *testing.T) {
		inWorld(t, func(w *world) {
			w.follow(ali, 1)
			office(w)
			w.says(arrived())
			days(w, 1)
			centre(w, card.StageCollected, "")
			days(w, 10)
			w.silent()
			comesAgain(w, 2)
		})
	})
}

func TestOneMessageForEachOffice(t *testing.T) {
	inWorld(t, func(w *world) {
		c := w.follow(ali, 1)
		w.follow(sara, 1)
		w.follow(reza, 1)
		w.ready(ali, "7")
		w.ready(sara, "8")
		w.ready(reza, "7")
		sent := w.says([]Event{Arrived, Arrived}, arrived())
		if sent[0].Office == sent[1].Office || !sent[0].Items[0].Several {
			t.Errorf("sent %+v", sent)
		}
		w.now = ReminderTime(w.now, 3)
		w.says([]Event{Waiting, Waiting}, reminded())
		_ = c
	})
}

func TestManyItemsGoInSeveralMessages(t *testing.T) {
	inWorld(t, func(w *world) {
		w.follow(ali, 1)
		for i := range byte(11) {
			r := row(ali, card.StageReady, "7", w.now)
			r.ID = byName(i)
			w.apply(r)
		}
		sent := w.deliver(Sent)
		if len(sent) != 2 || len(sent[0].Items) != itemsMost || len(sent[1].Items) != 3 {
			t.Errorf("%d messages", len(sent))
		}
	})
}

func TestZoneIsNoChange(t *testing.T) {
	inWorld(t, func(w *world) {
		w.follow(ali, 1)
		w.apply(row(ali, card.StageReady, "7", day0.In(tehran())))
		w.wants(w.apply(row(ali, card.StageReady, "7", day0.UTC())), Unchanged, false, 0)
		w.wants(w.apply(row(ali, card.StageReady, "7", day0.Add(time.Millisecond))), Unchanged, false, 0)
		if loc := w.person(ali).Applications[0].Record.Known.AsOf.Location(); loc != time.UTC {
			t.Errorf("stored times come back in %v", loc)
		}
	})
}

func TestPreviewAgreesWithApply(t *testing.T) {
	inWorld(t, func(w *world) {
		w.follow(ali, 1)
		p := *w.person(ali)
		r := row(ali, card.StageReady, "7", w.now)
		result, told := w.rules.Preview(&p, w.now, r)
		w.wants(result, Applied, true, 1)
		if len(told) != 1 || told[0] != chat(1) {
			t.Errorf("told %v", told)
		}
		w.wants(w.apply(r), Applied, true, 1)
	})
}

// Where the card stands is not taken from a row that is given back; whose it is, is.
func TestRowThatIsGivenBackBringsItsPhone(t *testing.T) {
	inWorld(t, func(w *world) {
		w.now = day0.Truncate(day).Add(9 * time.Hour)
		w.ask(ali, w.chat(1), phone(9), card.ReceiptKey{})
		w.ready(ali, "7")
		r := row(ali, card.StageDispatched, "7", w.now.Add(-time.Hour))
		r.Today, r.Phone = true, phone(9)
		w.wants(w.apply(r), NeedsHour, false, 1)
		if m := w.says(arrived())[0]; m.Items[0].State.Stage != card.StageReady {
			t.Errorf("said %+v", m)
		}
		w.wants(w.apply(r), NeedsHour, false, 0)
	})
}
