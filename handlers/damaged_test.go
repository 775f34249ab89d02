package handlers

import (
	"bytes"
	"path/filepath"
	"testing"

	"kartyar/alert"
	"kartyar/bot"
	"kartyar/card"
	"kartyar/desk/offices"
	"kartyar/locale"
	"kartyar/lookup"
	"kartyar/settings"
	"kartyar/store"
	"kartyar/store/storetest"
)

// beside is a chat that follows Sara, of whose arrival it is still to be told, and
// Reza, whose row rotted.
func beside(t *testing.T) *world {
	t.Helper()
	opt := store.Options{Dir: filepath.Join(t.TempDir(), "data"), Key: bytes.Repeat([]byte{7}, store.KeySize)}
	w := newWorld(t, card.Telegram)
	open := func() {
		s, err := store.Open(opt)
		if err != nil {
			t.Fatal(err)
		}
		dir := directory()
		w.store, w.h = s, New(Options{
			Keyer: s.Keyer(), Secret: s.Subkey(ButtonPurpose), Rules: alert.Rules{ReminderDays: []int{3, 7}, Quiet: alert.Quiet{From: 21, To: 8}},
			Lookup: lookup.New(s, 100), Offices: func() *offices.Directory { return dir }, Settings: func() *settings.Settings { return &settings.Settings{} },
		})
	}
	open()
	w.knows(saraCode, saraPhone, "", card.State{Stage: card.StageIssuing})
	w.knows(rezaCode, saraPhone, "", card.State{Stage: card.StageIssuing})
	w.proves(saraPhone, saraCode).press(locale.ButtonSubscribe)
	w.text(rezaCode).text("سارا").text("رضا").text(locale.ButtonSubscribe).press("رضا")
	w.later(24*3600e9).knows(saraCode, saraPhone, "", ready("1"))
	w.knows(rezaCode, saraPhone, "", ready("1"))
	reza := w.store.Keyer().Person(card.NationalCode(rezaCode))
	if err := w.store.Close(); err != nil {
		t.Fatal(err)
	}
	storetest.Spoil(t, opt.Dir, 1, append([]byte("p"), reza[:]...))
	open()
	t.Cleanup(func() { _ = w.store.Close() })
	return w
}

// told is whether Sara's arrival counts as told, and whether it is still to be.
func (w *world) told() (told, due bool) {
	f := w.person(saraCode).Followers[0]
	return len(f.Told) > 0 && f.Told[0].Arrival > 0, !f.Alert.Due.IsZero()
}

// Whom nothing can be read of shuts nobody else's status.
func TestADamagedPersonAmongOthers(t *testing.T) {
	w := beside(t)
	w.text("/status").says("آمادهٔ تحویل", locale.CardUnavailable("رضا", card.Telegram))
	if told, due := w.told(); !told || due {
		t.Errorf("shown: told %v, due %v", told, due)
	}
}

// What could not be said counts for nothing.
func TestWhatIsUnavailableIsUndone(t *testing.T) {
	w := beside(t)
	w.h.routes.commands = append(w.h.routes.commands, command{"both", "", func(t *turn) error {
		for _, l := range t.row.People {
			if err := t.sayStatus(l.Person, leadNone); err != nil {
				return err
			}
		}
		return nil
	}})
	w.text("/both").says(locale.Unavailable(card.Telegram)).keepsSilentOf("آمادهٔ تحویل")
	if told, due := w.told(); told || !due {
		t.Errorf("nothing was said of it: told %v, due %v", told, due)
	}
}

// Nor their settings; and it can be taken off the list, with all that waited.
func TestADamagedPersonCanBeRemoved(t *testing.T) {
	w := beside(t)
	w.text("/settings").says(locale.Settings([]locale.PersonView{{Nickname: "سارا", Notify: true}, {Nickname: "رضا", Unavailable: true}}))
	w.press("رضا").says("فعلاً به اطلاعات این کارت")
	w.press(locale.ButtonRemove).press(locale.ButtonRemoveYes).says(locale.Removed("رضا"))
	if c, _ := w.chatRow(); len(c.People) != 1 {
		t.Errorf("%d people are followed", len(c.People))
	}
	reza, waiting := w.store.Keyer().Person(card.NationalCode(rezaCode)), 0
	w.update(func(tx *store.Tx) error {
		return tx.Due(store.Due{Bot: w.from.Bot, Class: store.Alerts}, w.now.AddDate(1, 0, 0), func(d store.Due) bool {
			if d.Person == reza {
				waiting++
			}
			return true
		})
	})
	if waiting > 0 {
		t.Error("its alert still waits")
	}
	w.text("/status").says("آمادهٔ تحویل").keepsSilentOf("دسترسی نداریم")
}

// Words and buttons go on about the others, and so does the deletion of all.
func TestWordsBesideADamagedPerson(t *testing.T) {
	w := beside(t)
	w.text("/status").text(locale.ButtonRemindLater).press(locale.ButtonTomorrow).says("یادآوری")
	if w.text(locale.ButtonCollected); w.person(saraCode).Applications[0].Claimed != 1 {
		t.Errorf("said %q", texts(w.last))
	}
	w.text(locale.ButtonDeleteMyData).press(locale.ButtonForgetYes)
	if said := w.last[len(w.last)-1]; said.Text != locale.Forgotten() || said.Keyboard.Kind != bot.KeyboardMenu {
		t.Errorf("said %q", said.Text)
	}
}
