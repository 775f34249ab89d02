package demo

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestStrictness(t *testing.T) {
	long := strings.Repeat("ک", 4096)
	wide := strings.Repeat("😀", 2049) // two UTF-16 units each
	inline := func(button string) string { return `{"inline_keyboard":[[` + button + `]]}` }
	menu := func(button string) string { return `{"keyboard":[[` + button + `]]}` }
	type args = []any
	for _, c := range []struct {
		name           string
		method         string
		args           args
		telegram, bale string // part of the refusal; empty is accepted
	}{
		{"plain", "sendMessage", args{"chat_id", "SARA", "text", "سلام"}, "", ""},
		{"no text", "sendMessage", args{"chat_id", "SARA"}, "text is empty", "text is empty"},
		{"blank", "sendMessage", args{"chat_id", "SARA", "text", " \n"}, "text is empty", "text is empty"},
		{"4096 units", "sendMessage", args{"chat_id", "SARA", "text", long}, "", ""},
		{"4097 units", "sendMessage", args{"chat_id", "SARA", "text", long + "ک"}, "too long", "too long"},
		{"4098 units of 2049 runes", "sendMessage", args{"chat_id", "SARA", "text", wide}, "too long", "too long"},
		{"bad UTF-8", "sendMessage", args{"chat_id", "SARA", "text", "a\xff"}, "UTF-8", "UTF-8"},
		{"no chat", "sendMessage", args{"text", "سلام"}, "chat_id is empty", "chat_id is empty"},
		{"unknown chat", "sendMessage", args{"chat_id", 17, "text", "سلام"}, "chat not found", "no such group or user"},
		{"chat that never wrote", "sendMessage", args{"chat_id", "MUTE", "text", "سلام"}, "chat not found", "no such group or user"},
		{"parse_mode", "sendMessage", args{"chat_id", "SARA", "text", "سلام", "parse_mode", "HTML"}, "unsupported parse_mode", "parse_mode is not supported"},
		{"entities", "sendMessage", args{"chat_id", "SARA", "text", "سلام", "entities", `[{"type":"bold"}]`}, "parse entities", "parse entities"},
		{"no entities", "sendMessage", args{"chat_id", "SARA", "text", "سلام", "entities", `[]`}, "", ""},

		{"inline data", "sendMessage", args{"chat_id", "SARA", "text", "x", "reply_markup", inline(`{"text":"a","callback_data":"b"}`)}, "", ""},
		{"64 bytes", "sendMessage", args{"chat_id", "SARA", "text", "x", "reply_markup", inline(`{"text":"a","callback_data":"` + strings.Repeat("د", 32) + `"}`)}, "", ""},
		{"66 bytes", "sendMessage", args{"chat_id", "SARA", "text", "x", "reply_markup", inline(`{"text":"a","callback_data":"` + strings.Repeat("د", 33) + `"}`)}, "BUTTON_DATA_INVALID", "BUTTON_DATA_INVALID"},
		{"no data", "sendMessage", args{"chat_id", "SARA", "text", "x", "reply_markup", inline(`{"text":"a","callback_data":""}`)}, "BUTTON_DATA_INVALID", "BUTTON_DATA_INVALID"},
		{"no action", "sendMessage", args{"chat_id", "SARA", "text", "x", "reply_markup", inline(`{"text":"a"}`)}, "Text buttons are unallowed", "Text buttons are unallowed"},
		{"two actions", "sendMessage", args{"chat_id", "SARA", "text", "x", "reply_markup", inline(`{"text":"a","callback_data":"b","url":"https://ncr.ir"}`)}, "exactly one", "exactly one"},
		{"no button text", "sendMessage", args{"chat_id", "SARA", "text", "x", "reply_markup", inline(`{"text":" ","callback_data":"b"}`)}, "non-empty", "non-empty"},
		{"unknown action", "sendMessage", args{"chat_id", "SARA", "text", "x", "reply_markup", inline(`{"text":"a","explode":true}`)}, "unknown field", "unknown field"},
		{"login_url", "sendMessage", args{"chat_id", "SARA", "text", "x", "reply_markup", inline(`{"text":"a","login_url":{"url":"https://ncr.ir"}}`)}, "", "unknown field"},
		{"url", "sendMessage", args{"chat_id", "SARA", "text", "x", "reply_markup", inline(`{"text":"a","url":"https://ncr.ir/x"}`)}, "", ""},
		{"bad url", "sendMessage", args{"chat_id", "SARA", "text", "x", "reply_markup", inline(`{"text":"a","url":"geo:35,51"}`)}, "URL is invalid", "URL is invalid"},
		{"copy_text", "sendMessage", args{"chat_id", "SARA", "text", "x", "reply_markup", inline(`{"text":"a","copy_text":{"text":"*4*6090#"}}`)}, "", ""},
		{"empty copy_text", "sendMessage", args{"chat_id", "SARA", "text", "x", "reply_markup", inline(`{"text":"a","copy_text":{"text":""}}`)}, "COPY_TEXT", "COPY_TEXT"},
		{"rows are no rows", "sendMessage", args{"chat_id", "SARA", "text", "x", "reply_markup", `{"inline_keyboard":[{"text":"a"}]}`}, "Array of Arrays", "Array of Arrays"},
		{"markup no JSON", "sendMessage", args{"chat_id", "SARA", "text", "x", "reply_markup", `{`}, "can't parse", "can't parse"},
		{"two kinds", "sendMessage", args{"chat_id", "SARA", "text", "x", "reply_markup", `{"inline_keyboard":[],"remove_keyboard":true}`}, "object expected", "object expected"},
		{"menu", "sendMessage", args{"chat_id", "SARA", "text", "x", "reply_markup", menu(`"الف",{"text":"ب","request_contact":true,"request_location":false}`)}, "", ""},
		{"empty menu", "sendMessage", args{"chat_id", "SARA", "text", "x", "reply_markup", `{"keyboard":[]}`}, "non-empty", "non-empty"},
		{"unknown request", "sendMessage", args{"chat_id", "SARA", "text", "x", "reply_markup", menu(`{"text":"ب","request_poll":{}}`)}, "", "unknown field"},
		{"two requests", "sendMessage", args{"chat_id", "SARA", "text", "x", "reply_markup", menu(`{"text":"ب","request_contact":true,"request_location":true}`)}, "at most one", "at most one"},
		{"contact in a group", "sendMessage", args{"chat_id", "GROUP", "text", "x", "reply_markup", menu(`{"text":"ب","request_contact":true}`)}, "private chats only", "private chats only"},
		{"remove", "sendMessage", args{"chat_id", "SARA", "text", "x", "reply_markup", `{"remove_keyboard":true,"selective":false}`}, "", ""},
		{"force reply", "sendMessage", args{"chat_id", "SARA", "text", "x", "reply_markup", `{"force_reply":true}`}, "", "unknown kind"},

		{"edit nothing", "editMessageText", args{"chat_id", "SARA", "text", "x"}, "identifier is not specified", "identifier is not specified"},
		{"edit the unknown", "editMessageText", args{"chat_id", "SARA", "message_id", 999, "text", "x"}, "message to edit not found", "message to edit not found"},
		{"edit another's", "editMessageText", args{"chat_id", "SARA", "message_id", "HERS", "text", "x"}, "can't be edited", "can't be edited"},
		{"edit to the same", "editMessageText", args{"chat_id", "SARA", "message_id", "OURS", "text", "همان"}, "message is not modified", "message is not modified"},
		{"edit to a menu", "editMessageText", args{"chat_id", "SARA", "message_id", "OURS", "text", "x", "reply_markup", menu(`"a"`)}, "inline keyboard expected", "inline keyboard expected"},
		{"edit", "editMessageText", args{"chat_id", "SARA", "message_id", "OURS", "text", "دیگر"}, "", ""},
		{"edit no buttons", "editMessageReplyMarkup", args{"chat_id", "SARA", "message_id", "OURS"}, "message is not modified", "message is not modified"},
		{"edit buttons", "editMessageReplyMarkup", args{"chat_id", "SARA", "message_id", "OURS", "reply_markup", inline(`{"text":"a","callback_data":"b"}`)}, "", ""},
		{"edit under a menu", "editMessageText", args{"chat_id", "SARA", "message_id", "MENU", "text", "x"}, "can't be edited", "can't be edited"},

		{"delete nothing", "deleteMessage", args{"chat_id", "SARA"}, "identifier is not specified", "identifier is not specified"},
		{"delete the unknown", "deleteMessage", args{"chat_id", "SARA", "message_id", 999}, "message to delete not found", "message to delete not found"},
		{"delete", "deleteMessage", args{"chat_id", "SARA", "message_id", "OURS"}, "", ""},

		{"a place", "sendLocation", args{"chat_id", "SARA", "latitude", "35.7", "longitude", "51.4", "reply_markup", inline(`{"text":"a","callback_data":"b"}`)}, "", ""},
		{"no place", "sendLocation", args{"chat_id", "SARA", "latitude", "35.7"}, "is empty", "is empty"},
		{"a place off the globe", "sendLocation", args{"chat_id", "SARA", "latitude", "90.1", "longitude", "51.4"}, "wrong coordinates", "wrong coordinates"},
		{"a place of no number", "sendLocation", args{"chat_id", "SARA", "latitude", "35.7", "longitude", "NaN"}, "wrong coordinates", "wrong coordinates"},
		{"a place for nobody", "sendLocation", args{"chat_id", 17, "latitude", "35.7", "longitude", "51.4"}, "chat not found", "no such group or user"},
		{"a venue", "sendVenue", args{"chat_id", "SARA", "latitude", "35.7", "longitude", "51.4", "title", "دفتر", "address", "ونک"}, "", "Not Found"},
		{"a venue without a name", "sendVenue", args{"chat_id", "SARA", "latitude", "35.7", "longitude", "51.4", "address", "ونک"}, "title", "Not Found"},
		{"a venue without an address", "sendVenue", args{"chat_id", "SARA", "latitude", "35.7", "longitude", "51.4", "title", "دفتر"}, "address", "Not Found"},
		{"a venue nowhere", "sendVenue", args{"chat_id", "SARA", "latitude", "", "longitude", "51.4", "title", "دفتر", "address", "ونک"}, "is empty", "Not Found"},

		{"answer the unknown", "answerCallbackQuery", args{"callback_query_id", "17"}, "query is too old", "query is too old"},
		{"action", "sendChatAction", args{"chat_id", "SARA", "action", "typing"}, "", ""},
		{"no action", "sendChatAction", args{"chat_id", "SARA", "action", "dancing"}, "wrong parameter action", "wrong parameter action"},
		{"commands", "setMyCommands", args{"commands", `[{"command":"start","description":"آغاز"}]`, "language_code", "fa"}, "", "Not Found"},
		{"Persian command", "setMyCommands", args{"commands", `[{"command":"آغاز","description":"آغاز"}]`}, "BOT_COMMAND_INVALID", "Not Found"},
		{"command without description", "setMyCommands", args{"commands", `[{"command":"start"}]`}, "DESCRIPTION_INVALID", "Not Found"},
		{"command of 33 letters", "setMyCommands", args{"commands", `[{"command":"` + strings.Repeat("a", 33) + `","description":"آغاز"}]`}, "BOT_COMMAND_INVALID", "Not Found"},
		{"description of 257 units", "setMyCommands", args{"commands", `[{"command":"start","description":"` + strings.Repeat("ک", 257) + `"}]`}, "DESCRIPTION_INVALID", "Not Found"},
		{"commands of a language that is none", "setMyCommands", args{"commands", `[]`, "language_code", "farsi"}, "invalid language code", "Not Found"},
		{"commands for whom", "getMyCommands", args{"scope", `{"type":"all_group_chats"}`}, "default scope", "Not Found"},
		{"the commands", "getMyCommands", args{"scope", `{"type":"default"}`, "language_code", "fa"}, "", "Not Found"},
		{"the description", "getMyDescription", args{}, "", "Not Found"},
		{"the short description", "getMyShortDescription", args{"language_code", "fa"}, "", "Not Found"},
		{"description", "setMyDescription", args{"description", "نمونه"}, "", "Not Found"},
		{"long short description", "setMyShortDescription", args{"short_description", strings.Repeat("ن", 121)}, "too long", "Not Found"},
		{"unknown method", "sendSmoke", nil, "Not Found: method not found", "Not Found"},
		{"case", "SENDmessage", args{"chat_id", "SARA", "text", "x"}, "", "Not Found"},
	} {
		for platform, refusal := range map[Platform]string{Telegram: c.telegram, Bale: c.bale} {
			t.Run(c.name+"/"+string(platform), func(t *testing.T) {
				b := newBench(t)
				sara := b.Person(platform, botID, "سارا")
				hers := sara.Say("سلام").Message
				group := sara.InGroup("خانواده")
				group.Say("سلام")
				ours := b.call(platform, "sendMessage", "chat_id", sara.ChatID(), "text", "همان").messageID(t)
				under := b.call(platform, "sendMessage", "chat_id", sara.ChatID(), "text", "فهرست",
					"reply_markup", `{"keyboard":[["a"]]}`).messageID(t)
				stand := map[any]any{
					"SARA": sara.ChatID(), "MUTE": b.Person(platform, botID, "خاموش").ChatID(), "GROUP": group.ChatID(),
					"HERS": hers, "OURS": ours, "MENU": under,
				}
				filled := make(args, len(c.args))
				for i, v := range c.args {
					filled[i] = v
					if real, is := stand[v]; is {
						filled[i] = real
					}
				}
				status := 200
				switch {
				case strings.HasPrefix(refusal, "Not Found"):
					status = 404
				case refusal != "":
					status = 400
				}
				before := len(b.kinds(Refused))
				b.call(platform, c.method, filled...).want(t, status, refusal)
				if refused := len(b.kinds(Refused)) > before; refused != (refusal != "") {
					t.Errorf("the journal says refused: %v", refused)
				}
			})
		}
	}
}

