package handlers

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kartyar/alert"
	"kartyar/bot"
	"kartyar/card"
	"kartyar/locale"
	"kartyar/store"
)

var linkInText = regexp.MustCompile(`https://\S+\?start=(\S+)`)

// linked is a world in which the bot's name is known, as after a start of serve.
func linked(t *testing.T, on card.Platform) *world {
	w := newWorld(t, on)
	w.update(func(tx *store.Tx) error { return tx.NameBot(store.NamedBot{Bot: w.from.Bot, Username: "nemune_bot"}) })
	return w
}

// invites makes an invitation from the settings of a chat that follows one
// person, and returns its token.
func (w *world) invites() string {
	w.t.Helper()
	w.text("/settings")
	if _, ok := find(w.last[0], locale.ButtonCompanions); ok {
		w.press(locale.ButtonCompanions)
	}
	w.press(locale.ButtonInvite).says("پیام بعدی را برای همراه")
	last := w.last[len(w.last)-1]
	found := linkInText.FindStringSubmatch(last.Text)
	if found == nil || last.Edit != 0 || last.Keyboard.Kind != bot.KeyboardNone {
		w.t.Fatalf("no message to send on: %+v", last)
	}
	return found[1]
}

// toldElsewhere takes what the last replies say in another chat out of them.
func (w *world) toldElsewhere(to int64) string {
	w.t.Helper()
	i := slices.IndexFunc(w.last, func(r bot.Reply) bool { return r.To.Chat == to })
	if i < 0 {
		w.t.Fatalf("nothing is said to %d in %+v", to, w.last)
	}
	return w.last[i].Text
}

func TestInvitation(t *testing.T) {
	onBoth(t, func(t *testing.T, on card.Platform) {
		w := linked(t, on)
		w.knows(saraCode, saraPhone, "", card.State{Stage: card.StageIssuing})
		w.proves(saraPhone, saraCode)
		token := w.invites()
		guest := w.inChat(78)
		guest.now = w.now
		guest.text("/start " + token).says(locale.OfferFamily()).keepsSilentOf("در حال صدور")
		guest.press("نمی‌پذیرم").says(locale.OfferRefused())
		guest.text("/start "+token).press("می‌پذیرم").says("پذیرفتید", "در حال صدور")
		if said := guest.toldElsewhere(77); !strings.Contains(said, "دعوت را پذیرفت") {
			t.Errorf("the maker is told: %s", said)
		}
		guest.text("مامان").says("مامان").text("/status").says("«"+locale.Name("مامان")+"»", "در حال صدور").text("/settings").says("به دعوت کسی دیگر").keepsSilentOf("همراهانی")
		if _, ok := find(guest.last[0], locale.ButtonInvite); ok {
			t.Error("a guest can invite")
		}
		w.now = guest.now
		w.text("/settings").says("۱ نفر").press(locale.ButtonCompanions).says("همراه ۱: از ").press("پایان دسترسی همراه ۱").says(locale.CompanionsEnded())
		if said := w.toldElsewhere(78); !strings.Contains(said, "پایان یافت") {
			t.Errorf("the guest is told: %s", said)
		}
		guest.text("/status").says(locale.AskContact())
		golden(t, "invitation_"+string(on)+".golden", strings.ReplaceAll(w.log.String()+"\n----- همراه -----\n\n"+guest.log.String(), token, "TOKEN"))
	})
}

func TestInvitationsThatGiveNothing(t *testing.T) {
	w := linked(t, card.Telegram)
	w.knows(saraCode, saraPhone, "", ready("1"))
	w.knows(rezaCode, rezaPhone, "", ready("1"))
	w.proves(saraPhone, saraCode)
	token := w.invites()
	w.text("/start " + token).says(locale.OwnLink())

	knows := w.inChat(90)
	knows.proves(saraPhone, saraCode).text("/start " + token).says(locale.FollowedSince(""))

	late := w.inChat(91)
	late.text("/start " + token).says(locale.OfferFamily()).later(2 * time.Hour).press("می‌پذیرم").says(locale.LinkOver())
	late.text("/start " + token).says(locale.LinkOver())
	late.text("/start " + strings.Repeat("A", 26)).says(locale.LinkOver())

	elsewhere := w.inChat(92)
	elsewhere.from.Bot = card.Bot{Platform: card.Bale, ID: 9}
	elsewhere.text("/start " + token).says(locale.LinkOver())

	first, second := w.inChat(93), w.inChat(94)
	first.text("/start " + token)
	second.text("/start " + token).press("می‌پذیرم").says("ونک")
	first.press("می‌پذیرم").says(locale.LinkOver()).keepsSilentOf("ونک")

	group := w.inChat(95).does("در گروه", bot.Update{Kind: bot.KindMessage, Text: "/start " + w.invites()})
	group.says(locale.GroupNotice())

	// An invitation opened before the maker went gives nothing after.
	open := w.inChat(96)
	open.text("/start " + w.invites()).says(locale.OfferFamily())
	w.text("/settings").press(locale.ButtonDeleteMyData).says("همراهانی که دعوت کرده‌اید").press("بله")
	if said := w.toldElsewhere(94); !strings.Contains(said, "پایان یافت") {
		t.Errorf("the guest is told: %s", said)
	}
	open.press("می‌پذیرم").says(locale.LinkOver())
}

