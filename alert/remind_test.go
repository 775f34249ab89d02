package alert

import (
	"testing"
	"time"

	"kartyar/card"
)

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
