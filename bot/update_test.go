package bot

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kartyar/card"
)

var (
	onTelegram = card.Bot{Platform: card.Telegram, ID: 7}
	onBale     = card.Bot{Platform: card.Bale, ID: 8}
)

// at is the date 1700000000 of the samples.
var at = time.Date(2023, 11, 14, 22, 13, 20, 0, time.UTC)

const (
	fromAli    = `"from":{"id":5,"is_bot":false,"first_name":"x"},"chat":{"id":5,"type":"private"},"date":1700000000`
	ownContact = `"contact":{"phone_number":"+989120000000","first_name":"x","user_id":5}`
)

// updates are what both profiles read alike.
var updates = []struct {
	name, raw string
	want      Update // without From.Bot
	chat      int64
}{
	{"text", `{"update_id":0,"message":{"message_id":1,` + fromAli + `,"text":"سلام"}}`,
		Update{Kind: KindMessage, User: 5, Private: true, Sent: at, Text: "سلام"}, 5},
	{"odd fields that do not matter", `{"update_id":3,"x":[],"message":{"message_id":"one","from":{"id":5,"language_code":7},` +
		`"chat":{"id":5,"type":"private","title":{}},"date":1700000000.0,"entities":"none","reply_markup":4,"text":"a"}}`,
		Update{ID: 3, Kind: KindMessage, User: 5, Private: true, Sent: at, Text: "a"}, 5},
	{"numbers as strings", `{"update_id":"3","message":{"from":{"id":"5"},"chat":{"id":"5","type":"private"},"text":"a"}}`,
		Update{ID: 3, Kind: KindMessage, User: 5, Private: true, Text: "a"}, 5},
	{"52 bits", `{"update_id":1,"message":{"from":{"id":4503599627370495},"chat":{"id":4503599627370495,"type":"private"},"text":"a"}}`,
		Update{ID: 1, Kind: KindMessage, User: 4503599627370495, Private: true, Text: "a"}, 4503599627370495},
	{"a group with a positive id", `{"update_id":1,"message":{"from":{"id":5},"chat":{"id":9,"type":"group"},"text":"a"}}`,
		Update{ID: 1, Kind: KindMessage, User: 5, Text: "a"}, 9},
	{"a private chat with a negative id", `{"update_id":1,"message":{"from":{"id":5},"chat":{"id":-9,"type":"private"},"text":"a"}}`,
		Update{ID: 1, Kind: KindMessage, User: 5, Private: true, Text: "a"}, -9},
	{"no chat type", `{"update_id":1,"message":{"from":{"id":5},"chat":{"id":5},"text":"a"}}`,
		Update{ID: 1, Kind: KindMessage, User: 5, Text: "a"}, 5},
	{"nobody", `{"update_id":1,"message":{"chat":{"id":5,"type":"private"},"text":"a"}}`,
		Update{ID: 1, Kind: KindMessage, Private: true, Text: "a"}, 5},
	{"an entity longer than the text", `{"update_id":1,"message":{` + fromAli + `,"text":"/s","entities":[{"type":"bot_command","offset":0,"length":900}]}}`,
		Update{ID: 1, Kind: KindMessage, User: 5, Private: true, Sent: at, Text: "/s"}, 5},
	{"an edited message", `{"update_id":1,"edited_message":{` + fromAli + `,"text":"a"}}`,
		Update{ID: 1, Kind: KindEdited, User: 5, Private: true, Sent: at, Text: "a"}, 5},
	{"a photo", `{"update_id":1,"message":{` + fromAli + `,"photo":[{}],"caption":"a"}}`,
		Update{ID: 1, Kind: KindMessage, User: 5, Private: true, Sent: at, Media: true}, 5},
	{"a place", `{"update_id":1,"message":{` + fromAli + `,"location":{"latitude":35.7,"longitude":51,"horizontal_accuracy":12.5}}}`,
		Update{ID: 1, Kind: KindMessage, User: 5, Private: true, Sent: at, Location: &Location{35.7, 51}}, 5},
	{"a live place, in strings", `{"update_id":1,"message":{` + fromAli + `,"location":{"latitude":"35.7","longitude":"-51","live_period":60}}}`,
		Update{ID: 1, Kind: KindMessage, User: 5, Private: true, Sent: at, Location: &Location{35.7, -51}}, 5},
	{"a live place goes on", `{"update_id":1,"edited_message":{` + fromAli + `,"location":{"latitude":35.7,"longitude":51}}}`,
		Update{ID: 1, User: 5, Private: true, Sent: at}, 5},
	{"a venue", `{"update_id":1,"message":{` + fromAli + `,"venue":{"location":{"latitude":35.7,"longitude":51},"title":"x"}}}`,
		Update{ID: 1, Kind: KindMessage, User: 5, Private: true, Sent: at, Location: &Location{35.7, 51}}, 5},
	{"a place that is none", `{"update_id":1,"message":{` + fromAli + `,"location":{"latitude":"NaN","longitude":51}}}`,
		Update{ID: 1, Kind: KindMessage, User: 5, Private: true, Sent: at, Location: &Location{}}, 5},
	{"a place without figures", `{"update_id":1,"message":{` + fromAli + `,"location":[1,2]}}`,
		Update{ID: 1, Kind: KindMessage, User: 5, Private: true, Sent: at, Location: &Location{}}, 5},
	{"a place beyond numbers", `{"update_id":1,"message":{` + fromAli + `,"location":{"latitude":1e999,"longitude":51}}}`,
		Update{ID: 1, Kind: KindMessage, User: 5, Private: true, Sent: at, Location: &Location{}}, 5},
	{"a service message", `{"update_id":1,"message":{` + fromAli + `,"pinned_message":{}}}`,
		Update{ID: 1, User: 5, Private: true, Sent: at}, 5},
	{"a contact", `{"update_id":1,"message":{` + fromAli + `,` + ownContact + `}}`,
		Update{ID: 1, Kind: KindMessage, User: 5, Private: true, Sent: at, Contact: &Contact{Phone: "+989120000000", UserID: 5}}, 5},
	{"a contact of nobody", `{"update_id":1,"message":{` + fromAli + `,"contact":{"phone_number":"0912"}}}`,
		Update{ID: 1, Kind: KindMessage, User: 5, Private: true, Sent: at, Contact: &Contact{Phone: "0912"}}, 5},
	{"a callback", `{"update_id":1,"callback_query":{"id":"99","from":{"id":5},"message":{"message_id":40,"chat":{"id":6,"type":"private"}},"data":"d"}}`,
		Update{ID: 1, Kind: KindCallback, User: 5, Private: true, Callback: &Callback{ID: "99", Data: "d", MessageID: 40}}, 6},
	{"a callback without its message", `{"update_id":1,"callback_query":{"id":"99","from":{"id":5},"inline_message_id":"x","data":"d"}}`,
		Update{ID: 1, Kind: KindCallback, User: 5, Callback: &Callback{ID: "99", Data: "d"}}, 5},
	{"a callback with a number and without data", `{"update_id":1,"callback_query":{"id":99,"from":{"id":5},"message":{"chat":{"id":5,"type":"private"}}}}`,
		Update{ID: 1, Kind: KindCallback, User: 5, Private: true, Callback: &Callback{ID: "99"}}, 5},
	{"blocked", `{"update_id":1,"my_chat_member":{` + fromAli + `,"old_chat_member":{"status":"member"},"new_chat_member":{"status":"kicked"}}}`,
		Update{ID: 1, Kind: KindMembership, User: 5, Private: true, Blocked: true}, 5},
	{"unblocked", `{"update_id":1,"my_chat_member":{` + fromAli + `,"new_chat_member":{"status":"member"}}}`,
		Update{ID: 1, Kind: KindMembership, User: 5, Private: true}, 5},
	{"a kind of tomorrow", `{"update_id":1,"telepathy":{"chat":{"id":5}}}`, Update{ID: 1}, 5},
	{"a kind without a chat", `{"update_id":1,"poll":{"id":"3"}}`, Update{ID: 1}, 0},
	{"null beside a kind", `{"update_id":1,"message":null,"pre_checkout_query":{"id":"1","from":{"id":5}}}`, Update{ID: 1}, 5},
	{"an empty name", `{"update_id":1,"":{"x":1}}`, Update{ID: 1}, 0},
}