func TestTokensAndPaths(t *testing.T) {
	platforms(t, func(t *testing.T, p Platform) {
		b := newBench(t)
		b.post(p, "1:wrong", "getMe", "", "").want(t, 401, "Unauthorized")
		b.post(p, token, "getMe", "", "").want(t, 200, "")
		req, err := http.NewRequest("GET", b.url+"/"+string(p)+"/getMe", nil)
		if err != nil {
			t.Fatal(err)
		}
		b.do(req).want(t, 404, "Not Found")
	})
}

func TestBodiesOfEveryKind(t *testing.T) {
	b := newBench(t)
	sara := b.Person(Telegram, botID, "سارا")
	sara.Say("سلام")
	multipart := "--X\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nچندبخشی\r\n" +
		"--X\r\nContent-Disposition: form-data; name=\"chat_id\"\r\n\r\n%d\r\n--X--\r\n"
	b.post(Telegram, token, "sendMessage", "multipart/form-data; boundary=X", fmt.Sprintf(multipart, sara.ID())).want(t, 200, "")
	b.post(Telegram, token, "sendMessage", "application/json; charset=utf-8",
		fmt.Sprintf(`{"chat_id":%d,"text":"جی","disable_notification":true,"reply_markup":{"remove_keyboard":true}}`, sara.ID())).want(t, 200, "")
	b.post(Telegram, token, fmt.Sprintf("sendMessage?chat_id=%d&text=query", sara.ID()), "", "").want(t, 200, "")
	b.post(Telegram, token, "sendMessage", "application/json", `{"chat_id":`).want(t, 400, "can't parse")
	b.post(Telegram, token, "sendMessage", "application/json", `{"text":"`+strings.Repeat("a", maxBody)+`"}`).want(t, 413, "Too Large")
	sent := b.kinds(Sent)
	if len(sent) != 3 || sent[0].Text != "چندبخشی" || !sent[1].Silent || sent[1].Markup == "" || sent[2].Text != "query" {
		t.Errorf("sent: %+v", sent)
	}
}

