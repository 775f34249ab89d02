package demo

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"
)

// last is the newest update that the bot has been given.
func (b *bench) last(t *testing.T, p Platform) gotUpdate {
	t.Helper()
	all := b.call(p, "getUpdates", "offset", -1).updates(t)
	if len(all) != 1 {
		t.Fatalf("%d updates", len(all))
	}
	return all[0]
}

func TestContacts(t *testing.T) {
	b := newBench(t)
	sara := b.Person(Telegram, botID, "سارا")
	sara.SetPhone("09990000001")
	sara.ShareContact()
	own := b.last(t, Telegram).Message
	if own.Contact.Phone != "989990000001" || own.Contact.UserID != sara.ID() || own.From.ID != sara.ID() || own.ForwardDate != 0 {
		t.Errorf("own contact: %+v", own)
	}
	sara.SendContact("+989990000002", 0, true)
	other := b.last(t, Telegram).Message
	if other.Contact.UserID != 0 || other.ForwardDate == 0 || other.ForwardFrom == nil {
		t.Errorf("a forwarded contact: %+v", other)
	}

	forms := map[string]bool{}
	for _, name := range []string{"الف", "ب", "پ", "ت"} {
		p := b.Person(Bale, botID, name)
		p.SetPhone("09990000001")
		p.ShareContact()
		forms[b.last(t, Bale).Message.Contact.Phone] = true
	}
	if len(forms) != 4 || !forms["+989990000001"] || !forms["00989990000001"] {
		t.Errorf("Bale writes a phone as %v", forms)
	}
}

func TestPressing(t *testing.T) {
	platforms(t, func(t *testing.T, p Platform) {
		b := newBench(t)
		sara := b.Person(p, botID, "سارا")
		sara.Start("invite_1")
		if m := b.last(t, p).Message; m.Text != "/start invite_1" || (len(m.Entities) == 1) != (p == Telegram) {
			t.Errorf("start: %+v", m)
		}
		send := func(markup string) int {
			t.Helper()
			return b.call(p, "sendMessage", "chat_id", sara.ChatID(), "text", "انتخاب", "reply_markup", markup).messageID(t)
		}
		old := send(`{"inline_keyboard":[[{"text":"بله","callback_data":"old"}]]}`)
		send(`{"keyboard":[[{"text":"شماره","request_contact":true},"بله"]],"one_time_keyboard":true}`)
		if _, err := sara.Press("بله"); err != nil || b.last(t, p).Message.Text != "بله" {
			t.Error("the menu's button is newer and was not pressed:", err)
		}
		if rows, _ := sara.Menu(); rows != nil {
			t.Error("a one-time menu stays after its use")
		}
		send(`{"keyboard":[[{"text":"شماره","request_contact":true}]]}`)
		if _, err := sara.Press("شماره"); err != nil || b.last(t, p).Message.Contact == nil {
			t.Error("the contact button shared nothing:", err)
		}
		if _, err := sara.Press("بله"); err != nil {
			t.Fatal(err)
		}
		pressed := b.last(t, p).Callback
		if pressed.Data != "old" || pressed.Message.ID != old || pressed.Message.ReplyMarkup == nil || sara.Waiting() != 1 {
			t.Errorf("pressed: %+v", pressed)
		}
		b.call(p, "answerCallbackQuery", "callback_query_id", pressed.ID, "text", "ثبت شد").want(t, 200, "")
		b.call(p, "answerCallbackQuery", "callback_query_id", pressed.ID).want(t, 400, "query is too old")
		if notices := sara.Notices(); sara.Waiting() != 0 || len(notices) != 1 || notices[0].Text != "ثبت شد" {
			t.Errorf("notices: %v", notices)
		}
		sara.PressData(99999, "forged")
		if forged := b.last(t, p).Callback; forged.Data != "forged" || forged.Message.ID != 99999 {
			t.Errorf("forged: %+v", forged)
		}
		b.call(p, "editMessageReplyMarkup", "chat_id", sara.ChatID(), "message_id", old).want(t, 200, "")
		if _, err := sara.Press("بله"); !errors.Is(err, ErrNoButton) {
			t.Error("a button that was taken away was pressed:", err)
		}
	})
}

func TestOldClientOfBale(t *testing.T) {
	b := newBench(t)
	sara := b.Person(Bale, botID, "سارا")
	sara.Say("سلام")
	sara.UseOldClient()
	sara.PressData(1, "x")
	id := b.last(t, Bale).Callback.ID
	if id[0] != '1' {
		t.Errorf("callback id %s", id)
	}
	b.call(Bale, "answerCallbackQuery", "callback_query_id", id, "text", "ثبت شد").want(t, 200, "")
	if len(sara.Notices()) != 0 {
		t.Error("an old client showed the answer")
	}
}

func TestBlocking(t *testing.T) {
	platforms(t, func(t *testing.T, p Platform) {
		b := newBench(t)
		sara := b.Person(p, botID, "سارا")
		sara.Say("سلام")
		told := sara.Block()
		if (told != -1) != (p == Telegram) {
			t.Errorf("the block's update is %d", told)
		}
		if p == Telegram {
			if m := b.last(t, p).Member; m.New.Status != "kicked" || m.Old.Status != "member" || m.Chat.ID != sara.ID() {
				t.Errorf("membership: %+v", m)
			}
		}
		b.call(p, "sendMessage", "chat_id", sara.ID(), "text", "سلام").want(t, 403, "bot was blocked by the user")
		sara.Say("برگشتم")
		b.call(p, "sendMessage", "chat_id", sara.ID(), "text", "سلام").want(t, 200, "")
		sara.Leave()
		b.call(p, "sendMessage", "chat_id", sara.ID(), "text", "سلام").want(t, 403, "deactivated")
	})
}