func TestDecode(t *testing.T) {
	for _, tt := range updates {
		t.Run(tt.name, func(t *testing.T) {
			for _, bot := range []card.Bot{onTelegram, onBale} {
				profile := Telegram()
				if bot == onBale {
					profile = Bale()
				}
				want := tt.want
				want.From = card.Subscriber{Bot: bot, Chat: tt.chat}
				got, err := Decode(profile, bot, Raw{Body: []byte(tt.raw)})
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", bot, diff)
				}
				if chat, ok := ChatOf([]byte(tt.raw)); chat != tt.chat || ok != (tt.chat != 0) {
					t.Errorf("ChatOf = %d, %v", chat, ok)
				}
			}
		})
	}
}

func TestDecodeOldClient(t *testing.T) {
	raw := []byte(`{"update_id":1,"callback_query":{"id":"1234","from":{"id":5},"message":{"message_id":40,"chat":{"id":5,"type":"private"}}}}`)
	for _, tt := range []struct {
		profile Profile
		bot     card.Bot
		want    int
	}{{Telegram(), onTelegram, 40}, {Bale(), onBale, 0}} {
		u, err := Decode(tt.profile, tt.bot, Raw{Body: raw})
		if err != nil || u.Callback.MessageID != tt.want {
			t.Errorf("%s: %+v, %v, want message %d", tt.bot, u.Callback, err, tt.want)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, tt := range []struct {
		name, raw string
		chat      int64
	}{
		{"nothing", ``, 0},
		{"null", `null`, 0},
		{"a list", `[1]`, 0},
		{"half", `{"update_id":1,"message":{`, 0},
		{"no id", `{"message":{` + fromAli + `,"text":"a"}}`, 5},
		{"a negative id", `{"update_id":-1,"message":{` + fromAli + `,"text":"a"}}`, 5},
		{"a message that is none", `{"update_id":1,"message":"canary"}`, 0},
		{"no chat", `{"update_id":1,"message":{"from":{"id":5},"text":"canary"}}`, 5},
		{"an odd chat", `{"update_id":1,"message":{"from":{"id":5},"chat":{"id":"canary"},"text":"a"}}`, 0},
		{"an odd text", `{"update_id":1,"message":{` + fromAli + `,"text":["canary"]}}`, 5},
		{"an odd contact", `{"update_id":1,"message":{` + fromAli + `,"contact":"canary"}}`, 5},
		{"an odd callback", `{"update_id":1,"callback_query":{"id":{},"from":{"id":5},"data":"canary"}}`, 5},
		{"odd data", `{"update_id":1,"callback_query":{"id":"2","from":{"id":5},"data":["canary"]}}`, 5},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Decode(Telegram(), onTelegram, Raw{Body: []byte(tt.raw)})
			if !errors.Is(err, ErrUndecodable) {
				t.Fatalf("error %v, want ErrUndecodable", err)
			}
			if strings.Contains(err.Error(), "canary") {
				t.Errorf("the error quotes the update: %v", err)
			}
			if chat, ok := ChatOf([]byte(tt.raw)); chat != tt.chat || ok != (tt.chat != 0) {
				t.Errorf("ChatOf = %d, %v, want %d", chat, ok, tt.chat)
			}
		})
	}
}