func TestForeignRequestsAreRefused(t *testing.T) {
	b := newBench(t)
	for name, change := range map[string]func(*http.Request){
		"rebound host":  func(r *http.Request) { r.Host = "attacker.example:8080" },
		"LAN host":      func(r *http.Request) { r.Host = "192.168.1.5" },
		"cross origin":  func(r *http.Request) { r.Header.Set("Origin", "https://attacker.example") },
		"null origin":   func(r *http.Request) { r.Header.Set("Origin", "null") },
		"cross site":    func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"another port":  func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") },
		"empty host":    func(r *http.Request) { r.Host = "localhost.attacker.example" },
		"foreign local": func(r *http.Request) { r.Header.Set("Origin", "http://localhost:1") },
	} {
		for _, path := range []string{"/telegram/bot" + token + "/getMe", "/bale/bot" + token + "/getMe"} {
			req, err := http.NewRequest("POST", b.url+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			change(req)
			if got := b.do(req); got.status != http.StatusForbidden {
				t.Errorf("%s: status %d", name, got.status)
			}
		}
	}
	for host, want := range map[string]bool{
		"localhost:8080": true, "127.0.0.1": true, "127.9.9.9:1": true, "[::1]:80": true, "[::1]": true,
		"0.0.0.0:80": false, "": false, "localhost.evil": false, "10.0.0.1": false,
	} {
		if loopback(host) != want {
			t.Errorf("loopback(%q) is %v", host, !want)
		}
	}
}
