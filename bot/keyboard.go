package bot

import "slices"

// keyboard is a Keyboard as a platform shows it: buttons that the platform does
// not know are left out.
type keyboard struct {
	Keyboard
	on *Profile
}

// shown returns k as the platform shows it; nothing when it has no buttons there.
func (p *Profile) shown(k Keyboard) keyboard {
	if k.Kind != KeyboardInline && k.Kind != KeyboardMenu {
		return keyboard{}
	}
	shown := keyboard{k, p}
	for _, row := range k.Rows {
		if slices.ContainsFunc(row, shown.has) {
			return shown
		}
	}
	return keyboard{}
}

// has reports whether the platform knows a button.
func (k *keyboard) has(button Button) bool {
	return k.Kind == KeyboardMenu || button.Copy == "" || k.on.CopyText
}

// appendJSON appends the platform's form of k, an InlineKeyboardMarkup or a
// ReplyKeyboardMarkup.
func (k *keyboard) appendJSON(b []byte) []byte {
	if k.Kind == KeyboardInline {
		b = append(b, `{"inline_keyboard":[`...)
	} else {
		b = append(b, `{"keyboard":[`...)
	}
	for n := range k.Rows {
		b = k.appendRow(b, k.Rows[n])
	}
	b[len(b)-1] = ']' // in place of the last comma
	if k.Kind == KeyboardMenu {
		b = append(b, `,"resize_keyboard":true`...)
		if k.on.Persistent {
			b = append(b, `,"is_persistent":true`...)
		}
		if k.on.Placeholder {
			b = appendField(b, `,"input_field_placeholder":`, k.Placeholder)
		}
	}
	return append(b, '}')
}

// appendRow appends a row and a comma; nothing when it has no buttons there.
func (k *keyboard) appendRow(b []byte, row []Button) []byte {
	before := len(b)
	b = append(b, '[')
	for _, button := range row {
		switch {
		case k.Kind == KeyboardMenu:
			b = append(appendMenuButton(b, button), ',')
		case k.has(button):
			b = append(appendInlineButton(b, button), ',')
		}
	}
	if len(b) == before+1 {
		return b[:before]
	}
	b[len(b)-1] = ']' // in place of the last comma
	return append(b, ',')
}

func appendInlineButton(b []byte, button Button) []byte {
	b = appendText(append(b, `{"text":`...), button.Text)
	if button.Copy != "" {
		b = appendText(append(b, `,"copy_text":{"text":`...), button.Copy)
		return append(b, "}}"...)
	}
	b = appendField(b, `,"callback_data":`, button.Data)
	b = appendField(b, `,"url":`, button.URL)
	return append(b, '}')
}

func appendMenuButton(b []byte, button Button) []byte {
	b = appendText(append(b, `{"text":`...), button.Text)
	if button.Contact {
		b = append(b, `,"request_contact":true`...)
	}
	if button.Location {
		b = append(b, `,"request_location":true`...)
	}
	return append(b, '}')
}

// appendField appends a field of that head, unless it is empty.
func appendField(b []byte, head, value string) []byte {
	if value == "" {
		return b
	}
	return appendText(append(b, head...), value)
}