func TestProves(t *testing.T) {
	message := func(contact, more string) string {
		return `{"update_id":1,"message":{` + fromAli + `,` + contact + more + `}}`
	}
	for _, tt := range []struct {
		name, raw string
		want      bool
	}{
		{"own", message(ownContact, ``), true},
		{"own, with nulls", message(ownContact, `,"forward_from":null`), true},
		{"somebody else's", message(`"contact":{"phone_number":"0912","user_id":6}`, ``), false},
		{"nobody's", message(`"contact":{"phone_number":"0912"}`, ``), false},
		{"of an odd person", message(`"contact":{"phone_number":"0912","user_id":true}`, ``), false},
		{"zero is nobody", `{"update_id":1,"message":{"chat":{"id":5,"type":"private"},"contact":{"phone_number":"0912","user_id":0}}}`, false},
		{"without a number", message(`"contact":{"user_id":5}`, ``), false},
		{"forward_date", message(ownContact, `,"forward_date":1700000000`), false},
		{"forward_from", message(ownContact, `,"forward_from":{"id":5}`), false},
		{"forward_from_chat", message(ownContact, `,"forward_from_chat":{"id":1}`), false},
		{"forward_origin", message(ownContact, `,"forward_origin":{"type":"user"}`), false},
		{"forward_sender_name", message(ownContact, `,"forward_sender_name":""`), false},
		{"in a group", `{"update_id":1,"message":{"from":{"id":5},"chat":{"id":5,"type":"group"},` + ownContact + `}}`, false},
		{"edited", `{"update_id":1,"edited_message":{` + fromAli + `,` + ownContact + `}}`, false},
		{"no contact", message(`"text":"0912"`, ``), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			u, err := Decode(Bale(), onBale, Raw{Body: []byte(tt.raw)})
			if err != nil {
				t.Fatal(err)
			}
			if got := u.Contact.Proves(u); got != tt.want {
				t.Errorf("Proves = %v", got)
			}
		})
	}
}

