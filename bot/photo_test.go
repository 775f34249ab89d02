package bot

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func drawn(facts []byte) ([]byte, error) { return append([]byte(": "), facts...), nil }

func TestSendPhoto(t *testing.T) {
	keys := Keyboard{Kind: KeyboardInline, Rows: [][]Button{{{Text: "الف", Data: "a"}}}}
	const keysJSON = `{"inline_keyboard":[[{"text":"الف","callback_data":"a"}]]}`
	noPreview := `{"is_disabled":true}`
	photo := func(more map[string]string) sent {
		form := map[string]string{"chat_id": "5", "caption": "*a*", "photo": "picture.png: facts"}
		for name, value := range more {
			form[name] = value
		}
		return sent{"sendPhoto", form}
	}
	text := sent{"sendMessage", map[string]string{"chat_id": "5", "text": "*a*", "link_preview_options": noPreview}}
	reply := Reply{Text: "*a*", Picture: []byte("facts")}
	long := Reply{Text: strings.Repeat("😀", 513), Picture: reply.Picture}
	fails := func([]byte) ([]byte, error) { return nil, errors.New("no paper") }
	for _, tt := range []struct {
		name    string
		profile Profile
		reply   Reply
		draw    func([]byte) ([]byte, error)
		answers []string
		want    []sent
		kind    ErrorKind // of the error, when the last call was not accepted
	}{
		{"accepted", Telegram(), reply, drawn, []string{accepted}, []sent{photo(nil)}, 0},
		{"silent, with buttons", Telegram(), Reply{Text: "*a*", Picture: reply.Picture, Silent: true, Keyboard: keys}, drawn, []string{accepted},
			[]sent{photo(map[string]string{"disable_notification": "true", "reply_markup": keysJSON})}, 0},
		{"no marks on Bale", Bale(), reply, drawn, []string{accepted}, []sent{photo(map[string]string{"caption": "a"})}, 0},
		{"refused", Telegram(), reply, drawn, []string{refusal(400, "Bad Request: not enough rights to send photos to the chat"), accepted}, []sent{photo(nil), text}, 0},
		{"a platform that cannot", Telegram(), reply, drawn, []string{refusal(404, "Not Found"), accepted}, []sent{photo(nil), text}, 0},
		{"too large", Telegram(), reply, drawn, []string{refusal(413, "Request Entity Too Large"), accepted}, []sent{photo(nil), text}, 0},
		{"blocked", Telegram(), reply, drawn, []string{refusal(403, "Forbidden: bot was blocked by the user")}, []sent{photo(nil)}, Blocked},
		{"limited", Telegram(), reply, drawn, []string{refusal(429, "Too Many Requests")}, []sent{photo(nil)}, Limited},
		{"out", Telegram(), reply, drawn, []string{"<html>"}, []sent{photo(nil)}, Outage},
		{"not to be drawn", Telegram(), reply, fails, []string{accepted}, []sent{text}, 0},
		{"a panic", Telegram(), reply, func([]byte) ([]byte, error) { panic("no pen") }, []string{accepted}, []sent{text}, 0},
		{"nobody draws", Telegram(), reply, nil, []string{accepted}, []sent{text}, 0},
		{"too long for a caption", Telegram(), long, drawn, []string{accepted},
			[]sent{{"sendMessage", map[string]string{"chat_id": "5", "text": long.Text, "link_preview_options": noPreview}}}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, calls := recorder(t, tt.profile, tt.answers...)
			c.draw = tt.draw
			id, err := c.Send(t.Context(), ClassReply, 5, tt.reply)
			ok := tt.answers[len(tt.answers)-1] == accepted
			if ok != (err == nil) || ok != (id == 77) || err != nil && asError(err).Kind != tt.kind {
				t.Errorf("Send = %d, %v", id, err)
			}
			if diff := cmp.Diff(tt.want, *calls); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
		})
	}
}

// A photo has no text to edit; what was to take its place is said anew. The
// words are those of the platforms' servers; nobody has seen Bale's.
func TestAPhotoIsNotEdited(t *testing.T) {
	for _, says := range []string{"Bad Request: there is no text in the message to edit", "Bad Request: message can't be edited", "message is not text"} {
		c, calls := recorder(t, Bale(), refusal(400, says), accepted)
		if id, err := c.Send(t.Context(), ClassReply, 5, Reply{Text: "a", Edit: 3}); id != 77 || err != nil || len(*calls) != 2 {
			t.Errorf("%s: Send = %d, %v after %d calls", says, id, err, len(*calls))
		}
	}
}

// What the platform says of a refused photo brings no caption into a log.
func TestARefusedCaptionIsNotRepeated(t *testing.T) {
	const secretText = "a word of a person's"
	c, _ := recorder(t, Telegram(), refusal(429, "what is "+secretText))
	c.draw = drawn
	_, err := c.Send(t.Context(), ClassReply, 5, Reply{Text: secretText, Picture: []byte("facts")})
	if err == nil || strings.Contains(err.Error(), secretText) {
		t.Errorf("the error is %v", err)
	}
}
