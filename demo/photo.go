package demo

import (
	"bytes"
	"image"
	_ "image/jpeg" // a photo may be either
	_ "image/png"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"
)

// picture is a photo that a bot sent.
type picture struct {
	file          []byte
	kind          string // its MIME type
	width, height int
}

// sendPhoto takes a photo that is uploaded with the call. A file_id or an
// address in its place is refused: the demo keeps no files and opens no
// address.
func sendPhoto(c *call) (any, *apiError) {
	shown, refusal := c.picture()
	if refusal != nil {
		return nil, refusal
	}
	said, refusal := c.caption()
	if refusal != nil {
		return nil, refusal
	}
	return c.send(&message{text: said, media: "photo", picture: shown}, said)
}

// caption returns the text under a photo, perhaps none: up to 1024 UTF-16
// units on both platforms.
func (c *call) caption() (string, *apiError) {
	said := c.args["caption"]
	switch {
	case !utf8.ValidString(said):
		return "", bad("strings must be encoded in UTF-8")
	case units(said) > 1024:
		return "", bad("message caption is too long")
	}
	return said, c.plain("caption_entities")
}

// picture returns the uploaded photo, checked as the platforms check it: an
// image whose sides are 10,000 pixels together at most and no more than 20 to 1.
func (c *call) picture() (*picture, *apiError) {
	file, uploaded := c.files["photo"]
	switch {
	case !uploaded && strings.TrimSpace(c.args["photo"]) != "":
		return nil, bad("wrong remote file identifier specified: the demo takes uploaded photos only")
	case !uploaded:
		return nil, bad("there is no photo in the request")
	case len(file) == 0:
		return nil, bad("file must be non-empty")
	}
	size, kind, err := image.DecodeConfig(bytes.NewReader(file))
	if err != nil {
		return nil, bad("IMAGE_PROCESS_FAILED")
	}
	long, short := max(size.Width, size.Height), min(size.Width, size.Height)
	if long+short > 10_000 || long > 20*short {
		return nil, bad("PHOTO_INVALID_DIMENSIONS")
	}
	return &picture{file: file, kind: "image/" + kind, width: size.Width, height: size.Height}, nil
}

// wire is the photo as a message carries it.
func (p *picture) wire(message int) []wireFile {
	id := strconv.Itoa(message)
	return []wireFile{{ID: "photo-of-the-demo-" + id, UniqueID: "photo-" + id, Width: p.width, Height: p.height}}
}

// servePhoto serves a bot's photo to the page of the person who sees it.
func (p *page) servePhoto(w http.ResponseWriter, r *http.Request) {
	person := p.s.personOnPage(r.PathValue("person"))
	id, err := strconv.Atoi(r.PathValue("message"))
	if foreign(r) || person == nil || err != nil {
		http.NotFound(w, r)
		return
	}
	p.s.mu.Lock()
	m := person.chat.find(id)
	p.s.mu.Unlock()
	if m == nil || m.picture == nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", m.picture.kind)
	_, _ = w.Write(m.picture.file) // what fails here is the connection
}
