package bot

import (
	"bytes"
	"mime/multipart"
	"unicode/utf16"

	"kartyar/guard"
)

// maxCaption is how long a photo's caption may be on both platforms, in UTF-16
// units.
const maxCaption = 1024

// newUpload puts a file beside the parameters of a call, as a multipart form.
func newUpload(params parameters, field, name string, file []byte) (*payload, error) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for n := range params {
		if err := form.WriteField(params[n].name, params[n].text()); err != nil {
			return nil, err
		}
	}
	part, err := form.CreateFormFile(field, name)
	if err != nil {
		return nil, err
	}
	if _, err := part.Write(file); err != nil {
		return nil, err
	}
	if err := form.Close(); err != nil {
		return nil, err
	}
	return &payload{body: body.Bytes(), kind: form.FormDataContentType()}, nil
}

// photo returns the call's form with the reply's picture and its text as the
// caption, nil when it is to go as a text. params are those of the text.
func (c *Client) photo(r Reply, params parameters) *payload {
	if len(r.Picture) == 0 || c.draw == nil || len(utf16.Encode([]rune(params.get("text")))) > maxCaption {
		return nil
	}
	var drawn []byte
	err := guard.Run(func() (err error) {
		drawn, err = c.draw(r.Picture)
		return err
	})
	if err != nil {
		c.log.Warn().Err(err).Msg("a picture could not be drawn; its text goes alone")
		return nil
	}
	fields := params.without("text", "link_preview_options").with("caption", params.get("text"))
	form, err := newUpload(fields, "photo", "picture.png", drawn)
	if err != nil {
		c.log.Warn().Err(err).Msg("a picture could not be packed; its text goes alone")
		return nil
	}
	return form
}
