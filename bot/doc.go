// Package bot speaks with the messengers: one client over
// telegram-bot-api/v5, a [Profile] each for Telegram and Bale, a polling loop
// that confirms only what is kept, sending, and the limits on sending.
//
// It knows nothing of cards or conversations. Nothing that a person wrote, and
// no token, stands in an error or a log line of this package.
package bot
