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
	Links    string // what a link to a bot begins with, before its username

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

	// JSON says that parameters go as JSON, which is a third as long as a form.
	// Both platforms document it; of Bale it is told that it does not always
	// read it.
	JSON bool

	// Venue says that the platform has sendVenue; sendLocation has each.
	Venue bool

	// About says that the platform keeps a profile of the bot which the bot
	// sets: its commands and descriptions.
	About bool

	// OldClient is how a callback's id begins when it comes from a client too
	// old to show an edit; empty where there is none.
	OldClient string
}

// Telegram returns the profile of Telegram's Bot API.
func Telegram() Profile {
	return Profile{
		Platform:       card.Telegram,
		API:            "https://api.telegram.org",
		Links:          "https://t.me/",
		AllowedUpdates: []string{"message", "edited_message", "callback_query", "my_chat_member"},
		Silence:        true,
		NoPreview:      true,
		Placeholder:    true,
		Persistent:     true,
		CopyText:       true,
		About:          true,
		Venue:          true,
		JSON:           true,
	}
}

// Bale returns the profile of Bale's Bot API.
func Bale() Profile {
	return Profile{
		Platform:    card.Bale,
		API:         "https://tapi.bale.ai",
		Links:       "https://ble.ir/",
		DropWebhook: true,
		Markdown:    true,
		CopyText:    true,
		OldClient:   "1",
	}
}

// ProfileOf returns the profile of a platform.
func ProfileOf(p card.Platform) Profile {
	if p == card.Bale {
		return Bale()
	}
	return Telegram()
}

// DeepLink returns the address that opens the private chat with a bot. A
// payload, at most 64 of A–Z a–z 0–9 _ -, comes back as the argument of /start;
// empty, there is none. Between two underscores Markdown sets italics, and the
// address would lead to another bot: there a browser's way of writing them goes.
func (p Profile) DeepLink(username, payload string) string {
	if p.Markdown && strings.Count(username, "_") > 1 {
		username = strings.ReplaceAll(username, "_", "%5F")
	}
	if payload == "" {
		return p.Links + username
	}
	return p.Links + username + "?start=" + payload
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