func TestAGuestAmongOthers(t *testing.T) {
	w := linked(t, card.Bale)
	w.knows(saraCode, saraPhone, "", ready("1"))
	w.knows(rezaCode, rezaPhone, "", ready("1"))
	w.proves(saraPhone, saraCode)
	guest := w.inChat(78)
	guest.proves(rezaPhone, rezaCode)
	guest.text("/start "+w.invites()).press("می‌پذیرم").says("نفر ۱", "به چه نامی").text("خودم").says("نفر ۲").text("مامان")
	guest.text("/status").says("مامان", "خودم")
	guest.text("تحویل گرفتم").press("تحویل گرفتم").says("یادداشت کردیم") // of the last shown: Sara's
	if a := w.person(saraCode).Applications[0]; a.Claimed != 1 {
		t.Errorf("a guest could not say that the card was collected: %+v", a)
	}
	guest.text("/settings").press("مامان").press("برداشتن").keepsSilentOf("همراهانی").press("بله").says("مامان")
	if sara := w.person(saraCode); sara.Follower(guest.chat()) != nil {
		t.Error("the guest still follows")
	}
}

// Asking stands on the proof of who invited, told is a guest in any case.
func TestAGuestAsksOnTheProofOfTheMaker(t *testing.T) {
	w := linked(t, card.Telegram)
	w.knows(saraCode, saraPhone, "", card.State{Stage: card.StageIssuing})
	w.proves(saraPhone, saraCode)
	guest := w.inChat(78)
	guest.text("/start " + w.invites()).press("می‌پذیرم")
	guest.later(proofLasts + time.Hour).text("/status").says(locale.ProofOfInviter("", true)).keepsSilentOf("در حال صدور")
	w.now = guest.now
	w.text("/settings")
	if _, ok := find(w.last[0], locale.ButtonInvite); ok {
		t.Error("an old proof invites")
	}
	w.text("/status").press(locale.ButtonProveAgain).shares(string(saraPhone)).text(saraCode).says("در حال صدور")
	guest.now = w.now
	guest.text("/status").says("در حال صدور")

	// What the guest does not know it does not learn: the right code and a wrong
	// one are answered alike.
	guest.text(locale.ButtonAddPerson).shares(string(rezaPhone)).text(saraCode)
	right := texts(guest.last)
	other := w.inChat(79)
	other.now = guest.now
	other.text("/start").shares("+989990000003").text(saraCode)
	if !slices.Equal(right, texts(other.last)) {
		t.Errorf("a guest is answered %q, others %q", right, texts(other.last))
	}
}

func TestGuestsAreFew(t *testing.T) {
	w := linked(t, card.Telegram)
	w.knows(saraCode, saraPhone, "", ready("1"))
	w.proves(saraPhone, saraCode)
	token := w.invites()
	for i := range alert.GuestsMost {
		g := w.inChat(int64(100 + i))
		g.text("/start " + token).press("می‌پذیرم")
		if i == alert.GuestsMost-1 {
			break
		}
		w.text("/settings").press(locale.ButtonCompanions).press(locale.ButtonInvite)
		token = linkInText.FindStringSubmatch(w.last[len(w.last)-1].Text)[1]
	}
	w.text("/settings").press(locale.ButtonCompanions).says("همراه ۵").press(locale.ButtonEndAll).says(locale.CompanionsEnded(), "همراهی ندارد")
	told := 0
	for _, r := range w.last {
		if r.To != (card.Subscriber{}) {
			told++
		}
	}
	if told != alert.GuestsMost {
		t.Errorf("%d guests were told", told)
	}
}

func TestTellOthers(t *testing.T) {
	w := linked(t, card.Bale)
	w.text("/help").press(locale.ButtonTellOthers).says("https://ble.ir/nemune_bot").keepsSilentOf("start=")
	unnamed := newWorld(t, card.Bale)
	unnamed.text(locale.ButtonTellOthers).says(locale.TryAgainLater())
}

// A link that nobody has opened is taken back by a button that says so.
func TestInvitationTakenBack(t *testing.T) {
	w := linked(t, card.Bale)
	w.knows(saraCode, saraPhone, "", card.State{Stage: card.StageIssuing})
	w.proves(saraPhone, saraCode)
	token := w.invites()
	w.text("/settings").press(locale.ButtonInvite).press(locale.ButtonCompanions).says("پیوند دعوت هنوز باز است")
	if _, offered := find(w.last[0], locale.ButtonEndAll); offered {
		t.Error("there is nobody whose access could end")
	}
	w.press(locale.ButtonTakeBack).says(locale.LinkTakenBack())
	w.inChat(90).text("/start " + token).says(locale.LinkOver())
}
