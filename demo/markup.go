package demo

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

type markupKind uint8

const (
	noMarkup markupKind = iota
	inlineKeyboard
	menuKeyboard
	removeKeyboard
	forceReply
)

// markup is a reply_markup that the platform accepted.
type markup struct {
	kind        markupKind
	rows        [][]Button
	placeholder string
	oneTime     bool
	raw         string // as it was sent
}

// same reports whether two inline keyboards show and do the same.
func (m markup) same(other markup) bool {
	return slices.EqualFunc(m.rows, other.rows, slices.Equal[[]Button])
}

type object = map[string]json.RawMessage

// readMarkup checks a reply_markup by the platform's rules; an empty one is no
// markup. Telegram allows 100 inline buttons; no limit of Bale's is known, so
// the same holds there.
func readMarkup(rules *profile, raw string, private bool) (markup, *apiError) {
	if strings.TrimSpace(raw) == "" || strings.TrimSpace(raw) == "null" {
		return markup{}, nil
	}
	var fields object
	if json.Unmarshal([]byte(raw), &fields) != nil {
		return markup{}, bad("can't parse reply keyboard markup JSON object")
	}
	kinds := map[string]markupKind{
		"inline_keyboard": inlineKeyboard, "keyboard": menuKeyboard,
		"remove_keyboard": removeKeyboard, "force_reply": forceReply,
	}
	m := markup{raw: raw}
	for name, kind := range kinds {
		if _, there := fields[name]; !there {
			continue
		}
		if m.kind != noMarkup {
			return markup{}, bad("object expected as reply markup")
		}
		m.kind = kind
	}
	var refusal *apiError
	switch m.kind {
	case inlineKeyboard:
		m.rows, refusal = readRows(fields["inline_keyboard"], func(raw json.RawMessage) (Button, *apiError) {
			return readInlineButton(rules, raw)
		})
		if refusal == nil && countButtons(m.rows) > 100 {
			refusal = bad("reply markup is too long")
		}
	case menuKeyboard:
		refusal = m.readMenu(rules, fields, private)
	case removeKeyboard:
		if string(fields["remove_keyboard"]) != "true" {
			m = markup{}
		}
	case forceReply:
		if !rules.forceReply {
			refusal = bad("reply markup of an unknown kind")
		}
	default:
		if len(fields) > 0 {
			refusal = bad("object expected as reply markup")
		}
	}
	return m, refusal
}

func countButtons(rows [][]Button) int {
	n := 0
	for _, row := range rows {
		n += len(row)
	}
	return n
}

// readRows reads an array of arrays of buttons; empty rows are left out.
func readRows(raw json.RawMessage, read func(json.RawMessage) (Button, *apiError)) ([][]Button, *apiError) {
	var all [][]json.RawMessage
	if json.Unmarshal(raw, &all) != nil {
		return nil, bad("field of reply markup must be an Array of Arrays")
	}
	rows := [][]Button{}
	for _, from := range all {
		var row []Button
		for _, raw := range from {
			button, refusal := read(raw)
			if refusal != nil {
				return nil, refusal
			}
			row = append(row, button)
		}
		if len(row) > 0 {
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// readInlineButton checks a button under a message: a text and exactly one way
// to act, of the kinds that the platform has.
func readInlineButton(rules *profile, raw json.RawMessage) (Button, *apiError) {
	var fields object
	if json.Unmarshal(raw, &fields) != nil {
		return Button{}, bad("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
	}
	b := Button{Text: text(fields["text"])}
	if strings.TrimSpace(b.Text) == "" {
		return b, bad("can't parse inline keyboard button: InlineKeyboardButton text must be non-empty")
	}
	delete(fields, "text")
	for name := range fields {
		if !rules.inlineActions[name] {
			return b, bad("can't parse inline keyboard button: unknown field %q", name)
		}
	}
	switch len(fields) {
	case 0:
		return b, bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
	case 1:
	default:
		return b, bad("can't parse inline keyboard button: exactly one of the optional fields must be used")
	}
	return b, b.act(fields)
}

// act takes over the one action of an inline button.
func (b *Button) act(fields object) *apiError {
	if raw, is := fields["callback_data"]; is {
		b.Data = text(raw)
		if len(b.Data) < 1 || len(b.Data) > 64 {
			return bad("BUTTON_DATA_INVALID")
		}
		return nil
	}
	if raw, is := fields["url"]; is {
		b.URL = text(raw)
		at, err := url.Parse(b.URL)
		if err != nil || !slices.Contains([]string{"http", "https", "tg"}, at.Scheme) || at.Host == "" {
			return bad("inline keyboard button URL is invalid: Wrong HTTP URL")
		}
		return nil
	}
	if raw, is := fields["copy_text"]; is {
		var inner object
		if json.Unmarshal(raw, &inner) == nil {
			b.Copy = text(inner["text"])
		}
		if n := utf8.RuneCountInString(b.Copy); n < 1 || n > 256 {
			return bad("BUTTON_COPY_TEXT_INVALID")
		}
		return nil
	}
	b.Other = slices.Collect(maps.Keys(fields))[0]
	return nil
}

// readMenu checks a keyboard that takes the place of the phone's.
func (m *markup) readMenu(rules *profile, fields object, private bool) (refusal *apiError) {
	m.placeholder = text(fields["input_field_placeholder"])
	if utf8.RuneCountInString(m.placeholder) > 64 {
		return bad("input field placeholder is too long")
	}
	m.oneTime = string(fields["one_time_keyboard"]) == "true"
	m.rows, refusal = readRows(fields["keyboard"], func(raw json.RawMessage) (Button, *apiError) {
		return readMenuButton(rules, raw, private)
	})
	if refusal == nil && len(m.rows) == 0 {
		return bad("reply markup keyboard must be non-empty")
	}
	return refusal
}

func readMenuButton(rules *profile, raw json.RawMessage, private bool) (Button, *apiError) {
	var b Button
	if json.Unmarshal(raw, &b.Text) == nil {
		return b, menuText(b.Text)
	}
	var fields object
	if json.Unmarshal(raw, &fields) != nil {
		return b, bad("can't parse keyboard button: KeyboardButton must be an Object")
	}
	b.Text = text(fields["text"])
	if refusal := menuText(b.Text); refusal != nil {
		return b, refusal
	}
	actions := 0
	for name, value := range fields {
		switch {
		case name == "text", string(value) == "false":
			continue
		case !rules.menuRequests[name]:
			return b, bad("can't parse keyboard button: unknown field %q", name)
		case !private:
			return b, bad("phone number and location can be requested in private chats only")
		case name == "request_contact":
			b.Contact = true
		case name == "request_location":
			b.Location = true
		default:
			b.Other = name
		}
		actions++
	}
	if actions > 1 {
		return b, bad("can't parse keyboard button: at most one of the optional fields must be used")
	}
	return b, nil
}

func menuText(text string) *apiError {
	if strings.TrimSpace(text) == "" {
		return bad("keyboard button text must be non-empty")
	}
	return nil
}

// text is a JSON string's value; empty for anything else.
func text(raw json.RawMessage) (s string) {
	_ = json.Unmarshal(raw, &s)
	return s
}
