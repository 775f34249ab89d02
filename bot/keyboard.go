package bot

// markup returns the platform's form of k, an InlineKeyboardMarkup or a
// ReplyKeyboardMarkup in JSON; empty when there is nothing to send. Buttons that
// the platform does not know are left out.
func (p Profile) markup(k Keyboard) string {
	b := make([]byte, 0, 1024)
	switch k.Kind {
	case KeyboardInline:
		b = append(b, `{"inline_keyboard":[`...)
	case KeyboardMenu:
		b = append(b, `{"keyboard":[`...)
	default:
		return ""
	}
	rows := len(b)
	for _, row := range k.Rows {
		b = append(b, '[')
		buttons := len(b)
		for _, button := range row {
			switch {
			case k.Kind == KeyboardMenu:
				b = append(appendMenuButton(b, button), ',')
			case button.Copy == "" || p.CopyText:
				b = append(appendInlineButton(b, button), ',')
			}
		}
		if len(b) == buttons {
			b = b[:buttons-1]
			continue
		}
		b[len(b)-1] = ']' // in place of the last comma
		b = append(b, ',')
	}
	if len(b) == rows {
		return ""
	}
	b[len(b)-1] = ']'
	if k.Kind == KeyboardMenu {
		b = append(b, `,"resize_keyboard":true`...)
		if p.Persistent {
			b = append(b, `,"is_persistent":true`...)
		}
		if p.Placeholder {
			b = appendField(b, `,"input_field_placeholder":`, k.Placeholder)
		}
	}
	return string(append(b, '}'))
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
