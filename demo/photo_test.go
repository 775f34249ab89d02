package demo

import (
	"bytes"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func pngOf(t *testing.T, width, height int) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// upload posts a multipart form of name, value, name, value…, the photo as a
// file.
func (b *bench) upload(t *testing.T, p Platform, photo string, pairs ...string) response {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("photo", "picture.png")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write([]byte(photo))
	for i := 0; i < len(pairs); i += 2 {
		_ = form.WriteField(pairs[i], pairs[i+1])
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	return b.post(p, token, "sendPhoto", form.FormDataContentType(), body.String())
}

func TestSendPhotoIsStrict(t *testing.T) {
	good := pngOf(t, 720, 1200)
	for _, c := range []struct {
		name    string
		photo   string
		pairs   []string
		refusal string // part of it; empty is accepted
	}{
		{"a caption", good, []string{"caption", strings.Repeat("ک", 1024)}, ""},
		{"none", good, nil, ""},
		{"1025 units", good, []string{"caption", strings.Repeat("ک", 1025)}, "message caption is too long"},
		{"1026 units of 513 runes", good, []string{"caption", strings.Repeat("😀", 513)}, "message caption is too long"},
		{"bad UTF-8", good, []string{"caption", "a\xff"}, "UTF-8"},
		{"parse_mode", good, []string{"caption", "a", "parse_mode", "HTML"}, "parse_mode"},
		{"entities", good, []string{"caption", "a", "caption_entities", `[{"type":"bold"}]`}, "parse entities"},
		{"empty", "", nil, "file must be non-empty"},
		{"no image", "GIF89a?", nil, "IMAGE_PROCESS_FAILED"},
		{"half of a header", good[:12], nil, "IMAGE_PROCESS_FAILED"},
		{"too long", pngOf(t, 10, 201), nil, "PHOTO_INVALID_DIMENSIONS"},
		{"too large", pngOf(t, 5001, 5000), nil, "PHOTO_INVALID_DIMENSIONS"},
		{"another chat", good, []string{"chat_id", "17"}, "no"},
		{"a bad keyboard", good, []string{"reply_markup", "{"}, "can't parse"},
	} {
		t.Run(c.name, func(t *testing.T) {
			platforms(t, func(t *testing.T, p Platform) {
				b := newBench(t)
				sara := b.Person(p, botID, "سارا")
				sara.Say("سلام")
				pairs := slices.Concat([]string{"chat_id", strconv.FormatInt(sara.ChatID(), 10)}, c.pairs)
				if slices.Contains(c.pairs, "chat_id") {
					pairs = c.pairs
				}
				status := 200
				if c.refusal != "" {
					status = 400
				}
				b.upload(t, p, c.photo, pairs...).want(t, status, c.refusal)
			})
		})
	}
}

func TestAPhotoInTheChat(t *testing.T) {
	platforms(t, func(t *testing.T, p Platform) {
		b := newBench(t)
		sara := b.Person(p, botID, "سارا")
		sara.Say("سلام")
		chat := strconv.FormatInt(sara.ChatID(), 10)
		photo := pngOf(t, 72, 120)
		id := b.upload(t, p, photo, "chat_id", chat, "caption", "مسیر", "reply_markup", `{"inline_keyboard":[[{"text":"الف","callback_data":"b"}]]}`).messageID(t)

		all := sara.Messages()
		got := all[len(all)-1]
		if got.ID != id || got.Media != "photo" || got.Text != "مسیر" || len(got.Buttons) != 1 {
			t.Errorf("the person sees %+v", got)
		}
		if sent := b.kinds(Sent); len(sent) != 1 || sent[0].Media != "photo" || sent[0].Text != "مسیر" || sent[0].Method != "sendPhoto" {
			t.Errorf("the journal: %+v", sent)
		}
		if _, err := sara.Press("الف"); err != nil {
			t.Error(err)
		}
		b.call(p, "editMessageText", "chat_id", chat, "message_id", id, "text", "x").want(t, 400, "there is no text in the message to edit")
		b.call(p, "editMessageReplyMarkup", "chat_id", chat, "message_id", id).want(t, 200, "")
		b.call(p, "sendPhoto", "chat_id", chat).want(t, 400, "there is no photo")
		b.call(p, "sendPhoto", "chat_id", chat, "photo", "https://example.com/a.png").want(t, 400, "wrong remote file identifier")
		sara.Block()
		b.upload(t, p, photo, "chat_id", chat).want(t, 403, "blocked")

		// The page gets the same bytes, and its own photos alone.
		other := b.Person(p, botID, "مریم")
		for path, want := range map[string]string{
			"/demo/photo/" + sara.id + "/" + strconv.Itoa(id):  photo,
			"/demo/photo/" + other.id + "/" + strconv.Itoa(id): "",
			"/demo/photo/" + sara.id + "/1x":                   "",
			"/demo/photo/nobody/" + strconv.Itoa(id):           "",
		} {
			got, body := b.get(t, path)
			if want == "" && got.StatusCode != http.StatusNotFound || want != "" && body != want {
				t.Errorf("%s: %d and %d bytes", path, got.StatusCode, len(body))
			}
		}
	})
}