func TestCommand(t *testing.T) {
	for _, tt := range []struct {
		text, name, argument string
		ok                   bool
	}{
		{"/start", "start", "", true},
		{"/Start@kartyar_bot  inv-1 ", "start", "inv-1", true},
		{"/help\nme", "help", "me", true},
		{"/", "", "", false},
		{"/ start", "", "start", false},
		{"start", "", "", false},
		{"", "", "", false},
	} {
		name, argument, ok := Update{Text: tt.text}.Command()
		if name != tt.name || argument != tt.argument || ok != tt.ok {
			t.Errorf("Command(%q) = %q, %q, %v", tt.text, name, argument, ok)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, tt := range updates {
		f.Add([]byte(tt.raw))
	}
	f.Add([]byte(`{"update_id":1e300,"message":{"chat":{"id":1e9},"date":-1}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		chat, ok := ChatOf(raw)
		u, err := Decode(Bale(), onBale, Raw{Body: raw})
		if valid(raw) {
			polled, failed := Decode(Bale(), onBale, Raw{Body: raw, valid: true})
			if diff := cmp.Diff(u, polled); diff != "" || (failed == nil) != (err == nil) {
				t.Fatalf("part of an answer it is read otherwise: %v, %v\n%s", err, failed, diff)
			}
		}
		if err != nil {
			if !errors.Is(err, ErrUndecodable) {
				t.Fatalf("an error of another sort: %v", err)
			}
			return
		}
		if u.From.Chat != chat || u.Kind != KindOther && !ok {
			t.Fatalf("Decode says chat %d, ChatOf %d, %v", u.From.Chat, chat, ok)
		}
		if p := u.Location; p != nil && (math.IsNaN(p.Latitude+p.Longitude) || math.IsInf(p.Latitude+p.Longitude, 0)) {
			t.Fatalf("a point without figures: %v", *p)
		}
		u.Contact.Proves(u)
		u.Command()
	})
}
