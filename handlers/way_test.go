package handlers

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"kartyar/bot"
	"kartyar/card"
	"kartyar/locale"
	"kartyar/store"
)

// lastWay is the way that the last reply has a picture of.
func (w *world) lastWay() (bot.Reply, locale.Way) {
	w.t.Helper()
	r := w.last[len(w.last)-1]
	way, err := locale.WayOf(r.Picture)
	if err != nil {
		w.t.Fatalf("no way in %+v: %v", r, err)
	}
	if !strings.HasSuffix(r.Text, way.Text()) || r.Edit != 0 {
		w.t.Errorf("the picture says %q, and its text %q, in place of message %d", way.Text(), r.Text, r.Edit)
	}
	return r, way
}

// comes has a row come in of a day so many days ago.
func (w *world) comes(s card.State, days int) {
	w.t.Helper()
	s.AsOf = w.now.AddDate(0, 0, -days)
	w.knows(saraCode, saraPhone, "", s)
}

func TestWayOfACard(t *testing.T) {
	for _, on := range []card.Platform{card.Telegram, card.Bale} {
		w := newWorld(t, on)
		w.comes(card.State{Stage: card.StageIssuing}, 9)
		w.comes(card.State{Stage: card.StageReady, Office: "1", Shelf: "K-7"}, 2)
		w.proves(saraPhone, saraCode).press(locale.ButtonWay)
		r, way := w.lastWay()
		w.says("در حال صدور: گذشته، "+locale.Date(w.now.AddDate(0, 0, -9)), "دفتر نمونهٔ ونک")
		for _, private := range []string{saraCode, saraPhone[1:], "K-7"} {
			if bytes.Contains(r.Picture, []byte(private)) || strings.Contains(r.Text, private) {
				t.Errorf("%q is in %q", private, way.Text())
			}
		}
		// What stands under a picture takes nothing's place.
		w.press(locale.ButtonStatus).says("مرحله: آمادهٔ تحویل")
		if r := w.last[len(w.last)-1]; r.Edit != 0 || r.Picture != nil {
			t.Errorf("the status came as %+v", r)
		}
		w.text(locale.ButtonWay)
		w.lastWay()
	}
}

func TestWaysOfSeveralCards(t *testing.T) {
	w := newWorld(t, card.Telegram)
	w.comes(ready("1"), 3)
	w.knows(saraCode, saraPhone, receiptOf, card.State{Stage: card.StageDefective, Note: "عکس", AsOf: w.now.AddDate(0, 0, -1)})
	w.proves(saraPhone, saraCode)
	status := w.last
	w.press(locale.ButtonWayOf(1)).says("نقص مدرک: اکنون").keepsSilentOf("آمادهٔ تحویل در دفتر: اکنون")
	w.lastWay()
	w.last = status
	w.press(locale.ButtonWayOf(2)).says("آمادهٔ تحویل در دفتر: اکنون")
	w.lastWay()
	w.text(locale.ButtonWay).says("درخواست ۱ از ۲")
}

func (w *world) renewed(r bot.Reply) bot.Reply {
	w.t.Helper()
	var anew bot.Reply
	w.update(func(tx *store.Tx) (err error) {
		anew, err = w.h.Renew(tx, w.now, w.chat(), r)
		return err
	})
	w.sees([]bot.Reply{anew})
	return anew
}

func TestAWayThatLeavesLate(t *testing.T) {
	w := newWorld(t, card.Bale)
	w.comes(card.State{Stage: card.StageIssuing}, 9)
	w.proves(saraPhone, saraCode).press(locale.ButtonWay)
	late, _ := w.lastWay()
	w.comes(ready("1"), 0)
	w.renewed(late)
	w.lastWay()
	w.says("آمادهٔ تحویل در دفتر: اکنون")

	// One that may not be seen any more is not sent as it was.
	w.later(181 * 24 * time.Hour)
	if r := w.renewed(late); r.Picture != nil || r.Text != locale.ProveAgain("", false) {
		t.Errorf("half a year later %+v is sent", r)
	}
	w.update(func(tx *store.Tx) error {
		_, err := w.h.Rules.Unfollow(tx, w.now, w.store.Keyer().Person(saraCode), w.chat())
		return err
	})
	if r := w.renewed(late); r.Picture != nil || r.Text != locale.NotFollowed() {
		t.Errorf("of one who is not followed %+v is sent", r)
	}
}

func TestAWayIsNotShownToWhoMayNotSeeIt(t *testing.T) {
	w := newWorld(t, card.Telegram)
	w.comes(ready("1"), 3)
	w.proves(saraPhone, saraCode)
	w.later(181 * 24 * time.Hour)
	w.press(locale.ButtonWay).says(locale.ProveAgain("", false))
}

// A way says less than a status: an arrival that stands in it is still told.
func TestAWayDoesNotCountAsTold(t *testing.T) {
	w := newWorld(t, card.Telegram)
	w.comes(card.State{Stage: card.StageIssuing}, 9)
	w.proves(saraPhone, saraCode).text(locale.ButtonSubscribe)
	w.comes(ready("1"), 0)
	w.text(locale.ButtonWay).says("آمادهٔ تحویل در دفتر: اکنون")
	way, _ := w.lastWay()
	if w.person(saraCode).Followers[0].Alert.Due.IsZero() {
		t.Error("nobody will tell that the card is there")
	}
	w.text("/status").update(func(tx *store.Tx) error { return w.h.Lost(tx, w.now, w.chat(), way, w.now.Add(-time.Hour)) })
	if !w.person(saraCode).Followers[0].Alert.Due.IsZero() {
		t.Error("a lost picture has the status told again")
	}
}
