package card

import "strconv"

// Platform names a messenger.
type Platform string

// The platforms.
const (
	Telegram Platform = "telegram"
	Bale     Platform = "bale"
)

// Bot is one account of the program on one platform. ID is the platform's own
// number for it (from getMe), so a new token of the same bot is the same Bot.
type Bot struct {
	Platform Platform `cbor:"1,keyasint"`
	ID       int64    `cbor:"2,keyasint"`
}

// String returns "platform/id", for logs.
func (b Bot) String() string { return string(b.Platform) + "/" + strconv.FormatInt(b.ID, 10) }

// Subscriber is the one who is told: a private chat with one of our bots.
type Subscriber struct {
	Bot  Bot   `cbor:"1,keyasint"`
	Chat int64 `cbor:"2,keyasint"`
}