func TestGroups(t *testing.T) {
	platforms(t, func(t *testing.T, p Platform) {
		b := newBench(t)
		group := b.Person(p, botID, "سارا").InGroup("خانواده")
		group.Say("سلام")
		m := b.last(t, p).Message
		if m.Chat.Type != "group" || m.Chat.ID != group.ChatID() || (m.Chat.ID < 0) != (p == Telegram) || m.From.ID == m.Chat.ID {
			t.Errorf("in a group: %+v", m)
		}
		if again := b.Person(p, botID, "رضا").InGroup("خانواده"); again.ChatID() != group.ChatID() {
			t.Error("the group was made twice")
		}
		if b.Person(p, botID, "سارا").InGroup("کار").ChatID() == group.ChatID() {
			t.Error("two groups have one id")
		}
	})
}

func TestEditsMediaAndStrangers(t *testing.T) {
	platforms(t, func(t *testing.T, p Platform) {
		b := newBench(t)
		sara := b.Person(p, botID, "سارا")
		if _, err := sara.Edit(0, "x"); !errors.Is(err, ErrNoMessage) {
			t.Error("editing nothing:", err)
		}
		said := sara.Say("یک")
		sara.Photo()
		if m := b.last(t, p).Message; len(m.Photo) != 1 || m.Text != "" {
			t.Errorf("photo: %+v", m)
		}
		sara.Sticker()
		if b.last(t, p).Message.Sticker == nil {
			t.Error("no sticker")
		}
		sara.Place(35.7, 51.4)
		if b.last(t, p).Message.Location == nil {
			t.Error("no place")
		}
		if _, err := sara.Edit(said.Message, "دو"); err != nil {
			t.Fatal(err)
		}
		if e := b.last(t, p).Edited; e.Text != "دو" || e.ID != said.Message || e.EditDate == 0 {
			t.Errorf("edit: %+v", e)
		}
		id, err := b.InjectRaw(p, botID, `{"message":{"chat":{"id":7},"text":5}}`)
		if err != nil {
			t.Fatal(err)
		}
		raw := b.call(p, "getUpdates", "offset", -1)
		var poison []map[string]json.RawMessage
		if err := json.Unmarshal(raw.Result, &poison); err != nil || string(poison[0]["update_id"]) != string(marshal(id)) {
			t.Errorf("poison %s: %v", raw.Result, err)
		}
		for _, wrong := range []string{"", "null", "5", `{"update_id":1}`, "{"} {
			if _, err := b.InjectRaw(p, botID, wrong); err == nil {
				t.Errorf("%q was taken", wrong)
			}
		}
		if _, err := b.InjectRaw(p, botID, ` { } `); err != nil {
			t.Error(err)
		}
		b.call(p, "getUpdates").want(t, 200, "")
	})
}

func TestWaiting(t *testing.T) {
	b := newBench(t)
	sara := b.Person(Telegram, botID, "سارا")
	sara.Say("سلام")
	got := make(chan Message, 1)
	go func() {
		m, err := sara.WaitFor(t.Context(), "رسید")
		if err != nil {
			t.Error(err)
		}
		got <- m
	}()
	b.call(Telegram, "sendMessage", "chat_id", sara.ID(), "text", "نه").want(t, 200, "")
	id := b.call(Telegram, "sendMessage", "chat_id", sara.ID(), "text", "کارت رسید").messageID(t)
	if m := <-got; m.ID != id || !m.FromBot {
		t.Errorf("got %+v", m)
	}
	if err := b.Wait(t.Context(), func(j []Entry) bool { return len(j) > 0 && j[len(j)-1].Message == id }); err != nil {
		t.Error(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := sara.WaitAfter(ctx, id, "رسید"); !errors.Is(err, context.Canceled) {
		t.Error("an older message counted:", err)
	}
	waiting := make(chan error, 1)
	go func() { waiting <- b.Wait(context.Background(), func([]Entry) bool { return false }) }()
	b.Close()
	if err := <-waiting; !errors.Is(err, ErrClosed) {
		t.Error("after closing:", err)
	}
}

func TestDeletedMessagesAreGone(t *testing.T) {
	b := newBench(t)
	sara := b.Person(Telegram, botID, "سارا")
	sara.Say("سلام")
	id := b.call(Telegram, "sendMessage", "chat_id", sara.ID(), "text", "یک").messageID(t)
	b.pass(48 * time.Hour)
	b.call(Telegram, "deleteMessage", "chat_id", sara.ID(), "message_id", id).want(t, 400, "can't be deleted")
	id = b.call(Telegram, "sendMessage", "chat_id", sara.ID(), "text", "دو").messageID(t)
	b.call(Telegram, "deleteMessage", "chat_id", sara.ID(), "message_id", id).want(t, 200, "")
	b.call(Telegram, "editMessageText", "chat_id", sara.ID(), "message_id", id, "text", "سه").want(t, 400, "not found")
	if all := sara.Messages(); len(all) != 2 || all[1].Text != "یک" {
		t.Errorf("the person sees %+v", all)
	}
}
