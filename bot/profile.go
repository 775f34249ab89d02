package bot

import (
	"strings"

	"kartyar/card"
)

// Profile is all in which the platforms differ. The methods that this package
// calls (getMe, deleteWebhook, getUpdates, sendMessage, editMessageText,
// answerCallbackQuery) exist on both.
type Profile struct {
	Platform card.Platform
	API      string // the platform's own base URL, without a slash at the end

	// AllowedUpdates is sent with every getUpdates, because without it Telegram
	// keeps the list of an earlier program. Empty: the platform has no such
	// parameter.
	AllowedUpdates []string
	// DropWebhook says that deleteWebhook is called before polling begins,
	// rather than when the platform complains of a webhook.
	DropWebhook bool

	// Markdown says that the platform always reads a text as Markdown and
	// knows no escape, so that its marks have to be taken out.
	Markdown bool
	// Silence, NoPreview, Placeholder, Persistent and CopyText say whether the
	// platform knows disable_notification, link_preview_options,
	// input_field_placeholder, is_persistent and copy_text buttons.
	Silence, NoPreview, Placeholder, Persistent, CopyText bool

	// OldClient is how a callback's id begins when it comes from a client too
	// old to show an edit; empty where there is none.
	OldClient string
}

// Telegram returns the profile of Telegram's Bot API.
func Telegram() Profile {
	return Profile{
		Platform:       card.Telegram,
		API:            "https://api.telegram.org",
		AllowedUpdates: []string{"message", "edited_message", "callback_query", "my_chat_member"},
		Silence:        true,
		NoPreview:      true,
		Placeholder:    true,
		Persistent:     true,
		CopyText:       true,
	}
}

// Bale returns the profile of Bale's Bot API.
func Bale() Profile {
	return Profile{
		Platform:    card.Bale,
		API:         "https://tapi.bale.ai",
		DropWebhook: true,
		Markdown:    true,
		CopyText:    true,
		OldClient:   "1",
	}
}

// fromOldClient reports whether a callback comes from a client that does not
// show edits (Bale's documentation: the id begins with 1).
func (p Profile) fromOldClient(callbackID string) bool {
	return p.OldClient != "" && strings.HasPrefix(callbackID, p.OldClient)
}

// text returns what to send so that a person reads s.
func (p Profile) text(s string) string {
	if p.Markdown {
		return plain(s)
	}
	return s
}
