package alert

import (
	"testing"
	"time"

	"kartyar/card"
)

func TestALostAnswerIsToldAfterAll(t *testing.T) {
	for _, stage := range []card.Stage{card.StageReady, card.StageDefective, card.StageRejected} {
		inWorld(t, func(w *world) {
			p := person(1)
			c := w.follow(p, 1)
			w.apply(row(p, stage, "1", w.now))
			must(w.rules.Shown(w.tx, w.now, p, c))
			w.silent()
			shown := w.now
			w.now = w.now.Add(25 * time.Hour)
			must(w.rules.Unshown(w.tx, w.now, p, c, shown))
			if f := w.follower(p, c); f.Alert.Due.IsZero() || !f.Reminder.IsZero() {
				w.fail("%v: the follower ends as %+v", stage, f)
			}
			if sent := w.deliver(Sent); len(sent) != 1 {
				w.fail("%v: %d messages", stage, len(sent))
			}
			w.silent()
		})
	}
}

func TestWhatWasToldBeforeTheLostAnswerStaysTold(t *testing.T) {
	inWorld(t, func(w *world) {
		p := person(1)
		c := w.follow(p, 1)
		w.ready(p, "1")
		w.deliver(Sent)
		w.now = w.now.Add(time.Hour)
		must(w.rules.Unshown(w.tx, w.now, p, c, w.now))
		w.silent()
	})
}
